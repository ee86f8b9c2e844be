/** The shop's server side: v1 calls as PHP's cURL makes them, with Basic keys. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Call, keepCall } from './shop-state.ts';
import type { FormData } from './statement.ts';

export interface Pair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface SenderOptions {
  /** Where this machine reaches the collector; asked for at each call. */
  readonly collectorUrl: () => string;
  /** The shop's keys; asked for at each call. */
  readonly pair: () => Promise<Pair>;
  readonly onFault: (method: string, status: number | null) => void;
}

export interface Wish {
  readonly method: 'CreateOrder' | 'UpdateOrder' | 'CreateAccount';
  readonly form: FormData;
  readonly state: string | null;
  /** How often the same call is sent; 1 unless somebody tries what repeats do. */
  readonly times: number;
}

export interface Sender {
  /** Resolves when every copy was answered or given up; the outcome stands in `calls`. Calls of one list leave one after the other. */
  send(calls: Call[], wish: Wish): Promise<void>;
  stop(): Promise<void>;
}

const attempts = 3;
const timeoutMs = 5_000;
const atOnce = 10;

export function openSender(options: SenderOptions): Sender {
  const ending = new AbortController();
  const lines = new Map<Call[], Promise<void>>();

  async function post({ method, form }: Wish): Promise<number> {
    const { publicKey, privateKey } = await options.pair();
    const answer = await fetch(`${options.collectorUrl()}/api/${method}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${publicKey}:${privateKey}`).toString('base64')}`,
      },
      body: buildQuery(form),
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMs)]),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** Busy answers and silence are tried again, a refusal is final. */
  async function deliver(wish: Wish, call: Call): Promise<void> {
    let status: number | null = null;
    let error: string | null = null;
    for (let attempt = 1; attempt <= attempts && !ending.signal.aborted; attempt++) {
      try {
        status = await post(wish);
        error = status === 200 ? null : `HTTP ${status}`;
      } catch (fault) {
        status = null;
        error = fault instanceof Error && fault.name === 'TimeoutError' ? 'timeout' : 'no answer';
      }
      if (error === null || (status !== null && status < 500 && status !== 429)) break;
      await pause(200 * attempt, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    call.done += 1;
    if (call.error === null) Object.assign(call, { status, error });
    if (error !== null) options.onFault(wish.method, status);
  }

  async function sendAll(calls: Call[], wish: Wish): Promise<void> {
    const call: Call = {
      method: wish.method,
      state: wish.state,
      times: wish.times,
      done: 0,
      status: null,
      error: null,
    };
    keepCall(calls, call);
    let left = wish.times;
    const worker = async (): Promise<void> => {
      while (left > 0 && !ending.signal.aborted) {
        left -= 1;
        await deliver(wish, call);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, wish.times) }, worker));
  }

  return {
    send(calls, wish) {
      const turn = (lines.get(calls) ?? Promise.resolve()).then(() => sendAll(calls, wish));
      lines.set(calls, turn);
      return turn.finally(() => {
        if (lines.get(calls) === turn) lines.delete(calls);
      });
    },
    async stop() {
      ending.abort();
      await Promise.all(lines.values());
    },
  };
}

/** PHP's `http_build_query`: nested keys in brackets, spaces as `+`. */
export function buildQuery(form: FormData): string {
  const query = new URLSearchParams();
  const walk = (prefix: string, value: string | FormData): void => {
    if (typeof value === 'string') query.append(prefix, value);
    else for (const [key, inner] of Object.entries(value)) walk(prefix === '' ? key : `${prefix}[${key}]`, inner);
  };
  walk('', form);
  return query.toString();
}
