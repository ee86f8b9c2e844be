import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { releaseHeld } from './held.ts';
import { AppliedShop } from './testing/applied-shop.ts';

let base: TestDatabase;
let shop: AppliedShop;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());
beforeEach(async () => {
  shop = await AppliedShop.open(base, ['shop.example']);
});
afterEach(() => shop.close());

test('what a page of an unlisted host said is held, and counts once the host is allowed', async () => {
  await shop.append([shop.trackedOrder('1', 'other.example'), shop.trackedOrder('2', 'third.example')]);
  await shop.apply();
  expect(await shop.rows('journal', 'outcome, reasons', 'seq')).toEqual([
    ['ignored', ['browser.origin']],
    ['ignored', ['browser.origin']],
  ]);
  expect(await release()).toBe(0);
  await allow('shop.example', 'other.example');
  expect(await release()).toBe(1);
  expect(await shop.rows('journal', 'outcome, settings_version', 'seq')).toEqual([
    ['applied', 2],
    ['ignored', 1],
    ['applied', 1],
  ]);
  expect(await shop.rows('orders', 'key')).toEqual(['1']);
  expect(await shop.rows('held_origin', 'host')).toEqual(['third.example']);
});

test('a held item at fault is parked, and the others are released', async () => {
  const orders = ['1', '2', '3'].map((key) => shop.trackedOrder(key, 'other.example'));
  await shop.append(orders);
  await shop.apply();
  const [, second] = await shop.rows('journal', 'seq::text', 'seq');
  await base.pool.query(`update journal set format = 'of an older release' where shop_id = $1 and seq = $2`, [
    shop.id,
    second,
  ]);
  await allow('other.example');
  expect(await release()).toBe(3);
  expect(await shop.rows('orders', 'key')).toEqual(['1', '3']);
  expect(await shop.rows('parked', 'seq::text')).toEqual([second]);
  expect(await shop.rows('held_origin', 'host')).toEqual([]);
});

test('held items whose bytes are past their time are let go', async () => {
  await shop.append([shop.trackedOrder('1', 'other.example'), shop.trackedOrder('2', 'other.example')]);
  await shop.apply();
  const [first] = await shop.rows('journal', 'seq::text', 'seq');
  await base.pool.query('delete from journal_raw where shop_id = $1 and seq = $2', [shop.id, first]);
  await allow('other.example');
  expect(await release()).toBe(1);
  expect(await shop.rows('orders', 'key')).toEqual(['2']);
  expect(await shop.rows('held_origin', 'host')).toEqual([]);
});

test('while no list is given, hosts are collected and nothing is held', async () => {
  await allow();
  await shop.append([shop.trackedOrder('1', 'any.example'), shop.trackedOrder('2', 'any.example')]);
  await shop.apply();
  expect(await shop.rows('page_host', 'host')).toEqual(['any.example']);
  expect(await shop.rows('held_origin', 'host')).toEqual([]);
});

async function allow(...domains: readonly string[]): Promise<void> {
  await shop.append([shop.staff({ type: 'settings', change: { domains } })]);
  await shop.apply();
}

function release(): Promise<number> {
  return releaseHeld(shop.client, shop.id, shop.shard, shop.tools);
}
