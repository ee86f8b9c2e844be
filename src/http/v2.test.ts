import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { createShopKey } from '#store/shop-key.ts';
import { basicOf, openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
let ahead = 0;

beforeAll(async () => {
  doors = await openDoors({ now: () => Date.now() + ahead, publicUrl: 'https://tracker.example' });
  for (let i = 1; i <= 7; i++) await addProfile(doors.shop.shopId, i, `2026-11-0${i}T10:00:00Z`);
  await addProfile(doors.other.shopId, 1, '2026-11-01T10:00:00Z');
  await doors.database.pool.query(
    `insert into profile_identifier (shop_id, kind, namespace, value, profile_id, rank, since)
     values ($1, 'external', 'default', 'C-3', 3, 2, now())`,
    [doors.shop.shopId],
  );
  await addOrder(1, '1042', '2026-11-10T09:00:00Z', 3, { total: 5400, validated: true, state: 20 });
  await addOrder(2, '2026/17', '2026-11-11T09:00:00Z', 3, { total: 1000, validated: false, state: 10 });
  await addOrder(3, 'yen', '2026-11-12T09:00:00Z', null, { total: 1200, validated: true, state: 50, currency: 'JPY' });
  await doors.database.pool.query(
    `insert into profile_basis (shop_id, profile_id, basis_id, status, since, changed_at, fold) values
       ($1, 3, 4, 'accepted', '2026-11-10T09:00:00Z', '2026-11-10T09:00:00Z', '{}'),
       ($1, 3, 1, 'to confirm', null, '2026-11-12T09:00:00Z', '{}')`,
    [doors.shop.shopId],
  );
  await doors.database.pool.query(
    `insert into basis_history (shop_id, profile_id, basis_id, seq, n, from_status, to_status, cause, source, at, arrived_at,
       settings_version, channels, subject_key)
     values ($1, 3, 4, 9007199254740993, 0, 'unknown', 'accepted', 'auto', 'server', now(), now(), 1, '{email}', gen_random_uuid())`,
    [doors.shop.shopId],
  );
});
afterAll(() => doors.close());

async function addProfile(shop: number, id: number, created: string): Promise<void> {
  await doors.database.pool.query(
    `insert into profile (shop_id, id, created_at, updated_at, last_seen, subject_key, email, email_norm, name, tags, custom)
     values ($1, $2, $3, $3, $3, gen_random_uuid(), $4, lower($4), $5, '{vip}', '{"327":"Bleu"}')`,
    [shop, id, created, `Person${id}@example.com`, `Durand ${id}`],
  );
}

async function addOrder(
  id: number,
  key: string,
  placed: string,
  profile: number | null,
  order: { total: number; validated: boolean; state: number; currency?: string },
): Promise<void> {
  await doors.database.pool.query(
    `insert into orders (shop_id, id, namespace, key, profile_id, created_at, updated_at, placed_at, day, currency, total_minor,
       legacy_state, validated, stated, attributes)
     values ($1, $2, 'default', $3, $4, $5::timestamptz, $5::timestamptz, $5::timestamptz, ($5::timestamptz)::date, $6, $7, $8, $9, '{}', '[["Robe","Rouge"]]')`,
    [doors.shop.shopId, id, key, profile, placed, order.currency ?? 'EUR', order.total, order.state, order.validated],
  );
}

async function get(path: string, authorization = doors.shop.basic) {
  const answer = await doors.app.inject({ url: `/api/v2${path}`, headers: { authorization } });
  return { status: answer.statusCode, body: answer.json() };
}

test('customers come in pages that lead to the end, of the own shop only', async () => {
  const ids: string[] = [];
  let path = '/customers/?maxResults=3&modifiedAfter=2026-11-01';
  for (let pages = 0; path !== '' && pages < 9; pages++) {
    const { status, body } = await get(path);
    expect([status, body.count]).toEqual([200, body.customers.length]);
    ids.push(...body.customers.map((customer: { id: string }) => customer.id));
    expect(body.nextPageUrl ?? 'https://tracker.example/api/v2').toMatch(/^https:\/\/tracker\.example\/api\/v2/);
    if (body.nextPageUrl !== undefined) expect(body.nextPageUrl).toContain('modifiedAfter=2026-11-01');
    path = body.nextPageUrl?.slice('https://tracker.example/api/v2'.length) ?? '';
  }
  expect(ids).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  expect((await get('/customers', doors.other.basic)).body.count).toBe(1);
});

test('customers are filtered by time, address and id', async () => {
  const ids = async (query: string) =>
    (await get(`/customers?${query}`)).body.customers.map((customer: { id: string }) => customer.id);
  expect(await ids('createdAfter=2026-11-05')).toEqual(['5', '6', '7']);
  expect(await ids('createdAfter=2026-11-02&createBefore=2026-11-04%2011:00:00')).toEqual(['2', '3']);
  expect(await ids('createdBefore=2026-11-04T10:00:00Z')).toEqual(['1', '2', '3']);
  expect(await ids('email=%20PERSON4@example.com')).toEqual(['4']);
  expect(await ids('externalId=C-3')).toEqual(['3']);
  expect(await ids('externalId=nobody')).toEqual([]);
  for (const query of [
    'createdAfter=tomorrow',
    'modifiedBefore=2026-02-31',
    'startAt=-1',
    'maxResults=0',
    'startAt=x',
    'after=1',
    `after=${'9'.repeat(15)}-1`,
  ]) {
    const { status, body } = await get(`/customers?${query}`);
    expect([status, body.error.code, body.error.field]).toEqual([400, 'parameter.invalid', query.split('=')[0]]);
  }
});

test('who follows the pages sees each older row once, whatever comes, goes and changes meanwhile', async () => {
  const { pool } = doors.database;
  const shop = doors.shop.shopId;
  const read = async (path: string): Promise<{ ids: string[]; next: string }> => {
    const { body } = await get(path);
    const ids = body.customers.map((customer: { id: string }) => customer.id);
    return { ids, next: body.nextPageUrl?.slice('https://tracker.example/api/v2'.length) ?? '' };
  };
  const first = await read('/customers?maxResults=3');
  expect(first.ids).toEqual(['1', '2', '3']);
  // an item that was held comes back under the time it first came, another leaves by a merge, a third is new
  await addProfile(shop, 90, '2026-11-02T12:00:00Z');
  await addProfile(shop, 91, '2026-11-20T12:00:00Z');
  await pool.query('update profile set merged_into = 3 where shop_id = $1 and id = 1', [shop]);
  const second = await read(first.next);
  const third = await read(second.next);
  expect([...second.ids, ...third.ids]).toEqual(['4', '5', '6', '7', '91']);
  await pool.query('delete from profile where shop_id = $1 and id in (90, 91)', [shop]);
  await pool.query('update profile set merged_into = null where shop_id = $1', [shop]);
});

test('who counts pages by startAt sees what was there before new rows came', async () => {
  const ids = async (startAt: number) =>
    (await get(`/customers/?maxResults=4&startAt=${startAt}`)).body.customers.map(({ id }: { id: string }) => id);
  expect(await ids(0)).toEqual(['1', '2', '3', '4']);
  await addProfile(doors.shop.shopId, 91, '2026-11-20T12:00:00Z');
  expect(await ids(4)).toEqual(['5', '6', '7', '91']);
  await doors.database.pool.query('delete from profile where shop_id = $1 and id = 91', [doors.shop.shopId]);
});

test('one customer shows its fields, its validated orders only, and a list item less of it', async () => {
  const { body } = await get('/customers/3');
  expect(body.customer).toMatchObject({
    id: '3',
    lastName: 'Durand 3',
    email: 'Person3@example.com',
    externalId: 'C-3',
    createdAt: '2026-11-03T10:00:00+0000',
    isBuyer: '1',
    tags: ['vip'],
    custom_fields: { 327: 'Bleu' },
  });
  expect((await get('/customers/2')).body.customer.isBuyer).toBe('0');
  for (const id of ['99', '0', 'x', '1%00', '9'.repeat(30)]) expect((await get(`/customers/${id}`)).status).toBe(404);
  expect((await get('/customers/3', doors.other.basic)).status).toBe(404);
});

test('a merged profile answers as the one it went into', async () => {
  const { pool } = doors.database;
  await pool.query('update profile set merged_into = 3 where shop_id = $1 and id = 7', [doors.shop.shopId]);
  expect((await get('/customers/7')).body.customer.id).toBe('3');
  expect((await get('/customers')).body.count).toBe(6);
  await pool.query('update profile set merged_into = null where shop_id = $1 and id = 7', [doors.shop.shopId]);
});

test('orders: by reference, with slashes, in pages, amounts in their currency', async () => {
  expect((await get('/orders/1042')).body.order).toEqual({
    id: '1',
    createdAt: '2026-11-10 10:00:00',
    updatedAt: '2026-11-10 10:00:00',
    amount: '54.00',
    customerId: '3',
    orderId: '1042',
    facturationNumber: '',
    status: '20',
    startService: '',
    endService: '',
    tags: [],
    attributes: [['Robe', 'Rouge']],
  });
  expect((await get('/orders/2026%2F17')).body.order.status).toBe('10');
  expect((await get('/orders/yen')).body.order.amount).toBe('1200');
  expect((await get('/orders/none')).status).toBe(404);
  expect((await get('/orders/%00')).status).toBe(404);
  const { body } = await get('/orders?maxResults=2');
  expect([body.count, body.nextPageUrl]).toEqual([
    2,
    `https://tracker.example/api/v2/orders?maxResults=2&startAt=2&after=${Date.UTC(2026, 10, 11, 9)}-2`,
  ]);
  expect(body.orders[0]).not.toHaveProperty('tags');
  expect((await get('/orders?customerId=3')).body.count).toBe(2);
  const references = async (query: string) =>
    (await get(`/orders/?${query}`)).body.orders.map(({ orderId }: { orderId: string }) => orderId);
  expect(await references('createdAfter=2026-11-11%2010:00:00&createBefore=2026-11-12')).toEqual(['2026/17']);
  expect(await references('modifiedAfter=2026-11-12T09:00:00Z')).toEqual(['yen']);
  expect(await references('modifiedBefore=2026-11-11')).toEqual(['1042']);
  // created, to who reads, is when it was placed: an old order that comes late is old
  await doors.database.pool.query(
    `update orders set placed_at = '2020-01-01', day = ('2020-01-01')::date where shop_id = $1 and id = 3`,
    [doors.shop.shopId],
  );
  expect(await references('createBefore=2021-01-01')).toEqual(['yen']);
  await doors.database.pool.query(
    `update orders set placed_at = created_at, day = (created_at)::date where shop_id = $1 and id = 3`,
    [doors.shop.shopId],
  );
});

test('consents of the shop and of a customer', async () => {
  const { body } = await get('/consents');
  expect(
    body.consents
      .map((consent: { id: string; consentTechName: string }) => [consent.id, consent.consentTechName])
      .slice(0, 4),
  ).toEqual([
    ['1', 'NewsEmail'],
    ['2', 'NewsSMS'],
    ['3', "J'accepte d'être contacté occasionnellement par téléphone"],
    ['4', 'LegalBasisOrder'],
  ]);
  expect((await get('/consents/4')).body.consent.consentType).toBe('Legal basis contract');
  expect((await get('/consents/44')).status).toBe(404);
  const { customer } = (await get('/customers-consents/3')).body;
  expect(customer.id).toBe('3');
  expect(customer.consents).toMatchObject([
    { consentId: '1', consentTechName: 'NewsEmail', customerConsentStatus: 'unknown' },
    { consentId: '4', customerConsentStatus: 'accepted', customerConsentSource: 'auto', trackId: '9007199254740993' },
  ]);
  expect((await get('/customers-consents/999')).status).toBe(404);
  expect((await get('/customfields')).body).toEqual({ customfields: [], count: 0 });
  expect((await get('/customfields/3')).status).toBe(404);
  for (const name of ['segments', 'cagnottes', 'sponsorships']) {
    expect((await get(`/${name}/?maxResults=10&startAt=10&createBefore=2026-01-01`)).body).toEqual({
      [name]: [],
      count: 0,
    });
    expect((await get(`/${name}?modifiedAfter=soon`)).status).toBe(400);
  }
  expect((await get('/segments/3')).status).toBe(404);
});

test('a pair that may not read sees nothing', async () => {
  const writer = await createShopKey(doors.database.pool, doors.keys, doors.shop.shopId, { mayRead: false });
  ahead += 2_000;
  const basic = basicOf(writer.publicKey, writer.privateKey);
  for (const path of ['/customers', '/orders/1042', '/consents', '/customers-consents/3']) {
    expect((await get(path, basic)).status).toBe(403);
    expect((await get(path, basicOf(doors.shop.publicKey, 'wrong'))).status).toBe(401);
  }
});

/** What apply does with an item, as far as the door can see. */
async function apply(outcome: string, reasons: string[]): Promise<void> {
  for (;;) {
    const [item] = await doors.received();
    if (item === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const at = new Date(item.arrivedAt);
    await doors.database.pool.query('select ensure_journal_day($1::date)', [at.toISOString().slice(0, 10)]);
    await doors.database.pool.query(
      `insert into journal (shop_id, received_at, seq, source, format, outcome, reasons) values ($1, $2, $3, 'api', $4, $5, $6)`,
      [item.shopId, at, item.seq.toString(), item.format, outcome, reasons],
    );
    await doors.database.pool.query(`select pg_notify('applied', $1)`, [JSON.stringify({ shop: [item.shopId] })]);
    return;
  }
}

const consent = JSON.stringify({ consent: { id: 4, createdAt: '2026-11-20', customerConsentStatus: 'refused' } });

function postConsent(id: string, payload: string, authorization = doors.shop.basic) {
  return doors.app.inject({
    method: 'POST',
    url: `/api/v2/customers-consents/${id}`,
    payload,
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
  });
}

test('setting a consent waits for its outcome and answers it', async () => {
  for (const [outcome, reasons, status] of [
    ['applied', [], 200],
    ['unchanged', [], 200],
    ['applied', ['time.future'], 200],
    ['applied', ['basis.refused_is_final'], 409],
    ['ignored', ['profile.unknown'], 404],
    ['rejected', ['time.invalid'], 422],
  ] as const) {
    const [answer] = await Promise.all([postConsent('3', consent), apply(outcome, [...reasons])]);
    const { error, reasons: [said] = [] } = answer.json();
    expect([answer.statusCode, error?.code ?? said]).toEqual([status, reasons[0]]);
  }
});

test('setting a consent records the body as it came, under the customer of the path', async () => {
  const patient = await openDoors({ settleMs: 1 });
  const answer = await patient.app.inject({
    method: 'POST',
    url: '/api/v2/customers-consents/3',
    payload: '{"consent":{"id":4,"customerConsentStatus":"accepted"}},"customerId":5,"x":{"a":1}',
    headers: { authorization: patient.shop.basic },
  });
  expect(answer.statusCode).toBe(202);
  const [item] = await patient.received();
  expect(JSON.parse(item?.text ?? '')).toMatchObject({ customerId: 3 });
  expect(item).toMatchObject({ format: 'v2/customers-consents', source: { kind: 'api' }, shopId: shopId(1) });
  await patient.close();
});

test('a consent that cannot be read is 400 or 422, and recorded', async () => {
  for (const [payload, status] of [
    ['not json', 400],
    ['', 400],
    ['{}', 422],
    ['{"consent":{"id":4,"customerConsentStatus":"perhaps"}}', 422],
  ] as const) {
    expect((await postConsent('3', payload)).statusCode).toBe(status);
    expect((await doors.received()).map((one) => one.door)).toEqual(['rejected']);
  }
  expect((await postConsent('x', consent)).statusCode).toBe(404);
  expect((await postConsent('3', consent, 'Basic x')).statusCode).toBe(401);
  expect(await doors.received()).toEqual([]);
});

test('a credit is recorded, and said to be none', async () => {
  const post = (url: string) =>
    doors.app.inject({
      method: 'POST',
      url,
      payload: '{"customer":{"email":"camille@example.com"},"cagnotte":{"amount":1}}',
      headers: { authorization: doors.shop.basic, 'content-type': 'application/x-www-form-urlencoded' },
    });
  for (const url of ['/api/v2/cagnottes/', '/api/v2/cagnottes']) {
    const answer = await post(url);
    expect([answer.statusCode, answer.json().error.code]).toEqual([422, 'wire.not_offered']);
  }
  expect((await doors.received()).map(({ format, door }) => [format, door])).toEqual([
    ['v2/cagnottes', 'rejected'],
    ['v2/cagnottes', 'rejected'],
  ]);
});
