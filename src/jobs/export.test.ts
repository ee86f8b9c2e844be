import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExportFilter } from '#contract/exports.ts';
import { speak } from '#contract/messages/speak.ts';
import { defaultSettings } from '#domain/settings.ts';
import { dayMs } from '#domain/time.ts';
import { createAdmin } from '#store/auth-user.ts';
import { createExport, type ExportFile, findExport, readExport } from '#store/export-file.ts';
import { openText } from '#store/secret.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { exportFile } from '#views/export/file.ts';
import { workbookFile } from '#views/export/workbook.ts';
import { listOrders } from '#views/order-list.ts';
import { exportJob } from './export.ts';
import { openZip } from './import/archive.ts';
import { collect, type ExportShop, exportKeys, openExportShop, rowsIn, tableIn } from './testing/export-shop.ts';

let base: TestDatabase;
let shop: ExportShop;
let user: string;
const now = Date.UTC(2026, 4, 2, 10);
const clock = { now };

beforeAll(async () => {
  base = await testDatabase();
  shop = await openExportShop(base, now);
  user = await createAdmin(base.pool, { email: 'camille@team.example', password: 'correct horse battery' });
  await shop.say(
    [
      'v1/CreateAccount',
      'data[external_id]=C-1&data[customer_email]=anna@example.test&data[customer_name]=%3D1%2B1&data[customer_firstname]=Anna&data[customer_address]=12 rue des Lilas&data[customer_mobile]=%2B33612345678&data[customer_isoptin]=1&data[custom_fields][9]=x',
    ],
    ['v1/CreateAccount', 'data[external_id]=C-2&data[customer_email]=bob@example.test'],
    [
      'v1/CreateOrder',
      'data[order_idorder]=A-1&data[external_id]=C-1&data[customer_email]=anna@example.test&data[order_amount]=1234.5&data[order_state]=20&data[product_attributes][0][0]=Lilas',
    ],
    [
      'v1/CreateOrder',
      'data[order_idorder]=A-2&data[external_id]=C-2&data[customer_email]=bob@example.test&data[order_amount]=10&data[order_state]=10',
    ],
    [
      'v1/CreateOrder',
      'data[order_idorder]=A-3&data[external_id]=C-2&data[customer_email]=bob@example.test&data[order_amount]=-5&data[order_state]=20',
    ],
  );
});
afterAll(async () => {
  await shop.close();
  await base.close();
});

const all: ExportFilter = { kind: 'profiles', filter: {} };

test('a CSV runs nothing in a spreadsheet, and says what people read', async () => {
  const text = (await shop.file(all, 'csv', { lang: 'fr' })).toString('utf8');
  expect(text).toMatch(/^\ufeffE-mail;ID externe;Prénom;Nom;/);
  const anna = text.split('\r\n').find((line) => line.includes('anna@')) ?? '';
  expect(anna).toContain(`anna@example.test;C-1;Anna;'=1+1;`);
  expect(anna).toContain(';+33612345678;');
  expect(anna).toContain(';Accepté;2026-05-01T12:00:00+02:00;');
});

test('NDJSON has our names, codes and plain values', async () => {
  const lines = (await shop.file(all, 'ndjson')).toString('utf8').trimEnd().split('\n');
  const [bob, anna] = lines.map((line) => JSON.parse(line));
  expect(bob).toMatchObject({ email: 'bob@example.test', externalId: 'C-2', tags: [] });
  expect(anna).toMatchObject({
    email: 'anna@example.test',
    name: '=1+1',
    createdAt: '2026-05-01T10:00:00.000Z',
    bases: { 5: { status: 'accepted', since: '2026-05-01T10:00:00.000Z' } },
  });
});

test('a workbook opens as one, with texts as texts and amounts as numbers', async () => {
  const rows = await rowsIn(await shop.file({ kind: 'orders', filter: {} }, 'xlsx'));
  expect(rows.map((row) => [row['Order reference'], row.Total, row.Validation])).toEqual([
    ['A-3', '-5.00', 'Validated'],
    ['A-2', '10.00', 'No: not paid yet'],
    ['A-1', '1234.50', 'Validated'],
  ]);
  expect(rows[2]).toMatchObject({ 'Last name': '=1+1', 'Order date': '2026-05-01 12:00:00', Cancelled: '0' });
});

