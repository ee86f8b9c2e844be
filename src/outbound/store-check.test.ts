import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../../e2e/certificate.ts';
import { openGuardedFetch } from './guarded-fetch.ts';
import { checkPrestaShop } from './prestashop.ts';
import { checkShopify } from './shopify.ts';
import { retryAfter, storeAddress } from './store-call.ts';
import { fakeShopify } from './testing/fake-shopify.ts';
import { fakePrestaShop, fakeWooCommerce, maintenancePage, sendJson } from './testing/fake-stores.ts';
import { Receiver } from './testing/receiver.ts';
import { askWooCommerce, checkWooCommerce } from './woocommerce.ts';

const guarded = openGuardedFetch({ allow: ['127.0.0.1'] });
const hook = { url: 'https://tracker.example/ingest/abc', secret: 'a-secret' };
let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => receiver.close());

test('WooCommerce: keys that may write get their webhooks made once, and woken when the store disabled them', async () => {
  const shop = fakeWooCommerce();
  receiver.behave = shop.behave;
  const api = { address: receiver.url, credentials: { key: shop.key, secret: shop.secret } };
  expect(await checkWooCommerce(guarded, api, hook)).toMatchObject({
    ok: true,
    webhooks: { made: 6, kept: 0, woken: 0 },
  });
  expect(shop.webhooks.map(({ topic }) => topic)).toContain('order.updated');
  expect(shop.webhooks.every(({ secret, delivery_url }) => secret === hook.secret && delivery_url === hook.url)).toBe(
    true,
  );
  const [first] = shop.webhooks;
  if (first !== undefined) first.status = 'disabled';
  expect(await checkWooCommerce(guarded, api, hook)).toMatchObject({
    ok: true,
    webhooks: { made: 0, kept: 5, woken: 1 },
  });
  expect(shop.webhooks.every(({ status }) => status === 'active')).toBe(true);
});

test('WooCommerce: over TLS the keys are told as Basic, and nothing of them stands in the address', async () => {
  const certificate = makeCertificate();
  const asked: unknown[] = [];
  const server = createServer(certificate, (request, response) => {
    asked.push([request.url, request.headers.authorization]);
    sendJson(response, 200, []);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, certificate.cert]);
  try {
    const { port } = server.address() as AddressInfo;
    const api = { address: `https://localhost:${port}`, credentials: { key: 'ck_1', secret: 'cs_2' } };
    const local = openGuardedFetch({ allow: ['127.0.0.1', '::1'] });
    expect(await askWooCommerce(local, api, '/orders?per_page=1')).toMatchObject({ status: 200, json: [] });
    const told = `Basic ${Buffer.from('ck_1:cs_2').toString('base64')}`;
    expect(asked).toEqual([['/wp-json/wc/v3/orders?per_page=1', told]]);
  } finally {
    setDefaultCACertificates(before);
    server.closeAllConnections();
    server.close();
  }
});

test('WooCommerce: what is missing is said in particular', async () => {
  const shop = fakeWooCommerce();
  receiver.behave = shop.behave;
  const api = { address: receiver.url, credentials: { key: shop.key, secret: shop.secret } };
  const wrong = { ...api, credentials: { key: shop.key, secret: 'cs_wrong' } };
  expect(await checkWooCommerce(guarded, wrong, hook)).toMatchObject({ ok: false, missing: ['keys_wrong'] });
  shop.scope = 'none';
  expect(await checkWooCommerce(guarded, api, hook)).toMatchObject({
    ok: false,
    missing: ['scope_orders', 'scope_customers', 'scope_webhooks'],
  });
  shop.scope = 'read_write';
  shop.troubles.push(maintenancePage);
  expect(await checkWooCommerce(guarded, api, hook)).toMatchObject({ ok: false, missing: ['not_the_api'] });
  shop.troubles.push((_request, response) => sendJson(response, 429, {}, { 'retry-after': '30' }));
  expect(await checkWooCommerce(guarded, api, hook)).toMatchObject({ ok: false, missing: ['limited'] });
  expect(await checkWooCommerce(guarded, { ...api, address: `${receiver.url}/blog` }, hook)).toMatchObject({
    ok: false,
    missing: ['not_the_api'],
  });
});

