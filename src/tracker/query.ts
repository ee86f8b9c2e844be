/** PHP-style brackets as the published script writes them: an empty array is `k=`, an empty object an empty segment, null is dropped. */
export function toQuery(values: Record<string, unknown>): string {
  return segments('', values).join('&');
}

function segments(prefix: string, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [`${encodeURIComponent(prefix)}=${encodeURIComponent(String(value))}`];
  if (Array.isArray(value) && value.length === 0) return [`${encodeURIComponent(prefix)}=`];
  const entries = Object.entries(value);
  if (entries.length === 0) return [''];
  let all: string[] = [];
  for (const [key, inner] of entries) all = all.concat(segments(prefix === '' ? key : `${prefix}[${key}]`, inner));
  return all;
}
