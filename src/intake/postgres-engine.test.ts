import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { openClient, openPool } from '#store/db.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { seqOf } from './batch-id.ts';
import { type IntakeEngine, IntakeUnavailable } from './engine.ts';
import { decodeBatch, type Envelope } from './envelope.ts';
import { openPostgresEngine } from './postgres-engine.ts';

const shards = 4;
let database: TestDatabase;
let engine: IntakeEngine;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await engine?.stop();
  await database.pool.query('delete from intake');
  engine = await openPostgresEngine({ pool: database.pool, shards });
});
afterAll(() => engine.stop());

function item(shop: number, text: string): Envelope {
  return {
    shopId: shopId(shop),
    format: 'track',
    arrivedAt: Date.UTC(2026, 10, 24),
    source: { kind: 'browser' },
    pageHost: null,
    mayRead: false,
    test: false,
    headers: {},
    ip: null,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: Buffer.from(text),
  };
}

/** A transaction as an applier has it. */
async function inTransaction<T>(work: (client: ReturnType<typeof openClient>) => Promise<T>): Promise<T> {
  const client = openClient(database.url);
  await client.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    await client.end();
  }
}

test('what was answered is there, byte for byte, under the seq that was answered', async () => {
  const texts = Array.from({ length: 200 }, (_, i) => `email=a${i}%40b.fr&\u0000${i}`);
  const answers = await Promise.all(texts.map((text, i) => engine.append(item(1 + (i % 7), text), 'live')));
  const claimed = await inTransaction((client) => engine.claim(client, [0, 1, 2, 3], 1000, 1000));
  const stored = new Map<bigint, string>();
  for (const row of claimed) {
    for (const [i, one] of decodeBatch(row.body).entries()) {
      stored.set(seqOf(row.batchId, i), Buffer.from(one.raw).toString());
    }
  }
  expect(answers.map((answer) => stored.get(answer.seq))).toEqual(texts);
});

test('claims live before bulk, oldest first, whole rows up to the limit, at least one', async () => {
  await engine.append(item(1, 'bulk'), 'bulk');
  for (const text of ['a', 'b']) await engine.append(item(1, text), 'live');
  await Promise.all(['c', 'd', 'e'].map((text) => engine.append(item(1, text), 'live')));
  await engine.append(item(2, 'other'), 'live');
  const claim = (limit: number, of = [1]) => inTransaction((client) => engine.claim(client, of, limit, limit / 2));
  const textsOf = (rows: Awaited<ReturnType<typeof claim>>) =>
    rows.map((row) => decodeBatch(row.body).map((one) => Buffer.from(one.raw).toString()));
  expect(textsOf(await claim(100))).toEqual([['a'], ['b'], ['c', 'd', 'e'], ['bulk']]);
  expect(textsOf(await claim(4))).toEqual([['a'], ['b']]);
  expect(textsOf(await claim(100, [1, 2]))).toHaveLength(5);
  await database.pool.query('delete from intake where n = 1');
  expect(textsOf(await claim(2))).toEqual([['c', 'd', 'e']]);
  expect(await claim(2, [0, 3])).toEqual([]);
});

test('of the bulk lane its own limit is claimed at a time, at least one row', async () => {
  for (const text of ['a', 'b', 'c']) await engine.append(item(1, text), 'bulk');
  const claim = (bulkLimit: number) => inTransaction((client) => engine.claim(client, [1], 4, bulkLimit));
  expect(await claim(2)).toHaveLength(2);
  expect(await claim(0)).toHaveLength(1);
  await engine.append(item(1, 'live'), 'live');
  expect((await claim(0)).map(({ lane }) => lane)).toEqual(['live', 'bulk']);
});

