/** The key under which a line of an import is applied once, however often it is sent (rules §8). */

export function importKey(importId: string, line: number): string {
  return `import:${importId}:${line}`;
}

/** The line a key was made for, counted from 1; null: it was made for something else. */
export function lineOfKey(key: string | null): number | null {
  if (key === null || !key.startsWith('import:')) return null;
  const line = Number(key.slice(key.lastIndexOf(':') + 1));
  return Number.isSafeInteger(line) ? line : null;
}

/** The key of an object read from a store's API: of a round that repairs, or of a history, which an import counts. */
export function pullKey(
  connectionId: number,
  kind: 'history' | 'reconcile',
  importId: string | null,
  name: string,
  hash: string,
): string {
  return `pull${connectionId}:${kind}:${importId === null ? '' : `${importId}:`}${name}:${hash}`;
}

/** The import a history is counted under, and the object's name (`orders:17`). null: the key is of something else. */
export function historyOfKey(key: string | null): { readonly importId: string; readonly name: string } | null {
  const [, importId, name] = /^pull\d+:history:([0-9a-f-]{36}):(.+):[\w-]+$/.exec(key ?? '') ?? [];
  return importId === undefined || name === undefined ? null : { importId, name };
}
