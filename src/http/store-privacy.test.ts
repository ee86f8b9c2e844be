import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Applier, startApplier } from '#apply/applier.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { createConnection } from '#store/connection.ts';
import { openClient } from '#store/db.ts';
import { listRightsRequests } from '#views/rights-requests.ts';
import { storeRedactionJob } from '../jobs/store-redaction.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

/** Sent as a store of Shopify sends it, to the doors of a shop whose applier runs. */
let doors: TestDoors;
let applier: Applier;
let source: string;

beforeAll(async () => {
  doors = await openDoors();
  applier = startApplier({
    connect: () => openClient(doors.database.url, { pipeline: true }),
    claims: postgresClaims,
    shards: 4,
    keys: doors.keys,
    onFault: (event, error) => {
      throw new Error(event, { cause: error });
    },
  });
  const made = { platform: 'shopify', store: 'shopify', name: 'Shopify', secret: 'app secret', createdBy: 'tests' };
  const { pool } = doors.database;
  ({ source } = await createConnection(pool, doors.keys, doors.shop.shopId, made, Date.now()));
});
afterAll(async () => {
  await applier.stop();
  await doors.close();
});

function order(id: string, email: string): object {
  const customer = email.startsWith('ada') ? { customer: { id: 191167, email } } : {};
  return {
    id,
    name: `#${id}`,
    total_price: '12.00',
    currency: 'EUR',
    created_at: '2026-11-24T09:00:00Z',
    email,
    ...customer,
  };
}

async function tell(topic: string, body: object): Promise<number> {
  const payload = Buffer.from(JSON.stringify(body));
  const { statusCode } = await doors.app.inject({
    method: 'POST',
    url: `/ingest/${source}`,
    headers: {
      'x-shopify-topic': topic,
      'x-shopify-hmac-sha256': createHmac('sha256', 'app secret').update(payload).digest('base64'),
      'x-shopify-webhook-id': randomUUID(),
    },
    payload,
  });
  return statusCode;
}

async function count(table: 'orders' | 'connection'): Promise<number> {
  const { rows } = await doors.database.pool.query<{ n: number }>(
    `select count(*)::int as n from ${table} where shop_id = $1`,
    [doors.shop.shopId],
  );
  return rows[0]?.n ?? 0;
}

async function journal(): Promise<string> {
  const { rows } = await doors.database.pool.query(
    `select convert_from(r.raw, 'utf8') as raw, j.reasons::text || coalesce(j.facts::text, '') as text from journal j
     left join journal_raw r on r.shop_id = j.shop_id and r.received_at = j.received_at and r.seq = j.seq where j.shop_id = $1`,
    [doors.shop.shopId],
  );
  return JSON.stringify(rows);
}

async function emails(): Promise<(string | null)[]> {
  const { rows } = await doors.database.pool.query<{ email: string | null }>(
    'select email_norm as email from profile where shop_id = $1 order by email_norm',
    [doors.shop.shopId],
  );
  return rows.map(({ email }) => email);
}

test('a store tells of two people and their orders', async () => {
  await expect.poll(() => tell('orders/create', order('1', 'ada@client.example'))).toBe(200);
  await tell('customers/create', {
    id: 191167,
    email: 'ada@client.example',
    first_name: 'Ada',
    created_at: '2026-11-24T09:00:00Z',
  });
  await tell('orders/create', order('2', 'bob@client.example'));
  await expect.poll(() => count('orders')).toBe(2);
  await expect.poll(() => emails()).toEqual(['ada@client.example', 'bob@client.example']);
});

test('a person who asks the store for their data stands on the Requests page, once, with its deadline', async () => {
  const asked = {
    shop_id: 954889,
    shop_domain: 'x.myshopify.com',
    customer: { id: 191167, email: 'Ada@client.example', phone: '555-625-1199' },
    orders_requested: [299938],
    data_request: { id: 9999 },
  };
  expect(await tell('customers/data_request', asked)).toBe(200);
  expect(await tell('customers/data_request', asked)).toBe(200);
  const now = Date.now();
  const { open } = await listRightsRequests(doors.database.pool, doors.keys, doors.shop.shopId, 'UTC', now);
  expect(open.map(({ kind, email, cameBy }) => [kind, email, cameBy])).toEqual([
    ['access', 'ada@client.example', 'api'],
  ]);
  expect((open[0]?.dueAt ?? 0) - now).toBeGreaterThan(26 * 86_400_000);
});