test('removal remembers the ids; a row that vanished fails the transaction on the server', async () => {
  await engine.append(item(1, 'a'), 'live');
  await engine.append(item(1, 'b'), 'live');
  const claimed = await inTransaction((client) => engine.claim(client, [1], 100, 100));
  await database.pool.query('delete from intake where batch_id = $1', [claimed[0]?.batchId]);
  await expect(inTransaction((client) => engine.remove(client, claimed))).rejects.toThrow('division by zero');
  expect((await inTransaction((client) => engine.claim(client, [1], 100, 100))).map((row) => row.known)).toEqual([
    false,
  ]);
  await inTransaction((client) => engine.remove(client, claimed.slice(1)));
  expect(await inTransaction((client) => engine.claim(client, [1], 100, 100))).toEqual([]);
  const applied = await database.pool.query('select batch_id from intake_applied where shard = 1 order by 1');
  expect(applied.rows).toEqual([{ batch_id: claimed[1]?.batchId }]);
});

test('a micro-batch that was applied before comes back as known', async () => {
  await engine.append(item(1, 'a'), 'live');
  const claimed = await inTransaction((client) => engine.claim(client, [1], 100, 100));
  await database.pool.query('insert into intake_applied (shard, batch_id) values (1, $1)', [claimed[0]?.batchId]);
  const again = await inTransaction((client) => engine.claim(client, [1], 100, 100));
  expect(again.map((row) => row.known)).toEqual([true]);
  await inTransaction((client) => engine.remove(client, again));
});

test('appliers are woken with the shards that got rows', async () => {
  const listener = openClient(database.url);
  await listener.connect();
  await listener.query('listen intake');
  const heard = new Promise<string | undefined>((resolve) => listener.once('notification', (n) => resolve(n.payload)));
  await engine.append(item(6, 'a'), 'live');
  expect(await heard).toBe('2');
  await listener.end();
});

test('two engines never share an instance number, and a stopped one gives its own back', async () => {
  const numbers = async () =>
    (await database.pool.query('select number from web_instance order by 1')).rows.map((row) => row.number);
  const second = await openPostgresEngine({ pool: database.pool, shards });
  expect(await numbers()).toEqual([0, 1]);
  await second.stop();
  expect(await numbers()).toEqual([0]);
});

test('a database that went away fails the callers, promises nothing, and heals', async () => {
  const faults: string[] = [];
  const pool = openPool(database.url, { max: 2 });
  const fragile = await openPostgresEngine({ pool, shards, onFault: (event) => faults.push(event) });
  const owner = openClient(database.ownerUrl);
  await owner.connect();
  await owner.query('alter table intake rename to intake_away');
  await expect(fragile.append(item(1, 'a'), 'live')).rejects.toThrow(IntakeUnavailable);
  await owner.query('alter table intake_away rename to intake');
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
     and query like '%insert into intake%'`,
  );
  await owner.end();
  await fragile.append(item(1, 'after'), 'live');
  const claimed = await inTransaction((client) => engine.claim(client, [1], 10, 10));
  expect(claimed.flatMap((row) => decodeBatch(row.body)).map((one) => Buffer.from(one.raw).toString())).toEqual([
    'after',
  ]);
  await fragile.stop();
  await pool.end();
});

test('a database that hangs fails the callers in time, and goes on when it is back', async () => {
  const pool = openPool(database.url, { max: 2 });
  const hurried = await openPostgresEngine({ pool, shards, writeMs: 1_500 });
  const owner = openClient(database.ownerUrl);
  await owner.connect();
  await owner.query('begin');
  await owner.query('lock table intake in access exclusive mode');
  await expect(hurried.append(item(1, 'a'), 'live')).rejects.toThrow(IntakeUnavailable);
  await owner.query('rollback');
  await owner.end();
  const { seq } = await hurried.append(item(1, 'b'), 'live');
  const claimed = await inTransaction((client) => engine.claim(client, [1], 10, 10));
  expect(claimed.map((row) => seqOf(row.batchId, 0))).toContain(seq);
  await hurried.stop();
  await pool.end();
});
