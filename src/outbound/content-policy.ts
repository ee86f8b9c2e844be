/** What a Content-Security-Policy lets a page do (CSP level 3, as far as a tracker meets it). Pure. */
import { createHash } from 'node:crypto';

/** The source list of each directive; of a directive named twice, the first. */
export type Policy = ReadonlyMap<string, readonly string[]>;

/** A header may hold several, divided by commas; all of them hold. */
export function readPolicies(text: string): Policy[] {
  return text
    .split(',')
    .map(readPolicy)
    .filter((policy) => policy.size > 0);
}

function readPolicy(text: string): Policy {
  const policy = new Map<string, readonly string[]>();
  for (const part of text.split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/);
    if (name === undefined || name === '' || policy.has(name.toLowerCase())) continue;
    policy.set(name.toLowerCase(), sources);
  }
  return policy;
}

export interface InlineScript {
  readonly text: string;
  readonly nonce: string | null;
}

/** The directive that keeps an inline script from running; null: none does. */
export function blocksInline(policy: Policy, script: InlineScript): string | null {
  const found = directiveOf(policy, ['script-src-elem', 'script-src', 'default-src']);
  if (found === null) return null;
  const [name, sources] = found;
  if (hasProof(sources, script)) return null;
  const lower = sources.map((source) => source.toLowerCase());
  const strict = lower.some((source) => /^'(nonce-|sha(256|384|512)-|strict-dynamic')/.test(source));
  return lower.includes("'unsafe-inline'") && !strict ? null : name;
}

/**
 * The directive that keeps a script of this address from loading; null: none does. `loader`: the inline script that inserts it,
 * whose trust it inherits under `strict-dynamic`; `nonce`: of its own tag.
 */
export function blocksScript(
  policy: Policy,
  address: URL,
  page: URL,
  by: { readonly loader: InlineScript | null; readonly nonce: string | null },
): string | null {
  const found = directiveOf(policy, ['script-src-elem', 'script-src', 'default-src']);
  if (found === null) return null;
  const [name, sources] = found;
  if (by.nonce !== null && sources.includes(`'nonce-${by.nonce}'`)) return null;
  if (sources.some((source) => source.toLowerCase() === "'strict-dynamic'")) {
    return by.loader !== null && hasProof(sources, by.loader) ? null : name;
  }
  return sources.some((source) => matches(source, address, page)) ? null : name;
}

/** The directive that keeps the page from calling this address; null: none does. */
export function blocksCalls(policy: Policy, address: URL, page: URL): string | null {
  const found = directiveOf(policy, ['connect-src', 'default-src']);
  if (found === null) return null;
  const [name, sources] = found;
  return sources.some((source) => matches(source, address, page)) ? null : name;
}

function directiveOf(policy: Policy, names: readonly string[]): readonly [string, readonly string[]] | null {
  for (const name of names) {
    const sources = policy.get(name);
    if (sources !== undefined) return [name, sources];
  }
  return null;
}

function hasProof(sources: readonly string[], { text, nonce }: InlineScript): boolean {
  if (nonce !== null && nonce !== '' && sources.includes(`'nonce-${nonce}'`)) return true;
  return sources.some((source) => {
    const [, algorithm, hash] = /^'(sha256|sha384|sha512)-([^']+)'$/i.exec(source) ?? [];
    if (algorithm === undefined || hash === undefined) return false;
    const wanted = createHash(algorithm.toLowerCase()).update(text).digest('base64');
    return hash.replaceAll('-', '+').replaceAll('_', '/') === wanted;
  });
}

function matches(source: string, address: URL, page: URL): boolean {
  const lower = source.toLowerCase();
  if (lower === '*') return true;
  if (lower === "'self'") return address.origin === page.origin;
  if (lower.startsWith("'")) return false;
  if (/^[a-z][a-z0-9+.-]*:$/.test(lower)) return sameScheme(lower, address);
  const [, scheme, host = '', port, path] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/:]+)(?::(\d+|\*))?(\/.*)?$/.exec(lower) ?? [];
  if (host === '') return false;
  if (!sameScheme(`${scheme ?? page.protocol.slice(0, -1)}:`, address)) return false;
  const wanted = address.hostname.toLowerCase();
  if (host === '*' || (host.startsWith('*.') ? !wanted.endsWith(host.slice(1)) : host !== wanted)) return host === '*';
  const standard = address.protocol === 'https:' ? '443' : '80';
  const given = address.port === '' ? standard : address.port;
  if (port !== '*' && (port ?? standard) !== given && !(port === '80' && given === '443')) return false;
  if (path === undefined || path === '/') return true;
  const own = address.pathname.toLowerCase();
  return path.endsWith('/') ? own.startsWith(path) : own === path;
}

/** `http:` lets `https:` pass too. */
function sameScheme(scheme: string, address: URL): boolean {
  return scheme === address.protocol || (scheme === 'http:' && address.protocol === 'https:');
}
