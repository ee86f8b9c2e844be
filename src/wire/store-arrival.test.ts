/** Deliveries are snapshots of the moment they were sent, and come in any order, twice, or not at all: one truth comes of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '#domain/decide.ts';
import type { Fact } from '#domain/facts.ts';
import { decode } from './decode.ts';
import type { Json, JsonObject } from './json.ts';
import { parseExact, writeShopItem } from './shop-item.ts';
import { keepStoreObject, readStoreObject, type StorePlatform } from './store.ts';
import { arrival, emptyStore, statementFrom } from './testing/store-world.ts';

interface Delivery {
  readonly topic: string;
  readonly body: Json;
  readonly occurredAt?: string;
}

function fixture(path: string): JsonObject {
  return JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'));
}

const woo = fixture('woocommerce/fixtures/own-recorded/wc7.9-classic-checkout-order.created-cod.json');
const wooAt = (at: string, change: JsonObject): Delivery => ({
  topic: 'order.updated',
  body: { ...woo, date_modified_gmt: at, ...change },
});
const presta = fixture('prestashop/fixtures/own-recorded/order.json').order as JsonObject;
const prestaAt = (at: string, state: JsonObject): Delivery => ({
  topic: 'order.upsert',
  body: { order: { ...presta, date_upd: at, current_state: state.id ?? '' }, order_state: state },
});
const flags = (id: string, paid: string, shipped: string, template = ''): JsonObject => ({
  id,
  paid,
  shipped,
  template,
});
const shopify = fixture('shopify/fixtures/spree-shopify-importer-vcr/order-with-refund-1.json').order as JsonObject;
const shopifyAt = (topic: string, at: string, change: JsonObject): Delivery => ({
  topic,
  body: { ...shopify, refunds: [], updated_at: at, financial_status: 'pending', fulfillment_status: null, ...change },
});

const stories: readonly (readonly [string, StorePlatform, readonly Delivery[], object])[] = [
  [
    'WooCommerce: cash on delivery, delivered and paid, one thing given back',
    'woocommerce',
    [
      { ...wooAt('2026-11-23T16:59:11', { status: 'processing' }), topic: 'order.created' },
      wooAt('2026-11-23T18:00:00', {
        status: 'completed',
        date_paid_gmt: '2026-11-23T18:00:00',
        date_completed_gmt: '2026-11-23T18:00:00',
      }),
      {
        topic: 'refund.upsert',
        body: { id: 99, order_id: 14, amount: '9.50', date_created_gmt: '2026-11-23T19:00:00' },
      },
    ],
    { payment: 'paid', fulfilment: 'shipped', cancelled: false, totalMinor: 2940, refundedMinor: 950, legacyState: 50 },
  ],
  [
    'WooCommerce: paid, cancelled, taken up again',
    'woocommerce',
    [
      wooAt('2026-11-23T17:00:00', { status: 'processing', date_paid_gmt: '2026-11-23T17:00:00' }),
      wooAt('2026-11-23T18:00:00', { status: 'cancelled', date_paid_gmt: '2026-11-23T17:00:00' }),
      wooAt('2026-11-23T19:00:00', { status: 'processing', date_paid_gmt: '2026-11-23T17:00:00' }),
    ],
    { payment: 'paid', fulfilment: 'none', cancelled: false, legacyState: 20 },
  ],
  [
    'PrestaShop: bank wire, paid, then given back in part',
    'prestashop',
    [
      prestaAt('2026-11-23 18:06:07', flags('10', '0', '0', 'bankwire')),
      prestaAt('2026-11-23 18:06:26', flags('2', '1', '0', 'payment')),
      {
        topic: 'refund.upsert',
        body: {
          order_slip: { id: 1, id_order: '6', id_customer: '5', amount: '10.000000', date_add: '2026-11-23 18:07:46' },
        },
      },
    ],
    { payment: 'paid', fulfilment: 'none', totalMinor: 2294, refundedMinor: 1000, netMinor: 1294, legacyState: 20 },
  ],
  [
    'Shopify: placed, paid and sent, the refund by itself and in the order',
    'shopify',
    [
      shopifyAt('orders/create', '2017-06-15T15:52:28Z', {}),
      shopifyAt('orders/updated', '2017-10-07T12:00:00Z', {
        financial_status: 'partially_refunded',
        fulfillment_status: 'fulfilled',
        refunds: shopify.refunds ?? null,
      }),
      { topic: 'refunds/create', body: fixture('shopify/fixtures/spree-shopify-importer-vcr/refund-1.json') },
    ],
    { payment: 'paid', fulfilment: 'shipped', refundedMinor: 15000, netMinor: 32000, legacyState: 50 },
  ],
];

test.each(stories)(
  '%s: one truth in every order of arrival, each of them once, twice and again',
  (_story, platform, deliveries, truth) => {
    const facts = deliveries.map((delivery) => factsOf(platform, delivery));
    let first: unknown;
    for (const order of permutations(facts)) {
      for (const told of [order, [...order, ...order], order.flatMap((one) => [one, one])]) {
        const seen = pictureAfter(platform, told);
        expect(seen.orders).toMatchObject([truth]);
        first ??= seen;
        expect(seen).toEqual(first);
      }
    }
  },
);

test('any number of snapshots of one order, in any order, say what the newest says', () => {
  const moment = fc.record({
    minutes: fc.integer({ min: 0, max: 1000 }),
    status: fc.constantFrom('pending', 'on-hold', 'processing', 'completed', 'cancelled', 'failed', 'wc-packed'),
    paid: fc.boolean(),
  });
  const history = fc.uniqueArray(moment, { selector: ({ minutes }) => minutes, minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.nat()), (moments, luck) => {
      const at = (minutes: number) => new Date(Date.UTC(2026, 10, 23, 0, minutes)).toISOString().slice(0, 19);
      const told = moments.map(({ minutes, status, paid }) =>
        factsOf('woocommerce', wooAt(at(minutes), { status, date_paid_gmt: paid ? at(minutes) : null })),
      );
      const sorted = moments
        .map((moment, place) => ({ moment, facts: told[place] ?? [] }))
        .sort((a, b) => a.moment.minutes - b.moment.minutes)
        .map(({ facts }) => facts);
      const shuffled = told
        .map((facts) => ({ facts, luck: luck.next().value }))
        .sort((a, b) => a.luck - b.luck)
        .map(({ facts }) => facts);
      // whether an order that is cancelled in the end was first seen alive decides its basis (rules §5), not what it is
      expect(pictureAfter('woocommerce', shuffled).orders).toEqual(pictureAfter('woocommerce', sorted).orders);
    }),
    { numRuns: 200 },
  );
});

test('an id beyond 2^53 keeps its digits on the whole way', () => {
  const raw = Buffer.from(
    '{"id":820982911946154509,"total_price":"10.00","currency":"EUR","created_at":"2026-11-23T10:00:00Z","customer":{"id":115310627314723957}}',
  );
  const read = readStoreObject('shopify', 'orders/create', raw);
  if ('fault' in read) throw new Error(read.fault);
  const bytes = Buffer.from(
    writeShopItem({ topic: 'orders/create', occurredAt: null, zone: null, currency: null, body: read.kept }),
  );
  expect(decode('store/shopify', bytes, null)).toMatchObject({
    facts: [{ order: { key: '820982911946154509' }, person: { externalId: '115310627314723957' } }],
  });
  expect(parseExact(Buffer.from('[1e999,-820982911946154509,1.5,12345678901234567890123]'))).toEqual({
    value: [null, '-820982911946154509', 1.5, '12345678901234567890123'],
  });
});

test('a time without a zone is in the zone the shop states, else in the zone of its settings', () => {
  const body = { order: { ...presta, date_upd: '2026-11-23 18:06:07' } };
  const bytes = (zone: string | null) =>
    Buffer.from(writeShopItem({ topic: 'order.upsert', occurredAt: null, zone, currency: 'CHF', body }));
  const placed = (zone: string | null) => {
    const world = emptyStore('prestashop');
    const decoded = decode('store/prestashop', bytes(zone), null);
    if (decoded.word === 'read') decide(world, statementFrom('prestashop', decoded.facts));
    const [order] = world.orders.values();
    return [new Date(order?.placedAt ?? 0).toISOString(), order?.currency];
  };
  expect(placed(null)).toEqual(['2026-11-23T17:06:07.000Z', 'CHF']);
  expect(placed('America/New_York')).toEqual(['2026-11-23T23:06:07.000Z', 'CHF']);
  expect(placed('Nowhere/Atlantis')).toEqual(['2026-11-23T17:06:07.000Z', 'CHF']);
});

test('what is deleted in the store is cancelled here, and makes nothing that was not known', () => {
  const created = factsOf('shopify', shopifyAt('orders/create', '2017-06-15T15:52:28Z', {}));
  const deleted = factsOf('shopify', {
    topic: 'orders/delete',
    body: { id: 5182437124 },
    occurredAt: '2017-06-16T00:00:00Z',
  });
  expect(pictureAfter('shopify', [created, deleted]).orders).toMatchObject([
    { cancelled: true, legacyState: 0, totalMinor: 47000 },
  ]);
  const world = emptyStore('shopify');
  expect(decide(world, statementFrom('shopify', deleted))).toMatchObject({
    word: 'ignored',
    reasons: ['order.unknown'],
  });
  expect(world.orders.size).toBe(0);
});

test('those whom PrestaShop’s newsletter block knew before us: acts of the moment each subscribed, in the shop’s time', () => {
  const body = {
    subscribers: [
      {
        id: '1',
        email: 'ana@b.example',
        newsletter_date_add: '2024-02-01 10:00:00',
        ip_registration_newsletter: '203.0.113.7',
      },
      { id: '2', email: 'bo@b.example', newsletter_date_add: '2025-07-14 23:30:00', ip_registration_newsletter: '' },
    ],
  };
  const kept = keepStoreObject('prestashop', 'newsletter.upsert', body);
  expect(JSON.stringify(kept)).not.toContain('203.0.113.7');
  const item = writeShopItem({
    topic: 'newsletter.upsert',
    occurredAt: null,
    zone: 'Europe/Paris',
    currency: null,
    body: kept,
  });
  expect(decode('store/prestashop', Buffer.from(item), null)).toMatchObject({
    word: 'read',
    facts: [
      {
        type: 'newsletter',
        person: { email: 'ana@b.example' },
        value: 1,
        ownTime: { local: '2024-02-01T10:00:00', zone: 'Europe/Paris' },
      },
      {
        type: 'newsletter',
        person: { email: 'bo@b.example' },
        value: 1,
        ownTime: { local: '2025-07-14T23:30:00', zone: 'Europe/Paris' },
      },
    ],
  });
  const undated = { subscribers: [{ id: '3', email: 'cy@b.example', newsletter_date_add: '0000-00-00 00:00:00' }] };
  expect(() => factsOf('prestashop', { topic: 'newsletter.upsert', body: undated })).toThrow('wire.missing_field');
});

test('the box of a plugin is an act of its moment; the flag of a customer a record; an unticked box nothing', () => {
  const meta = (key: string, value: string) => ({ id: 1, key, value });
  const order = (value: string): Delivery =>
    wooAt('2026-11-23T17:00:00', {
      meta_data: [meta('_tracker_email_optin', value), meta('_tracker_optin_at', '2026-11-23T16:59:00')],
    });
  expect(factsOf('woocommerce', order('1'))).toMatchObject([
    { optIns: [{ channel: 'email', value: 1, kind: 'act', at: { at: Date.parse('2026-11-23T16:59:00Z') } }] },
  ]);
  expect(factsOf('woocommerce', order('0'))).toMatchObject([{ optIns: [] }]);
  const customer = fixture('woocommerce/fixtures/own-recorded/wc7.9-checkout-customer.created.json');
  const flagged = {
    ...customer,
    meta_data: [meta('mailchimp_woocommerce_is_subscribed', '0'), meta('session_tokens', 's3cret')],
  };
  expect(factsOf('woocommerce', { topic: 'customer.updated', body: flagged })).toMatchObject([
    { optIns: [{ channel: 'email', value: 0, kind: 'record' }] },
  ]);
  expect(JSON.stringify(keepStoreObject('woocommerce', 'customer.updated', flagged))).not.toContain('s3cret');
  const account = (value: string): Delivery => ({
    topic: 'customer.upsert',
    body: {
      ...customer,
      meta_data: [meta('_tracker_email_optin', value), meta('_tracker_optin_at', '2026-11-23T16:59:00Z')],
    },
  });
  expect(factsOf('woocommerce', account('1'))).toMatchObject([
    { optIns: [{ channel: 'email', value: 1, kind: 'act', at: { at: Date.parse('2026-11-23T16:59:00Z') } }] },
  ]);
  expect(factsOf('woocommerce', account('0'))).toMatchObject([{ optIns: [] }]);
});

function factsOf(
  platform: StorePlatform,
  { topic, body, occurredAt = null }: Omit<Delivery, 'occurredAt'> & { occurredAt?: string | null },
): readonly Fact[] {
  const kept = keepStoreObject(platform, topic, body);
  const item = Buffer.from(writeShopItem({ topic, occurredAt, zone: null, currency: null, body: kept }));
  const decoded = decode(`store/${platform}`, item, null);
  if (decoded.word !== 'read') throw new Error(`${topic}: ${decoded.reason}`);
  return decoded.facts;
}

/** What a reader sees of a shop after deliveries that came one minute after another. */
function pictureAfter(platform: StorePlatform, told: readonly (readonly Fact[])[]) {
  const world = emptyStore(platform);
  told.forEach((facts, place) => {
    decide(world, statementFrom(platform, facts, arrival + place * 60_000));
  });
  const owner = (id: unknown) => [...world.profiles.values()].find((profile) => profile.id === id)?.emailNorm ?? null;
  return {
    people: [...world.profiles.values()].map(({ emailNorm }) => emailNorm),
    orders: [...world.orders.values()].map((order) => ({
      key: order.key,
      number: order.number,
      owner: owner(order.ownerId),
      placedAt: order.placedAt,
      totalMinor: order.totalMinor,
      refundedMinor: order.refundedMinor,
      netMinor: order.netMinor,
      payment: order.payment,
      fulfilment: order.fulfilment,
      cancelled: order.cancelled,
      legacyState: order.legacyState,
      validated: order.validated,
      isNew: order.isNew,
      items: order.items,
    })),
    bases: [...world.bases.values()].map(({ basisId, standing }) => [basisId, standing.status]),
  };
}

function permutations<One>(list: readonly One[]): (readonly One[])[] {
  if (list.length <= 1) return [list];
  return list.flatMap((one, place) =>
    permutations(list.filter((_, other) => other !== place)).map((rest) => [one, ...rest]),
  );
}
