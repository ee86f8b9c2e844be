/** What the shop's page gives us: its cookies and its global variables. */

/** Days the visitor's token lives (legacy wire §1.6). */
const tokenDays = 93;

export function global(name: string): unknown {
  return (window as unknown as Record<string, unknown>)[name];
}

export function readCookie(name: string): string | null {
  const start = `${name}=`;
  for (const part of document.cookie.split(/; */)) {
    if (part.indexOf(start) !== 0) continue;
    const value = part.slice(start.length);
    try {
      return decodeURIComponent(value);
    } catch {
      return value;
    }
  }
  return null;
}

/** On the widest domain the browser allows, then on the host alone. */
export function writeCookie(name: string, value: string): void {
  for (const domain of cookieDomains()) {
    put(name, value, tokenDays * 86_400, domain);
    if (readCookie(name) === value) return;
  }
}

/** From every domain it may live on: a server sets `sbtl` on the host alone. */
export function deleteCookie(name: string): void {
  for (const domain of cookieDomains()) put(name, '', 0, domain);
}

/** The registrable domain of the page, as far as one can tell without the list of suffixes: browsers refuse a suffix, and the next is tried. */
export function cookieDomains(): string[] {
  const host = location.hostname;
  const labels = host.split('.');
  const isName = labels.length > 1 && !/^[\d.]+$|:/.test(host);
  const domains: string[] = [];
  for (let count = 2; isName && count <= labels.length; count++) domains.push(`.${labels.slice(-count).join('.')}`);
  return domains.concat('');
}

function put(name: string, value: string, seconds: number, domain: string): void {
  // A page on plain http keeps no Secure cookie.
  const safe = location.protocol === 'https:' ? '; Secure; SameSite=None' : '; SameSite=Lax';
  const where = domain === '' ? '' : `; domain=${domain}`;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that shops still serve
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${seconds}${where}${safe}`;
}
