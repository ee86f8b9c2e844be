import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApplier } from '#apply/applier.ts';
import type { ShopId } from '#domain/ids.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { type Settler, startSettler } from '#intake/settle.ts';
import { openClient } from '#store/db.ts';
import { mergeInstanceValue, retentionKey } from '#store/instance.ts';
import { ensureJournalDays } from '#store/journal-day.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { findInstanceRetentionPage, findRetentionPage } from '#views/retention.ts';
import { type RetentionJobDeps, retentionJob } from './retention.ts';

const keys = deriveKeys('a key for tests, and for tests only');
const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);
let base: TestDatabase;
let deps: RetentionJobDeps;
let settler: Settler;
let shop: ShopId;
let other: ShopId;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  base = await testDatabase();
  const engine = await openPostgresEngine({ pool: base.pool, shards: 4, now: () => now });
  closers.push(() => engine.stop());
  settler = startSettler(base.pool);
  closers.push(() => settler.stop());
  const connect = () => openClient(base.url, { pipeline: true });
  const applier = startApplier({ connect, claims: postgresClaims, shards: 4, keys, onFault: () => undefined });
  closers.push(() => applier.stop());
  deps = { pool: base.pool, engine, settler, shards: 4, now: () => now };
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await base.close();
});
beforeEach(async () => {
  shop = (await createShop(base.pool, keys, { name: 'Short' })).shopId;
  other = (await createShop(base.pool, keys, { name: 'Default' })).shopId;
});

const run = () => retentionJob(deps).run(null, {} as never);
const count = async (table: string, of: ShopId, column = 'shop_id'): Promise<number> =>
  (await base.pool.query(`select count(*)::int as n from ${table} where ${column} = $1`, [of])).rows[0].n;
const keep = (retention: Record<string, number | null>) =>
  base.pool.query(
    `update shop_settings set body = body || jsonb_build_object('retention', $2::jsonb) where shop_id = $1`,
    [shop, JSON.stringify(retention)],
  );

test('each kind goes by the shop’s own setting, and the run is written down', async () => {
  await keep({ journalDays: 30, cartDays: 10, mailDays: 7, webhookDays: 5, requestDays: 365, refusalDays: 1096 });
  await ensureJournalDays(base.pool, now - 50 * day, 60);
  for (const of of [shop, other]) {
    for (const [n, age] of [31, 29].entries())
      await base.pool.query(
        `insert into journal (shop_id, received_at, seq, source, format, outcome) values ($1, $2, $3, 'server', 'own', 'applied')`,
        [of, new Date(now - age * day), of * 10 + n],
      );
    for (const age of [11, 9])
      await base.pool.query(
        `insert into cart (shop_id, ref, namespace, status, since, rank, at, created_at, updated_at) values ($1, $2, 'default', 'open', $3, 2, $3, $3, $3)`,
        [of, `key:default ${age}`, new Date(now - age * day)],
      );
    for (const age of [8, 6])
      await base.pool.query(
        `insert into outbox (id, of_shop, kind, to_address, lang, created_at, next_try_at, state) values ($1, $2, 'alarm', 'a@b.example', 'fr', $3, $3, 'sent')`,
        [`${of} ${age}`, of, new Date(now - age * day)],
      );
    await base.pool.query(
      `insert into webhook_delivery (shop_id, endpoint_id, message_id, kind, lane, created_at, body, next_try_at)
       select $1, 1, 'm', 'order.created', n, $2, 'x', $2 from generate_series(1, 2500) n`,
      [of, new Date(now - 6 * day)],
    );
    for (const [n, years] of [4, 2].entries())
      await base.pool.query(
        `insert into objection (shop_id, address_hash, channel, since, cause) values ($1, $2, 'email', $3, 'person')`,
        [of, Buffer.alloc(32, n), new Date(now - years * 365 * day)],
      );
  }
  const due = await findRetentionPage(base.pool, shop, {}, now);
  expect(due?.rows.map(({ kind, due: n }) => [kind, n])).toEqual([
    ['journalDays', 1],
    ['cartDays', 1],
    ['inactiveDays', 0],
    ['historyDays', 0],
    ['refusalDays', 1],
    ['mailDays', 1],
    ['webhookDays', 2500],
    ['requestDays', 0],
  ]);
  await run();
  const left = (of: ShopId) =>
    Promise.all([
      count('journal', of),
      count('cart', of),
      count('outbox', of, 'of_shop'),
      count('webhook_delivery', of),
      count('objection', of),
    ]);
  expect(await left(shop)).toEqual([1, 1, 1, 0, 1]);
  expect(await left(other)).toEqual([2, 2, 2, 2500, 2]);
  const after = await findRetentionPage(base.pool, shop, {}, now);
  expect(after?.rows.find(({ kind }) => kind === 'webhookDays')).toMatchObject({ due: 0, gone: 2500, ranAt: now });
  await run();
  expect(await left(shop)).toEqual([1, 1, 1, 0, 1]);
  const again = await findRetentionPage(base.pool, shop, {}, now);
  expect(again?.rows.find(({ kind }) => kind === 'webhookDays')).toMatchObject({ gone: 0, goneEver: 2500 });
});

