import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JournalQuery } from '#contract/verification.ts';
import type { shopId } from '#domain/ids.ts';
import { deriveKeys, hashSubject } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import type { Database } from '#store/tables.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { countBetween, findJournalPage, findTroubles } from '#views/journal-list.ts';

const keys = deriveKeys('a key for tests, and for tests only');
const start = Date.parse('2026-05-01T00:00:00Z');
const perDay = 20_000;
const days = 3;
const total = perDay * days;
let base: TestDatabase;
let shop: ReturnType<typeof shopId>;

/** Three days of a busy shop beside another one: row n arrives 4 s after the one before. */
beforeAll(async () => {
  base = await testDatabase();
  ({ shopId: shop } = await createShop(base.pool, keys, { name: 'Busy' }));
  await base.pool.query(`select ensure_journal_day($1::date + d) from generate_series(0, ${days}) d`, ['2026-05-01']);
  for (const id of [shop, shop + 1]) {
    await base.pool.query(
      `insert into journal (shop_id, received_at, seq, source, format, kind, facts, outcome, reasons, effects)
       select $1, to_timestamp($2::float8 / 1000) + n * interval '4320 ms', n, 'server', 'v1/CreateOrder',
         case when n % 5000 = 0 then 'newsletter' when n % 3 = 0 then 'account' else 'order' end, '[]',
         case when n % 10000 = 7 then 'rejected' when n % 100 = 9 then 'unchanged' else 'applied' end,
         case when n % 10000 = 7 then array['wire.missing_field'] else '{}' end, '{}'
       from generate_series(1, ${total - 1}) n`,
      [id, start],
    );
  }
  const subject = hashSubject(keys, shop, 'email:lea@b.example').toString();
  await base.pool.query(
    `insert into journal_subject (shop_id, subject, received_at, seq)
     select shop_id, case when seq % 6000 = 1 then $2 else seq end, received_at, seq from journal where shop_id = $1`,
    [shop, subject],
  );
  await base.pool.query('analyze journal; analyze journal_subject');
});
afterAll(() => base.close());

/** Every page, to the end. */
async function readAll(query: JournalQuery): Promise<{ seqs: number[]; pages: number }> {
  const seqs: number[] = [];
  let place: JournalQuery = {};
  for (let pages = 1; ; pages++) {
    const { rows, next } = await findJournalPage(base.db, keys, shop, { ...query, ...place });
    seqs.push(...rows.map((row) => Number(row.seq)));
    if (next === null) return { seqs, pages };
    place = { beforeAt: next.at, beforeSeq: next.seq };
  }
}

test('pages go on where the one before ended, and miss and repeat nothing', async () => {
  const { seqs, pages } = await readAll({ kind: 'order', outcome: 'unchanged' });
  const wanted = Array.from({ length: total - 1 }, (_, at) => total - 1 - at).filter(
    (n) => n % 100 === 9 && n % 5000 !== 0 && n % 3 !== 0,
  );
  expect(seqs).toEqual(wanted);
  expect(pages).toBeGreaterThan(5);
});

test('what is rare is found by its kind, its outcome, its reason, and by whom it names', async () => {
  const every = (step: number, rest: number) =>
    Array.from({ length: total - 1 }, (_, at) => total - 1 - at).filter((n) => n % step === rest);
  expect((await readAll({ kind: 'newsletter' })).seqs).toEqual(every(5000, 0));
  expect((await readAll({ outcome: 'rejected' })).seqs).toEqual(every(10_000, 7));
  expect((await readAll({ outcome: 'rejected', reason: 'wire.missing_field' })).seqs).toEqual(every(10_000, 7));
  expect((await readAll({ reason: 'wire.not_json' })).seqs).toEqual([]);
  expect((await readAll({ subject: ' Lea@B.example' })).seqs).toEqual(every(6000, 1));
  expect((await readAll({ subject: 'tom@b.example' })).seqs).toEqual([]);
});

test('a filter no index knows ends after a bounded look, and says how far it came', async () => {
  const first = await findJournalPage(base.db, keys, shop, { kind: 'order', reason: 'nothing.such' });
  expect(first.rows).toEqual([]);
  expect(first.next).not.toBeNull();
});

test.each([
  ['nothing', {}],
  ['kind', { kind: 'newsletter' }],
  ['outcome', { outcome: 'rejected' }],
  ['kind and outcome', { kind: 'order', outcome: 'applied' }],
  ['subject', { subject: 'lea@b.example' }],
  ['an older place', { beforeAt: start + 90_000_000, beforeSeq: '20000' }],
] as const)('filtered by %s, no part of the journal is read from end to end', async (_, query) => {
  expect(await scansOf((db) => findJournalPage(db, keys, shop, query))).toBe(0);
});

test('such a reading would be seen', async () => {
  expect(await scansOf((db) => sql`select count(*) from journal where format = 'x'`.execute(db))).toBeGreaterThan(0);
});

/** How often `work` reads a partition of the journal from end to end. */
async function scansOf(work: (db: Kysely<Database>) => Promise<unknown>): Promise<number> {
  return base.db.transaction().execute(async (db) => {
    const count = async () => {
      const { rows } = await sql<{ scans: string | null }>`
        select sum(seq_scan)::text as scans from pg_stat_xact_user_tables where relname like 'journal%'`.execute(db);
      return Number(rows[0]?.scans ?? 0);
    };
    const before = await count();
    await work(db);
    return (await count()) - before;
  });
}

test('what lies between two places is counted, both left out', async () => {
  const place = (n: number) => ({ at: start + n * 4320, seq: String(n) });
  expect(await countBetween(base.db, shop, place(100), place(111))).toBe(10);
  expect(await countBetween(base.db, shop, place(100), place(101))).toBe(0);
  expect(await countBetween(base.db, shop, place(1), place(30_000), 50)).toBe(50);
});

test('troubles are grouped by reason, the newest week alone', async () => {
  const at = (hour: string) => new Date(hour);
  const rows = [
    ['2026-05-03T08:00:00Z', 'rejected', '', 3],
    ['2026-05-03T08:00:00Z', 'rejected', 'wire.missing_field', 3],
    ['2026-05-04T08:00:00Z', 'rejected', 'wire.missing_field', 2],
    ['2026-05-04T08:00:00Z', 'ignored', 'browser.origin', 0],
    ['2026-05-04T08:00:00Z', 'applied', '', 40],
    ['2026-04-01T08:00:00Z', 'rejected', 'wire.missing_field', 900],
  ] as const;
  for (const [hour, outcome, reason, n] of rows)
    await base.pool.query('insert into arrival_hour values ($1, $2, $3, $4, $5, $2)', [
      shop,
      at(hour),
      outcome,
      reason,
      n,
    ]);
  expect(await findTroubles(base.db, shop, Date.parse('2026-05-05T00:00:00Z'))).toEqual({
    days: 7,
    received: 43,
    groups: [
      { outcome: 'rejected', reason: 'wire.missing_field', count: 5, lastAt: Date.parse('2026-05-04T08:00:00Z') },
    ],
  });
});
