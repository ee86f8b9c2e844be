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
