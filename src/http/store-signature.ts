import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '#domain/facts.ts';
import type { SignedDelivery } from '#wire/store-delivery.ts';

/** How far a sender's clock may be from ours, in either direction. */
export const clockMs = 300_000;

/** Compares in constant time, over the raw bytes. */
export function isSignedBy(secrets: readonly string[], delivery: SignedDelivery, raw: Uint8Array): boolean {
  let right = false;
  for (const secret of secrets) {
    const hash = createHmac('sha256', secret).update(delivery.prefix).update(raw).digest();
    for (const signature of delivery.signatures.slice(0, 4)) {
      const said = Buffer.from(signature, delivery.encoding);
      if (said.length === hash.length && timingSafeEqual(said, hash)) right = true;
    }
  }
  return right;
}

/** False: it was signed too long ago, or by a clock that is wrong, and may be a replay. */
export function isFresh({ timestamp }: SignedDelivery, now: Instant): boolean {
  return timestamp === null || Math.abs(now - timestamp * 1000) <= clockMs;
}
