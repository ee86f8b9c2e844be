import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IntakeEngine, IntakeUnavailable, OverCapacity } from '#intake/engine.ts';
import { openClient } from '#store/db.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors.close());

const track = (site: string) => `/track?email=camille.durand%40example.com&name=Durand&action=signup&site=${site}`;

test('healthz and readyz answer, also while the database is away', async () => {
  let now = Date.now();
  const other = await openDoors({ now: () => now });
  expect((await other.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await other.app.inject('/readyz')).json()).toEqual({ status: 'ready', database: 'here' });
  const url = new URL(other.database.ownerUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const owner = openClient(url.href);
  await owner.connect();
  await owner.query(`alter database ${owner.escapeIdentifier(name)} with allow_connections false`);
  await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  now += 5_000;
  expect((await other.app.inject('/readyz')).statusCode).toBe(503);
  expect((await other.app.inject('/healthz')).statusCode).toBe(200);
  const read = await other.app.inject({ url: '/api/v2/customers', headers: { authorization: other.shop.basic } });
  expect([read.statusCode, read.headers['retry-after']]).toEqual([503, '5']);
  expect((await other.app.inject(track('nobody knows this key'))).statusCode).toBe(404);
  await owner.query(`alter database ${owner.escapeIdentifier(name)} with allow_connections true`);
  now += 5_000;
  expect((await other.app.inject('/readyz')).statusCode).toBe(200);
  await owner.end();
  await other.close();
});

test('metrics: for the machine itself, or for a bearer of the token', async () => {
  await doors.app.inject(track(doors.shop.publicKey));
  const own = await doors.app.inject('/metrics');
  expect(own.body).toMatch(/spread_http_answers_total\{route="\/track",status="200"\} \d/);
  expect(own.body).toMatch(/spread_intake_appended_total\{format="track",door="accepted"\} \d/);
  const strangers = [{ remoteAddress: '203.0.113.1' }, { headers: { 'x-forwarded-for': '127.0.0.1' } }];
  for (const stranger of strangers) {
    expect((await doors.app.inject({ url: '/metrics', ...stranger })).statusCode).toBe(404);
  }
  const tokened = await openDoors({ metricsToken: 'metrics-token' });
  const scrape = (authorization?: string) =>
    tokened.app.inject({
      url: '/metrics',
      remoteAddress: '203.0.113.1',
      headers: authorization ? { authorization } : {},
    });
  expect((await scrape('Bearer metrics-token')).statusCode).toBe(200);
  for (const wrong of [undefined, 'Bearer metrics-tokem', 'Bearer', 'metrics-token']) {
    expect((await scrape(wrong)).statusCode).toBe(404);
  }
  await tokened.close();
});

test('over capacity and database away are 503 with Retry-After', async () => {
  for (const [fault, retry] of [
    [new OverCapacity(7), '7'],
    [new IntakeUnavailable(new Error('connection refused')), '5'],
  ] as const) {
    const engine: IntakeEngine = { ...doors.engine, append: () => Promise.reject(fault) };
    const busy = await openDoors({ engine });
    const answer = await busy.app.inject(track(busy.shop.publicKey));
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().error.code]).toEqual([
      503,
      retry,
      'over_capacity',
    ]);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    await busy.close();
  }
});

test('a fault of ours says nothing outside and no message in the log', async () => {
  const engine: IntakeEngine = {
    ...doors.engine,
    append: () => Promise.reject(new Error('Key (email)=(camille.durand@example.com) already exists')),
  };
  const broken = await openDoors({ engine });
  const answer = await broken.app.inject(track(broken.shop.publicKey));
  expect([answer.statusCode, answer.json().error.code]).toEqual([500, 'fault']);
  expect(answer.body).not.toContain('camille');
  expect(broken.log()).toContain('http.fault');
  expect(broken.log()).not.toContain('camille');
  await broken.close();
});

test('an address that calls too much is 429 and leaves room for the others', async () => {
  let now = Date.UTC(2026, 10, 24);
  const strict = await openDoors({ addressPerSecond: 2, now: () => now });
  const call = async (remoteAddress: string) =>
    (await strict.app.inject({ url: track(strict.shop.publicKey), remoteAddress })).statusCode;
  const statuses = [];
  for (let i = 0; i < 25; i++) statuses.push(await call('203.0.113.5'));
  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expect(await call('203.0.113.6')).toBe(200);
  expect(await call('::ffff:203.0.113.5')).toBe(429);
  for (let i = 0; i < 20; i++) await call(`2001:db8::${i}`);
  expect(await call('2001:db8::ffff')).toBe(429);
  expect(await call('2001:db8:0:1::1')).toBe(200);
  now += 30_000;
  expect(await call('203.0.113.5')).toBe(200);
  await strict.close();
});

