import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type ImportRig, openImportRig } from '../testing/import-rig.ts';

let base: TestDatabase;
let rig: ImportRig;
const now = Date.UTC(2026, 4, 1, 10);

beforeAll(async () => {
  base = await testDatabase();
  rig = await openImportRig(base, () => now);
});
afterAll(async () => {
  await rig.close();
  await base.close();
});

/** As an old spreadsheet in France saves it. */
const messy = Buffer.from(
  [
    'Référence;Client;Adresse e-mail;Total TTC;Date de commande;État',
    'C-1;Anna Petit;anna@example.test;1 234,50 €;31/01/2024;Payée',
    'C-2;"Durand; Zoé";zoé@example.test;12,00;05/02/2024;Annulée',
    '',
    'C-3;Bob;bob@example.test;gratuit;06/02/2024;Payée',
    'C-4;Ève;eve@example.test;5,00;31/02/2024;Payée',
    'Référence;Client;Adresse e-mail;Total TTC;Date de commande;État',
    'C-5;Dan;dan@example.test;5,00;07/02/2024;Payée;en trop',
    'C-6;Dan;dan@example.test;5,00;07/02/2024;Sur la lune',
    'C-1;Anna Petit;anna@example.test;1 234,50 €;31/01/2024;Payée',
  ]
    .join('\r\n')
    .replaceAll('€', '\x80'),
  'latin1',
);

test('a messy French file: recognised, checked, run, each line with its end', async () => {
  const id = await rig.upload('orders', messy, 7);
  const { state, look, setup } = await rig.look(id);
  expect(state).toBe('ready');
  expect(look).toMatchObject({ file: 'csv', encoding: 'windows-1252', separator: ';', datesUnclear: false });
  expect(look?.rows[1]).toContain('1 234,50 €');
  expect(setup).toMatchObject({
    header: true,
    columns: ['key', 'fullName', 'email', 'total', 'placedAt', 'state'],
    rules: { dates: 'dmy', decimal: 'comma' },
  });

  const forecast = await rig.check(id);
  expect(forecast).toMatchObject({
    lines: 8,
    counts: { created: 2, updated: 0, unchanged: 1, refused: 5 },
    unknownValues: [{ column: 'state', value: 'sur la lune', n: 1 }],
  });
  expect(await base.pool.query('select 1 from orders where shop_id = $1', [rig.shopId])).toMatchObject({ rowCount: 0 });

  await rig.setUp(id, { rules: { dates: 'dmy', decimal: 'comma', states: { 'sur la lune': 'shipped' } } });
  expect(await rig.run(id)).toMatchObject({ state: 'done', lines: 8 });
  expect(await rig.counts(id)).toEqual([
    'created 3',
    'refused 1 import.columns_changed',
    'refused 1 import.header_again',
    'refused 1 order.amount_invalid',
    'refused 1 time.invalid',
    'unchanged 1',
  ]);
  const { rows } = await base.pool.query(
    `select key, net_minor, day::text, validated from orders where shop_id = $1 order by key`,
    [rig.shopId],
  );
  expect(rows).toEqual([
    { key: 'C-1', net_minor: 123450, day: '2024-01-31', validated: true },
    { key: 'C-2', net_minor: 1200, day: '2024-02-05', validated: false },
    { key: 'C-6', net_minor: 500, day: '2024-02-07', validated: true },
  ]);
  expect(rig.faults).toEqual([]);
});

test('the same file again changes nothing', async () => {
  const before = await base.pool.query(
    'select id, key, updated_at, net_minor, stated::text from orders where shop_id = $1 order by id',
    [rig.shopId],
  );
  const id = await rig.upload('orders', gzipSync(messy));
  await rig.setUp(id, { rules: { dates: 'dmy', decimal: 'comma', states: { 'sur la lune': 'shipped' } } });
  expect((await rig.run(id)).state).toBe('done');
  expect((await rig.counts(id)).slice(-1)).toEqual(['unchanged 4']);
  const after = await base.pool.query(
    'select id, key, updated_at, net_minor, stated::text from orders where shop_id = $1 order by id',
    [rig.shopId],
  );
  expect(after.rows).toEqual(before.rows);
});
