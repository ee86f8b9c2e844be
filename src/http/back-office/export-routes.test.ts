import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportJob } from '../../jobs/export.ts';
import { openTestBackOffice, type Speaker, type TestBackOffice } from './testing/back-office.ts';

let office: TestBackOffice;
let admin: Speaker & { readonly id: string };
let accountant: Speaker & { readonly id: string };
let base: string;

beforeAll(async () => {
  office = await openTestBackOffice();
  admin = await office.admin('camille@team.example');
  accountant = await office.admin('alex@team.example');
  await office.database.pool.query(`update shop_member set role = 'accountant' where user_id = $1`, [accountant.id]);
  base = `/api/shops/${office.shop}/exports`;
  await office.database.pool.query(
    `insert into orders (shop_id, id, namespace, key, created_at, updated_at, placed_at, day, legacy_state, validated, stated, currency, total_minor, contact_email, attributes, tags)
     values ($1, 1, '', 'A-1', now(), now(), now(), current_date, 20, true, '{}', 'EUR', 4250, 'lea.dupont@exemple.com', '[["address","12 rue Dupont"]]', '{dupont}')`,
    [office.shop],
  );
});
afterAll(() => office.close());

const csv = { format: 'csv', lang: 'en', filter: {} } as const;

test('a small file is made while it is downloaded, by whoever asked, for an hour; both acts are in the audit log', async () => {
  const asked = await admin.post(`${base}/orders`, { ...csv, filter: { counts: 'validated' } });
  expect(asked).toMatchObject({ status: 200, body: { kind: 'orders', state: 'direct' } });
  expect(asked.body.fileName).toMatch(/^orders-\d{4}-\d\d-\d\d\.csv$/);
  const path = `${base}/${asked.body.id}/file`;
  expect((await admin.raw(path)).toString()).toContain('A-1');
  expect((await accountant.get(path)).status).toBe(404);
  expect((await admin.get(base)).body.exports).toMatchObject([{ id: asked.body.id, state: 'direct' }]);
  expect((await accountant.get(base)).body.exports).toEqual([]);
  expect((await admin.get(`/api/shops/${office.shop}/audit?kind=export`)).body.rows).toMatchObject([
    { action: 'data.download', who: 'camille@team.example' },
    { action: 'data.export', who: 'camille@team.example' },
  ]);
  office.now += 3_600_001;
  expect(await admin.get(path)).toMatchObject({ status: 410, body: { error: { code: 'export.expired' } } });
});

test('who does the accounts takes orders away without who they are of, and nothing else', async () => {
  for (const kind of ['profiles', 'consents', 'journal'])
    expect([kind, (await accountant.post(`${base}/${kind}`, csv)).status]).toEqual([kind, 403]);
  expect(
    (await accountant.post(`${base}/orders`, { ...csv, filter: { search: 'lea.dupont@exemple.com' } })).status,
  ).toBe(403);
  const { body } = await accountant.post(`${base}/orders`, csv);
  const text = (await accountant.raw(`${base}/${body.id}/file`)).toString();
  expect(text).toContain('l••@e••.com');
  expect(text).not.toMatch(/dupont/i);
  // with another role since, it is another file
  await office.database.pool.query(`update shop_member set role = 'user' where user_id = $1`, [accountant.id]);
  expect((await accountant.get(`${base}/${body.id}/file`)).status).toBe(403);
  await office.database.pool.query(`update shop_member set role = 'accountant' where user_id = $1`, [accountant.id]);
});

test('a file of what no list shows is refused, with the field', async () => {
  for (const [kind, filter] of [
    ['orders', { from: '2026-02-31' }],
    ['orders', { state: 'lost' }],
    ['orders', { after: '1.1' }],
    ['profiles', { basis: 0 }],
    ['journal', { beforeSeq: '1' }],
  ] as const)
    expect([kind, filter, (await admin.post(`${base}/${kind}`, { ...csv, filter })).status]).toEqual([
      kind,
      filter,
      400,
    ]);
  expect((await admin.post(`${base}/orders`, { ...csv, format: 'pdf' })).status).toBe(400);
});

test('a large one is prepared, taken away as it lies, and deleted by whoever asked', async () => {
  await office.database.pool.query(
    `insert into orders (shop_id, id, namespace, key, created_at, updated_at, placed_at, day, legacy_state, validated, stated, currency, total_minor)
     select $1, n, '', 'K-' || n, now(), now(), now(), current_date, 20, true, '{}', 'EUR', n from generate_series(2, 20001) n`,
    [office.shop],
  );
  const asked = await admin.post(`${base}/orders`, csv);
  expect(asked.body).toMatchObject({ state: 'waiting', expiresAt: null });
  const path = `${base}/${asked.body.id}`;
  expect(await admin.get(`${path}/file`)).toMatchObject({ status: 409, body: { error: { code: 'export.not_ready' } } });
  const { pool, db } = office.database;
  const job = exportJob({
    pool,
    db,
    keys: office.keys,
    shards: 4,
    publicUrl: 'http://localhost',
    now: () => office.now,
  });
  await job.run(null, {} as never);
  const [ready] = (await admin.get(base)).body.exports;
  expect(ready).toMatchObject({ state: 'ready', rows: 20_001 });
  const bytes = await admin.raw(`${path}/file`);
  expect(bytes.length).toBe(ready.bytes);
  expect(bytes.toString().trimEnd().split('\r\n')).toHaveLength(20_002);
  expect(await office.letters('camille@team.example')).toMatchObject([{ kind: 'export', ready: true }]);
  expect((await accountant.post(`${path}/delete`, {})).status).toBe(404);
  expect((await admin.post(`${path}/delete`, {})).status).toBe(200);
  expect((await admin.get(`${path}/file`)).status).toBe(404);
  expect((await pool.query('select from export_chunk')).rowCount).toBe(0);
});

test('no shop piles up files without end', async () => {
  for (let n = 0; n < 20; n++) expect((await admin.post(`${base}/orders`, csv)).status).toBe(200);
  expect(await admin.post(`${base}/orders`, csv)).toMatchObject({
    status: 409,
    body: { error: { code: 'export.too_many' } },
  });
});
