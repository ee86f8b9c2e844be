/** Endpoints, secrets, tests and the log through the back office, with a real receiver and a real page. */
import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SiteCheck } from '#contract/site-check.ts';
import type { DeliveryList, EndpointList, EndpointSecrets, TestAnswer } from '#contract/webhooks.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { type Settler, startSettler } from '#intake/settle.ts';
import { createAdmin } from '#store/auth-user.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { Receiver } from '../../outbound/testing/receiver.ts';
import { verifies } from '../../outbound/testing/verify-signature.ts';
import { backOffice } from './plugin.ts';

const secretKey = 'a secret key of the webhook routes';
const keys = deriveKeys(secretKey);
const password = 'correct horse battery';
let database: TestDatabase;
let engine: IntakeEngine;
let settler: Settler;
let app: FastifyInstance;
let receiver: Receiver;
let cookie: string;
let shop: string;
let theirs: string;
let publicKey: string;

beforeAll(async () => {
  database = await testDatabase();
  const { pool, db } = database;
  const made = await createShop(pool, keys, { name: 'La mienne' });
  publicKey = made.publicKey;
  shop = `/api/shops/${made.shopId}`;
  await createAdmin(pool, { email: 'camille@localhost', password });
  theirs = `/api/shops/${(await createShop(pool, keys, { name: 'La leur' })).shopId}`;
  engine = await openPostgresEngine({ pool, shards: 4 });
  settler = startSettler(pool);
  receiver = await Receiver.open();
  app = fastify();
  const log = pino({ level: 'silent' });
  const outboundAllow = ['127.0.0.1'];
  app.register(backOffice, { pool, db, keys, engine, settler, log, secretKey, publicUrl: null, outboundAllow });
  await app.ready();
  const payload = { email: 'camille@localhost', password };
  const { headers } = await app.inject({ method: 'POST', url: '/api/sign-in', payload });
  cookie = [headers['set-cookie'] ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ');
});
afterAll(async () => {
  await app.close();
  await receiver.close();
  await settler.stop();
  await engine.stop();
  await database.close();
});

async function post<Answer>(path: string, payload: object = {}): Promise<{ status: number; body: Answer }> {
  const answer = await app.inject({ method: 'POST', url: path, payload, headers: { cookie } });
  return { status: answer.statusCode, body: answer.json() };
}

async function get<Answer>(path: string): Promise<Answer> {
  return (await app.inject({ url: path, headers: { cookie } })).json();
}

test('an endpoint from its making to its end: test, log, replay, secrets, pause, all of it written down', async () => {
  const body = { name: 'ERP', url: `${receiver.url}/hook`, kinds: ['order.validated'] };
  const made = (await post<EndpointSecrets>(`${shop}/webhooks`, body)).body;
  const [secret = ''] = made.secrets;
  expect(secret).toMatch(/^whsec_/);
  const one = `${shop}/webhooks/${made.id}`;
  expect((await post<TestAnswer>(`${one}/test`)).body).toMatchObject({ arrived: true, status: 200, answer: 'ok' });
  const [got] = receiver.got;
  expect(got !== undefined && verifies(got, secret)).toBe(true);
  expect(JSON.parse(got?.body ?? '')).toMatchObject({ type: 'webhook.test' });
  const { deliveries } = await get<DeliveryList>(`${one}/deliveries?state=delivered`);
  expect(deliveries).toMatchObject([{ kind: 'webhook.test', state: 'delivered', last: { status: 200 } }]);
  expect((await get<DeliveryList>(`${one}/deliveries?state=waiting`)).deliveries).toEqual([]);
  const row = `${shop}/webhook-deliveries/${deliveries[0]?.id}`;
  expect(await get(row)).toMatchObject({ body: got?.body, attempts: [{ n: 1, status: 200 }] });
  expect((await post(`${row}/replay`)).status).toBe(200);
  expect((await post(`${row}/skip`)).status).toBe(404);
  const rotated = (await post<EndpointSecrets>(`${one}/rotate`)).body.secrets;
  expect((await post<EndpointSecrets>(`${one}/reveal`)).body.secrets).toEqual([...rotated, secret]);
  expect((await post(one, { ...body, name: 'ERP 2' })).status).toBe(200);
  expect((await post(`${one}/pause`)).status).toBe(200);
  const { endpoints } = await get<EndpointList>(`${shop}/webhooks`);
  expect(endpoints).toMatchObject([{ name: 'ERP 2', state: 'paused', pausedBy: 'staff', waiting: 1 }]);
  expect(JSON.stringify(endpoints)).not.toContain('whsec_');
  expect((await post(`${one}/resume`)).status).toBe(200);
  expect((await post(`${one}/delete`)).status).toBe(200);
  expect((await get<EndpointList>(`${shop}/webhooks`)).endpoints).toEqual([]);
  const { rows } = await database.pool.query('select action from audit order by id');
  expect(rows.map(({ action }) => action)).toEqual(
    ['create', 'test', 'replay', 'rotate', 'reveal', 'change', 'pause', 'resume', 'delete'].map(
      (word) => `webhook.${word}`,
    ),
  );
});

test.each([
  ['http://8.8.8.8/', 'url.scheme'],
  ['https://10.0.0.1/', 'address.forbidden'],
  ['https://a:b@8.8.8.8/', 'url.credentials'],
])('an endpoint at %s is refused', async (url, code) => {
  const { status, body } = await post(`${shop}/webhooks`, { name: 'x', url, kinds: ['order.validated'] });
  expect([status, body]).toMatchObject([400, { error: { code, field: 'url' } }]);
});

test("another shop's endpoints are nowhere", async () => {
  expect((await post(`${theirs}/webhooks`, { name: 'x', url: receiver.url, kinds: ['order.validated'] })).status).toBe(
    404,
  );
  expect((await post(`${theirs}/site-check`, { url: receiver.url })).status).toBe(404);
  const made = (
    await post<EndpointSecrets>(`${shop}/webhooks`, { name: 'x', url: receiver.url, kinds: ['order.validated'] })
  ).body;
  expect((await post(`${theirs}/webhooks/${made.id}/reveal`)).status).toBe(404);
});

test('the site check says what the page holds, and is no way into this network', async () => {
  receiver.behave = (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': "script-src 'self'" })
      .end(`<script async src="http://localhost:80/js/tracker.js" data-key="${publicKey}"></script>`);
  const { body } = await post<SiteCheck>(`${shop}/site-check`, { url: receiver.url });
  expect(body).toMatchObject({ status: 200, failure: null });
  expect(body.findings.map(({ code }) => code)).toEqual([
    'script.ours',
    'form.modern',
    'key.this',
    'cookies.no_https',
    'csp.script',
  ]);
  receiver.behave = (_request, response) => response.writeHead(302, { location: 'http://127.0.0.9/' }).end();
  for (const url of ['http://127.0.0.9/', 'http://169.254.169.254/latest', '10.0.0.1', receiver.url]) {
    const refused = await post<SiteCheck>(`${shop}/site-check`, { url });
    expect([url, refused.body.failure]).toEqual([url, 'address.forbidden']);
  }
  expect((await post<SiteCheck>(`${shop}/site-check`, { url: 'file:///etc/passwd' })).body.failure).toBe('url.invalid');
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(`${shop}/site-check`, { url: '10.0.0.1' })));
  expect(answers.map(({ status }) => status)).toContain(429);
});
