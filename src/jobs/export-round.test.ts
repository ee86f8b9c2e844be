/** What was exported and is imported again changes nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dayMs } from '#domain/time.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type ExportShop, openExportShop, rowsIn } from './testing/export-shop.ts';

let base: TestDatabase;
let shop: ExportShop;
const now = Date.UTC(2026, 4, 2, 10, 0, 0, 123);

beforeAll(async () => {
  base = await testDatabase();
  shop = await openExportShop(base, now);
  await base.pool.query(`update shop_settings set body = body || $2::jsonb where shop_id = $1`, [
    shop.rig.shopId,
    JSON.stringify({
      customFields: [
        { id: 327, name: 'Taille', type: 'text', question: null, options: [], active: true },
        { id: 328, name: 'Prénom', type: 'text', question: null, options: [], active: true },
      ],
    }),
  ]);
  const person =
    'data[customer_name]=Petit&data[customer_firstname]=Anna&data[customer_birthday]=1980-02-01&data[customer_gender]=female&data[customer_address]=12 rue des Lilas&data[customer_address_2]=B%C3%A2t. 2&data[customer_cp]=01000&data[customer_city]=Bourg&data[customer_country]=FR&data[customer_tel]=%2B33474000000&data[customer_mobile]=0612345678&data[customer_fonction]=DG&data[customer_company]=Petit %26 Cie&data[customer_lang]=fr_FR&data[group]=VIP&data[add_tag][0]=fid%C3%A8le&data[add_tag][1]=paris&data[custom_fields][327]=XL&data[custom_fields][328]=Zo%C3%A9';
  await shop.say(
    [
      'v1/CreateAccount',
      `data[external_id]=0042&data[customer_email]=anna@example.test&data[customer_isoptin]=1&${person}`,
    ],
    [
      'v1/CreateAccount',
      'data[external_id]=C-2&data[customer_email]=bob@example.test&data[customer_isoptin]=1&data[customer_name]=%3DHYPERLINK(%22http://x%22)&data[customer_firstname]=%40SUM(1%2B1)&data[customer_company]=-2%2B3',
    ],
    ['v1/UpdateAccount', 'data[external_id]=C-2&data[customer_email]=bob@example.test&data[customer_isoptin]=0'],
    ['v1/CreateAccount', 'data[external_id]=only-an-id'],
    [
      'v1/CreateOrder',
      'data[order_idorder]=A-1&data[customer_email]=anna@example.test&data[order_amount]=1234.50&data[order_state]=20&data[date]=2026-01-31 10:20:30',
    ],
    [
      'v1/CreateOrder',
      'data[order_idorder]=A-2&data[customer_email]=carol@example.test&data[order_amount]=10&data[order_state]=10',
    ],
    [
      'v1/CreateOrder',
      'data[order_idorder]=A-3&data[customer_email]=carol@example.test&data[order_amount]=10&data[order_state]=20',
    ],
    ['v1/UpdateOrder', 'data[order_idorder]=A-3&data[order_state]=0'],
    [
      'v1/CreateOrder',
      'data[order_idorder]=A-4&data[external_id]=only-an-id&data[order_amount]=0.05&data[order_state]=50',
    ],
  );
  const order = (key: string, more: object) =>
    [
      'ingest',
      JSON.stringify({
        sentAt: now - dayMs,
        token: null,
        event: { id: `e-${key}`, type: 'order', at: now - 2 * dayMs, data: { key, currency: 'EUR', ...more } },
      }),
    ] as const;
  const customer = { email: 'dan@example.test' };
  await shop.say(
    order('B-1', {
      total: 42,
      state: 'authorised',
      customer,
      number: '=1+1',
      invoiceNumber: 'F-1',
      serviceStart: '2026-01-01',
      serviceEnd: '2026-01-02',
      tags: ['cadeau'],
      items: [{ sku: 's', name: 'Robe; bleue', quantity: 2, price: 21 }],
    }),
    order('B-2', { total: 1500, currency: 'JPY', state: 'shipped', customer }),
    order('B-4', { total: 9, state: 'placed', customer: { externalId: '0042', email: 'work@example.test' } }),
    order('B-5', { total: 9, state: 'cancelled', customer }),
    order('B-6', { total: 9, state: 'refunded', customer }),
    order('B-3', { total: 42, state: 'paid', customer, refunded: 12 }),
  );
});
afterAll(async () => {
  await shop.close();
  await base.close();
});

const languages = ['fr', 'en'] as const;

test.each(languages)('profiles, %s', async (lang) => {
  const asked = { kind: 'profiles', filter: {} } as const;
  const file = await shop.file(asked, 'csv', { lang });
  await importsToNoChange('profiles', file, 5);
  // that the import heard of them is a sign of life, no change of theirs
  const known = (rows: Record<string, string>[]) => rows.map(({ 'Seen on': _, 'Vu le': __, ...row }) => row);
  expect(known(await rowsIn(await shop.file(asked, 'csv', { lang })))).toEqual(known(await rowsIn(file)));
});

test.each(languages)('orders, %s', async (lang) => {
  const asked = { kind: 'orders', filter: {} } as const;
  const file = await shop.file(asked, 'csv', { lang });
  await importsToNoChange('orders', file, 10);
  expect(await shop.file(asked, 'csv', { lang })).toEqual(file);
});

/** As the wizard proposes it, with nobody's hand on a column. */
async function importsToNoChange(kind: string, file: Buffer, lines: number): Promise<void> {
  const id = await shop.rig.upload(kind, file);
  expect((await shop.rig.check(id)).counts).toEqual({
    created: 0,
    updated: 0,
    unchanged: lines,
    refused: 0,
    reasons: [],
  });
  expect(await shop.rig.run(id)).toMatchObject({ state: 'done', lines });
  expect(await shop.rig.counts(id)).toEqual([`unchanged ${lines}`]);
}
