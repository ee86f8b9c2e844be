import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createShopKey, endShopKey } from '#store/shop-key.ts';
import { readToken } from '#store/token.ts';
import { basicOf, openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
let ahead = 0;
beforeAll(async () => {
  doors = await openDoors({ now: () => Date.now() + ahead });
});
afterAll(() => doors.close());
beforeEach(() => doors.received());

const order = 'data%5Bcustomer_email%5D=a%40b.fr&data%5Border_idorder%5D=1042&data%5Border_amount%5D=89.90';

function post(method: string, payload: string, authorization?: string, remoteAddress?: string) {
  return doors.app.inject({
    method: 'POST',
    url: `/api/${method}`,
    payload,
    remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(authorization ? { authorization } : {}) },
  });
}

test('every method records its form and answers an object', async () => {
  for (const method of ['CreateOrder', 'UpdateOrder', 'CreateAccount', 'UpdateAccount']) {
    const answer = await post(method, order, doors.shop.basic);
    const [item] = await doors.received();
    expect([answer.statusCode, answer.json()]).toEqual([200, { datas: { recorded: String(item?.seq) } }]);
    expect(item).toMatchObject({
      shopId: doors.shop.shopId,
      format: `v1/${method}`,
      source: { kind: 'server' },
      mayRead: true,
      ip: null,
      door: 'accepted',
      text: order,
    });
    expect(item?.headers).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'lightMyRequest',
    });
  }
});

test('without keys, or with wrong ones: the challenge, and no trace', async () => {
  const { publicKey, privateKey } = doors.shop;
  for (const authorization of [
    undefined,
    'Basic',
    'Basic ???',
    'Digest username="x"',
    `Bearer ${privateKey}`,
    basicOf(publicKey, ''),
    basicOf(publicKey, `${privateKey}x`),
    basicOf(publicKey, doors.other.privateKey),
    basicOf('nobody', privateKey),
    basicOf('', ''),
  ]) {
    const answer = await post('CreateOrder', order, authorization);
    expect([answer.statusCode, answer.json().error.code]).toEqual([401, 'keys.wrong']);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
  }
  expect(await doors.received()).toEqual([]);
});

test("PHP's two requests on one connection: challenged, then taken", async () => {
  const address = await doors.app.listen({ port: 0, host: '127.0.0.1' });
  const first = await fetch(`${address}/api/CreateOrder`, { method: 'POST', body: order });
  expect(first.status).toBe(401);
  await first.text();
  const second = await fetch(`${address}/api/CreateOrder`, {
    method: 'POST',
    body: order,
    headers: { authorization: doors.shop.basic },
  });
  expect(second.status).toBe(200);
  expect((await doors.received()).map((one) => one.text)).toEqual([order]);
});

test('what cannot be used is recorded and answered with field and reason', async () => {
  for (const [payload, status, code, field] of [
    ['data%5Border_amount%5D=1', 422, 'wire.missing_field', 'order_idorder'],
    ['', 422, 'wire.missing_field', 'data'],
    ['x=1&'.repeat(2_001), 400, 'wire.too_many_fields', undefined],
  ] as const) {
    const answer = await post('CreateOrder', payload, doors.shop.basic);
    const { error } = answer.json();
    expect([answer.statusCode, error.code, error.field]).toEqual([status, code, field]);
    expect((await doors.received()).map((one) => [one.door, one.text])).toMatchObject([
      ['rejected', expect.anything()],
    ]);
  }
});

test('RegenCookie answers a token of the shop and records it; a write-only pair gets one that speaks for nobody', async () => {
  const body = 'data%5Bcustomer_email%5D=a%40b.fr';
  const writer = await createShopKey(doors.database.pool, doors.keys, doors.other.shopId, { mayRead: false });
  ahead += 2_000;
  for (const [shop, basic, purpose] of [
    [doors.shop.shopId, doors.shop.basic, 'sbtl'],
    [doors.other.shopId, basicOf(writer.publicKey, writer.privateKey), 'sbt'],
  ] as const) {
    const answer = await post('RegenCookie', body, basic);
    const { cookie } = answer.json().datas;
    expect(readToken(doors.keys, shop, cookie)?.purpose).toBe(purpose);
    expect((await doors.received()).map((one) => [one.minted, one.mayRead])).toEqual([[cookie, purpose === 'sbtl']]);
  }
  const rejected = await post('RegenCookie', 'data%5Bx%5D=1', doors.shop.basic);
  expect(rejected.statusCode).toBe(422);
  expect((await doors.received()).map((one) => one.minted)).toEqual([null]);
});

test('scopes hold: a pair that may not write is refused, one that ended too', async () => {
  const reader = await createShopKey(doors.database.pool, doors.keys, doors.shop.shopId, { mayWrite: false });
  const ended = await createShopKey(doors.database.pool, doors.keys, doors.shop.shopId, {});
  await endShopKey(doors.database.pool, doors.shop.shopId, ended.id, Date.now() - 1);
  ahead += 2_000;
  expect((await post('CreateOrder', order, basicOf(reader.publicKey, reader.privateKey))).statusCode).toBe(403);
  expect(await doors.received()).toEqual([]);
  // the doors hear of an end through the database, a moment later
  const call = async () => (await post('CreateOrder', order, basicOf(ended.publicKey, ended.privateKey))).statusCode;
  await expect.poll(call).toBe(401);
  await doors.received();
  expect(await call()).toBe(401);
  expect(await doors.received()).toEqual([]);
});

test('2 MB is the most a call may carry', async () => {
  const answer = await post('CreateOrder', `data%5Bx%5D=${'y'.repeat(2 * 1024 * 1024)}`, doors.shop.basic);
  expect([answer.statusCode, answer.json().error.code]).toEqual([413, 'too_large']);
  expect((await post('CreateOrder', `${order}&x=${'y'.repeat(1_900_000)}`, doors.shop.basic)).statusCode).toBe(200);
  expect((await doors.received()).map((one) => one.raw.length)).toEqual([order.length + 3 + 1_900_000]);
});

test('guessing keys from one address is slowed down', async () => {
  const strict = await openDoors({ addressPerSecond: 1 });
  const attempt = () =>
    strict.app.inject({ method: 'POST', url: '/api/CreateOrder', remoteAddress: '198.51.100.9', payload: order });
  const statuses = [];
  for (let i = 0; i < 12; i++) statuses.push((await attempt()).statusCode);
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
  expect(statuses[11]).toBe(429);
  await strict.close();
});
