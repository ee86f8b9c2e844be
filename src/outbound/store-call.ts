/** One question to a store's API: through the guarded fetch, its limits obeyed, its error pages told apart from its answers. */
import type { ConnectionFault } from '#contract/connections.ts';
import type { GuardedFetch } from './guarded-fetch.ts';

export interface StoreQuestion {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface StoreSaid {
  readonly status: number;
  /** undefined: an empty body. */
  readonly json: unknown;
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** `afterMs`: when to come again (429, 503); null: nothing says so. */
export interface StoreSilent {
  readonly fault: ConnectionFault;
  readonly afterMs: number | null;
  /** Asking again changes nothing. */
  readonly final?: boolean;
}

const timeoutMs = 30_000;
const maxBytes = 32 * 1024 * 1024;

export async function askStore(guarded: GuardedFetch, question: StoreQuestion): Promise<StoreSaid | StoreSilent> {
  const answer = await guarded.send({ ...question, timeoutMs, maxBytes, plain: true, maxRedirects: 0 });
  if (answer.failed !== null) return { fault: 'no_answer', afterMs: null };
  const { status, body } = answer;
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  if (status === 429 || status === 503) return { fault: 'limited', afterMs: retryAfter(headers['retry-after']) };
  if (status === 401) return { fault: 'keys_wrong', afterMs: null };
  if (status >= 500) return { fault: 'no_answer', afterMs: null };
  const text = body.toString('utf8').trim();
  if (text === '') return { status, json: undefined, raw: body, headers };
  try {
    return { status, json: JSON.parse(text), raw: body, headers };
  } catch {
    // a maintenance page, a firewall, another site: none of the API's answers
    return { fault: 'not_the_api', afterMs: null };
  }
}

/** Seconds or a date; at most an hour. */
export function retryAfter(said: string | undefined): number | null {
  if (said === undefined || said === '') return null;
  const ms = /^\d{1,6}(\.\d+)?$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(3_600_000, Math.max(0, Math.ceil(ms)));
}

export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** The address a merchant typed, without its path's end: `https://shop.example`. null: it is none. */
export function storeAddress(typed: string): string | null {
  const text = typed.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.hostname === ''
  )
    return null;
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}
