import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { hashSubject } from '#store/secret.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { releaseHeld } from './held.ts';
import { dropTestItems, testDays } from './test-items.ts';
import { AppliedShop, arrival, keys, shardCount } from './testing/applied-shop.ts';

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

test('the check-list ticks what traffic showed, and tests apart', async () => {
  await shop.append([shop.order('1', {}, 10)]);
  await shop.apply();
  expect(await shop.rows('sighting', 'what, last_at is not null, test_at is not null', 'what')).toEqual([
    ['order', true, false],
    ['server-order', true, false],
  ]);
  await shop.append([shop.order('2', { test: true }), shop.order('1', { arrivedAt: arrival + 60_000 })]);
  await shop.apply();
  expect(await shop.rows('sighting', 'what, last_at, test_at', 'what')).toEqual([
    ['order', new Date(arrival + 60_000), new Date(arrival)],
    ['paid', new Date(arrival + 60_000), new Date(arrival)],
    ['server-order', new Date(arrival + 60_000), new Date(arrival)],
  ]);
});

test('hours count each item once, under its outcome and each of its reasons', async () => {
  await shop.append([
    shop.order('1'),
    shop.order('1'),
    { ...shop.order('x'), raw: Buffer.from('data[customer_email]=a@b.example') },
    { ...shop.order('y'), raw: Buffer.from('') },
  ]);
  await shop.apply();
  expect(await shop.rows('arrival_hour', 'outcome, reason, n::int', '1, 2')).toEqual([
    ['applied', '', 2],
    ['applied', 'order.no_reference', 1],
    ['rejected', '', 1],
    ['rejected', 'wire.missing_field', 1],
    ['unchanged', '', 1],
  ]);
});

test('what was held and is decided again leaves the count of the held', async () => {
  await shop.append([shop.trackedOrder('1', 'other.example')]);
  await shop.apply();
  await shop.append([shop.staff({ type: 'settings', change: { domains: ['shop.example', 'other.example'] } })]);
  await shop.apply();
  await releaseHeld(shop.client, shop.id, shop.shard, shop.tools);
  expect(await shop.rows('arrival_hour', 'outcome, reason, n::int', '1, 2')).toEqual([
    ['applied', '', 1],
    ['ignored', '', 0],
    ['ignored', 'browser.origin', 0],
  ]);
});

test('states that are mapped to nothing are listed by source, with how often', async () => {
  await shop.append([shop.order('1', {}, 777), shop.order('2', {}, 777), shop.order('3', {}, 20)]);
  await shop.apply();
  expect(await shop.rows('unmapped_state', 'source, code, n::int')).toEqual([['server', '777', 2]]);
});

test('an item is found by the keyed hash of its e-mail or its order, whatever the spelling', async () => {
  await shop.append([
    { ...shop.order('1'), raw: Buffer.from('data[order_idorder]=A-1&data[customer_email]= Lea@B.example ') },
  ]);
  await shop.apply();
  const found = await shop.rows('journal_subject', 'subject::text');
  const wanted = (['email:lea@b.example', 'order:A-1'] as const).map((one) =>
    hashSubject(keys, shop.id, one).toString(),
  );
  expect(found.sort()).toEqual(wanted.sort());
  expect(hashSubject(keys, shop.id, 'order:A-1')).not.toBe(
    hashSubject(keys, (shop.id + 1) as typeof shop.id, 'order:A-1'),
  );
});

test('a test item goes after seven days with its bytes, and nothing else goes', async () => {
  await shop.append([shop.order('1', { test: true }), shop.order('2')]);
  await shop.apply();
  const due = arrival + testDays * 86_400_000;
  await dropTestItems(shop.client, due, shardCount);
  expect(await shop.rows('journal', 'test', 'test')).toEqual([false, true]);
  await dropTestItems(shop.client, due + 1, shardCount);
  for (const table of ['journal', 'journal_raw'])
    expect([table, await shop.rows(table, 'count(*)::int')]).toEqual([table, [1]]);
  expect(await shop.rows('journal', 'test')).toEqual([false]);
  expect((await shop.rows('journal_subject', 'seq::text')).length).toBe(2);
});