test('what one sheet cannot hold goes on in the next one', async () => {
  async function* slices() {
    yield [
      ['a', 1],
      ['b', 2],
    ];
    yield [
      ['c', 3],
      ['\u0001 & <d>', 4],
    ];
  }
  const columns = ['Text', 'Number'].map((head) => ({ name: head, head }));
  const speech = { voice: speak('en'), settings: defaultSettings };
  const file = await collect(workbookFile({ columns, slices: slices() }, speech, 'Rows: [all]', 3));
  async function* whole() {
    yield file;
  }
  await using zip = await openZip(whole(), file.length);
  const texts = new Map<string, string>();
  for (const { name, open } of zip.entries) texts.set(name, (await collect(await open())).toString());
  expect([...texts.keys()].filter((name) => name.includes('sheet'))).toEqual([
    'xl/worksheets/sheet1.xml',
    'xl/worksheets/sheet2.xml',
  ]);
  expect(texts.get('xl/worksheets/sheet1.xml')).toMatch(/Text.*>a<.*>b<(?!.*>c<)/);
  expect(texts.get('xl/worksheets/sheet2.xml')).toMatch(/Text.*>c<.*>\ufffd &amp; &lt;d&gt;<.*<v>4<\/v>/);
  expect(texts.get('xl/workbook.xml')).toContain('<sheet name="Rows   all  2" sheetId="2" r:id="rId2"/>');
  expect(await rowsIn(file)).toEqual([
    { Text: 'a', Number: '1' },
    { Text: 'b', Number: '2' },
  ]);
});

test('for accounts, orders leave without name, address or id, with masked addresses', async () => {
  const file = await shop.file({ kind: 'orders', filter: {} }, 'ndjson', { scope: 'accounts' });
  const text = file.toString('utf8');
  expect(text).not.toMatch(/anna|bob@|1\+1|lilas|C-1|336/i);
  expect(JSON.parse(text.trimEnd().split('\n')[2] ?? '')).toMatchObject({
    key: 'A-1',
    email: 'a••@e••.test',
    total: '1234.50',
  });
  await expect(shop.file(all, 'csv', { scope: 'accounts' })).rejects.toThrow('personal data');
});

test('the filters of the order list give the list’s orders, in its order', async () => {
  const filters = [
    {},
    { sort: 'placed' },
    { counts: 'validated' },
    { counts: 'open', sort: 'placed' },
    { state: 'placed' },
    { state: 'paid' },
    { search: 'bob@example.test' },
    { search: 'A-1' },
    { search: 'nobody' },
    { from: '2026-05-01', to: '2026-05-01' },
    { to: '2026-04-30' },
  ] as const;
  for (const filter of filters) {
    const listed = await listOrders(base.db, shop.rig.shopId, filter);
    const rows = await rowsIn(await shop.file({ kind: 'orders', filter }));
    const keys = rows.map((row) => row['Order reference']);
    const expected = listed?.orders.map(({ key }) => key) ?? [];
    expect([filter, 'search' in filter ? keys.sort() : keys]).toEqual([
      filter,
      'search' in filter ? expected.sort() : expected,
    ]);
  }
});

test('profiles by basis and status, consents by the same, the journal by outcome and by who it names', async () => {
  const emails = async (asked: ExportFilter) => (await rowsIn(await shop.file(asked))).map((row) => row['E-mail']);
  expect(await emails({ kind: 'profiles', filter: { basis: 6, status: 'accepted' } })).toEqual(['anna@example.test']);
  expect(await emails({ kind: 'profiles', filter: { basis: 6, status: 'unknown' } })).toEqual(['bob@example.test']);
  expect(await emails({ kind: 'profiles', filter: { basis: 2 } })).toEqual([]);
  expect(await emails({ kind: 'profiles', filter: { search: 'C-2' } })).toEqual(['bob@example.test']);
  const consents = await rowsIn(await shop.file({ kind: 'consents', filter: { basis: 6 } }));
  expect(consents).toMatchObject([
    {
      'E-mail': 'anna@example.test',
      Basis: 'Opt-in email',
      'Technical name': 'LegalBasisOptin',
      Status: 'Accepted',
      Source: 'Server',
    },
  ]);
  const journal = await rowsIn(await shop.file({ kind: 'journal', filter: { subject: 'A-2' } }));
  expect(journal).toMatchObject([
    { Kind: 'Order', Outcome: 'Applied', Person: 'bob@example.test', 'Order reference': 'A-2' },
  ]);
  expect(await rowsIn(await shop.file({ kind: 'journal', filter: { outcome: 'rejected' } }))).toEqual([]);
  expect((await tableIn(await shop.file({ kind: 'journal', filter: {} }))).length).toBe(6);
});

test('what test keys sent is in no file', async () => {
  await base.pool.query(
    `insert into journal (shop_id, received_at, seq, source, format, kind, outcome, test)
     values ($1, $2, 999, 'server', 'v1/CreateOrder', 'order', 'applied', true)`,
    [shop.rig.shopId, new Date(now - dayMs + 1)],
  );
  expect((await tableIn(await shop.file({ kind: 'journal', filter: {} }))).length).toBe(6);
});

