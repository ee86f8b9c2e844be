/** The owner of the installation: its shops from making to end, its people, its health. */
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApplier } from '#apply/applier.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { shopDeletionJob } from '#jobs/shop-deletion.ts';
import { openClient } from '#store/db.ts';
import { listKnownKeys } from '#store/shop-key.ts';
import { openTestBackOffice, type Speaker, type TestBackOffice } from './testing/back-office.ts';

let office: TestBackOffice;
let owner: Speaker & { readonly id: string };

beforeAll(async () => {
  office = await openTestBackOffice();
  owner = await office.admin('owner@b.example');
});
afterAll(() => office.close());

async function makeShop(name: string): Promise<ShopId> {
  const { status, body } = await owner.post('/api/instance/shops', { name });
  expect(status).toBe(200);
  return shopId(body.shopId);
}

async function keysOf(shop: ShopId): Promise<number> {
  return (await listKnownKeys(office.database.pool)).filter((key) => key.shopId === shop).length;
}

/** Rows of the shop over the whole database, by table. */
async function rowsOf(shop: ShopId): Promise<Record<string, number>> {
  const { rows } = await office.database.pool.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and column_name in ('shop_id', 'of_shop')`,
  );
  const counts: Record<string, number> = {};
  for (const { table, column } of rows) {
    const found = await office.database.pool.query(`select from ${table} where ${column} = $1`, [shop]);
    if (found.rowCount !== null && found.rowCount > 0) counts[table] = found.rowCount;
  }
  return counts;
}

test('a shop is made with its first keys and its maker as administrator', async () => {
  const shop = await makeShop(' Nouvelle ');
  expect((await owner.get('/api/me')).body.shops.at(-1)).toMatchObject({
    id: shop,
    name: 'Nouvelle',
    role: 'administrator',
  });
  expect(await keysOf(shop)).toBe(1);
  expect((await owner.post('/api/instance/shops', { name: '  ' })).status).toBe(400);
  const { shops } = (await owner.get('/api/instance/shops')).body;
  expect(shops.at(-1)).toMatchObject({ name: 'Nouvelle', members: 1, administrators: 1, mine: true, closedAt: null });
});

test('a closed shop’s keys open nothing, and open again with it; its people see it all the while', async () => {
  const shop = await makeShop('Saison');
  const place = `/api/instance/shops/${shop}`;
  expect((await owner.post(`${place}/open`)).status).toBe(404);
  expect((await owner.post(`${place}/close`)).status).toBe(204);
  expect([await keysOf(shop), (await owner.get(`/api/shops/${shop}/orders`)).status]).toEqual([0, 200]);
  expect((await owner.post(`${place}/close`)).status).toBe(404);
  expect((await owner.post(`${place}/open`)).status).toBe(204);
  expect(await keysOf(shop)).toBe(1);
});

test('everything a shop holds leaves as lines, whole and without a secret, and its people can read that it did', async () => {
  const { pool } = office.database;
  const shop = await makeShop('Export');
  await pool.query(
    `insert into profile (shop_id, id, email, email_norm, created_at, updated_at, last_seen, subject_key, stated)
     select $1, n, 'p' || n || '@b.example', 'p' || n || '@b.example', now(), now(), now(), gen_random_uuid(), '{}' from generate_series(1, 2500) n`,
    [shop],
  );
  await pool.query(
    `insert into orders (shop_id, id, namespace, key, created_at, updated_at, placed_at, day, legacy_state, validated, stated, currency, total_minor)
    values ($1, 1, '', 'A-1', now(), now(), now(), current_date, 20, true, '{}', 'EUR', 4250)`,
    [shop],
  );
  const answer = await owner.raw(`/api/instance/shops/${shop}/export`);
  const lines = gunzipSync(answer)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ format: 'spread-tracker shop 1', shop: { id: shop, name: 'Export' } });
  const end = lines.at(-1);
  expect(end).toMatchObject({ end: true, rows: { profile: 2500, orders: 1, shop: 1, shop_key: 1 } });
  expect(lines.filter(({ table }) => table === 'profile')).toHaveLength(2500);
  expect(lines).toHaveLength(2 + Object.values<number>(end.rows).reduce((sum, count) => sum + count, 0));
  const key = lines.find(({ table }) => table === 'shop_key');
  expect(Object.keys(key.row)).not.toEqual(expect.arrayContaining(['private_sealed']));
  expect(JSON.stringify(key.row)).not.toMatch(/private_(hash|sealed)/);
  const log = (await owner.get(`/api/shops/${shop}/audit`)).body.rows;
  expect(log[0]).toMatchObject({ action: 'shop.export', kind: 'export', who: 'owner@b.example' });
  expect((await owner.get('/api/instance/shops/12345/export')).status).toBe(404);
});

test('no column that opens something leaves with a shop', async () => {
  const { leftOut } = await import('#views/shop-export.ts');
  const { rows } = await office.database.pool.query<{ table: string; column: string }>(
    `select c.table_name as table, c.column_name as column from information_schema.columns c
     where c.table_schema = 'public' and c.column_name ~ '(hash|seal|secret|credential|password|token|code)'
       and exists (select from information_schema.columns s where s.table_schema = 'public'
         and s.table_name = c.table_name and s.column_name in ('shop_id', 'of_shop'))`,
  );
  const taken = rows.filter(({ column }) => !leftOut.includes(column)).map(({ table, column }) => `${table}.${column}`);
  // Looked at one by one: hashes of the ledger, of files that were imported, keyed hashes of addresses and subjects, and words that only look alike.
  expect(taken.filter((name) => !harmless.test(name))).toEqual([]);
});

const harmless =
  /^(basis_history|history_checkpoint|ledger_head|consent_evidence)\.|\.(address_hash|subject_hash|key_hash|content_hash|hash|code|codes_at|code_(sent|until|tries)|old_secret_until)$/;

test('a shop is deleted when it is closed and its name is typed; no row of it stays, in any table', async () => {
  const { pool } = office.database;
  const shop = await makeShop('À supprimer');
  const other = await makeShop('À garder');
  const engine = await openPostgresEngine({ pool, shards: 4, now: () => office.now });
  const applier = startApplier({
    connect: () => openClient(office.database.url, { pipeline: true }),
    claims: postgresClaims,
    shards: 4,
    keys: office.keys,
    onFault: () => undefined,
  });
  for (const place of [shop, other]) {
    const member = { email: 'x@b.example', role: 'user', lang: 'fr' };
    await owner.post(`/api/shops/${place}/members/invite`, member);
    await append(engine, place, 'a@b.example');
  }
  const applied = async (place: ShopId) =>
    (await pool.query('select from basis_history where shop_id = $1', [place])).rowCount ?? 0;
  await expect.poll(() => applied(other)).toBeGreaterThan(0);
  const kept = await rowsOf(other);
  expect(Object.keys(kept)).toEqual(
    expect.arrayContaining(['profile', 'orders', 'journal', 'basis_history', 'outbox']),
  );

  const place = `/api/instance/shops/${shop}`;
  expect((await owner.post(`${place}/delete`, { name: 'À supprimer' })).body.error.code).toBe('shop.open');
  await owner.post(`${place}/close`);
  expect((await owner.post(`${place}/delete`, { name: 'à supprimer' })).body.error.code).toBe('shop.other_name');
  expect((await owner.post(`${place}/delete`, { name: ' À supprimer ' })).status).toBe(204);
  expect((await owner.get(`/api/shops/${shop}/orders`)).status).toBe(404);
  expect((await owner.post(`${place}/join`)).status).toBe(404);
  expect((await owner.post(`${place}/delete`, { name: 'À supprimer' })).status).toBe(404);

  const job = shopDeletionJob(pool, 4, () => office.now);
  await job.run({}, {} as never);
  expect(Object.keys(await rowsOf(shop)).length).toBeGreaterThan(5);
  office.now += 61_000;
  await job.run({}, {} as never);
  expect(await rowsOf(shop)).toEqual({});
  expect((await pool.query('select from shop where id = $1', [shop])).rowCount).toBe(0);
  expect(await rowsOf(other)).toEqual(kept);

  // What a web process had kept on its disk comes late: it is of nobody.
  await append(engine, shop, 'late@b.example');
  await append(engine, other, 'b@b.example');
  await expect.poll(() => applied(other)).toBeGreaterThan(kept.basis_history ?? 0);
  await expect.poll(async () => (await pool.query('select from intake')).rowCount).toBe(0);
  expect(await rowsOf(shop)).toEqual({});
  const log = (await owner.get('/api/instance/audit?kind=erase')).body.rows;
  expect(log).toMatchObject([{ action: 'shop.delete', detail: [{ name: 'shop', value: 'À supprimer' }] }]);
  await applier.stop();
  await engine.stop();
});

function append(engine: Awaited<ReturnType<typeof openPostgresEngine>>, shop: ShopId, email: string) {
  return engine.append(
    {
      shopId: shop,
      format: 'v1/CreateOrder',
      arrivedAt: office.now,
      source: { kind: 'api' },
      pageHost: null,
      mayRead: true,
      test: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ip: null,
      minted: null,
      door: 'accepted',
      deliveryKey: null,
      raw: Buffer.from(
        `data[customer_email]=${email}&data[order_idorder]=${email}&data[order_amount]=10&data[order_state]=20&data[action]=order`,
      ),
    },
    'live',
  );
}

test('an owner joins a shop whose people are gone, and that shop’s log says so', async () => {
  const shop = await makeShop('Orpheline');
  await office.database.pool.query('delete from shop_member where shop_id = $1', [shop]);
  expect((await owner.get(`/api/shops/${shop}/audit`)).status).toBe(404);
  expect((await owner.post(`/api/instance/shops/${shop}/join`)).status).toBe(204);
  expect((await owner.get(`/api/shops/${shop}/audit`)).body.rows[0]).toMatchObject({ action: 'member.join' });
});

test('accounts are found, made owners, and deleted, but never the last owner nor a shop’s last administrator', async () => {
  const second = await office.admin('second@b.example');
  const found = (await owner.get('/api/instance/people?search=SECOND')).body;
  expect(found.people).toMatchObject([{ email: 'second@b.example', instanceAdmin: true }]);
  expect((await owner.get('/api/instance/people?search=%25')).body.people).toEqual([]);
  const place = `/api/instance/people/${second.id}`;
  expect((await owner.post(`${place}/owner`, { instanceAdmin: false })).status).toBe(204);
  expect((await second.get('/api/instance/people')).status).toBe(403);
  const own = await owner.post(`/api/instance/people/${owner.id}/owner`, { instanceAdmin: false });
  expect(own.body.error.code).toBe('user.last_owner');
  expect((await owner.post(`/api/instance/people/${owner.id}/delete`)).body.error.code).toBe('user.last_owner');

  const { pool } = office.database;
  const shop = await makeShop('Seule');
  await pool.query('update shop_member set user_id = $2 where shop_id = $1', [shop, second.id]);
  const alone = await owner.post(`${place}/delete`);
  expect([alone.body.error.code, alone.body.error.message]).toEqual([
    'member.last_administrator',
    expect.stringContaining('Seule'),
  ]);
  await owner.post(`/api/instance/shops/${shop}/join`);
  expect((await owner.post(`${place}/delete`)).status).toBe(204);
  expect((await second.get('/api/me')).status).toBe(204);
  expect((await owner.post(`${place}/delete`)).status).toBe(404);
});

test('the health of the installation is told, jobs and disk among it', async () => {
  const { body, status } = await owner.get('/api/instance/health');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    postgres: expect.stringMatching(/^\d/),
    intake: { batches: 0, oldestAt: null, parked: 0, spool: null },
    mail: { configured: false },
    disk: null,
  });
  expect(body.databaseBytes).toBeGreaterThan(1_000_000);
});

test('how long bytes and the audit log are kept is the owners’ to say, within limits, seen before it is saved, and written down', async () => {
  const place = '/api/instance/retention';
  const { body } = await owner.get(place);
  expect(body.rows.map((row: { kind: string; days: number }) => [row.kind, row.days])).toEqual([
    ['rawDays', 30],
    ['unreadDays', 7],
    ['importDays', 30],
    ['auditDays', 1096],
  ]);
  for (const wrong of [{ rawDays: 0 }, { rawDays: 91 }, { auditDays: 30 }, { rawDays: null }, { journalDays: 30 }, {}])
    expect([(await owner.post(place, wrong)).status, (await owner.post(`${place}/preview`, wrong)).status]).toEqual([
      400, 400,
    ]);
  expect((await owner.post(`${place}/preview`, { rawDays: 14 })).body.rows[0]).toMatchObject({ days: 30, due: 0 });
  expect((await owner.get(place)).body.rows[0].days).toBe(30);
  expect((await owner.post(place, { rawDays: 14 })).status).toBe(204);
  expect((await owner.post(place, { unreadDays: 3 })).status).toBe(204);
  const kept = (await owner.get(place)).body.rows.map(({ days }: { days: number }) => days);
  expect(kept).toEqual([14, 3, 30, 1096]);
  expect((await owner.get(`/api/shops/${office.shop}/retention`)).body.installation).toEqual({
    ...{ rawDays: 14, unreadDays: 3, importDays: 30, auditDays: 1096 },
  });
  expect((await owner.get('/api/instance/audit')).body.rows[0]).toMatchObject({ action: 'instance.retention' });
});
