/** Whether the tracker can work on a page, from what its server answered. Pure. */
import { type SiteFinding, siteFindings } from '#contract/site-check.ts';
import { blocksCalls, blocksInline, blocksScript, type InlineScript, readPolicies } from './content-policy.ts';
import { type PageScript, readPolicyMetas, readScripts } from './page-scripts.ts';

export interface AnsweredPage {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly policies: readonly string[];
  readonly html: string;
  readonly cut: boolean;
}

export interface ExpectedTracker {
  /** Where this server answers pages. */
  readonly collectorUrl: string;
  /** Public keys of the shop that still open something. */
  readonly keys: readonly string[];
  /** Hosts whose pages may speak for the shop; empty: every host. */
  readonly domains: readonly string[];
}

export interface Finding {
  readonly code: SiteFinding;
  readonly level: 'ok' | 'warning' | 'error';
  readonly detail: string | null;
}

/** SPREAD's own servers. */
const spreadHost = /(^|\.)(static-sb\.com|spread-family\.com|spreadfamily\.com|socialbrain\.[a-z]+|social-sb\.com)$/i;

interface Found {
  readonly form: 'legacy' | 'modern';
  /** Host of the script, and the host it calls. */
  readonly scriptUrl: URL | null;
  readonly callHost: string | null;
  readonly key: string | null;
  readonly cookiesOff: boolean;
  readonly loader: InlineScript | null;
  readonly nonce: string | null;
}

export function checkPage(page: AnsweredPage, expected: ExpectedTracker): Finding[] {
  const findings: Finding[] = [];
  const tell = (code: SiteFinding, detail: string | null = null): void => {
    findings.push({ code, level: siteFindings[code], detail });
  };
  const address = new URL(page.url);
  const collector = new URL(expected.collectorUrl);
  if (page.status < 200 || page.status > 299) tell('page.status', String(page.status));
  if (page.cut) tell('page.cut');
  const scripts = readScripts(page.html);
  const found = findTracker(scripts, address);
  if (found === null) {
    const manager = findTagManager(scripts);
    if (manager === null) tell('script.none');
    else tell('script.tag_manager', manager);
  } else {
    const hosts = [found.scriptUrl?.host ?? null, found.callHost].filter((host) => host !== null);
    const foreign = hosts.find((host) => host !== collector.host);
    if (foreign === undefined) tell('script.ours', collector.host);
    else tell(spreadHost.test(foreign.split(':')[0] ?? '') ? 'script.spread' : 'script.elsewhere', foreign);
    tell(`form.${found.form}`);
    if (found.key === null) tell('key.none');
    else tell(expected.keys.includes(found.key) ? 'key.this' : 'key.other', shorten(found.key));
  }
  const unlisted = expected.domains.length > 0 && !expected.domains.some((domain) => covers(domain, address.hostname));
  if (unlisted) tell('domain.unlisted', address.hostname);
  if (address.protocol !== 'https:') tell('cookies.no_https');
  else tell(found?.cookiesOff ? 'cookies.off' : 'cookies.possible');
  tellPolicies(page, address, collector, found, tell);
  return findings;
}

function tellPolicies(
  page: AnsweredPage,
  address: URL,
  collector: URL,
  found: Found | null,
  tell: (code: SiteFinding, detail: string | null) => void,
): void {
  const policies = [...page.policies, ...readPolicyMetas(page.html)].flatMap(readPolicies);
  if (policies.length === 0) {
    tell('csp.none', null);
    return;
  }
  const scriptUrl = found?.scriptUrl ?? new URL('/js/sb-tracker.js', collector);
  const loader = found?.loader ?? null;
  let passes = true;
  const blocked = (code: SiteFinding, directives: readonly (string | null)[]): void => {
    const directive = directives.find((one) => one !== null);
    if (directive === undefined) return;
    passes = false;
    tell(code, directive);
  };
  if (loader !== null)
    blocked(
      'csp.inline',
      policies.map((policy) => blocksInline(policy, loader)),
    );
  blocked(
    'csp.script',
    policies.map((policy) => blocksScript(policy, scriptUrl, address, { loader, nonce: found?.nonce ?? null })),
  );
  blocked(
    'csp.calls',
    policies.map((policy) => blocksCalls(policy, new URL('/track', collector), address)),
  );
  if (passes) tell('csp.passes', null);
}

function findTracker(scripts: readonly PageScript[], page: URL): Found | null {
  for (const { attributes } of scripts) {
    const src = attributes.get('src');
    const key = attributes.get('data-key');
    const scriptUrl = src === undefined ? null : URL.parse(src, page.href);
    if (scriptUrl === null || key === undefined || !/\/js\/[\w-]+\.js$/.test(scriptUrl.pathname)) continue;
    const nonce = attributes.get('nonce') ?? null;
    return { form: 'modern', scriptUrl, callHost: null, key, cookiesOff: false, loader: null, nonce };
  }
  const config = scripts.find(({ attributes, text }) => !attributes.has('src') && /\bspconfig\b/.test(text));
  const loading = scripts.find(({ attributes, text }) => !attributes.has('src') && /sb-tracker\.js/.test(text));
  const tag = scripts.find(({ attributes }) => /\/sb-tracker\.js(\?|$)/.test(attributes.get('src') ?? ''));
  if (config === undefined && loading === undefined && tag === undefined) return null;
  const src =
    tag?.attributes.get('src') ?? captured(loading?.text ?? '', /["']([^"'\n]{1,500}sb-tracker\.js[^"'\n]{0,200})["']/);
  const text = config?.text ?? '';
  const loader = loading ?? config;
  return {
    form: 'legacy',
    scriptUrl: src === null || src === undefined ? null : URL.parse(src, page.href),
    callHost: captured(text, /\benv["']?\s{0,20}:\s{0,20}["']([^"'\n]{1,300})["']/),
    key: captured(text, /\bpublic_key["']?\s{0,20}:\s{0,20}["']([^"'\n]{1,200})["']/),
    cookiesOff: /\bset_cookie["']?\s{0,20}:\s{0,20}(false|0|["']0["'])/.test(text),
    loader: loader === undefined ? null : { text: loader.text, nonce: loader.attributes.get('nonce') ?? null },
    nonce: tag?.attributes.get('nonce') ?? null,
  };
}

/** Another way the script may come: what a tag manager inserts is not in the page. */
function findTagManager(scripts: readonly PageScript[]): string | null {
  for (const { attributes, text } of scripts) {
    const src = attributes.get('src') ?? '';
    const id = /\bGTM-[A-Z0-9]{4,12}\b/.exec(`${src} ${text}`)?.[0];
    if (id !== undefined) return id;
    if (/tagcommander|tealium|matomo\.php|piwik/i.test(src))
      return URL.parse(src, 'https://page.invalid')?.host ?? null;
  }
  return null;
}

function captured(text: string, pattern: RegExp): string | null {
  return pattern.exec(text)?.[1] ?? null;
}

/** A domain covers its subdomains, as for the origin of browser calls. */
function covers(domain: string, hostname: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}

function shorten(key: string): string {
  return key.length > 24 ? `${key.slice(0, 12)}…${key.slice(-6)}` : key;
}
