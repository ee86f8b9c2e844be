/** Standard Webhooks 1.0: who receives a message can prove that we sent it, and when. */
import { createHmac } from 'node:crypto';
import type { Instant } from '#domain/facts.ts';

export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** Signed anew for each attempt; one signature a secret, so that a receiver may change over in between. */
export function signMessage(secrets: readonly string[], id: string, at: Instant, body: string): SignedHeaders {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