test('more than one slice: each row once, in its place', async () => {
  const { shopId } = (
    await base.pool.query<{ shopId: number }>(`insert into shop (name) values ('Many') returning id as "shopId"`)
  ).rows[0] ?? { shopId: 0 };
  await base.pool.query(
    `insert into shop_settings (shop_id, version, since_seq, changed_at, body) values ($1, 1, 0, now(), '{}')`,
    [shopId],
  );
  await base.pool.query(
    `insert into orders (shop_id, id, namespace, key, created_at, updated_at, placed_at, day, legacy_state, validated, stated, currency, total_minor)
     select $1, n, '', 'K-' || n, '2026-05-01T10:00Z'::timestamptz + (n / 7) * interval '1 ms', now(), now(), current_date, 20, true, '{}', 'EUR', n
     from generate_series(1, 2500) n`,
    [shopId],
  );
  const asked = { shop: shopId as never, asked: { kind: 'orders', filter: {} }, scope: 'full', lang: 'en' } as const;
  let told = 0;
  const file = await collect(
    await exportFile({ db: base.db, keys: exportKeys }, { ...asked, format: 'csv' }, (rows) => {
      told += rows;
    }),
  );
  const keys = (await rowsIn(file)).map((row) => row['Order reference']);
  expect(keys).toEqual(Array.from({ length: 2500 }, (_, place) => `K-${2500 - place}`));
  expect(told).toBe(2500);
});

test('a job prepares a large one, tells who asked, and lets go of it after a day', async () => {
  const file = await ask(all);
  await work();
  const ready = await look(file);
  expect(ready).toMatchObject({ state: 'ready', rows: 2 });
  const bytes = await collect(readExport(base.pool, file));
  expect(bytes).toEqual(await shop.file(all));
  expect(ready?.bytes).toBe(bytes.length);
  expect(await letters()).toMatchObject([
    { kind: 'export', of: 'profiles', ready: true, url: `https://tracker.example/shops/${shop.rig.shopId}/exports` },
  ]);

  clock.now = now + dayMs - 1;
  await work();
  expect(await look(file)).toMatchObject({ state: 'ready' });
  clock.now = now + dayMs;
  await work();
  expect(await look(file)).toMatchObject({ state: 'expired', filter: null });
  expect(await pieces(file)).toBe(0);
  clock.now = now + 30 * dayMs + 1;
  await work();
  expect(await look(file)).toBe(null);
  clock.now = now;
});

test('what a killed process left half-written is written again from its beginning', async () => {
  const file = await ask(all);
  await base.pool.query(`update export_file set state = 'running' where id = $1`, [file.id]);
  await base.pool.query(`insert into export_chunk (shop_id, export_id, n, bytes) values ($1, $2, 0, 'half')`, [
    shop.rig.shopId,
    file.id,
  ]);
  await work();
  expect(await collect(readExport(base.pool, file))).toEqual(await shop.file(all));
});

test('one that cannot be made ends as failed, and the next is made', async () => {
  const broken = await ask({ kind: 'profiles', filter: { from: 'never' } });
  const fine = await ask(all);
  await expect(work()).rejects.toThrow('nobody can have asked');
  expect(await look(broken)).toMatchObject({ state: 'failed' });
  expect(await look(fine)).toMatchObject({ state: 'ready' });
});

test('an erasure takes prepared files back, and what runs begins again without the person', async () => {
  const ready = await ask(all);
  await work();
  const running = await ask(all);
  const searched = await ask({ kind: 'orders', filter: { search: 'anna@example.test' } });
  await base.pool.query(`update export_file set state = 'running' where id = $1`, [running.id]);
  const { rows } = await base.pool.query<{ id: number }>(`select id from profile where email = 'anna@example.test'`);
  await shop.say(['own', JSON.stringify({ facts: [{ type: 'erase', run: 'asked', profileId: rows[0]?.id }] })]);
  expect(await look(ready)).toMatchObject({ state: 'withdrawn', filter: null });
  expect(await look(searched)).toMatchObject({ state: 'withdrawn', filter: null });
  expect(await look(running)).toMatchObject({ state: 'waiting' });
  expect(await pieces(ready)).toBe(0);
  await work();
  expect((await collect(readExport(base.pool, running))).toString()).not.toMatch(/anna/i);
  expect(await look(running)).toMatchObject({ state: 'ready', rows: 1 });
});

async function ask({ kind, filter }: ExportFilter): Promise<ExportFile> {
  const { shopId } = shop.rig;
  const made = { shopId, kind, filter, format: 'csv', lang: 'en', scope: 'full', fileName: 'f.csv', askedBy: user };
  const file = await createExport(base.pool, { ...made, expiresAt: null }, 20, now);
  if (file === null) throw new Error('too many');
  return file;
}

async function work(): Promise<void> {
  const { pool, db } = base;
  const job = exportJob({
    pool,
    db,
    keys: exportKeys,
    shards: 4,
    publicUrl: 'https://tracker.example',
    now: () => clock.now,
  });
  await job.run(null, {} as never);
}

function look({ shopId, id }: ExportFile): Promise<ExportFile | null> {
  return findExport(base.pool, shopId, id);
}

async function pieces({ id }: ExportFile): Promise<number> {
  return (await base.pool.query('select from export_chunk where export_id = $1', [id])).rowCount ?? 0;
}

async function letters(): Promise<unknown[]> {
  const { rows } = await base.pool.query<{ id: string; sealed: Buffer }>(
    `select id, sealed from outbox where kind = 'export' and to_address = 'camille@team.example' order by created_at`,
  );
  return rows.map(({ id, sealed }) => JSON.parse(openText(exportKeys, sealed, `outbox ${id}`)));
}
