/**
 * The one way to call other people's servers. An address somebody typed must not become a way into the network this server stands
 * in, nor hold it up: every hop is checked, its name resolved once and the connection pinned to that answer, all within one deadline.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { OutboundFailure } from '#contract/outbound.ts';
import { guardAddresses, type Reach } from './address-guard.ts';
import { readBody } from './body-reader.ts';

export interface OutboundCall {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything: the name, the connection, redirects, the whole body. */
  readonly timeoutMs: number;
  /** Bytes of the body that are kept, after decompression; the rest is not read. */
  readonly maxBytes: number;
  /** Followed for a GET only; default 0: a redirect is the answer. */
  readonly maxRedirects?: number;
  /** http is in order too; otherwise only https, but for addresses the operator allows. */
  readonly plain?: boolean;
}

export interface OutboundAnswer {
  readonly failed: null;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** There was more. */
  readonly cut: boolean;
}

/** No answer, and why. */
export interface NoAnswer {
  readonly failed: OutboundFailure;
  /** The hop that failed. */
  readonly url: string;
}

export interface GuardedFetch {
  /** Never throws. */
  send(call: OutboundCall): Promise<OutboundAnswer | NoAnswer>;
  /** Why a call would be refused now, before anything is sent; null: it would not. */
  check(url: string, options?: { readonly plain?: boolean }): Promise<OutboundFailure | null>;
}

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

export interface GuardedFetchOptions {
  /** Addresses and ranges that may be reached although they are not public. */
  readonly allow: readonly string[];
  /** The addresses of a name; default: the system's. */
  readonly resolve?: (hostname: string) => Promise<readonly HostAddress[]>;
}

const publicPorts = new Set(['80', '443', '8080', '8443']);
const headerBytes = 16 * 1024;
const checkMs = 5_000;

export function openGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const reachOf = guardAddresses(options.allow);
  const resolve = options.resolve ?? ((hostname) => systemLookup(hostname, { all: true }));

  async function send(call: OutboundCall): Promise<OutboundAnswer | NoAnswer> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), call.timeoutMs);
    let url = call.url;
    try {
      for (let redirects = 0; ; redirects++) {
        const target = await findTarget(url, call.plain === true, deadline.signal);
        if (typeof target === 'string') return { failed: target, url };
        const answer = await request(target, call, deadline.signal);
        const next = nextHop(answer, target.url, call);
        if (next === null) {
          const { bytes, cut } = await readBody(answer, call.maxBytes, deadline.signal);
          return { failed: null, url, status: answer.statusCode ?? 0, headers: answer.headers, body: bytes, cut };
        }
        answer.destroy();
        url = next;
        if (redirects >= (call.maxRedirects ?? 0)) return { failed: 'redirect.too_many', url };
      }
    } catch (error) {
      return { failed: deadline.signal.aborted ? 'timeout' : failureOf(error), url };
    } finally {
      clearTimeout(timer);
    }
  }

  async function check(url: string, { plain = false } = {}): Promise<OutboundFailure | null> {
    const deadline = AbortSignal.timeout(checkMs);
    try {
      const target = await findTarget(url, plain, deadline);
      return typeof target === 'string' ? target : null;
    } catch {
      return 'timeout';
    }
  }

  async function findTarget(text: string, plain: boolean, signal: AbortSignal): Promise<Target | OutboundFailure> {
    const url = readTarget(text);
    if (typeof url === 'string') return url;
    const addresses = await addressesOf(url, signal);
    if (typeof addresses === 'string') return addresses;
    const refusal = refusalOf(
      url,
      addresses.map(({ address }) => reachOf(address)),
      plain,
    );
    return refusal ?? { url, addresses };
  }

  async function addressesOf(target: URL, signal: AbortSignal): Promise<readonly HostAddress[] | OutboundFailure> {
    const hostname = target.hostname.replace(/^\[|\]$/g, '');
    const family = isIP(hostname);
    if (family !== 0) return [{ address: hostname, family }];
    try {
      const found = await before(signal, resolve(hostname));
      return found.length === 0 ? 'dns.failed' : found;
    } catch (error) {
      if (signal.aborted) throw error;
      return 'dns.failed';
    }
  }

  return { send, check };
}

interface Target {
  readonly url: URL;
  readonly addresses: readonly HostAddress[];
}

/** The WHATWG parser has already turned `0x7f.1`, `017700000001` and the like into the address they mean. */
function readTarget(text: string): URL | OutboundFailure {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return 'url.invalid';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'url.scheme';
  if (url.username !== '' || url.password !== '') return 'url.credentials';
  return url;
}

/** A name that leads to one forbidden address is refused whole. */
function refusalOf(url: URL, reaches: readonly Reach[], plain: boolean): OutboundFailure | null {
  if (reaches.includes('forbidden')) return 'address.forbidden';
  if (reaches.every((reach) => reach === 'allowed')) return null;
  if (url.protocol === 'http:' && !plain) return 'url.scheme';
  return url.port === '' || publicPorts.has(url.port) ? null : 'url.port';
}

function nextHop(answer: IncomingMessage, from: URL, call: OutboundCall): string | null {
  const { location } = answer.headers;
  const moved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0);
  if (!moved || location === undefined || call.maxRedirects === undefined || call.method === 'POST') return null;
  return URL.parse(location, from.href)?.href ?? location;
}

/** Resolves with the head of the answer. The connection goes to these addresses and to no other. */
function request({ url, addresses }: Target, call: OutboundCall, signal: AbortSignal): Promise<IncomingMessage> {
  const pinned: LookupFunction = (_hostname, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const sent = (secure ? httpsRequest : httpRequest)(url, {
      method: call.method ?? 'GET',
      headers: {
        'accept-encoding': call.method === 'POST' ? 'identity' : 'gzip, deflate, br',
        ...call.headers,
        ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
      },
      lookup: pinned,
      agent: secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false }),
      maxHeaderSize: headerBytes,
      signal,
    });
    sent.on('response', resolve);
    sent.on('error', reject);
    // a switch of protocols was not asked for, and its socket is nobody's
    sent.on('upgrade', (_answer, socket) => {
      socket.on('error', () => undefined);
      socket.destroy();
      reject(Object.assign(new Error('switched protocols'), { code: 'ERR_INVALID_SWITCH' }));
    });
    sent.end(call.body);
  });
}

/** Rejects when the deadline passes first; what comes later is dropped. */
function before<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('deadline')), { once: true });
    work.then(resolve, reject);
  });
}

function failureOf(error: unknown): OutboundFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(HPE_|ERR_INVALID_|Z_|ERR_BROTLI|ERR_STREAM_PREMATURE|ERR__ERROR_FORMAT)/.test(code)) return 'answer.invalid';
  if (/^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/.test(code))
    return 'tls.failed';
  return 'connect.failed';
}