test('a shop has a budget of bytes a day, pages and keys apart', async () => {
  let now = Date.UTC(2026, 10, 24, 23);
  const poor = await openDoors({ publicBytesPerDay: 400, keyedBytesPerDay: 100, now: () => now });
  const pages = async (site: string) => (await poor.app.inject(track(site))).statusCode;
  const keyed = async () =>
    (
      await poor.app.inject({
        method: 'POST',
        url: '/api/CreateAccount',
        payload: `data%5Bcustomer_email%5D=a%40b.fr&x=${'y'.repeat(40)}`,
        headers: { authorization: poor.shop.basic },
      })
    ).statusCode;
  expect([await pages(poor.shop.publicKey), await pages(poor.shop.publicKey)]).toEqual([200, 200]);
  expect([await pages(poor.shop.publicKey), await pages(poor.shop.publicKey)]).toContain(429);
  expect(await pages(poor.other.publicKey)).toBe(200);
  expect([await keyed(), await keyed()]).toEqual([200, 429]);
  now += 3_600_000;
  expect([await pages(poor.shop.publicKey), await keyed()]).toEqual([200, 200]);
  await poor.close();
});

test('proxies are believed only when named', async () => {
  const proxied = await openDoors({ trustProxy: ['10.0.0.0/8'] });
  const headers = { 'x-forwarded-for': '198.51.100.7' };
  for (const remoteAddress of ['10.1.2.3', '203.0.113.9']) {
    await proxied.app.inject({ url: track(proxied.shop.publicKey), remoteAddress, headers });
  }
  expect((await proxied.received()).map((one) => one.ip)).toEqual(['198.51.100.0/24', '203.0.113.0/24']);
  await proxied.close();
});

test('logs print route patterns, never a query, an address or a name', async () => {
  const { publicKey, privateKey, basic } = doors.shop;
  const form = 'data%5Bcustomer_email%5D=camille.durand%40example.com&data%5Bcustomer_name%5D=Durand';
  const headers = { authorization: basic, referer: 'https://shop.example/?email=camille.durand@example.com' };
  await doors.app.inject({ url: track(publicKey), headers, remoteAddress: '203.0.113.77' });
  await doors.app.inject({ url: '/sp-json.php?email=camille.durand%40example.com', headers });
  await doors.app.inject({ method: 'POST', url: '/api/CreateAccount', payload: form, headers });
  await doors.app.inject({
    method: 'POST',
    url: '/api/CreateOrder',
    payload: form,
    headers: { authorization: 'Basic x' },
  });
  await doors.app.inject({ url: '/api/v2/customers?email=camille.durand%40example.com', headers });
  await doors.app.inject({ url: '/camille.durand@example.com?name=Durand', headers });
  await doors.app.inject({ url: '/%E0%A4%A?camille', headers });
  const log = doors.log();
  expect(log).toContain('"route":"/track"');
  expect(log).toContain('"route":"/api/CreateAccount"');
  expect(log).not.toMatch(/camille|durand|example\.com|203\.0\.113/i);
  for (const secret of [publicKey, privateKey, basic.slice(6)]) expect(log).not.toContain(secret);
});

test('any method, path, header and body get an answer that is no 500', async () => {
  const path = fc.oneof(
    fc.constantFrom(
      '/track',
      '/sp-json.php',
      '/api/CreateOrder',
      '/api/RegenCookie',
      '/api/v2/customers',
      '/api/v2/orders/',
      '/api/v2/customers-consents/1',
      '/metrics',
      '/readyz',
    ),
    fc.webPath(),
  );
  const header = fc.stringMatching(/^[ -~]{0,80}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'),
      path,
      fc.webQueryParameters(),
      fc.record({
        origin: header,
        referer: header,
        authorization: fc.oneof(header, fc.constant(doors.shop.basic)),
        'content-type': header,
        'x-forwarded-for': header,
        accept: header,
      }),
      fc.uint8Array({ maxLength: 400 }),
      async (method, at, query, headers, payload) => {
        const url = `${at}?site=${doors.shop.publicKey}&publicKey=${doors.shop.publicKey}&${query}`;
        const body = method === 'GET' || method === 'HEAD' ? {} : { payload: Buffer.from(payload) };
        const answer = await doors.app.inject({ method: method as 'GET', url, headers, ...body });
        expect(answer.statusCode).toBeLessThan(500);
      },
    ),
    { numRuns: 400 },
  );
  await doors.received();
});

test('stopping answers what is in flight, takes no more, and loses nothing', async () => {
  const ending = await openDoors();
  const address = await ending.app.listen({ port: 0, host: '127.0.0.1' });
  const calls = Array.from({ length: 40 }, (_, i) =>
    fetch(`${address}/track?email=a${i}%40b.fr&site=${ending.shop.publicKey}`).then((answer) => answer.status),
  );
  await Promise.race(calls);
  await ending.app.close();
  const statuses = await Promise.allSettled(calls);
  const answered = statuses.filter((one) => one.status === 'fulfilled' && one.value === 200);
  await ending.engine.stop();
  expect((await ending.received()).length).toBeGreaterThanOrEqual(answered.length);
  const port = Number(new URL(address).port);
  await expect(
    new Promise((resolve, reject) => connect(port, '127.0.0.1').on('connect', resolve).on('error', reject)),
  ).rejects.toThrow();
  await ending.close();
});
