import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ShopId, shopId } from '#domain/ids.ts';
import { type Envelope, encodeBatch } from '#intake/envelope.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { applyBatch, type BatchTools } from './batch.ts';
import { applyTools } from './items.ts';
import { hastenParked, retryParked } from './parked.ts';
import { replay } from './replay.ts';
import { inTransaction } from './transaction.ts';

const keys = deriveKeys('a key for tests, and for tests only');
const arrivedAt = Date.parse('2026-05-01T10:00:00Z');
let base: TestDatabase;
let client: ReturnType<typeof openClient>;
let tools: BatchTools;
let shop: ShopId;
let faults: string[];
let batchId = 0;

beforeAll(async () => {
  base = await testDatabase();
  client = openClient(base.url, { pipeline: true });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await base.close();
});
beforeEach(async () => {
  faults = [];
  tools = {
    ...applyTools(keys),
    claims: postgresClaims,
    shards: [0, 1, 2, 3],
    days: new Set(),
    onFault: (event) => faults.push(event),
  };
  shop = (await createShop(base.pool, keys, { name: 'Parked' })).shopId;
});

test('one item at fault is parked with its bytes, and holds up nothing else', async () => {
  await append([order('1'), { ...order('2'), format: 'a format of the next release' }, order('3')]);
  await applyBatch(client, tools, 1000);
  expect(faults).toEqual(['apply.batch']);
  expect(await orderKeys()).toEqual(['1', '3']);
  const { rows } = await base.pool.query('select outcome, reasons from journal where shop_id = $1 order by seq', [
    shop,
  ]);
  expect(rows.map(({ outcome }) => outcome)).toEqual(['applied', 'failed', 'applied']);
  const parked = await base.pool.query('select error, attempts from parked where shop_id = $1', [shop]);
  expect(parked.rows).toEqual([{ error: expect.not.stringContaining('next release'), attempts: 1 }]);
  expect(await left('intake')).toBe(0);
});

test('a parked item is applied once its fault is mended, under the row it has', async () => {
  await append([{ ...order('7'), format: 'v1/CreateOrder', shopId: shopId(999_999) }]);
  await applyBatch(client, tools, 1000);
  const parked = await base.pool.query('select seq::text as seq from parked where shop_id = 999999');
  expect(parked.rows).toHaveLength(1);
  await base.pool.query(`insert into shop (id, name) overriding system value values (999999, 'came later')`);
  await base.pool.query(
    `insert into shop_settings (shop_id, version, since_seq, changed_at, body)
     select 999999, 1, 0, now(), body from shop_settings where shop_id = $1`,
    [shop],
  );
  await hastenParked(client);
  expect(await inTransaction(client, () => retryParked(client, [0, 1, 2, 3], tools))).toBe(1);
  const { rows } = await base.pool.query('select outcome, seq::text as seq from journal where shop_id = 999999');
  expect(rows).toEqual([{ outcome: 'applied', seq: parked.rows[0].seq }]);
  expect((await base.pool.query('select from parked where shop_id = 999999')).rows).toEqual([]);
});

test('a micro-batch that comes a second time under its id changes nothing', async () => {
  await append([order('20')]);
  await applyBatch(client, tools, 1000);
  batchId -= 1;
  await append([order('20')]);
  await applyBatch(client, tools, 1000);
  expect(await left('intake')).toBe(0);
  expect((await base.pool.query('select from journal where shop_id = $1', [shop])).rows).toHaveLength(1);
});

test('a rejected call can be replayed after the decoder was mended', async () => {
  await append([order('30')]);
  await applyBatch(client, tools, 1000);
  // as an earlier decoder would have left it
  await base.pool.query(`update journal set outcome = 'rejected', facts = null where shop_id = $1`, [shop]);
  const before = (await base.pool.query('select seq::text as seq from journal where shop_id = $1', [shop])).rows;
  const result = await replay(client, tools, { shop, from: arrivedAt - 1000, to: arrivedAt + 1000, shards: 4 });
  expect(result).toEqual({ seen: 1, used: 1 });
  const { rows } = await base.pool.query('select seq::text as seq, outcome from journal where shop_id = $1', [shop]);
  expect(rows).toEqual([{ ...before[0], outcome: 'unchanged' }]);
});

function order(key: string): Envelope {
  return {
    shopId: shop,
    format: 'v1/CreateOrder',
    arrivedAt,
    source: { kind: 'server' },
    pageHost: null,
    mayRead: true,
    test: false,
    headers: {},
    ip: null,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: Buffer.from(
      `data[order_idorder]=${key}&data[customer_email]=p${key}@example.test&data[order_amount]=10&data[order_state]=20`,
    ),
  };
}

async function append(envelopes: readonly Envelope[]): Promise<void> {
  batchId += 1;
  const of = envelopes[0]?.shopId ?? shop;
  await base.pool.query(
    'insert into intake (shard, batch_id, lane, received_at, n, body) values ($1, $2, 0, now(), $3, $4)',
    [...[of % 4, batchId, envelopes.length, encodeBatch(envelopes)]],
  );
}

async function orderKeys(): Promise<string[]> {
  const { rows } = await base.pool.query('select key from orders where shop_id = $1 order by key', [shop]);
  return rows.map(({ key }) => key);
}

async function left(table: 'intake'): Promise<number> {
  const { rows } = await base.pool.query(`select count(*)::int as n from ${table}`);
  return rows[0].n;
}
