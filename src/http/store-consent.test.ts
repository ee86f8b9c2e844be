/** What a store of Shopify says of its customers' choices since 2025-01: topics of their own, each with its state and its time. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Applier, startApplier } from '#apply/applier.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { createConnection } from '#store/connection.ts';
import { openClient } from '#store/db.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
let applier: Applier;
let source: string;
let told = 0;

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
  ({ source } = await createConnection(doors.database.pool, doors.keys, doors.shop.shopId, made, Date.now()));
});
afterAll(async () => {
  await applier.stop();
  await doors.close();
});

/** As 2025-01 and later send it: without a word of consent. */
function customer(id: string): object {
  const at = '2026-11-20T09:00:00Z';
  return { id, email: `c${id}@client.example`, phone: `+3361234567${id}`, created_at: at, updated_at: at };
}

/** Resolves when it was applied. */
async function tell(topic: string, body: object, counts = true): Promise<number> {
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
  if (!counts) return statusCode;
  told += 1;
  await expect
    .poll(
      async () => {
        const { rows } = await doors.database.pool.query<{ n: number }>(
          `select count(*)::int as n from journal where shop_id = $1 and source = 'store:shopify'`,
          [doors.shop.shopId],
        );
        return rows[0]?.n;
      },
      { timeout: 60_000 },
    )
    .toBe(told);
  return statusCode;
}

function email(id: string, state: string | null, at: string | null): Promise<number> {
  const consent = { state, opt_in_level: 'single_opt_in', consent_updated_at: at };
  return tell('customers_email_marketing_consent/update', {
    customer_id: id,
    email_address: `c${id}@client.example`,
    email_marketing_consent: consent,
  });
}

function sms(id: string, state: string, at: string): Promise<number> {
  const consent = { state, opt_in_level: 'single_opt_in', consent_updated_at: at, consent_collected_from: 'OTHER' };
  return tell('customers_marketing_consent/update', { id, phone: `+3361234567${id}`, sms_marketing_consent: consent });
}

/** Where opt-ins go by default: 6 for e-mail, 7 for SMS (rules §5). */
async function bases(id: string): Promise<Readonly<Record<string, string>>> {
  const { rows } = await doors.database.pool.query<{ basis_id: number; status: string }>(
    `select b.basis_id, b.status from profile_basis b join profile_identifier i
       on i.shop_id = b.shop_id and i.profile_id = b.profile_id and i.kind = 'external'
     where b.shop_id = $1 and i.value = $2 and i.namespace = 'shopify' and b.basis_id in (6, 7) and b.status <> 'unknown'`,
    [doors.shop.shopId, id],
  );
  return Object.fromEntries(rows.map(({ basis_id, status }) => [basis_id === 6 ? 'email' : 'sms', status]));
}

test('a store tells of its customers, without a word of what they chose', async () => {
  await expect.poll(() => tell('customers/create', customer('1'), false)).toBe(200);
  told = 1;
  for (const id of ['2', '3', '4', '5']) await tell('customers/create', customer(id));
  expect(await bases('1')).toEqual({});
});

test('an e-mail choice is an act with its own time: it accepts, it refuses, and a refusal of a legal basis stays', async () => {
  await email('1', 'subscribed', '2026-11-21T10:00:00Z');
  expect(await bases('1')).toEqual({ email: 'accepted' });
  await email('1', 'unsubscribed', '2026-11-22T10:00:00Z');
  expect(await bases('1')).toEqual({ email: 'refused' });
  await email('1', 'subscribed', '2026-11-23T10:00:00Z');
  expect(await bases('1')).toEqual({ email: 'refused' });
});

test('choices that arrive in the wrong order end as they were made', async () => {
  await email('2', 'unsubscribed', '2026-11-22T10:00:00Z');
  await email('2', 'subscribed', '2026-11-21T10:00:00Z');
  expect(await bases('2')).toEqual({ email: 'refused' });
});

test('an SMS choice is its channel’s alone', async () => {
  await sms('3', 'subscribed', '2026-11-21T10:00:00Z');
  expect(await bases('3')).toEqual({ sms: 'accepted' });
  await sms('3', 'unsubscribed', '2026-11-22T10:00:00Z');
  expect(await bases('3')).toEqual({ sms: 'refused' });
});

test.each(['pending', 'not_subscribed', 'redacted', 'invalid', null])('a state %s chooses nothing', async (state) => {
  expect(await email('4', state, '2026-11-21T10:00:00Z')).toBe(200);
  expect(await bases('4')).toEqual({});
});

test('a customer’s update says nothing of it: what was chosen stays', async () => {
  await email('5', 'subscribed', '2026-11-21T10:00:00Z');
  await tell('customers/update', { ...customer('5'), first_name: 'Ada', updated_at: '2026-11-23T10:00:00Z' });
  expect(await bases('5')).toEqual({ email: 'accepted' });
});
