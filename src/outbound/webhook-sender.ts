/** One attempt to send one message. */
import type { OutboundFailure } from '#contract/outbound.ts';
import type { Instant } from '#domain/facts.ts';
import type { Attempt } from '#store/webhook-delivery.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { readRetryAfter } from './webhook-retry.ts';
import { signMessage } from './webhook-signature.ts';

export interface Outgoing {
  readonly url: string;
  /** Newest first. */
  readonly secrets: readonly string[];
  readonly messageId: string;
  readonly body: string;
}

export interface Sent extends Attempt {
  readonly failure: OutboundFailure | null;
  /** Only a 2xx says that the receiver has it. */
  readonly arrived: boolean;
  /** 410: it never wants anything again. */
  readonly gone: boolean;
  readonly retryAfterMs: number | null;
}

const timeoutMs = 15_000;
const answerBytes = 1_000;

/** Never throws: what went wrong is in the answer. */
export async function sendMessage(guarded: GuardedFetch, outgoing: Outgoing, now: () => Instant): Promise<Sent> {
  const at = now();
  const start = performance.now();
  const answer = await guarded.send({
    url: outgoing.url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'SpreadTracker-Webhook/1',
      ...signMessage(outgoing.secrets, outgoing.messageId, at, outgoing.body),
    },
    body: outgoing.body,
    timeoutMs,
    maxBytes: answerBytes,
  });
  const tookMs = performance.now() - start;
  if (answer.failed !== null) {
    const failed = { status: null, failure: answer.failed, answer: null };
    return { at, tookMs, ...failed, arrived: false, gone: false, retryAfterMs: null };
  }
  const { status } = answer;
  return {
    at,
    tookMs,
    status,
    failure: null,
    answer: answer.body.toString('utf8').replaceAll('\u0000', '').slice(0, 500),
    arrived: status >= 200 && status < 300,
    gone: status === 410,
    retryAfterMs: readRetryAfter(answer.headers['retry-after'], at),
  };
}
