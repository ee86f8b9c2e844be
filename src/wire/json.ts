import type { Reason } from '#domain/reasons.ts';
import { utf8 } from './text.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** JSON of any depth the parser takes; a reason when the bytes are none. */
export function parseJson(raw: Uint8Array): { readonly value: Json } | { readonly fault: Reason } {
  const text = utf8(raw);
  if (text === null) return { fault: 'wire.not_utf8' };
  try {
    return { value: text.includes('\\u') ? JSON.parse(text, storable) : JSON.parse(text) };
  } catch {
    return { fault: 'wire.not_json' };
  }
}

/** Text that a table can hold: without NUL and lone surrogates, which only JSON's escapes can smuggle in. */
function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
}

export function isObject(value: Json | undefined | null): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a column of JSON holds. */
export function isJson(value: unknown): value is Json {
  return value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value);
}
