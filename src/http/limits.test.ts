import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createShopKey } from '#store/shop-key.ts';
import { basicOf, openDoors, type TestDoors } from './testing/doors.ts';

let now = Date.UTC(2026, 10, 24);
let doors: TestDoors;
let port: number;
beforeAll(async () => {
  doors = await openDoors({ shopPerSecond: 3, keyPerSecond: 2, addressPerSecond: 1000, now: () => now });
  port = Number(new URL(await doors.app.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => doors.close());
beforeEach(async () => {
  now += 120_000 - (now % 60_000);
  await doors.received();
});

function tally(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function repeat(times: number, call: () => Promise<{ statusCode: number }>): Promise<Record<number, number>> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await call()).statusCode);
  return tally(statuses);
}

const pages = (site: string) => () => doors.app.inject(`/track?action=signup&email=a%40b.fr&site=${site}`);

function keyed(authorization: string, remoteAddress = '198.51.100.9') {
  return doors.app.inject({
    method: 'POST',
    url: '/api/CreateAccount',
    payload: 'data%5Bcustomer_email%5D=a%40b.fr',
    remoteAddress,
    headers: { authorization },
  });
}

test('a shop over its limit is refused with Retry-After, at every public door, and the next shop is not', async () => {
  expect(await repeat(40, pages(doors.shop.publicKey))).toEqual({ 200: 30, 429: 10 });
  const refused = [
    await pages(doors.shop.publicKey)(),
    await doors.app.inject(`/sp-json.php?publicKey=${doors.shop.publicKey}`),
    await doors.app.inject({ method: 'POST', url: '/track', payload: `site=${doors.shop.publicKey}&email=a%40b.fr` }),
    await doors.app.inject({ method: 'POST', url: `/collect?key=${doors.shop.publicKey}`, payload: '{}' }),
  ];
  for (const answer of refused) {
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().error.code]).toEqual([
      429,
      '10',
      'too_many_of_shop',
    ]);
  }
  expect(await repeat(20, pages(doors.other.publicKey))).toEqual({ 200: 20 });
  const metrics = (await doors.app.inject('/metrics')).body;
  expect(metrics).toMatch(/spread_refused_total\{reason="too_many_of_shop",route="\/track"\} 12/);
  now += 30_000;
  expect(await repeat(5, pages(doors.shop.publicKey))).toEqual({ 200: 5 });
});

test('a key in the address does not pay for a call of another shop', async () => {
  const { shop, other } = doors;
  const call = () =>
    doors.app.inject({
      method: 'POST',
      url: `/track?site=${other.publicKey}`,
      payload: `site=${shop.publicKey}&email=a%40b.fr`,
    });
  expect((await repeat(30, call))[200]).toBe(30);
  expect((await pages(shop.publicKey)()).statusCode).toBe(429);
});

test('calls that cannot mean anything have a small part of their own: beyond it they are refused, and readable ones are not', async () => {
  const nonsense = () => doors.app.inject(`/track?site=${doors.shop.publicKey}&email=%ff%fe`);
  expect(await repeat(12, nonsense)).toEqual({ 200: 10, 429: 2 });
  const refused = await nonsense();
  expect([refused.headers['retry-after'], refused.json().error.code]).toEqual(['10', 'too_many_unusable']);
  expect((await pages(doors.shop.publicKey)()).statusCode).toBe(200);
  const body = { method: 'POST', url: `/collect?key=${doors.shop.publicKey}`, payload: 'no JSON' } as const;
  expect((await doors.app.inject(body)).json().error.code).toBe('too_many_unusable');
  const v1 = { url: '/api/CreateAccount', payload: 'x=1', headers: { authorization: doors.shop.basic } };
  expect((await doors.app.inject({ method: 'POST', ...v1 })).json().error.code).toBe('too_many_unusable');
  expect((await doors.app.inject(`/track?site=${doors.other.publicKey}&email=%ff%fe`)).statusCode).toBe(200);
  now += 2_000;
  expect((await nonsense()).statusCode).toBe(200);
});

