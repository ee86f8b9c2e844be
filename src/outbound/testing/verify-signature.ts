/** For tests: a receiver's side of Standard Webhooks 1.0, written from its specification. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Received } from './receiver.ts';

/** True when one of the signatures is this secret's over `id.timestamp.body`. */
export function verifies(request: Pick<Received, 'headers' | 'body'>, secret: string): boolean {
  if (!secret.startsWith('whsec_')) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  if (key.length < 24 || key.length > 64) return false;
  const id = String(request.headers['webhook-id']);
  const timestamp = String(request.headers['webhook-timestamp']);
  if (!/^\d{10}$/.test(timestamp) || id === '' || id.includes('.')) return false;
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.${request.body}`).digest();
  return String(request.headers['webhook-signature'])
    .split(' ')
    .map((one) => one.split(',', 2))
    .some(([version, value = '']) => {
      const given = Buffer.from(value, 'base64');
      return version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
}
