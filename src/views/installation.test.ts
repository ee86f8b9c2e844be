import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { defaultSettings } from '#domain/settings.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { listKnownKeys } from '#store/shop-key.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { ensureTestPair } from '#store/test-pair.ts';
import { findInstallation } from '#views/installation.ts';
import { findValidationEffect } from '#views/validation-effect.ts';

const keys = deriveKeys('a key for tests, and for tests only');
const now = Date.parse('2026-05-20T10:30:00Z');
const hourMs = 3_600_000;
let base: TestDatabase;
let shop: ReturnType<typeof shopId>;

beforeAll(async () => {
  base = await testDatabase();
  ({ shopId: shop } = await createShop(base.pool, keys, { name: 'Une' }));
});
afterAll(() => base.close());

let lastOrder = 0;

interface GivenOrder {
  readonly payment?: string;
  readonly cancelled?: boolean;
  readonly validated?: boolean;
  readonly currency?: string;
  readonly net?: number;
  readonly refunded?: number;
  readonly rank?: 1 | 2;
  readonly placed?: number;
}

async function writeOrder(order: GivenOrder, of = shop): Promise<number> {
  lastOrder += 1;
  const { payment = 'none', cancelled = false, validated = payment === 'paid', currency = 'EUR', net = 1000 } = order;
  const placed = new Date(order.placed ?? now - 1000 * lastOrder);
  await base.pool.query(
    `insert into orders (shop_id, id, namespace, key, created_at, updated_at, placed_at, day, currency, total_minor, net_minor,
       refunded_minor, payment, cancelled, legacy_state, validated, contact_email, stated)
     values ($1, $2, 'default', $3, $4, $4, $4, $4::timestamptz::date, $5, $6, $7, $8, $9, $10, 10, $11, 'lea@b.example', $12)`,
    [
      ...[of, lastOrder, `K${lastOrder}`, placed, currency, net + (order.refunded ?? 0), net, order.refunded ?? 0],
      ...[payment, cancelled, validated, JSON.stringify({ total: { [order.rank ?? 1]: { at: 1, value: {} } } })],
    ],
  );
  return lastOrder;
}

async function newShop(): Promise<ReturnType<typeof shopId>> {
  return (await createShop(base.pool, keys, { name: 'Autre' })).shopId;
}

test('a shop that has sent nothing has nothing, and its settings are there for the simulator', async () => {
  const found = await findInstallation(base.db, await newShop(), now);
  expect(found).toMatchObject({
    platform: null,
    installedAt: null,
    lastAt: null,
    anythingAt: null,
    rhythm: { perBusyHour: null, longestPauseHours: null, silentHours: null },
    today: { received: 0, refused: 0, parked: 0 },
    unmapped: [],
    redecide: null,
    neverPaid: false,
    closeBrowser: null,
    rules: defaultSettings,
  });
  expect(found?.sightings.every(({ lastAt, testAt }) => lastAt === null && testAt === null)).toBe(true);
  expect(await findInstallation(base.db, shopId(999_999), now)).toBeNull();
});

test('a shop that fell silent against its rhythm is told so, with what was refused today', async () => {
  const of = await newShop();
  for (let hour = 30; hour < 130; hour++) {
    const at = new Date(Math.floor((now - hour * hourMs) / hourMs) * hourMs);
    await base.pool.query(
      `insert into arrival_hour values ($1, $2, 'applied', '', 20, $2), ($1, $2, 'rejected', '', 1, $2)`,
      [of, at],
    );
  }
  const found = await findInstallation(base.db, of, now);
  expect(found?.rhythm).toEqual({ perBusyHour: 21, longestPauseHours: 0, silentHours: 30 });
  expect(found?.today).toEqual({ received: 0, refused: 0, parked: 0 });
});

