import type { Reason } from '#domain/reasons.ts';
import { utf8 } from './text.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** JSON of any depth the parser takes; a reason when the bytes are none. */
export function parseJson(raw: Uint8Array): { readonly value: Json } | { readonly fault: Reason } {
  const text = utf8(raw);
  if (text === null) return { fault: 'wire.not_utf8' };
  try {
    return { value: JSON.parse(text.replace(/^\ufeff/, '')) };
  } catch {
    return { fault: 'wire.not_json' };
  }
}

export function isObject(value: Json | undefined | null): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
