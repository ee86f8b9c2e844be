import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnection, deleteConnection, rotateConnectionSecret } from '#store/connection.ts';
import { decode } from '#wire/decode.ts';
import type { WireFormat } from '#wire/decoded.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

const wireRoom = join(import.meta.dirname, '../wire');
let doors: TestDoors;
let clock = Date.parse('2026-11-24T10:00:00Z');
let woo: Made;
let presta: Made;
let shopify: Made;

interface Made {
  readonly id: number;
  readonly source: string;
  readonly secret: string;
}

beforeAll(async () => {
  doors = await openDoors({ now: () => clock });
  woo = await connect('woocommerce', 'whsec-test');
  presta = await connect('prestashop', null);
  shopify = await connect('shopify', 'client-secret');
  // the doors ask again for what they do not know, at most once a second
  clock += 5_000;
});
afterAll(() => doors.close());

function connect(platform: string, secret: string | null): Promise<Made> {
  const made = { platform, store: platform, name: platform, secret, createdBy: 'tests' };
  return createConnection(doors.database.pool, doors.keys, doors.shop.shopId, made, clock);
}

function fixture(path: string): Buffer {
  return readFileSync(join(wireRoom, path));
}

function post(source: string, headers: Record<string, string>, payload: Buffer) {
  return doors.app.inject({
    method: 'POST',
    url: `/ingest/${source}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });
}

function wooHeaders(topic: string, body: Buffer, secret = woo.secret): Record<string, string> {
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  return { 'x-wc-webhook-topic': topic, 'x-wc-webhook-signature': signature, 'x-wc-webhook-delivery-id': 'same' };
}

function shopifyHeaders(
  topic: string,
  body: Buffer,
  secret: string,
  id: string = randomUUID(),
): Record<string, string> {
  const hmac = createHmac('sha256', secret).update(body).digest('base64');
  return { 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': hmac, 'x-shopify-webhook-id': id };
}

interface Sending {
  readonly topic?: string;
  readonly secret?: string;
  readonly at?: number;
  readonly delivery?: string;
  readonly body?: object | Buffer;
}

function envelope({
  topic = 'order.upsert',
  secret = presta.secret,
  at = clock,
  delivery = randomUUID(),
  body = {},
}: Sending) {
  const raw = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const timestamp = String(Math.floor(at / 1000));
  const hash = createHmac('sha256', secret).update(`${timestamp}.`).update(raw).digest('hex');
  const headers = {
    'x-tracker-topic': topic,
    'x-tracker-delivery': delivery,
    'x-tracker-timestamp': timestamp,
    'x-tracker-signature': `v1=${hash}`,
  };
  return post(presta.source, headers, raw);
}

const prestaOrder = {
  platform: 'prestashop',
  shop: { timezone: 'Europe/Paris', currency: 'EUR' },
  occurred_at: '2026-11-23T17:06:26Z',
  object: {
    ...JSON.parse(fixture('prestashop/fixtures/own-recorded/order.json').toString()),
    ...JSON.parse(fixture('prestashop/fixtures/own-recorded/customer.json').toString()),
    order_state: { id: 2, paid: '1', shipped: '0', template: 'payment' },
  },
};

test('a recorded webhook of WooCommerce with the signature it was recorded with is taken, and its keys are not', async () => {
  const recorded = [
    'wc7.9-classic-checkout-order.created-cod',
    'wc9.4.3-block-checkout-order.created',
    'wc7.9-checkout-customer.created',
  ];
  for (const name of recorded) {
    const body = fixture(`woocommerce/fixtures/own-recorded/${name}.json`);
    const { headers } = JSON.parse(fixture(`woocommerce/fixtures/own-recorded/${name}.headers.json`).toString());
    const { host: _, connection: __, 'content-length': ___, ...sent } = headers;
    const answer = await post(woo.source, sent, body);
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'recorded' }]);
  }
  const received = await doors.received();
  expect(received.map(({ format, door, source }) => ({ format, door, source }))).toEqual(
    recorded.map(() => ({
      format: 'store/woocommerce',
      door: 'accepted',
      source: { kind: 'store', store: 'woocommerce' },
    })),
  );
  for (const { text, format, raw } of received) {
    expect(text).not.toMatch(/wc_order_|order_key|payment_url|session/);
    expect(decode(format as WireFormat, raw, null)).toMatchObject({ word: 'read' });
  }
});

test('WooCommerce’s unsigned ping is answered exactly 200 and leaves nothing', async () => {
  const ping = fixture('woocommerce/fixtures/own-recorded/wc-ping.txt');
  const answer = await post(woo.source, { 'content-type': 'application/x-www-form-urlencoded' }, ping);
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'pong' }]);
  expect(await doors.received()).toEqual([]);
});

test('two bodies under one delivery id are two; the same bytes again are one', async () => {
  const body = fixture('woocommerce/fixtures/own-recorded/wc7.9-order.created-paid-coupon.json');
  const other = Buffer.from(body.toString().replace('"22.00"', '"23.00"'));
  for (const one of [body, other, body]) await post(woo.source, wooHeaders('order.updated', one), one);
  const keys = (await doors.received()).map(({ deliveryKey }) => deliveryKey);
  expect(keys[0]).toBe(keys[2]);
  expect(keys[0]).not.toBe(keys[1]);
});

test.each([
  [
    'a body changed on the way',
    (body: Buffer) => [wooHeaders('order.created', body), Buffer.concat([body, Buffer.from(' ')])],
  ],
  ['another secret', (body: Buffer) => [wooHeaders('order.created', body, 'another'), body]],
  ['no signature', (body: Buffer) => [{ 'x-wc-webhook-topic': 'order.created' }, body]],
  [
    'a signature that is none',
    (body: Buffer) => [{ 'x-wc-webhook-topic': 'order.created', 'x-wc-webhook-signature': '💥' }, body],
  ],
] as const)('%s: 401, and an outcome without its body', async (_what, make) => {
  clock += 20_000;
  const [headers, body] = make(fixture('woocommerce/fixtures/own-recorded/wc7.9-order.created-paid-coupon.json'));
  const answer = await post(woo.source, { ...headers } as Record<string, string>, body as Buffer);
  expect([answer.statusCode, answer.json().error.code]).toEqual([401, 'signature.wrong']);
  const [refused, ...more] = await doors.received();
  expect(more).toEqual([]);
  expect(refused?.text).toBe('{"refused":"wire.signature_wrong"}');
  expect(decode('store/woocommerce', refused?.raw ?? Buffer.alloc(0), null)).toEqual({
    word: 'rejected',
    reason: 'wire.signature_wrong',
    field: null,
  });
});

test('refused deliveries that never end are counted, and written down a few at a time', async () => {
  clock += 20_000;
  const body = Buffer.from('{"id":1}');
  for (let n = 0; n < 15; n++) await post(woo.source, wooHeaders('order.created', body, 'another'), body);
  expect((await doors.received()).length).toBe(10);
});

test('an envelope is believed by its signature, its time and its platform', async () => {
  clock += 120_000;
  const answer = await envelope({ body: prestaOrder });
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'recorded' }]);
  const [item] = await doors.received();
  expect(item?.text).not.toMatch(/\$2y\$10|aff155ce68f8ef11e75c6ffff6de6b37|passwd|secure_key/);
  expect(decode('store/prestashop', item?.raw ?? Buffer.alloc(0), null)).toMatchObject({
    word: 'read',
    facts: [
      {
        type: 'order',
        person: { externalId: '5', email: 'luc.1795453564373@example.test' },
        order: {
          key: '6',
          total: { amount: '22.940000', currency: 'EUR' },
          state: { code: '2', otherwise: { payment: 'paid' } },
        },
      },
    ],
  });
  const late = await envelope({ body: prestaOrder, at: clock - 301_000 });
  expect([late.statusCode, late.json().error.code]).toEqual([401, 'timestamp.stale']);
  expect(late.json().error.message).toContain('2026-11-24T10:');
  const early = await envelope({ body: prestaOrder, at: clock + 301_000 });
  expect(early.statusCode).toBe(401);
  expect((await doors.received()).map(({ text }) => text)).toEqual(Array(2).fill('{"refused":"wire.timestamp_stale"}'));
});

test('a queue that sends again what was answered too late sends the same delivery', async () => {
  const delivery = randomUUID();
  for (const wait of [0, 60_000, 3_600_000]) {
    clock += wait;
    expect((await envelope({ delivery, body: prestaOrder })).statusCode).toBe(200);
  }
  const keys = new Set((await doors.received()).map(({ deliveryKey }) => deliveryKey));
  expect(keys.size).toBe(1);
});

test.each([
  ['another platform', { ...prestaOrder, platform: 'magento2' }, 400, 'wire.unknown_format'],
  ['no object', { platform: 'prestashop' }, 400, 'wire.missing_field'],
  ['no JSON', Buffer.from('<html>502 Bad Gateway</html>'), 400, 'wire.not_json'],
  ['an order without an id', { ...prestaOrder, object: { order: { reference: 'X' } } }, 422, 'wire.missing_field'],
] as const)('an envelope with %s is answered why', async (_what, body, status, code) => {
  const answer = await envelope({ body });
  expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
  const [item] = await doors.received();
  expect(item?.door).toBe('rejected');
});

test('what states nothing leaves its topic and why, nothing of its body', async () => {
  const answer = await envelope({
    topic: 'product.upsert',
    body: { ...prestaOrder, object: { product: { name: 'secret' } } },
  });
  expect(answer.json()).toEqual({ status: 'ignored', reason: 'wire.topic_ignored' });
  const [item] = await doors.received();
  expect(item?.text).toBe('{"topic":"product.upsert","ignored":"wire.topic_ignored"}');
  expect(decode('store/prestashop', item?.raw ?? Buffer.alloc(0), null)).toMatchObject({ word: 'ignored' });
  expect((await envelope({ topic: 'ping', body: { platform: 'prestashop' } })).json()).toEqual({ status: 'pong' });
});

test('Shopify: its signature, both spellings of its headers, ids beyond 2^53, and a secret that changes', async () => {
  const body = Buffer.from(
    '{"id":820982911946154509,"name":"#9","total_price":"10.00","currency":"EUR","created_at":"2026-11-24T09:00:00Z","email":"a@b.example","token":"opens","order_status_url":"https://x/authenticate?key=abc"}',
  );
  const old = shopify.secret;
  expect((await post(shopify.source, shopifyHeaders('orders/create', body, old), body)).statusCode).toBe(200);
  const fresh = await rotateConnectionSecret(
    doors.database.pool,
    doors.keys,
    doors.shop.shopId,
    shopify.id,
    'new-secret',
    clock,
  );
  expect(fresh).toBe('new-secret');
  clock += 2_000;
  const isKnown = async () =>
    (await post(shopify.source, shopifyHeaders('orders/updated', body, 'new-secret'), body)).statusCode;
  await expect.poll(isKnown).toBe(200);
  const bare = Object.fromEntries(
    Object.entries(shopifyHeaders('orders/paid', body, old)).map(([name, value]) => [name.slice(2), value]),
  );
  expect((await post(shopify.source, bare, body)).statusCode).toBe(200);
  clock += 25 * 3_600_000;
  expect((await post(shopify.source, shopifyHeaders('orders/paid', body, old), body)).statusCode).toBe(401);
  const received = (await doors.received()).filter(({ door }) => door === 'accepted');
  expect(received.length).toBeGreaterThanOrEqual(3);
  for (const { text, format, raw } of received) {
    expect(text).not.toMatch(/opens|authenticate/);
    expect(decode(format as WireFormat, raw, null)).toMatchObject({
      facts: [{ order: { key: '820982911946154509' } }],
    });
  }
});

test('Shopify sends the same webhook again: one', async () => {
  const body = Buffer.from('{"id":5,"total_price":"10.00","currency":"EUR","created_at":"2026-11-24T09:00:00Z"}');
  for (let n = 0; n < 3; n++)
    await post(
      shopify.source,
      shopifyHeaders('orders/create', body, 'new-secret', 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043'),
      body,
    );
  expect(new Set((await doors.received()).map(({ deliveryKey }) => deliveryKey)).size).toBe(1);
});

test('an address nobody has: 404; one that is deleted: 404', async () => {
  expect((await post('0'.repeat(32), {}, Buffer.from('{}'))).statusCode).toBe(404);
  expect((await post('%00', {}, Buffer.from('{}'))).statusCode).toBe(404);
  const made = await connect('sylius', null);
  const url = made.source;
  const status = async () => (await post(url, {}, Buffer.from('{}'))).statusCode;
  await expect.poll(status).toBe(401);
  await deleteConnection(doors.database.pool, doors.shop.shopId, made.id);
  clock += 2_000;
  await expect.poll(status).toBe(404);
});

test('the log tells no secret and no signature', () => {
  expect(doors.log()).not.toMatch(/whsec-test|client-secret|new-secret|v1=[0-9a-f]/);
  expect(doors.log()).not.toContain(presta.secret);
});

test('secrets are sealed where they lie', async () => {
  const { rows } = await doors.database.pool.query<{ text: string }>(
    `select encode(secret, 'escape') || coalesce(encode(old_secret, 'escape'), '') as text from connection where shop_id = $1`,
    [doors.shop.shopId],
  );
  expect(rows.length).toBeGreaterThan(2);
  for (const { text } of rows) expect(text).not.toMatch(/whsec-test|client-secret|new-secret/);
});
