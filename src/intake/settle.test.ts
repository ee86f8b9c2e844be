import { afterAll, beforeAll, expect, test } from 'vitest';
import { seq, shopId } from '#domain/ids.ts';
import { openClient, openPool } from '#store/db.ts';
import { ensureJournalDays } from '#store/journal-day.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type JournalKey, startSettler } from './settle.ts';

const receivedAt = Date.UTC(2026, 10, 24, 10, 0, 0, 123);
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await ensureJournalDays(database.pool, receivedAt, 1);
});
afterAll(() => database.close());

let last = 9_007_199_254_740_993n;
function nextKey(shop = 1): JournalKey {
  last += 1n;
  return { shopId: shopId(shop), seq: seq(last), receivedAt };
}

async function write(key: JournalKey, outcome: string): Promise<void> {
  await database.pool.query(
    `insert into journal (shop_id, received_at, seq, source, format, outcome, reasons, profile_id)
     values ($1, $2, $3, 'api', 'own', $4, '{time.future}', 12)`,
    [key.shopId, new Date(key.receivedAt), key.seq.toString(), outcome],
  );
}

async function notify(payload: string): Promise<void> {
  await database.pool.query("select pg_notify('applied', $1)", [payload]);
}

test('an item applied before the question is found at once, a later one when apply says so', async () => {
  const pool = openPool(database.url, { max: 2 });
  const settler = startSettler(pool);
  const before = nextKey();
  await write(before, 'applied');
  expect(await settler.settle(before, 30_000)).toEqual({
    outcome: 'applied',
    reasons: ['time.future'],
    effects: null,
    profileId: 12,
    orderId: null,
  });
  const later = nextKey();
  const waiting = settler.settle(later, 30_000);
  await notify('{"shop":[2]}');
  await write(later, 'ignored');
  await notify('{"shop":[1]}');
  expect((await waiting)?.outcome).toBe('ignored');
  await settler.stop();
  await pool.end();
});

test('many wait at once, each for its own row', async () => {
  const pool = openPool(database.url, { max: 2 });
  const settler = startSettler(pool);
  const keys = Array.from({ length: 50 }, (_, i) => nextKey(1 + (i % 3)));
  const waiting = Promise.all(keys.map((key) => settler.settle(key, 30_000)));
  for (const [i, key] of keys.entries()) await write(key, `${i}`);
  await notify('{"shop":[1,2,3]}');
  expect((await waiting).map((settled) => settled?.outcome)).toEqual(keys.map((_, i) => `${i}`));
  await settler.stop();
  await pool.end();
});

test('a lost connection or an unknown payload loses nobody', async () => {
  const pool = openPool(database.url, { max: 2 });
  const faults: string[] = [];
  const settler = startSettler(pool, (event) => faults.push(event));
  const key = nextKey();
  const waiting = settler.settle(key, 30_000);
  await notify('what?');
  const owner = openClient(database.ownerUrl);
  await owner.connect();
  let ended = 0;
  while (ended === 0) {
    const result = await owner.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen applied' and datname = current_database()",
    );
    ended = result.rowCount ?? 0;
  }
  await owner.end();
  await write(key, 'applied');
  expect((await waiting)?.outcome).toBe('applied');
  const next = nextKey();
  await write(next, 'unchanged');
  expect((await settler.settle(next, 30_000))?.outcome).toBe('unchanged');
  await expect.poll(() => faults).toContain('settle.listen');
  await settler.stop();
  await pool.end();
});

test('who waits too long, or until the stop, gets nothing yet', async () => {
  const pool = openPool(database.url, { max: 2 });
  const settler = startSettler(pool);
  expect(await settler.settle(nextKey(), 5)).toBeNull();
  const waiting = settler.settle(nextKey(), 30_000);
  await settler.stop();
  expect(await waiting).toBeNull();
  await pool.end();
});
