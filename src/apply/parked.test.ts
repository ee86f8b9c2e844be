import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeBatch } from '#intake/envelope.ts';
import { openPool } from '#store/db.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { hastenParked, retryParked } from './parked.ts';
import { replay } from './replay.ts';
import { AppliedShop, arrival, shardCount } from './testing/applied-shop.ts';
import { inTransaction } from './transaction.ts';

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

test('one item at fault is parked with its bytes, and holds up nothing else', async () => {
  await shop.append([shop.order('1'), { ...shop.order('2'), format: 'a format of the next release' }, shop.order('3')]);
  await shop.apply();
  expect(shop.faults).toEqual(['apply.batch']);
  expect(await shop.rows('orders', 'key')).toEqual(['1', '3']);
  expect(await shop.rows('journal', 'outcome', 'seq')).toEqual(['applied', 'failed', 'applied']);
  expect(await shop.rows('parked', 'error, attempts')).toEqual([[expect.not.stringContaining('next release'), 1]]);
  expect(await shop.waiting()).toBe(0);
});

test('a parked item is applied once its fault is mended, under the row it has', async () => {
  const owner = openPool(base.ownerUrl, { max: 1 });
  await owner.query(`alter table orders add constraint fault check (key <> '7')`);
  await shop.append([shop.order('7')]);
  await shop.apply();
  const [parked] = await shop.rows('parked', 'seq::text');
  expect(await shop.rows('orders', 'key')).toEqual([]);
  await owner.query('alter table orders drop constraint fault');
  await owner.end();
  expect(await retried()).toBe(1);
  expect(await shop.rows('journal', 'outcome, seq::text')).toEqual([['applied', parked]]);
  expect(await shop.rows('orders', 'key')).toEqual(['7']);
  expect(await shop.rows('parked', 'seq')).toEqual([]);
});

test('a retry that fails again waits longer', async () => {
  await shop.append([{ ...shop.order('8'), format: 'a format of the next release' }]);
  await shop.apply();
  expect(await retried()).toBe(0);
  expect(await retried()).toBe(0);
  const wait = 'extract(minutes from next_try_at - now())::int between 3 and 4';
  expect(await shop.rows('parked', `attempts, ${wait}`)).toEqual([[3, true]]);
});

test('a micro-batch whose bytes cannot be read is set aside whole, and applied by a release that can', async () => {
  const body = encodeBatch([shop.order('41'), shop.order('42')]);
  const broken = Buffer.from(body);
  broken[0] = 99;
  await shop.appendBytes(broken, 2);
  await shop.append([shop.order('43')]);
  await shop.apply();
  expect(await shop.rows('orders', 'key')).toEqual(['43']);
  expect(await shop.waiting()).toBe(0);
  expect(await retried()).toBe(0);
  await base.pool.query('update parked set envelope = $1 where shop_id = 0', [body]);
  expect(await retried()).toBe(2);
  expect(await shop.rows('orders', 'key')).toEqual(['41', '42', '43']);
  expect((await base.pool.query('select from parked where shop_id = 0')).rows).toEqual([]);
});

test('a rejected call can be replayed after the decoder was mended', async () => {
  await shop.append([shop.order('30')]);
  await shop.apply();
  // as an earlier decoder would have left it
  await base.pool.query(`update journal set outcome = 'rejected', facts = null where shop_id = $1`, [shop.id]);
  const [seq] = await shop.rows('journal', 'seq::text');
  const time = { from: arrival - 1000, to: arrival + 1000 };
  expect(await replay(shop.client, shop.tools, { shop: shop.id, ...time, shards: shardCount })).toEqual({
    seen: 1,
    used: 1,
  });
  expect(await shop.rows('journal', 'seq::text, outcome')).toEqual([[seq, 'unchanged']]);
});

async function retried(): Promise<number> {
  await hastenParked(shop.client);
  return inTransaction(shop.client, () => retryParked(shop.client, shop.tools.shards, shop.tools));
}
