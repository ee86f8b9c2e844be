import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { redecideSlice, shopsToRedecide } from './redecide.ts';
import { AppliedShop, shardCount } from './testing/applied-shop.ts';

let base: TestDatabase;
let shop: AppliedShop;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());
beforeEach(async () => {
  shop = await AppliedShop.open(base);
});
afterEach(() => shop.close());

test('a change of when orders count reaches every order, slice by slice, across a lost connection', async () => {
  for (let first = 0; first < 1200; first += 300) {
    await shop.append(Array.from({ length: 300 }, (_, n) => shop.order(`${first + n}`, {}, 10)));
    await shop.apply();
  }
  const history = await shop.rows('basis_history', 'count(*)');
  await change({ validation: 'placed' });
  expect(await waiting()).toBe(true);
  expect(await slice()).toBe(true);
  expect(await shop.rows('redecide', 'done, total')).toEqual([[1000, 1200]]);
  expect(await validated()).toBe(1000);
  await shop.reconnect();
  expect(await slice()).toBe(true);
  expect(await slice()).toBe(false);
  expect(await validated()).toBe(1200);
  expect(await waiting()).toBe(false);
  // rules §3.5: orders change, bases never
  expect(await shop.rows('basis_history', 'count(*)')).toEqual(history);
});

test('a change in the middle of a run starts it again', async () => {
  await shop.append([shop.order('1', {}, 10)]);
  await change({ validation: 'placed' });
  await slice();
  expect(await validated()).toBe(1);
  await change({ validation: 'paid' });
  expect(await slice()).toBe(true);
  expect(await slice()).toBe(false);
  expect(await validated()).toBe(0);
});

test('a change that no order is derived from asks for nothing', async () => {
  await shop.append([shop.order('1', {}, 10)]);
  await change({ browserWrites: false });
  expect(await waiting()).toBe(false);
});

async function change(settings: object): Promise<void> {
  await shop.append([shop.staff({ type: 'settings', change: settings })]);
  await shop.apply();
}

function slice(): Promise<boolean> {
  return redecideSlice(shop.client, shop.id, shop.shard);
}

async function waiting(): Promise<boolean> {
  return (await shopsToRedecide(shop.client, shop.tools.shards, shardCount)).includes(shop.id);
}

async function validated(): Promise<number> {
  return Number((await shop.rows('orders', 'count(*) filter (where validated)'))[0]);
}
