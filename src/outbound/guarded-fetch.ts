/**
 * The one way to call other people's servers. An address somebody typed must not become a way into the network this server stands
 * in, nor hold it up: every hop is checked, its name resolved once and the connection pinned to that answer, all within one deadline.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { OutboundFailure } from '#contract/outbound.ts';
import { readBody, readPieces } from './body-reader.ts';
import { type HostLookupOptions, type Located, openHostLookup } from './host-lookup.ts';

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

/** An answer whose body is read piece by piece, or not at all. */
export interface OpenAnswer {
  readonly failed: null;
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. A connection that breaks, stalls or passes the deadline throws a `BrokenAnswer`. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** An answer that did not come to its end, and why. */
export class BrokenAnswer extends Error {
  readonly failed: OutboundFailure;

  constructor(failed: OutboundFailure, cause: unknown) {
    super(failed, { cause });
    this.failed = failed;
  }
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
  /**
   * The same, of an answer too large to hold: `use` reads its body as it comes, then the connection ends. `stallMs`: longest between two
   * pieces. Throws only what `use` throws itself.
   */
  open<Result>(
    call: Omit<OutboundCall, 'maxBytes'> & { readonly stallMs: number },
    use: (answer: OpenAnswer) => Promise<Result>,
  ): Promise<Result | NoAnswer>;
  /** The addresses of a name that may be reached, for a protocol of its own; the caller connects to these and to no other. Never throws. */
  locate(hostname: string, timeoutMs: number): Promise<Located | OutboundFailure>;
  /** Why a call would be refused now, before anything is sent; null: it would not. */
  check(url: string, options?: { readonly plain?: boolean }): Promise<OutboundFailure | null>;
}

const publicPorts = new Set(['80', '443', '8080', '8443']);
const headerBytes = 16 * 1024;
const checkMs = 5_000;

export function openGuardedFetch(options: HostLookupOptions): GuardedFetch {
  const lookup = openHostLookup(options);

  async function send(call: OutboundCall): Promise<OutboundAnswer | NoAnswer> {
    return within(call.timeoutMs, call.url, async (deadline, seen) => {
      const { answer, url } = await follow(call, deadline, seen);
      const { bytes, cut } = await readBody(answer, call.maxBytes, deadline);
      return { failed: null, url, status: answer.statusCode ?? 0, headers: answer.headers, body: bytes, cut };
    });
  }

  async function open<Result>(
    call: Omit<OutboundCall, 'maxBytes'> & { readonly stallMs: number },
    use: (answer: OpenAnswer) => Promise<Result>,
  ): Promise<Result | NoAnswer> {
    let fault: { readonly error: unknown } | null = null;
    const result = await within(call.timeoutMs, call.url, async (deadline, seen) => {
      const { answer, url } = await follow(call, deadline, seen);
      const pieces = told(readPieces(answer, deadline, call.stallMs), deadline);
      try {
        const { statusCode = 0, headers } = answer;
        return await use({ failed: null, url, status: statusCode, headers, pieces });
      } catch (error) {
        if (error instanceof BrokenAnswer) return { failed: error.failed, url };
        fault = { error };
        throw error;
      } finally {
        answer.destroy();
      }
    });
    if (fault !== null) throw (fault as { readonly error: unknown }).error;
    return result;
  }

  /** One deadline for everything `work` does; what breaks it is a value. */
  async function within<Result>(
    ms: number,
    first: string,
    work: (deadline: AbortSignal, seen: (url: string) => void) => Promise<Result>,
  ): Promise<Result | NoAnswer> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), ms);
    let url = first;
    try {
      return await work(deadline.signal, (next) => {
        url = next;
      });
    } catch (error) {
      if (error instanceof Refused) return { failed: error.failed, url };
      return { failed: deadline.signal.aborted ? 'timeout' : failureOf(error), url };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The head of the answer, after redirects. */
  async function follow(
    call: Omit<OutboundCall, 'maxBytes'>,
    deadline: AbortSignal,
    seen: (url: string) => void,
  ): Promise<{ readonly answer: IncomingMessage; readonly url: string }> {
    let url = call.url;
    for (let redirects = 0; ; redirects++) {
      seen(url);
      const target = await findTarget(url, call.plain === true, deadline);
      if (typeof target === 'string') throw new Refused(target);
      const answer = await request(target, headersFor(call, target.url), deadline);
      const next = nextHop(answer, target.url, call);
      if (next === null) return { answer, url };
      answer.destroy();
      url = next;
      seen(url);
      if (redirects >= (call.maxRedirects ?? 0)) throw new Refused('redirect.too_many');
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

  async function findTarget(text: string, plain: boolean, deadline: AbortSignal): Promise<Target | OutboundFailure> {
    const url = readTarget(text);
    if (typeof url === 'string') return url;
    const located = await lookup(url.hostname, deadline);
    if (typeof located === 'string') return located;
    return refusalOf(url, located, plain) ?? { url, addresses: located.addresses };
  }

  async function locate(hostname: string, timeoutMs: number): Promise<Located | OutboundFailure> {
    try {
      return await lookup(hostname, AbortSignal.timeout(timeoutMs));
    } catch {
      return 'timeout';
    }
  }

  return { send, open, check, locate };
}

/** A hop that is not gone. */
class Refused extends Error {
  readonly failed: OutboundFailure;

  constructor(failed: OutboundFailure) {
    super(failed);
    this.failed = failed;
  }
}

async function* told(pieces: AsyncIterable<Buffer>, deadline: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    throw new BrokenAnswer(deadline.aborted ? 'timeout' : failureOf(error), error);
  }
}

/** What proves the caller goes to the server it was meant for, and not where that one leads. */
function headersFor(call: Omit<OutboundCall, 'maxBytes'>, hop: URL): Omit<OutboundCall, 'maxBytes'> {
  if (URL.parse(call.url)?.origin === hop.origin) return call;
  const headers = Object.entries(call.headers ?? {}).filter(([name]) => name.toLowerCase() !== 'authorization');
  return { ...call, headers: Object.fromEntries(headers) };
}

interface Target {
  readonly url: URL;
  readonly addresses: Located['addresses'];
}

/** The WHATWG parser has already turned `0x7f.1`, `017700000001` and the like into the address they mean. */
function readTarget(text: string): URL | OutboundFailure {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return 'url.invalid';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'url.scheme';
  if (url.username !== '' || url.password !== '') return 'url.credentials';
  return url;
}

function refusalOf(url: URL, { reach }: Located, plain: boolean): OutboundFailure | null {
  if (reach === 'allowed') return null;
  if (url.protocol === 'http:' && !plain) return 'url.scheme';
  return url.port === '' || publicPorts.has(url.port) ? null : 'url.port';
}

function nextHop(answer: IncomingMessage, from: URL, call: Omit<OutboundCall, 'maxBytes'>): string | null {
  const { location } = answer.headers;
  const moved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0);
  if (!moved || location === undefined || call.maxRedirects === undefined || call.method === 'POST') return null;
  return URL.parse(location, from.href)?.href ?? location;
}

/** Resolves with the head of the answer. The connection goes to these addresses and to no other. */
function request(
  { url, addresses }: Target,
  call: Omit<OutboundCall, 'maxBytes'>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
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

function failureOf(error: unknown): OutboundFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(HPE_|ERR_INVALID_|Z_|ERR_BROTLI|ERR_STREAM_PREMATURE|ERR__ERROR_FORMAT)/.test(code)) return 'answer.invalid';
  if (/^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/.test(code))
    return 'tls.failed';
  return code === 'ETIMEDOUT' ? 'timeout' : 'connect.failed';
}