test('a person the store redacts is gone, their order stays without them, and nothing of the call names them', async () => {
  const asked = {
    shop_id: 954889,
    customer: { id: 191167, email: 'ada@client.example', phone: '555-625-1199' },
    orders_to_redact: [1],
  };
  expect(await tell('customers/redact', asked)).toBe(200);
  await expect.poll(() => emails()).toEqual(['bob@client.example']);
  expect(await count('orders')).toBe(2);
  await expect.poll(journal).toContain('privacy.redact');
  expect(await journal()).not.toMatch(/ada@client|191167|555-625/i);
});

test('a redacted person who is named again by history stays away', async () => {
  expect(
    await tell('customers/update', {
      id: 191167,
      email: 'ada@client.example',
      created_at: '2026-11-24T09:00:00Z',
      updated_at: '2026-11-24T09:00:00Z',
    }),
  ).toBe(200);
  await tell('orders/create', order('3', 'carl@client.example'));
  await expect.poll(() => emails()).toEqual(['bob@client.example', 'carl@client.example']);
});

test('a request to erase somebody without an account names their orders', async () => {
  await tell('orders/create', order('4', 'dora@client.example'));
  await expect.poll(() => emails()).toContain('dora@client.example');
  expect(await tell('customers/redact', { shop_id: 954889, customer: { id: 5 }, orders_to_redact: [4] })).toBe(200);
  await expect.poll(() => emails()).not.toContain('dora@client.example');
});

test('a store that was uninstalled two days ago is forgotten with its secrets, and whom it alone gave is erased', async () => {
  // carl and bob are the store's; the shop's own server speaks of bob too, a page of carl
  await doors.app.inject({
    method: 'POST',
    url: '/api/UpdateAccount',
    headers: { authorization: doors.shop.basic, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'data[customer_email]=bob@client.example&data[customer_name]=Bon',
  });
  await doors.app.inject({
    method: 'GET',
    url: `/track?site=${doors.shop.publicKey}&action=signup&email=carl@client.example`,
  });
  await tell('customers/create', {
    id: 77,
    email: 'erin@client.example',
    first_name: 'Erin',
    created_at: '2026-11-24T09:00:00Z',
  });
  await tell('customers_email_marketing_consent/update', {
    customer_id: 77,
    email_address: 'erin@client.example',
    email_marketing_consent: { state: 'unsubscribed', consent_updated_at: '2026-11-24T10:00:00Z' },
  });
  await expect.poll(() => emails()).toEqual(['bob@client.example', 'carl@client.example', 'erin@client.example']);
  expect(await tell('app/uninstalled', { id: 954889 })).toBe(200);
  const { rows } = await doors.database.pool.query('select fault from connection where shop_id = $1', [
    doors.shop.shopId,
  ]);
  expect(rows).toEqual([{ fault: 'uninstalled' }]);
  expect(await tell('shop/redact', { shop_id: 954889, shop_domain: 'x.myshopify.com' })).toBe(200);
  expect(await count('connection')).toBe(0);
  const settler = startSettler(doors.database.pool);
  const job = storeRedactionJob({
    pool: doors.database.pool,
    keys: doors.keys,
    engine: doors.engine,
    settler,
    shards: 4,
    now: Date.now,
    ending: new AbortController().signal,
  });
  // it begins once all that came before is applied
  await expect.poll(() => redacted(job)).toMatchObject({ erased: 2, kept: 1 });
  await settler.stop();
  expect(await emails()).toEqual(['bob@client.example']);
  expect(await count('orders')).toBe(4);
  expect(await journal()).not.toMatch(/carl@client|erin@client/i);
  const audit = await doors.database.pool.query<{ detail: unknown }>(
    `select detail from audit where of_shop = $1 and action = 'connection.redact'`,
    [doors.shop.shopId],
  );
  expect(audit.rows.map(({ detail }) => detail)).toEqual([{ name: 'shopify', store: 'shopify', erased: 2, kept: 1 }]);
});

async function redacted(job: ReturnType<typeof storeRedactionJob>): Promise<unknown> {
  await job.run({}, {} as Parameters<typeof job.run>[1]);
  const { rows } = await doors.database.pool.query(
    `select erased::int, kept::int from store_redaction where shop_id = $1 and finished_at is not null`,
    [doors.shop.shopId],
  );
  return rows[0];
}
