/** Lists and pages of orders over rows written by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderList, OrderQuery } from '#contract/orders.ts';
import { createShop } from '#store/shop.ts';
import { findOrderHistory, listOrders, listOrdersOfProfile } from './order-list.ts';
import { findOrderPage } from './order-page.ts';
import { at, hour, noon, openTestRows, type TestRows, testKeys } from './testing/rows.ts';

let given: TestRows;

beforeAll(async () => {
  given = await openTestRows();
});
afterAll(() => given.close());

test('orders say whether they count, or what stands against it', async () => {
  const { db } = given.database;
  await given.insertProfile(10, given.shop, { email: 'a@b.example', email_norm: 'a@b.example' });
  await given.insertOrder(1, given.shop, { profile_id: 10, payment: 'paid', validated: true, validated_at: at(noon) });
  await given.insertOrder(2, given.shop, { contact_email: 'c@d.example' });
  await given.insertOrder(3, given.shop, { cancelled: true, payment: 'paid' });
  await given.insertOrder(4, given.shop, { payment: 'paid', refunded_minor: 1000, net_minor: 0 });
  await given.insertOrder(5, given.shop, { payment: 'paid' });
  await given.insertOrder(1, given.other, { profile_id: 10 });
  const list = await listOrders(db, given.shop, {});
  expect(list?.zone).toBe('Europe/Paris');
  expect(list?.orders.map((order) => [order.id, order.validated])).toEqual([
    [5, 'pending'],
    [4, 'refunded'],
    [3, 'cancelled'],
    [2, 'not_paid'],
    [1, 'validated'],
  ]);
  expect(list?.orders.map((order) => order.email)).toEqual([null, null, null, 'c@d.example', 'a@b.example']);
  expect(list?.neverPaid).toBe(false);
  expect((await listOrdersOfProfile(db, given.shop, [10], 'paid')).map((order) => order.id)).toEqual([1]);
});

test('ten orders and none paid: the page can say so', async () => {
  for (let id = 1; id <= 10; id++) await given.insertOrder(id + 100, given.other);
  expect((await listOrders(given.database.db, given.other, {}))?.neverPaid).toBe(true);
});

test('the history of an order belongs to its shop', async () => {
  await given.insert('order_state_history', {
    shop_id: given.shop,
    order_id: 1,
    seq: 5,
    n: 0,
    at: at(noon),
    arrived_at: at(noon + 5),
    source: 'server',
    payment: 'paid',
    fulfilment: 'none',
    cancelled: false,
    legacy_state: 20,
  });
  const state = { payment: 'paid', fulfilment: 'none', cancelled: false };
  expect(await findOrderHistory(given.database.db, given.shop, 1)).toEqual({
    states: [{ at: noon, arrivedAt: noon + 5, source: 'server', state }],
  });
  expect(await findOrderHistory(given.database.db, given.shop, 2)).toEqual({ states: [] });
  expect(await findOrderHistory(given.database.db, given.shop, 101)).toBeNull();
});

test('orders are paged by what was last seen, filtered, and found by reference or e-mail', async () => {
  const { db, pool } = given.database;
  const third = (await createShop(pool, testKeys, { name: 'Longue' })).shopId;
  await given.insertProfile(70, third, { email: 'Q@r.example', email_norm: 'q@r.example' });
  for (let id = 1; id <= 120; id++) {
    const paid = id % 40 === 0 ? { payment: 'paid', validated: true } : {};
    await given.insertOrder(id, third, {
      ...paid,
      placed_at: at(noon - id * hour),
      number: `N${id % 60}`,
      profile_id: id === 9 ? 70 : null,
    });
  }
  const all: number[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < 3; pages++) {
    const page: OrderList | null = await listOrders(db, third, after === null ? {} : { after });
    all.push(...(page?.orders.map(({ id }) => id) ?? []));
    after = page?.next ?? null;
  }
  expect([all.length, new Set(all).size, all[0], after]).toEqual([120, 120, 120, null]);
  const ids = async (asked: OrderQuery) => (await listOrders(db, third, asked))?.orders.map(({ id }) => id);
  expect(await ids({ counts: 'validated' })).toEqual([120, 80, 40]);
  expect(await ids({ state: 'paid', sort: 'placed' })).toEqual([40, 80, 120]);
  expect(await ids({ state: 'cancelled' })).toEqual([]);
  // the 10th of March in Paris starts at 23:00 UTC on the 9th: 13 hours before noon
  expect(await ids({ sort: 'placed', from: '2026-03-10' })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  expect(await ids({ search: 'K9' })).toEqual([9]);
  expect(await ids({ search: 'N7' })).toEqual([7, 67]);
  expect(await ids({ search: ' q@R.example ' })).toEqual([9]);
  expect(await ids({ search: 'nobody@r.example' })).toEqual([]);
});

test('an order shows its refunds and who said what, to its own shop', async () => {
  const stated = {
    state: { 2: {}, 1: {} },
    total: { 2: { at: noon, value: { minor: 1000, currency: 'EUR' } } },
    owner: { 1: { at: noon - hour, value: 10 } },
    placed: {},
    refunds: { byId: { r1: { minor: 300, status: 'succeeded', at: noon } }, snapshot: { minor: 300, at: noon + hour } },
    fields: { number: [1, noon] },
  };
  const items = [{ key: '7', sku: null, name: 'Savon', quantity: 2, unit: { amount: '6.90', currency: null } }];
  await given.insertOrder(900, given.shop, {
    stated: JSON.stringify(stated),
    items: JSON.stringify(items),
    refunded_minor: 300,
    net_minor: 700,
  });
  await given.insert('cart', {
    shop_id: given.shop,
    ref: 'key:default C9',
    namespace: 'default',
    key: 'C9',
    status: 'ordered',
    since: at(noon),
    at: at(noon),
    rank: 2,
    created_at: at(noon),
    updated_at: at(noon),
    currency: 'EUR',
    total_minor: 1000,
    count: 1,
    items: JSON.stringify([{ name: 'Savon' }]),
    order_id: 900,
  });
  const page = await findOrderPage(given.database.db, given.shop, 900);
  expect(page).toMatchObject({ netMinor: 700, items, contactEmail: null, order: { key: 'K900', refundedMinor: 300 } });
  expect(page?.carts).toMatchObject([{ key: 'C9', status: 'ordered', totalMinor: 1000, items: ['Savon'] }]);
  expect(page?.refunds.map(({ id, minor, at: when }) => [id, minor, when])).toEqual([
    [null, 300, noon + hour],
    ['r1', 300, noon],
  ]);
  expect(page?.said.map(({ part, rank }) => `${part} ${rank}`)).toEqual([
    'state server',
    'total server',
    'state browser',
    'owner browser',
    'other browser',
  ]);
  expect(await findOrderPage(given.database.db, given.other, 900)).toBeNull();
});
