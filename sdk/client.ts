/** The client of a shop's own server: orders, accounts, opt-ins and carts as they happen, sent until they are answered. */
import type {
  CartData,
  ContactAnswers,
  ContactQuestion,
  IngestAnswer,
  IngestEvent,
  OrderData,
  PersonData,
} from './types.ts';

export type {
  CartData,
  ContactAnswers,
  ContactQuestion,
  Customer,
  IngestAnswer,
  IngestEvent,
  OrderData,
  OrderItem,
  PersonData,
} from './types.ts';

export interface TrackerOptions {
  /** Where Spread Tracker answers: `https://tracker.example`. */
  readonly url: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** Seconds each call waits for what became of its events (0 to 10); 0, the default: answered as soon as they are safe. */
  readonly waitSeconds?: number;
  /** Attempts in all, the first among them; default 6 (about a minute). */
  readonly attempts?: number;
  /** Longest wait for one answer; default 15 s. */
  readonly timeoutMs?: number;
  /** Told before each further attempt, for the shop's log. */
  readonly onRetry?: (retry: Retry) => void;
}

export interface Retry {
  /** 2 for the second. */
  readonly attempt: number;
  readonly afterMs: number;
  /** null: no answer came. */
  readonly status: number | null;
  readonly code: string | null;
}

export interface SendOptions {
  /** Made once for a call that may be repeated by the caller itself; default: one for each call. */
  readonly idempotencyKey?: string;
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** An event without its id gets one. */
export type NewEvent = IngestEvent extends infer One
  ? One extends IngestEvent
    ? Omit<One, 'id'> & { readonly id?: string }
    : never
  : never;

export type Result = IngestAnswer['results'][number];

export interface Tracker {
  /** Any number of events, in their order; resolves when all of them are committed. */
  send(events: readonly NewEvent[], options?: SendOptions): Promise<readonly Result[]>;
  order(data: OrderData, options?: SendOptions): Promise<Result>;
  cart(data: CartData, options?: SendOptions): Promise<Result>;
  /** An account made. */
  signup(data: PersonData, options?: SendOptions): Promise<Result>;
  /** A person known: fields, opt-in flags, choices by name. */
  identify(data: PersonData, options?: SendOptions): Promise<Result>;
  newsletter(data: PersonData, options?: SendOptions): Promise<Result>;
  mayContact(question: ContactQuestion): Promise<ContactAnswers>;
}

/** A call that was refused (`status`, `code`, `field`), or had no answer at all after every attempt (`status` null). */
export class TrackerError extends Error {
  readonly status: number | null;
  readonly code: string | null;
  readonly field: string | null;

  constructor(
    message: string,
    about: {
      readonly status: number | null;
      readonly code?: string;
      readonly field?: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: about.cause });
    this.name = 'TrackerError';
    this.status = about.status;
    this.code = about.code ?? null;
    this.field = about.field ?? null;
  }
}

/** Most events of one call; the server takes 1,000 and 2 MB. */
const mostEvents = 500;
const mostBytes = 1_500_000;

