import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { journalDaysJob } from './journal-days.ts';
import { startRunner } from './runner.ts';
import { keptDays, webhookLogJob } from './webhook-log.ts';

let base: TestDatabase;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());

test('runs a job that was added, and tells of one that fails', async () => {
  const pool = openPool(base.ownerUrl, { max: 4 });
  const ran = Promise.withResolvers<unknown>();
  const failed = Promise.withResolvers<string>();
  const runner = await startRunner({
    pool,
    jobs: [
      { name: 'greet', schedule: null, run: async (payload) => ran.resolve(payload) },
      { name: 'break', schedule: null, run: () => Promise.reject(new Error('broken')) },
    ],
    onFault: (event) => failed.resolve(event),
  });
  await pool.query(`select graphile_worker.add_job('greet', '{"n":1}'), graphile_worker.add_job('break')`);
  expect(await ran.promise).toEqual({ n: 1 });
  expect(await failed.promise).toBe('job.break');
  await runner.stop();
  await pool.end();
});

test('the journal has its coming days, and loses raw bytes after 30 days', async () => {
  let now = Date.UTC(2026, 0, 1, 23, 59);
  const job = journalDaysJob(base.pool, () => now);
  const days = async (): Promise<string[]> => {
    const { rows } = await base.pool.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'journal_raw'::regclass order by 1`,
    );
    return rows.map((row) => row.name);
  };
  await job.run(null, {} as never);
  expect(await days()).toEqual(['journal_raw_20260101', 'journal_raw_20260102', 'journal_raw_20260103']);
  now += 31 * 86_400_000;
  await job.run(null, {} as never);
  expect(await days()).toEqual([
    'journal_raw_20260102',
    'journal_raw_20260103',
    'journal_raw_20260201',
    'journal_raw_20260202',
    'journal_raw_20260203',
  ]);
});

test('messages of webhooks are forgotten after 30 days, with their attempts, sent or not', async () => {
  const keys = deriveKeys('a key for tests, and for tests only');
  const { shopId } = await createShop(base.pool, keys, { name: 'Told' });
  const day = 86_400_000;
  const now = Date.UTC(2026, 5, 1);
  for (const age of [keptDays + 1, keptDays - 1]) {
    await base.pool.query(
      `insert into webhook_delivery (shop_id, endpoint_id, message_id, kind, lane, created_at, body, next_try_at)
       select $1, 1, 'msg', 'order.validated', n, $2, $3, $2 from generate_series(1, 2500) n`,
      [shopId, new Date(now - age * day), String(age)],
    );
  }
  await base.pool.query(
    `insert into webhook_attempt (shop_id, delivery_id, n, at, took_ms)
     select shop_id, id, 1, created_at, 1 from webhook_delivery where shop_id = $1`,
    [shopId],
  );
  await webhookLogJob(base.pool, () => now).run(null, {} as never);
  const count = async (table: string) =>
    (await base.pool.query(`select count(*)::int as n from ${table} where shop_id = $1`, [shopId])).rows[0].n;
  expect([await count('webhook_delivery'), await count('webhook_attempt')]).toEqual([2500, 2500]);
});