test('a pair of keys over its limit is refused with Retry-After, the other pairs are not', async () => {
  expect(await repeat(25, () => keyed(doors.shop.basic))).toEqual({ 200: 20, 429: 5 });
  const answer = await keyed(doors.shop.basic);
  expect([answer.headers['retry-after'], answer.json().error.code]).toEqual(['10', 'too_many_of_key']);
  expect((await keyed(doors.other.basic)).statusCode).toBe(200);
});

test('an address that guesses is not listened to for a minute, even when it is right at last', async () => {
  const guesser = '198.51.100.40';
  const guess = (i: number) => keyed(basicOf(doors.shop.publicKey, `a wrong private key ${i}`), guesser);
  let i = 0;
  expect(await repeat(25, () => guess(i++))).toEqual({ 401: 20, 429: 5 });
  const right = await keyed(doors.shop.basic, guesser);
  expect([right.statusCode, right.json().error.code, right.headers['retry-after']]).toEqual([
    429,
    'keys.guessed',
    '60',
  ]);
  expect((await keyed(doors.shop.basic, '198.51.100.10')).statusCode).toBe(200);
  now += 60_000;
  expect((await keyed(doors.shop.basic, guesser)).statusCode).toBe(200);
});

test('a stranger behind the address of the shop’s server cannot lock it out, nor can strangers everywhere', async () => {
  expect((await keyed(doors.other.basic, '198.51.100.20')).statusCode).toBe(200);
  for (let i = 0; i < 30; i++) await keyed(basicOf(doors.other.publicKey, `a wrong private key ${i}`), '198.51.100.20');
  expect((await keyed(doors.other.basic, '198.51.100.20')).statusCode).toBe(200);
  const everywhere = Array.from({ length: 80 }, (_, i) =>
    keyed(basicOf(doors.other.publicKey, `a wrong private key ${i}`), `203.0.113.${i}`),
  );
  expect(tally((await Promise.all(everywhere)).map(({ statusCode }) => statusCode))).toEqual({ 401: 80 });
  expect((await keyed(doors.other.basic, '203.0.113.200')).statusCode).toBe(200);
});

test("PHP's first copy without keys is no guess", async () => {
  const bare = () =>
    doors.app.inject({ method: 'POST', url: '/api/CreateAccount', payload: 'x=1', remoteAddress: '198.51.100.30' });
  expect(await repeat(40, bare)).toEqual({ 401: 40 });
  expect((await keyed(doors.shop.basic, '198.51.100.30')).statusCode).toBe(200);
});

test('a refused call is answered before its body is there, and a body without an end closes the connection', async () => {
  await repeat(30, pages(doors.shop.publicKey));
  for (const path of [`/track?site=${doors.shop.publicKey}`, '/api/CreateOrder']) {
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await once(socket, 'close');
    expect(text).toMatch(path.startsWith('/track') ? /^HTTP\/1.1 429 / : /^HTTP\/1.1 401 /);
    expect(text).toMatch(/^connection: close/im);
  }
});

test('while one shop floods at ten times its limit, another loses no call', async () => {
  const { shop, other } = doors;
  let flooding = true;
  const flood = Array.from({ length: 20 }, async () => {
    const statuses: number[] = [];
    while (flooding) {
      const answer = await fetch(`http://127.0.0.1:${port}/track?site=${shop.publicKey}&nonsense=%ff%fe`);
      await answer.text();
      statuses.push(answer.status);
    }
    return statuses;
  });
  const calm: number[] = [];
  for (let i = 0; i < 30; i++) {
    const answer = await fetch(
      `http://127.0.0.1:${port}/track?site=${other.publicKey}&email=b${i}%40b.fr&action=signup`,
    );
    await answer.text();
    calm.push(answer.status);
  }
  while (
    (await doors.app.inject('/metrics')).body.match(/reason="too_many_of_shop",route="\/track"\} (\d+)/)?.[1] === '0'
  );
  flooding = false;
  const flooded = tally((await Promise.all(flood)).flat());
  expect(tally(calm)).toEqual({ 200: 30 });
  expect(flooded[200]).toBe(10);
  expect((await doors.received()).filter(({ shopId }) => shopId === other.shopId)).toHaveLength(30);
});