test('who did nothing for so long is erased by a fact; who came in lately, or acted since, is not', async () => {
  await keep({ inactiveDays: 365 });
  const profile = async (id: number, seenDays: number, madeDays: number): Promise<void> => {
    await base.pool.query(
      `insert into profile (shop_id, id, created_at, updated_at, last_seen, subject_key, email, email_norm, email_rank)
       values ($1, $2, $3, $3, $4, gen_random_uuid(), $5, $5, 2)`,
      [shop, id, new Date(now - madeDays * day), new Date(now - seenDays * day), `p${id}@example.test`],
    );
  };
  await profile(1, 366, 400);
  await profile(2, 364, 400);
  await profile(3, 900, 10);
  for (let id = 10; id < 130; id++) await profile(id, 500, 600);
  expect((await findRetentionPage(base.pool, shop, {}, now))?.rows[2]).toMatchObject({
    kind: 'inactiveDays',
    due: 121,
  });
  expect((await findRetentionPage(base.pool, shop, { inactiveDays: null }, now))?.rows[2]).toMatchObject({ due: 0 });
  await run();
  const { rows } = await base.pool.query('select id from profile where shop_id = $1 order by id', [shop]);
  expect(rows.map(({ id }) => id)).toEqual([2, 3]);
  const told = await base.pool.query(
    `select source, outcome, count(*)::int as n from journal where shop_id = $1 and kind = 'erase' group by 1, 2`,
    [shop],
  );
  expect(told.rows).toEqual([{ source: 'system', outcome: 'applied', n: 3 }]);
  expect(await count('erased_key', shop)).toBe(121);
});

test('the history of who was erased goes after its years, and the chain still stands', async () => {
  await base.pool.query(
    `insert into basis_history (shop_id, profile_id, basis_id, seq, n, from_status, to_status, cause, source, at, arrived_at, settings_version, channels, subject_key, chain_n, leaf, chain_hash)
     values ($1, 7, 4, 1, 0, 'unknown', 'accepted', 'auto', 'server', now(), now(), 1, '{email}', gen_random_uuid(), 1, '\\x01', '\\x02')`,
    [shop],
  );
  await base.pool.query(
    `insert into erasure (shop_id, profile_id, erased_at, source, swept_at) values ($1, 7, $2, 'staff:1', $2)`,
    [shop, new Date(now - 1827 * day)],
  );
  await run();
  expect([
    await count('basis_history', shop),
    await count('history_checkpoint', shop),
    await count('erasure', shop),
  ]).toEqual([0, 1, 0]);
});

test('bytes as they came and the audit log go by the installation’s own periods, whole days at a time', async () => {
  await run();
  await base.pool.query(`delete from retention_run where shop_id = 0`);
  await mergeInstanceValue(base.pool, retentionKey, { rawDays: 10, auditDays: 400 });
  await ensureJournalDays(base.pool, now - 40 * day, 45);
  for (const [table, ages] of [
    ['journal_raw', [11, 10.5, 10, 9]],
    ['journal_unread', [8, 7, 6]],
  ] as const)
    for (const [n, age] of ages.entries())
      await base.pool.query(
        `insert into ${table} (shop_id, received_at, seq, headers, raw) values ($1, $2, $3, '{}', '\\x01')`,
        [shop, new Date(now - age * day), n + 1],
      );
  for (const age of [401, 399])
    await base.pool.query(
      `insert into audit (of_shop, at, kind, action) values ($1, $2, 'change', 'settings.change')`,
      [shop, new Date(now - age * day)],
    );
  const rows = async (asked = {}) => (await findInstanceRetentionPage(base.pool, asked, now)).rows;
  expect((await rows()).map(({ kind, days, due, ranAt }) => [kind, days, due, ranAt])).toEqual([
    ['rawDays', 10, 2, null],
    ['unreadDays', 7, 1, null],
    ['importDays', 30, 0, null],
    ['auditDays', 400, 1, null],
  ]);
  expect((await rows({ rawDays: 9 })).map(({ due }) => due)).toEqual([3, 1, 0, 1]);
  const kept = async () => [
    await count('journal_raw', shop),
    await count('journal_unread', shop),
    await count('audit', shop, 'of_shop'),
  ];
  expect(await kept()).toEqual([4, 3, 2]);
  await run();
  expect(await kept()).toEqual([2, 2, 1]);
  const told = async () => (await rows()).map(({ due, gone, goneEver, ranAt }) => [due, gone, goneEver, ranAt === now]);
  expect(await told()).toEqual([
    [0, 2, 2, true],
    [0, 1, 1, true],
    [0, 0, 0, true],
    [0, 1, 1, true],
  ]);
  await run();
  expect(await kept()).toEqual([2, 2, 1]);
  expect(await told()).toEqual([
    [0, 0, 2, true],
    [0, 0, 1, true],
    [0, 0, 0, true],
    [0, 0, 1, true],
  ]);
});