test('states mapped to nothing stand out until they are mapped', async () => {
  const of = await newShop();
  await base.pool.query(
    `insert into unmapped_state values ($1, 'server', '7', 12, now()), ($1, 'server', 'odd', 3, now())`,
    [of],
  );
  expect((await findInstallation(base.db, of, now))?.unmapped.map(({ code, count }) => [code, count])).toEqual([
    ['7', 12],
    ['odd', 3],
  ]);
  const maps = { stateMaps: { server: { 7: { payment: 'paid', fulfilment: 'none', cancelled: false } } } };
  await base.pool.query(
    `insert into shop_settings (shop_id, version, since_seq, changed_at, body)
     select shop_id, 2, 0, now(), body || $2::jsonb from shop_settings where shop_id = $1`,
    [of, JSON.stringify(maps)],
  );
  expect((await findInstallation(base.db, of, now))?.unmapped.map(({ code }) => code)).toEqual(['odd']);
});

test('ten orders and none ever paid: the page proposes the other setting, a single payment ends it', async () => {
  const of = await newShop();
  for (let n = 0; n < 9; n++) await writeOrder({}, of);
  expect((await findInstallation(base.db, of, now))?.neverPaid).toBe(false);
  await writeOrder({}, of);
  expect((await findInstallation(base.db, of, now))?.neverPaid).toBe(true);
  await writeOrder({ payment: 'paid' }, of);
  expect((await findInstallation(base.db, of, now))?.neverPaid).toBe(false);
});

test('once a server sends orders, twins of the page and the server are shown', async () => {
  const of = await newShop();
  await writeOrder({ placed: now - 60_000 }, of);
  await writeOrder({ rank: 2, placed: now }, of);
  expect((await findInstallation(base.db, of, now))?.closeBrowser).toBeNull();
  await base.pool.query(`insert into sighting values ($1, 'server-order', $2, null)`, [of, new Date(now)]);
  const close = (await findInstallation(base.db, of, now))?.closeBrowser;
  expect(close?.serverSince).toBe(now);
  expect(close?.twins.map(({ orders }) => orders.map(({ server }) => server))).toEqual([[false, true]]);
});

test('the effect of a change is counted by the rule itself, slice by slice, per currency, with a sample', async () => {
  const gains = [await writeOrder({ net: 4250 }), await writeOrder({ currency: 'CHF', net: 900 })];
  await writeOrder({ payment: 'paid' });
  await writeOrder({ cancelled: true });
  await writeOrder({ net: 0, refunded: 500 });
  let after = 0;
  const seen = { looked: 0, gained: 0, lost: 0, ids: [] as number[], turnover: [] as unknown[] };
  for (;;) {
    const part = await findValidationEffect(base.db, shop, 'placed', after, 2);
    seen.looked += part.looked;
    seen.gained += part.gained;
    seen.lost += part.lost;
    seen.ids.push(...part.sample.map(({ id }) => id));
    seen.turnover.push(...part.turnover);
    if (part.next === null) break;
    after = part.next;
  }
  expect(seen).toEqual({
    looked: 5,
    gained: 2,
    lost: 0,
    ids: gains,
    turnover: [
      { currency: 'EUR', gainedMinor: 4250, lostMinor: 0 },
      { currency: 'CHF', gainedMinor: 900, lostMinor: 0 },
    ],
  });
  const none = await findValidationEffect(base.db, shop, 'paid', 0);
  expect([none.gained, none.lost]).toEqual([0, 0]);
});

test('the test pair is one, writes, reads nothing, and is known as one', async () => {
  const of = await newShop();
  const made = await Promise.all([1, 2, 3].map(() => ensureTestPair(base.pool, keys, of)));
  expect(new Set(made).size).toBe(1);
  expect(made[0]).toMatch(/^test_[0-9a-f]{40}$/);
  const pairs = (await listKnownKeys(base.pool)).filter((pair) => pair.shopId === of && pair.test);
  expect(pairs.map(({ mayWrite, mayRead }) => [mayWrite, mayRead])).toEqual([[true, false]]);
});