test('every refusal says when to come again, and is counted by its code and its route', async () => {
  const options = { addressPerSecond: 1, publicBytesPerDay: 100, keyedBytesPerDay: 50, trustProxy: ['10.0.0.0/8'] };
  let at = Date.UTC(2026, 10, 24, 23, 58, 58);
  const strict = await openDoors({ ...options, now: () => at });
  const { app, shop, database, keys } = strict;
  const writer = await createShopKey(database.pool, keys, shop.shopId, { publicKey: 'writer', mayRead: false });
  const reader = await createShopKey(database.pool, keys, shop.shopId, { publicKey: 'reader', mayWrite: false });
  // a moment later the doors look again for pairs they do not know
  at += 2_000;
  const behind = (address: string) => ({ remoteAddress: '10.1.2.3', headers: { 'x-forwarded-for': address } });
  const post = (authorization: string) =>
    app.inject({ method: 'POST', url: '/api/CreateAccount', payload: 'x'.repeat(40), headers: { authorization } });
  const unknown = (address: string) => app.inject({ url: '/track?site=nobody', ...behind(address) });
  const guess = (i: number) =>
    app.inject({
      url: '/api/v2/customers',
      remoteAddress: '10.1.2.3',
      headers: {
        'x-forwarded-for': '198.51.100.7',
        authorization: basicOf(shop.publicKey, `a wrong private key ${i}`),
      },
    });

  // Behind a proxy that is believed, each caller has a count of their own.
  expect(await repeat(12, () => unknown('198.51.100.1'))).toEqual({ 404: 10, 429: 2 });
  expect(await repeat(10, () => unknown('198.51.100.2'))).toEqual({ 404: 10 });
  const refused = {
    too_many: await unknown('198.51.100.1'),
    budget: (await Promise.all([1, 2].map(() => pagesOf(strict)))).at(-1),
    budgetOfKeys: (await Promise.all([1, 2].map(() => post(shop.basic)))).at(-1),
  };
  for (let i = 0; i < 22; i++) await guess(i);
  const guessed = await guess(23);
  expect(
    [...Object.values(refused), guessed].map((answer) => [
      answer?.statusCode,
      answer?.json().error.code,
      answer?.headers['retry-after'],
    ]),
  ).toEqual([
    [429, 'too_many', '10'],
    [429, 'budget', '60'],
    [429, 'budget', '60'],
    [429, 'keys.guessed', '60'],
  ]);
  expect((await post(basicOf(reader.publicKey, reader.privateKey))).statusCode).toBe(403);
  const read = { url: '/api/v2/customers', headers: { authorization: basicOf(writer.publicKey, writer.privateKey) } };
  expect((await app.inject(read)).statusCode).toBe(403);

  const counted = (await app.inject('/metrics')).body.match(/(?<=^spread_refused_total).*/gm)?.sort();
  expect(counted).toEqual([
    '{reason="budget",route="/api/CreateAccount"} 1',
    '{reason="budget",route="/track"} 1',
    '{reason="keys.guessed",route="/api/v2/customers"} 3',
    '{reason="keys.read_only",route="/api/CreateAccount"} 1',
    '{reason="keys.write_only",route="/api/v2/customers"} 1',
    '{reason="keys.wrong",route="/api/v2/customers"} 10',
    '{reason="site.unknown",route="/track"} 20',
    '{reason="too_many",route="/api/v2/customers"} 10',
    '{reason="too_many",route="/track"} 3',
  ]);
  expect((await strict.received()).length).toBe(2);
  await strict.close();
});

function pagesOf({ app, shop }: TestDoors) {
  return app.inject(`/track?action=signup&email=a%40b.fr&site=${shop.publicKey}`);
}
