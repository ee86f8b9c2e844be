import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient, openPool } from '#store/db.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { journalDaysJob } from './journal-days.ts';
import { startRunner } from './runner.ts';

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

test('jobs go on after the database was away at the end of one', async () => {
  const name = new URL(base.ownerUrl).pathname.slice(1);
  const elsewhere = new URL(base.ownerUrl);
  elsewhere.pathname = '/postgres';
  const admin = openClient(elsewhere.href);
  await admin.connect();
  const pool = openPool(base.ownerUrl, { max: 4 });
  const faults: string[] = [];
  const ran = Promise.withResolvers<void>();
  const runner = await startRunner({
    pool,
    jobs: [
      {
        name: 'cut',
        schedule: null,
        run: async () => {
          await admin.query(`alter database ${admin.escapeIdentifier(name)} allow_connections false`);
          await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
        },
      },
      { name: 'greet', schedule: null, run: async () => ran.resolve() },
    ],
    onFault: (event) => faults.push(event),
  });
  await pool.query("select graphile_worker.add_job('cut')");
  await expect.poll(() => faults).toContain('job.ending');
  await admin.query(`alter database ${admin.escapeIdentifier(name)} allow_connections true`);
  await admin.end();
  await expect.poll(() => pool.query("select graphile_worker.add_job('greet')").catch(() => null)).not.toBeNull();
  await ran.promise;
  await runner.stop();
  await pool.end();
});

test('the journal has its coming days', async () => {
  let now = Date.UTC(2026, 0, 1, 23, 59);
  const job = journalDaysJob(base.pool, () => now);
  const days = async (): Promise<string[]> => {
    const { rows } = await base.pool.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'journal_raw'::regclass order by 1`,
    );
    return rows.map((row) => row.name);
  };
  await job.run(null, {} as never);
  const first = ['journal_raw_20260101', 'journal_raw_20260102', 'journal_raw_20260103'];
  expect(await days()).toEqual(first);
  now += 2 * 86_400_000;
  await job.run(null, {} as never);
  expect(await days()).toEqual([...first, 'journal_raw_20260104', 'journal_raw_20260105']);
});
