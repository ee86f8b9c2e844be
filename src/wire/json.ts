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

/** Texts and names that a table can hold: without NUL and lone surrogates, which only JSON's escapes can smuggle in. */
function storable(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value);
  if (names.every((name) => name === storableText(name))) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [storableText(name), one]));
}

function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

export function isObject(value: Json | undefined | null): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a column of JSON holds. */
export function isJson(value: unknown): value is Json {
  return value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value);
}
