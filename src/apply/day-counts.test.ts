import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { redecideSlice } from './redecide.ts';
import { AppliedShop } from './testing/applied-shop.ts';

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

async function query(text: string): Promise<unknown[]> {
  return (await base.pool.query({ text, values: [shop.id], rowMode: 'array' })).rows;
}

function kept(what: string): Promise<unknown[]> {
  return query(
    `select day::text, key, n, minor from day_count where shop_id = $1 and what = '${what}' and n <> 0 order by 1, 2`,
  );
}

/** The orders that stand, counted anew. */
function standing(): Promise<unknown[]> {
  return query(
    `select day::text, currency || case when validated then ' validated' else ' open' end as key, count(*), sum(net_minor)::int8
      from orders where shop_id = $1 group by 1, 2 order by 1, 2`,
  );
}

test('orders are counted where they stand, through payment, cancellation, repeats and a change of when they count', async () => {
  await shop.append(['1', '2', '3'].map((key) => shop.order(key, {}, 10)));
  await shop.apply();
  expect(await kept('order')).toEqual([['2026-05-01', 'EUR open', 3, 3000]]);
  await shop.append([shop.order('1', {}, 20), shop.order('2', {}, 20), shop.order('1', {}, 20)]);
  await shop.apply();
  await shop.append([shop.order('2', { format: 'v1/UpdateOrder' }, 0)]);
  await shop.apply();
  expect(await kept('order')).toEqual([
    ['2026-05-01', 'EUR open', 2, 2000],
    ['2026-05-01', 'EUR validated', 1, 1000],
  ]);
  expect(await kept('order')).toEqual(await standing());
  await shop.append([shop.staff({ type: 'settings', change: { validation: 'placed', zone: 'Pacific/Kiritimati' } })]);
  await shop.apply();
  expect(await redecideSlice(shop.client, shop.id, shop.shard)).toBe(true);
  expect(await kept('order')).toEqual([
    ['2026-05-02', 'EUR open', 1, 1000],
    ['2026-05-02', 'EUR validated', 2, 2000],
  ]);
  expect(await kept('order')).toEqual(await standing());
});

test('people, moves of bases and what came are counted on the day of arrival, once', async () => {
  const batch = [shop.order('1'), shop.order('2'), shop.trackedOrder('3', 'shop.example')];
  await shop.append([...batch, { ...shop.order('9'), raw: Buffer.from('data[order_idorder]=9') }]);
  await shop.append([{ ...shop.order('7'), raw: Buffer.from('%00=') }]);
  await shop.apply();
  expect(await kept('profile')).toEqual([['2026-05-01', '', 3, 0]]);
  expect(await kept('basis')).toEqual([['2026-05-01', '4 accepted', 3, 0]]);
  expect(await kept('uplift')).toEqual([
    ['2026-05-01', 'browser', 1, 0],
    ['2026-05-01', 'server', 2, 0],
  ]);
  expect(await kept('received')).toEqual([
    ['2026-05-01', 'browser', 1, 0],
    ['2026-05-01', 'server', 4, 0],
  ]);
  const outcomes = await query(
    `select outcome, count(*) from journal where shop_id = $1 and outcome not in ('applied', 'unchanged') group by 1 order by 1`,
  );
  expect((await kept('refused')).map((row) => (Array.isArray(row) ? [row[1], row[2]] : row))).toEqual(outcomes);
  expect(outcomes.length).toBeGreaterThan(0);
});

test('a test of the shop counts nowhere', async () => {
  await shop.append([shop.order('1', { test: true })]);
  await shop.apply();
  expect(await query('select what from day_count where shop_id = $1')).toEqual([]);
});
