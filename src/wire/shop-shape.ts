/** Which fields of a platform's objects are kept: an allow-list, because platforms send password hashes and keys nobody asked for. */
import { isObject, type Json, type JsonObject } from './json.ts';
import { cut } from './text.ts';

/** `text`: a text, number or boolean · a list of one shape · named fields. What is not named is dropped. */
export type Shape = 'text' | readonly [Shape] | { readonly [name: string]: Shape };

/** Longest text and list that is kept. */
const longestText = 2_000;
const longestList = 500;

/** `names`: fields of plain values, separated by spaces; `inner`: those that hold more. */
export function fields(
  names: string,
  inner: { readonly [name: string]: Shape } = {},
): { readonly [name: string]: Shape } {
  return { ...Object.fromEntries(names.split(' ').map((name) => [name, 'text' as const])), ...inner };
}

/** What the shape names of a value; null where the value has another form. */
export function keep(value: Json | undefined, shape: Shape): Json {
  if (value === undefined || value === null) return null;
  if (shape === 'text') {
    if (typeof value === 'string') return cut(value, longestText);
    return typeof value === 'object' ? null : value;
  }
  if (isList(shape)) {
    const [of] = shape;
    return Array.isArray(value) ? value.slice(0, longestList).map((one: Json) => keep(one, of)) : null;
  }
  return isObject(value) ? keepNamed(value, shape) : null;
}

function keepNamed(value: JsonObject, shape: { readonly [name: string]: Shape }): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [name, of] of Object.entries(shape)) {
    if (Object.hasOwn(value, name)) kept[name] = keep(value[name], of);
  }
  return kept;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
