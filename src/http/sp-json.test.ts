import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IntakeEngine } from '#intake/engine.ts';
import { mintToken, readToken } from '#store/token.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 10, 24, 12, 30, 5);
let now = start;
let doors: TestDoors;
beforeAll(async () => {
  doors = await openDoors({ now: () => now });
});
afterAll(() => doors.close());
beforeEach(() => {
  now = start;
});

async function ask(parameters: Record<string, string>, headers: Record<string, string> = {}) {
  const query = new URLSearchParams({ publicKey: doors.shop.publicKey, ...parameters });
  return doors.app.inject({ url: `/sp-json.php?${query}`, headers });
}

test('a new visitor gets a token, and the answer the old script reads', async () => {
  const answer = await ask({}, { origin: 'https://shop.example' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': 'https://shop.example',
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
    'content-type': 'application/json; charset=utf-8',
  });
  const { cookie, ...rest } = answer.json();
  expect(rest).toEqual({
    widgets: [],
    statsEnabled: false,
    crea_dt_gmt: '2026-11-24 12:30:05',
    segment_id: [],
    vars: { customer: { exists: false } },
  });
  expect(readToken(doors.keys, doors.shop.shopId, cookie)).toMatchObject({ purpose: 'sbt', issuedAt: start });
  expect(Object.keys(answer.json())).toContain('cookie');
  expect(answer.headers['set-cookie']).toBeUndefined();
});

test('a visitor with a token keeps it until a month has passed, then gets a new one of the same id', async () => {
  const first = (await ask({})).json().cookie;
  expect((await ask({ sbt: first })).json()).not.toHaveProperty('cookie');
  now = start + 31 * day;
  const renewed = (await ask({ sbt: first })).json().cookie;
  const token = readToken(doors.keys, doors.shop.shopId, renewed);
  expect(token).toMatchObject({
    id: readToken(doors.keys, doors.shop.shopId, first)?.id,
    issuedAt: now,
    firstAt: start,
  });
});

test('a token past its life, of another shop or changed is none', async () => {
  const first: string = (await ask({})).json().cookie;
  const foreign = mintToken(doors.keys, doors.other.shopId, 'sbt', now);
  for (const sbt of [foreign, `${first.slice(0, -2)}xx`, 'undefined', '', 'x'.repeat(500), `${first} `]) {
    expect(readToken(doors.keys, doors.shop.shopId, (await ask({ sbt })).json().cookie)?.issuedAt).toBe(now);
  }
  now = start + 93 * day;
  expect(readToken(doors.keys, doors.shop.shopId, (await ask({ sbt: first })).json().cookie)?.firstAt).toBe(now);
});

test('the hand-over token of a server says that its bearer exists, as often as it comes', async () => {
  const sbtl = mintToken(doors.keys, doors.shop.shopId, 'sbtl', start);
  for (const at of [start, start + 20 * day]) {
    now = at;
    const answer = (await ask({ sbtl })).json();
    expect([answer.vars.customer.exists, answer.cookie]).toEqual([true, undefined]);
  }
  expect((await ask({ sbt: sbtl })).json().vars.customer.exists).toBe(true);
});

test('whoever types an address learns nothing', async () => {
  const typed: Record<string, string>[] = [
    { email: 'a@b.fr' },
    { email_md5: '0cc175b9c0f1b6a831c399e269772661' },
    { external_id: '12' },
    {},
  ];
  const answers = await Promise.all(typed.map((parameters) => ask(parameters)));
  const bodies = answers.map((answer) => ({ ...answer.json(), cookie: '' }));
  for (const body of bodies) expect(body).toEqual(bodies[3]);
});

test('an unknown key is 404 with CORS', async () => {
  const answer = await doors.app.inject({ url: '/sp-json.php?publicKey=no', headers: { origin: 'https://x.example' } });
  expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([404, 'https://x.example']);
});

test('a valid token costs no query', async () => {
  const sbt = (await ask({})).json().cookie;
  const { pool } = doors.database;
  const asked: unknown[] = [];
  pool.on('acquire', (client) => asked.push(client));
  for (let i = 0; i < 20; i++) expect((await ask({ sbt })).statusCode).toBe(200);
  pool.removeAllListeners('acquire');
  expect(asked).toEqual([]);
});

test('visits of verified tokens become one fact an hour; the others none', async () => {
  await doors.received();
  const verified = mintToken(doors.keys, doors.shop.shopId, 'sbtl', now);
  const id = readToken(doors.keys, doors.shop.shopId, verified)?.id;
  await doors.database.pool.query(
    `insert into visitor_token (shop_id, token, profile_id, verified, bound_at) values ($1, $2, 7, true, now())`,
    [doors.shop.shopId, id],
  );
  const closing = await openDoors({ now: () => now });
  await closing.database.pool.query(
    `insert into visitor_token (shop_id, token, profile_id, verified, bound_at) values ($1, $2, 7, true, now())`,
    [closing.shop.shopId, id],
  );
  const visit = (sbt: string) =>
    closing.app.inject(`/sp-json.php?publicKey=${closing.shop.publicKey}&sbt=${encodeURIComponent(sbt)}`);
  const anonymous = (await visit('')).json().cookie;
  for (const sbt of [verified, verified, anonymous, verified]) await visit(sbt);
  await closing.app.close();
  const items = await closing.received();
  expect(items.map((item) => [item.format, item.source.kind, JSON.parse(item.text)])).toEqual([
    ['own', 'system', { facts: [{ type: 'visit', store: null, ownTime: null, token: verified }] }],
  ]);
  await closing.close();
});

test('is shed before track calls when intake fills up', async () => {
  const engine: IntakeEngine = { ...doors.engine, pressure: () => 0.6 };
  const busy = await openDoors({ engine });
  const answer = await busy.app.inject(`/sp-json.php?publicKey=${busy.shop.publicKey}`);
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '30']);
  await busy.close();
});
