import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Source } from '#domain/facts.ts';
import { shopId } from '#domain/ids.ts';
import { decodeBatch, type Envelope, encodeBatch } from './envelope.ts';

const source: fc.Arbitrary<Source> = fc.oneof(
  fc.constantFrom('browser', 'server', 'api', 'person', 'system').map((kind) => ({ kind }) as Source),
  fc.tuple(fc.constantFrom('store', 'pull'), fc.string()).map(([kind, store]) => ({ kind, store }) as Source),
  fc.string().map((importId): Source => ({ kind: 'import', importId })),
  fc.string().map((userId): Source => ({ kind: 'staff', userId })),
);
const text = fc.string({ unit: 'grapheme', maxLength: 80 });

const envelope: fc.Arbitrary<Envelope> = fc.record({
  shopId: fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(shopId),
  format: fc.constantFrom('track', 'v1/CreateOrder', 'own'),
  arrivedAt: fc.integer({ min: 0, max: 4e12 }),
  source,
  pageHost: fc.option(text),
  mayRead: fc.boolean(),
  test: fc.boolean(),
  headers: fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,30}$/), text, { noNullPrototype: true, maxKeys: 6 }),
  ip: fc.option(text),
  minted: fc.option(text),
  door: fc.constantFrom('accepted', 'rejected'),
  deliveryKey: fc.option(text),
  raw: fc.uint8Array({ maxLength: 2000 }),
});

test('a batch comes back as it went in, bytes untouched', () => {
  fc.assert(
    fc.property(fc.array(envelope, { maxLength: 20 }), (envelopes) => {
      const back = decodeBatch(encodeBatch(envelopes)).map((one) => ({ ...one, raw: new Uint8Array(one.raw) }));
      expect(back).toEqual(envelopes);
    }),
  );
});

test('bytes that are no batch, or one cut short, are refused', () => {
  fc.assert(
    fc.property(fc.array(envelope, { minLength: 1, maxLength: 3 }), fc.nat(), (envelopes, n) => {
      const whole = encodeBatch(envelopes);
      expect(() => decodeBatch(whole.subarray(0, n % whole.length))).toThrow();
      expect(() => decodeBatch(Buffer.concat([whole, Buffer.from('x')]))).toThrow();
    }),
  );
});
