/** Forms and queries as PHP reads them: `data[custom_fields][327]=v`, `tags[]=a`, empty segments, the last value wins. */
import type { Reason } from '#domain/reasons.ts';
import { formBytes, formText } from './text.ts';

export type FormValue = string | FormNode;
export type FormNode = ReadonlyMap<string, FormValue>;
type MutableNode = Map<string, string | MutableNode>;

const maxFields = 2000;
const maxDepth = 8;

/** Parses a form body or a query string; a reason when it is none, or would take more than anyone needs. */
export function parseForm(raw: Uint8Array): FormNode | { readonly fault: Reason } {
  const text = formBytes(raw);
  const root: MutableNode = new Map();
  let fields = 0;
  for (let start = 0; start <= text.length; ) {
    const end = text.indexOf('&', start);
    const segment = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length + 1 : end + 1;
    if (segment === '') continue;
    if (++fields > maxFields) return { fault: 'wire.too_many_fields' };
    const equals = segment.indexOf('=');
    const path = pathOf(equals < 0 ? segment : segment.slice(0, equals));
    const value = equals < 0 ? '' : formText(segment.slice(equals + 1));
    if (!put(root, path, value)) return { fault: 'wire.too_deep' };
  }
  return root;
}

/** A text under a key, or null when there is none or it is a node. */
export function textAt(node: FormNode, key: string): string | null {
  const value = node.get(key);
  return typeof value === 'string' ? value : null;
}

export function nodeAt(node: FormNode, key: string): FormNode | null {
  const value = node.get(key);
  return value === undefined || typeof value === 'string' ? null : value;
}

/** The texts directly under a node, in order. */
export function textsOf(node: FormNode): readonly string[] {
  return [...node.values()].filter((value) => typeof value === 'string');
}

/** Keys repeat from call to call: those seen first are read once. */
const knownPaths = new Map<string, readonly string[]>();
const pathsKept = 2_000;
const longestKept = 100;

function pathOf(part: string): readonly string[] {
  const known = knownPaths.get(part);
  if (known !== undefined) return known;
  const key = formText(part);
  const open = key.indexOf('[');
  const path = open <= 0 || !key.endsWith(']') ? [key] : [key.slice(0, open), ...key.slice(open + 1, -1).split('][')];
  if (knownPaths.size < pathsKept && part.length <= longestKept) knownPaths.set(part, path);
  return path;
}

function put(root: MutableNode, path: readonly string[], value: string): boolean {
  if (path.length > maxDepth) return false;
  const end = path.length - 1;
  let node = root;
  for (let at = 0; at < end; at++) {
    const part = path[at] ?? '';
    const name = part === '' ? nextIndex(node) : part;
    const below = node.get(name);
    const next: MutableNode = below === undefined || typeof below === 'string' ? new Map() : below;
    if (next !== below) node.set(name, next);
    node = next;
  }
  const last = path[end] ?? '';
  // a key that is nothing at all stays itself
  node.set(last === '' && end > 0 ? nextIndex(node) : last, value);
  return true;
}

/** `[]`: a place nothing has yet. */
function nextIndex(node: MutableNode): string {
  let index = node.size;
  while (node.has(String(index))) index += 1;
  return String(index);
}
