export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

/** The last value of a plain parameter, as PHP reads a query; null when absent. Values that need decoding are decoded. */
export function findParameter(query: string, name: string): string | null {
  const wanted = `${name}=`;
  let at = query.length;
  while (at >= 0) {
    at = query.lastIndexOf(wanted, at);
    if (at < 0) return null;
    if (at === 0 || query[at - 1] === '&') {
      const end = query.indexOf('&', at);
      return plainText(query.slice(at + wanted.length, end < 0 ? undefined : end));
    }
    at -= 1;
  }
  return null;
}

function plainText(value: string): string {
  if (!/[%+]/.test(value)) return value;
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}