test('PrestaShop: a key is asked for each resource it must read', async () => {
  const shop = fakePrestaShop();
  receiver.behave = shop.behave;
  const api = { address: receiver.url, credentials: { key: shop.key } };
  expect(await checkPrestaShop(guarded, api)).toEqual({ ok: true, missing: [], version: '8.2.1', webhooks: null });
  shop.allowed.delete('customers');
  shop.allowed.delete('order_states');
  expect(await checkPrestaShop(guarded, api)).toMatchObject({
    ok: false,
    missing: ['scope_customers', 'scope_states'],
  });
  const wrong = { ...api, credentials: { key: 'WRONG' } };
  expect(await checkPrestaShop(guarded, wrong)).toMatchObject({ ok: false, missing: ['keys_wrong'] });
});

test('Shopify: scopes are read, subscriptions made once', async () => {
  const shop = fakeShopify();
  receiver.behave = shop.behave;
  const api = { address: receiver.url, credentials: { token: shop.token } };
  const made = await checkShopify(guarded, api, hook.url);
  expect(made).toMatchObject({ ok: true, webhooks: { kept: 0 } });
  expect(made.webhooks?.made).toBe(shop.subscriptions.length);
  expect(shop.subscriptions.map(({ topic }) => topic)).toContain('CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE');
  expect(await checkShopify(guarded, api, hook.url)).toMatchObject({
    ok: true,
    webhooks: { made: 0, kept: shop.subscriptions.length },
  });
  const throttled = { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }] };
  shop.troubles.push((_request, response) => sendJson(response, 200, throttled));
  expect(await checkShopify(guarded, api, hook.url)).toMatchObject({ ok: false, missing: ['limited'] });
  const broken = { errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] };
  shop.troubles.push((_request, response) => sendJson(response, 200, broken));
  expect(await checkShopify(guarded, api, hook.url)).toMatchObject({ ok: false, missing: ['no_answer'] });
  // works, and says what a history will lack
  shop.scopes.splice(shop.scopes.indexOf('read_all_orders'), 1);
  expect(await checkShopify(guarded, api, hook.url)).toMatchObject({ ok: true, missing: ['scope_all_orders'] });
  shop.scopes.splice(shop.scopes.indexOf('read_products'), 1);
  expect(await checkShopify(guarded, api, hook.url)).toMatchObject({
    ok: true,
    missing: ['scope_all_orders', 'scope_products'],
  });
  shop.scopes.splice(0, 1);
  expect(await checkShopify(guarded, api, hook.url)).toMatchObject({ ok: false, missing: ['scope_orders'] });
  const wrong = { ...api, credentials: { token: 'shpat_wrong' } };
  expect(await checkShopify(guarded, wrong, hook.url)).toMatchObject({ ok: false, missing: ['keys_wrong'] });
});

test('a store that is not there, or in our own network, is said so', async () => {
  const closed = { address: 'http://127.0.0.1:1', credentials: { key: 'x' } };
  expect(await checkPrestaShop(guarded, closed)).toMatchObject({ missing: ['no_answer'] });
  const inside = { address: 'http://169.254.169.254', credentials: { key: 'x' } };
  expect(await checkPrestaShop(openGuardedFetch({ allow: [] }), inside)).toMatchObject({ missing: ['no_answer'] });
});

test.each([
  ['shop.example', 'https://shop.example'],
  [' https://shop.example/fr/ ', 'https://shop.example/fr'],
  ['http://shop.example:8080', 'http://shop.example:8080'],
  ['https://user:pass@shop.example', null],
  ['ftp://shop.example', null],
  ['', null],
])('the address %s', (typed, address) => {
  expect(storeAddress(typed)).toBe(address);
});

test('Retry-After is seconds or a date, and at most an hour', () => {
  expect([retryAfter('2'), retryAfter('0.5'), retryAfter('999999'), retryAfter('soon'), retryAfter(undefined)]).toEqual(
    [2_000, 500, 3_600_000, null, null],
  );
  expect(retryAfter(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
});
