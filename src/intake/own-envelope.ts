import type { Instant, Source } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Envelope } from './envelope.ts';

/** What we state ourselves, for the program, staff or a person: facts in our own format, which no browser or shop sent. */
export function ownEnvelope(shopId: ShopId, source: Source, facts: readonly object[], arrivedAt: Instant): Envelope {
  return {
    shopId,
    format: 'own',
    arrivedAt,
    source,
    pageHost: null,
    mayRead: false,
    test: false,
    headers: {},
    ip: null,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: Buffer.from(JSON.stringify({ facts })),
  };
}
