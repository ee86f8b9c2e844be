import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withRole } from './db.ts';
import { migrate, readMigrations } from './migrate.ts';
import { emptyDatabase, type TestDatabase, testDatabase } from './test-database.ts';

let base: TestDatabase;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());

const historyRow = `insert into basis_history values
  (1, 1, 4, 1, 0, 'unknown', 'accepted', 'auto', 'server', now(), now(), 1, '{email}', gen_random_uuid(), null)`;

test('the application may add to the history of bases, never change or remove it', async () => {
  await base.pool.query(historyRow);
  await expect(base.pool.query(`update basis_history set to_status = 'refused'`)).rejects.toThrow('permission denied');
  await expect(base.pool.query('delete from basis_history')).rejects.toThrow('permission denied');
  await expect(base.pool.query('truncate basis_history')).rejects.toThrow('permission denied');
  await expect(base.pool.query('drop table basis_history')).rejects.toThrow('must be owner');
});

test('the application makes journal partitions through the owner, by day', async () => {
  await base.pool.query(`select ensure_journal_day('2026-11-24'), ensure_journal_day('2026-11-24')`);
  await base.pool.query(
    `insert into journal (shop_id, received_at, seq, source, format, outcome)
     values (1, '2026-11-24T23:59:59.999Z', 9007199254740993, 'server', 'track', 'applied')`,
  );
  const row = await base.db.selectFrom('journal').select(['seq', 'received_at', 'reasons']).executeTakeFirst();
  expect(row).toEqual({ seq: 9007199254740993n, received_at: new Date('2026-11-24T23:59:59.999Z'), reasons: [] });
});

test('drops whole days of raw bytes and of the journal when they are due', async () => {
  const { rows } = await base.pool.query(
    `select ensure_journal_day('2026-01-01'), drop_journal_days('2026-02-15', 30, 90, 400) as first, drop_journal_days('2027-02-15', 30, 90, 400) as later`,
  );
  expect(rows[0]).toMatchObject({ first: 1 });
  await expect(base.pool.query('select from journal_raw_20260101')).rejects.toThrow('does not exist');
  await expect(base.pool.query('select from journal_20251229')).rejects.toThrow('does not exist');
});

test('the journal lies in weeks, which take what single days from before leave; raw bytes in days', async () => {
  await ask(
    base.ownerUrl,
    `create table journal_20260303 partition of journal for values from ('2026-03-03T00:00Z') to ('2026-03-04T00:00Z')`,
  );
  await base.pool.query(
    `select ensure_journal_day(day::date) from unnest('{2026-03-03,2026-03-05,2026-03-02,2026-03-08,2026-03-09}'::text[]) day`,
  );
  const parts = await base.pool.query<{ name: string; bounds: string }>(
    `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent in ('journal'::regclass, 'journal_raw'::regclass) and c.relkind = 'r' and c.relname ~ '_202603'`,
  );
  expect(
    Object.fromEntries(parts.rows.map(({ name, bounds }) => [name, bounds.match(/\d{4}-\d\d-\d\d/g)?.join(' ')])),
  ).toEqual({
    journal_20260302: '2026-03-02 2026-03-03',
    journal_20260303: '2026-03-03 2026-03-04',
    journal_20260304: '2026-03-04 2026-03-09',
    journal_20260309: '2026-03-09 2026-03-16',
    ...Object.fromEntries(
      ['02', '03', '05', '08', '09'].map((day) => [
        `journal_raw_202603${day}`,
        `2026-03-${day} 2026-03-${String(Number(day) + 1).padStart(2, '0')}`,
      ]),
    ),
  });
});

test('runs every migration once, also when two processes start at once', async () => {
  const { ownerUrl, drop } = await emptyDatabase();
  const names = (await readMigrations()).map((migration) => migration.name);
  const [one, two] = await Promise.all([migrate(ownerUrl), migrate(ownerUrl)]);
  expect([...one.applied, ...two.applied]).toEqual(names);
  expect(one.role).toBe(two.role);
  expect((await migrate(ownerUrl)).applied).toEqual([]);
  await drop();
  if (one.role !== null) await dropRole(one.role);
});

test('refuses a database of a newer release with one sentence', async () => {
  const { ownerUrl, drop } = await emptyDatabase();
  const { role } = await migrate(ownerUrl);
  await ask(ownerUrl, `insert into migration (number, name) values (999, '999-tomorrow')`);
  await expect(migrate(ownerUrl)).rejects.toThrow(/newer release \(migration 999; .*\.$/);
  await drop();
  if (role !== null) await dropRole(role);
});

test('a user who may not make roles uses one role for both, and is told', async () => {
  const { ownerUrl, drop } = await emptyDatabase();
  const name = `plain_${process.pid}`;
  await ask(ownerUrl, `create role ${name} login password 'plain'`);
  await ask(ownerUrl, `grant all on schema public to ${name}`);
  const plain = new URL(ownerUrl);
  plain.username = name;
  plain.password = 'plain';
  const notes: string[] = [];
  const { role } = await migrate(plain.href, (line) => notes.push(line));
  expect(role).toBeNull();
  expect(notes).toHaveLength(1);
  await ask(withRole(plain.href, role), historyRow);
  await expect(ask(withRole(plain.href, role), 'delete from basis_history')).rejects.toThrow('permission denied');
  await drop();
  await dropRole(name);
});

test('says which address cannot be used, without its password', async () => {
  const fault = migrate('postgres://me:hush@127.0.0.1:1/spread');
  await expect(fault).rejects.toThrow(
    /^The database at 127\.0\.0\.1:1\/spread cannot be used \(.*\); check DATABASE_URL\.$/,
  );
  await expect(fault).rejects.not.toThrow('hush');
});

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function dropRole(role: string): Promise<void> {
  await ask(base.ownerUrl, `drop role "${role}"`);
}
