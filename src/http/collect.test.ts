import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readToken } from '#store/token.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;

beforeAll(async () => {
  doors = await openDoors({ publicUrl: 'https://collector.example', trustProxy: true });
});
afterAll(() => doors.close());
beforeEach(async () => {
  await doors.received();
});

const order = { id: 'e1', type: 'order', at: 940, data: { key: '1042', total: 89.9, customer: { email: 'a@b.fr' } } };

function collect(body: unknown, headers: Record<string, string> = {}, key = doors.shop.publicKey) {
  return doors.app.inject({
    method: 'POST',
    url: `/collect?key=${key}`,
    headers: { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://shop.example', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

test('a batch is recorded event by event, each whole by itself', async () => {
  const answer = await collect(
    {
      sentAt: 1000,
      token: null,
      consent: 'banner',
      events: [order, { id: 'e2', type: 'page' }, { id: 'e3', type: 'signup', data: {} }, 'odd'],
    },
    { 'sec-gpc': '1' },
  );
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  const { results, token } = answer.json();
  expect(results).toEqual([
    { id: 'e1', status: 'recorded' },
    { id: 'e2', status: 'counted' },
    { id: 'e3', status: 'rejected', reason: 'wire.no_identity', field: 'data.customer' },
    { id: null, status: 'rejected', reason: 'wire.missing_field', field: 'event' },
  ]);
  expect(readToken(doors.keys, doors.shop.shopId, token)?.purpose).toBe('sbt');
  expect(answer.headers['set-cookie']).toBeUndefined();
  const received = await doors.received();
  expect(received.map(({ format, door, deliveryKey, pageHost }) => [format, door, deliveryKey, pageHost])).toEqual([
    ['collect', 'accepted', 'page:e1', 'shop.example'],
    ['collect', 'rejected', 'page:e3', 'shop.example'],
    ['collect', 'rejected', null, 'shop.example'],
  ]);
  expect(JSON.parse(received[0]?.text ?? '')).toEqual({ sentAt: 1000, token: null, event: order });
  expect(received[0]?.headers['sec-gpc']).toBe('1');
});

test('one event needs no list, and a page without cookies gets no token', async () => {
  const answer = await collect({ sentAt: 1000, consent: 'page', cookie: false, event: order });
  expect(answer.json()).toEqual({ results: [{ id: 'e1', status: 'recorded' }] });
  const silent = await collect({ sentAt: 1000, event: order });
  expect(silent.json().token).toBeUndefined();
});

test('a valid token is kept, not answered with another', async () => {
  const { token } = (await collect({ consent: 'page', events: [order] })).json();
  const again = await collect({ consent: 'page', token, events: [{ ...order, id: 'e9' }] });
  expect(again.json().token).toBeUndefined();
});

test("proxied under the shop's own origin the cookie comes by HTTP", async () => {
  const headers = { origin: 'https://shop.example', 'x-forwarded-host': 'shop.example' };
  const answer = await collect({ consent: 'page', events: [order] }, headers);
  expect(answer.headers['set-cookie']).toMatch(/^sbt=[^;]+; Path=\/; Max-Age=8035200; SameSite=Lax; Secure$/);
  expect(answer.json().token).toBeUndefined();
  const own = await collect(
    { consent: 'page', events: [order] },
    { origin: 'https://collector.example', 'x-forwarded-host': 'collector.example' },
  );
  expect(own.headers['set-cookie']).toBeUndefined();
});

test('what is no body of events is recorded and answered 400', async () => {
  const tooMany = { events: Array.from({ length: 101 }, () => order) };
  for (const [body, code] of [
    ['site=1', 'wire.not_json'],
    ['', 'wire.not_json'],
    ['[]', 'wire.missing_field'],
    ['{"events":[]}', 'wire.missing_field'],
    [tooMany, 'wire.too_many_fields'],
  ] as const) {
    const answer = await collect(body);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, code]);
  }
  expect((await doors.received()).map(({ door, deliveryKey }) => [door, deliveryKey])).toEqual(
    Array.from({ length: 5 }, () => ['rejected', null]),
  );
});

test('unknown keys and large bodies leave no trace', async () => {
  expect((await collect({ events: [order] }, {}, 'nobody')).statusCode).toBe(404);
  const large = await collect(`{"events":["${'x'.repeat(70_000)}"]}`);
  expect([large.statusCode, large.headers['access-control-allow-origin']]).toEqual([413, '*']);
  expect(await doors.received()).toEqual([]);
});

test('a page of another origin may ask first', async () => {
  const answer = await doors.app.inject({ method: 'OPTIONS', url: '/collect?key=x' });
  expect([answer.statusCode, answer.headers['access-control-allow-headers']]).toEqual([204, 'content-type']);
});

test('a server sends the same with its pair of keys', async () => {
  const send = (authorization: string) =>
    doors.app.inject({
      method: 'POST',
      url: '/ingest',
      headers: { authorization, 'content-type': 'application/json' },
      payload: JSON.stringify({ events: [order] }),
    });
  expect((await send('Basic bm86bm8=')).statusCode).toBe(401);
  expect((await send(doors.shop.basic)).json()).toEqual({ results: [{ id: 'e1', status: 'recorded' }] });
  const [one, ...more] = await doors.received();
  expect(more).toEqual([]);
  expect([one?.format, one?.source, one?.deliveryKey, one?.pageHost]).toEqual([
    'ingest',
    { kind: 'api' },
    'api:e1',
    null,
  ]);
});