export function connectTracker(options: TrackerOptions): Tracker {
  const base = options.url.replace(/\/+$/, '');
  if (!/^https?:\/\//.test(base)) throw new TypeError('url: the address of Spread Tracker, with https://');
  const authorization = `Basic ${Buffer.from(`${options.publicKey}:${options.privateKey}`).toString('base64')}`;

  async function send(events: readonly NewEvent[], sending: SendOptions = {}): Promise<readonly Result[]> {
    const results: Result[] = [];
    const calls = split(events.map((event) => ({ ...event, id: event.id ?? crypto.randomUUID() })));
    for (const [place, call] of calls.entries()) {
      const own = sending.idempotencyKey;
      const wait = sending.waitSeconds ?? options.waitSeconds ?? 0;
      const headers = {
        'idempotency-key': own === undefined ? crypto.randomUUID() : calls.length === 1 ? own : `${own}:${place}`,
        ...(wait > 0 ? { prefer: `wait=${Math.ceil(wait)}` } : {}),
      };
      const body = JSON.stringify({ sentAt: Date.now(), events: call });
      const answer = await request<IngestAnswer>('/ingest', body, headers, sending.signal);
      results.push(...answer.results);
    }
    return results;
  }

  async function one(event: NewEvent, sending?: SendOptions): Promise<Result> {
    const [result] = await send([event], sending);
    if (result === undefined) throw new TrackerError('The server answered without a result.', { status: 200 });
    return result;
  }

  async function request<Answer>(
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const attempts = Math.max(1, options.attempts ?? 6);
    for (let attempt = 1; ; attempt++) {
      const said = await call(path, body, headers, signal);
      if (said.status === 200) return said.body as Answer;
      const { status, code, field, message } = said;
      if (attempt >= attempts || !comesAgain(status) || signal?.aborted)
        throw new TrackerError(message, {
          status,
          ...(code === null ? {} : { code }),
          ...(field === null ? {} : { field }),
          cause: said.cause,
        });
      const afterMs = said.retryAfterMs ?? pauseBefore(attempt);
      options.onRetry?.({ attempt: attempt + 1, afterMs, status, code });
      await pause(afterMs, signal);
    }
  }

  async function call(
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Said> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 15_000);
    try {
      const response = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: { ...headers, authorization, 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      return await readAnswer(response);
    } catch (cause) {
      return { ...noAnswer, cause };
    }
  }

  return {
    send,
    order: (data, sending) => one({ type: 'order', data }, sending),
    cart: (data, sending) => one({ type: 'cart', data }, sending),
    signup: (data, sending) => one({ type: 'signup', data }, sending),
    identify: (data, sending) => one({ type: 'identify', data }, sending),
    newsletter: (data, sending) => one({ type: 'newsletter', data }, sending),
    mayContact: (question) => request<ContactAnswers>('/api/may-contact', JSON.stringify(question), {}),
  };
}

interface Said {
  readonly status: number | null;
  readonly body: unknown;
  readonly code: string | null;
  readonly field: string | null;
  readonly message: string;
  readonly retryAfterMs: number | null;
  readonly cause: unknown;
}

const noAnswer: Said = {
  status: null,
  body: null,
  code: null,
  field: null,
  message: 'Spread Tracker did not answer.',
  retryAfterMs: null,
  cause: null,
};

async function readAnswer(response: Response): Promise<Said> {
  const text = await response.text();
  const body = parse(text);
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  const word = (value: unknown) => (typeof value === 'string' ? value : null);
  // a proxy in between may answer a page
  const usable = response.status === 200 && isRecord(body);
  return {
    status: response.status === 200 && !usable ? 502 : response.status,
    body,
    code: word(error.code),
    field: word(error.field),
    message: word(error.message) ?? `Spread Tracker answered ${response.status}.`,
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
    cause: null,
  };
}

/** No answer, a time-out, the same call under way, a limit, or a fault of the server: nothing of the call is lost by sending it again. */
function comesAgain(status: number | null): boolean {
  return status === null || status === 408 || status === 409 || status === 429 || status >= 500;
}

/** 1, 2, 4 … at most 30 seconds, each up to a quarter shorter so that many callers do not come back at once. */
export function pauseBefore(attempt: number, luck: number = Math.random()): number {
  return Math.round(Math.min(30_000, 1_000 * 2 ** (attempt - 1)) * (1 - luck / 4));
}

/** Seconds or a date; at most five minutes. */
function retryAfter(said: string | null): number | null {
  if (said === null) return null;
  const seconds = /^\d{1,6}$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - Date.now();
  return Number.isNaN(seconds) ? null : Math.min(300_000, Math.max(0, seconds));
}

function split(events: readonly IngestEvent[]): IngestEvent[][] {
  const calls: IngestEvent[][] = [];
  let call: IngestEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    if (call.length > 0 && (call.length >= mostEvents || bytes + size > mostBytes)) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push(event);
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      clearTimeout(timer);
      reject(new TrackerError('The call was given up.', { status: null, cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', over);
      resolve();
    }, ms);
    if (signal?.aborted) over();
    else signal?.addEventListener('abort', over, { once: true });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
