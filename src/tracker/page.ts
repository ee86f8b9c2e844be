/** What the shop's page gives us: its cookies and its global variables. */

/** What became of events, for debug mode and for those who asked `on`. */
export type Tell = (what: string, ...details: unknown[]) => void;

/** Seconds the visitor's token lives: 93 days (legacy wire §1.6). */
const tokenSeconds = 8_035_200;

/** A page goes on without us: nothing of ours is thrown into it. */
export function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export function global(name: string): unknown {
  return (window as unknown as Record<string, unknown>)[name];
}

/** null: there is none, or the page may not have cookies. */
export function readCookie(name: string): string | null {
  const found = attempt(() => document.cookie.match(`(?:^|; *)${name}=([^;]*)`));
  return found ? attempt(() => decodeURIComponent(found[1] as string)) || (found[1] as string) : null;
}

/** On the widest domain the browser allows, then on the host alone. */
export function writeCookie(name: string, value: string, sameSite = 'Lax'): void {
  for (const domain of cookieDomains()) {
    attempt(() => {
      // A page on plain http keeps no Secure cookie.
      const safe = location.protocol === 'https:' ? `${sameSite}; Secure` : 'Lax';
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that shops still serve
      document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${value ? tokenSeconds : 0}${domain}; SameSite=${safe}`;
    });
    if (readCookie(name) === value) return;
  }
}

/** From every domain it may live on: a server sets `sbtl` on the host alone. */
export function deleteCookie(name: string): void {
  writeCookie(name, '');
}

/** The registrable domain of the page, as far as one can tell without the list of suffixes: browsers refuse a suffix or part of an address, and the next is tried. */
function cookieDomains(): string[] {
  const labels = location.hostname.split('.');
  const domains = labels.slice(1).map((_, place) => `; domain=.${labels.slice(-place - 2).join('.')}`);
  return domains.concat('');
}

/** When the page has done its own work, and not before so many milliseconds. */
export function whenIdle(work: () => void, ms: number): void {
  const idle = (global('requestIdleCallback') || setTimeout) as (work: () => void) => void;
  setTimeout(() => idle(work), ms);
}

/** A file beside ours, when it is asked for. A page that allows only listed scripts loads it by a tag of its own. */
export function load(base: string, name: string): void {
  attempt(() => {
    const script = document.createElement('script');
    script.async = true;
    script.src = `${base}js/${name}.js`;
    document.head.appendChild(script);
  });
}
