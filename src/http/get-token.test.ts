import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useSignInLink } from '#store/auth-link.ts';
import { createAdmin } from '#store/auth-user.ts';
import { saveModuleUser } from '#store/module-sign-in.ts';
import { createShopKey } from '#store/shop-key.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
let userId: string;
let ahead = 0;
const now = () => Date.now() + ahead;

beforeAll(async () => {
  doors = await openDoors({ now });
  userId = await createAdmin(doors.database.pool, { email: 'camille@localhost' });
});
afterAll(() => doors.close());

/** As the module writes it: ksort, `k=v&`, sha1 with the private key behind; the same text unescaped is the body. */
function signed(publicKey: string, privateKey: string, more: Record<string, string> = {}): string {
  const fields: Record<string, string> = {
    apiKeys: '1',
    plateforme: 'prestashop',
    public: publicKey,
    returnformat: 'json',
    ...more,
  };
  const text = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}&`)
    .join('');
  return `${text}sign=${createHash('sha1')
    .update(text + privateKey)
    .digest('hex')}`;
}

async function ask(payload: string, server: TestDoors = doors, remoteAddress = '127.0.0.1') {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/GetToken',
    payload,
    remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return { status: answer.statusCode, body: answer.json() as Record<string, string> };
}

/** The module's own check: everything but `sign` and `tosign`, in the order of names. */
function verifies(body: Record<string, string>, privateKey: string): boolean {
  const { sign, tosign, ...rest } = body;
  const text = Object.keys(rest)
    .sort()
    .map((name) => `${name}=${rest[name]}&`)
    .join('');
  return (
    sign ===
    createHash('sha1')
      .update(text + privateKey)
      .digest('hex')
  );
}

test('a proven pair gets a signed answer, and a sign-in only once a member allowed it', async () => {
  const { publicKey, privateKey, shopId } = doors.shop;
  const before = await ask(signed(publicKey, privateKey));
  expect(before).toMatchObject({ status: 200, body: { return: 'ERR-9003', sbt: '' } });
  expect(verifies(before.body, privateKey)).toBe(true);

  await saveModuleUser(doors.database.pool, shopId, userId);
  const { body } = await ask(signed(publicKey, privateKey));
  expect(body.return).toBe('OK');
  expect(verifies(body, privateKey)).toBe(true);
  expect((await useSignInLink(doors.database.pool, body.sbt ?? '', now()))?.userId).toBe(userId);
  expect(await useSignInLink(doors.database.pool, body.sbt ?? '', now())).toBeNull();
  const late = await ask(signed(publicKey, privateKey));
  expect(await useSignInLink(doors.database.pool, late.body.sbt ?? '', now() + 5 * 60_000)).toBeNull();
  const { rows } = await doors.database.pool.query(`select user_id from audit where action = 'module.sign_in'`);
  expect(rows).toEqual([{ user_id: userId }, { user_id: userId }]);
});

test('what is not signed by a standing pair is told so, and gets no signature', async () => {
  const { publicKey, privateKey } = doors.shop;
  for (const payload of [
    '',
    'sign=',
    '&&&',
    `public=${publicKey}&sign=${'0'.repeat(40)}`,
    signed(publicKey, `${privateKey}x`),
    signed(publicKey, doors.other.privateKey),
    signed('nobody', privateKey),
    signed(publicKey, privateKey).replace('prestashop', 'other'),
    signed(publicKey, privateKey).replace('&sign=', '&SIGN='),
    `${signed(publicKey, privateKey)}0`,
    `__proto__=1&public=${publicKey}&sign=zz`,
  ]) {
    expect(await ask(payload)).toEqual({ status: 200, body: { return: 'ERR-9003' } });
  }
});

test('a client that escapes its fields is understood', async () => {
  const { publicKey, privateKey } = doors.shop;
  const [text = '', sign = ''] = signed(publicKey, privateKey, { shop: 'à & b' }).split('sign=');
  const escaped = `apiKeys=1&plateforme=prestashop&public=${publicKey}&returnformat=json&shop=${encodeURIComponent('à & b')}&sign=${sign}`;
  expect(text).toContain('shop=à & b&');
  expect((await ask(escaped)).body.return).toBe('OK');
});

test('a pair that may not read, a test pair and who is no member any more sign nobody in', async () => {
  const { pool } = doors.database;
  const { shopId } = doors.shop;
  const writer = await createShopKey(pool, doors.keys, shopId, { mayRead: false });
  const trial = await createShopKey(pool, doors.keys, shopId, { publicKey: 'test_333abc' });
  ahead += 2_000;
  for (const { publicKey, privateKey } of [writer, trial]) {
    const { body } = await ask(signed(publicKey, privateKey));
    expect([body.return, body.sbt, verifies(body, privateKey)]).toEqual(['ERR-9003', '', true]);
  }
  await pool.query('delete from shop_member where user_id = $1', [userId]);
  expect((await ask(signed(doors.shop.publicKey, doors.shop.privateKey))).body.return).toBe('ERR-9003');
  await pool.query("insert into shop_member (shop_id, user_id, role) select id, $1, 'user' from shop", [userId]);
});

test('over http nobody is signed in where people come by https', async () => {
  const server = await openDoors({ publicUrl: 'https://tracker.example', trustProxy: true });
  const { publicKey, privateKey, shopId } = server.shop;
  const user = await createAdmin(server.database.pool, { email: 'camille@localhost' });
  await saveModuleUser(server.database.pool, shopId, user);
  const { body } = await ask(signed(publicKey, privateKey), server);
  expect([body.return, verifies(body, privateKey)]).toEqual(['ERR-9003', true]);
  const safe = await server.app.inject({
    method: 'POST',
    url: '/api/GetToken',
    payload: signed(publicKey, privateKey),
    headers: { 'x-forwarded-proto': 'https' },
  });
  expect(safe.json().return).toBe('OK');
  await server.close();
});

test('guesses are limited by address, sign-ins by shop', async () => {
  const server = await openDoors({ addressPerSecond: 1 });
  const { publicKey, privateKey, shopId } = server.shop;
  const statuses = [];
  for (let n = 0; n < 12; n++) statuses.push((await ask('x', server, '203.0.113.7')).status);
  expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
  // whoever knows the key is not held up by who guesses
  const user = await createAdmin(server.database.pool, { email: 'camille@localhost' });
  await saveModuleUser(server.database.pool, shopId, user);
  const answers: string[] = [];
  for (let n = 0; n < 31; n++) {
    const { body } = await ask(signed(publicKey, privateKey), server, '203.0.113.7');
    answers.push(body.return ?? '');
    expect(verifies(body, privateKey)).toBe(true);
  }
  expect(answers).toEqual([...Array(30).fill('OK'), 'ERR-9003']);
  await server.close();
});
