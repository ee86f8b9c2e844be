import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Me } from '#contract/session.ts';
import { backOffice } from '#http/back-office/plugin.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { decodeBatch } from '#intake/envelope.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { type Settler, startSettler } from '#intake/settle.ts';
import { createSignInLink } from '#store/auth-link.ts';
import { createAdmin } from '#store/auth-user.ts';
import { openPool } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';

const secretKey = 'a secret key for the back office tests';
const keys = deriveKeys(secretKey);
const password = 'correct horse battery';
let database: TestDatabase;
let engine: IntakeEngine;
let settler: Settler;
let app: FastifyInstance;
let mine: { shopId: number; privateKey: string; publicKey: string };
let theirs: { shopId: number };
let userId: string;
let cookie: string;

beforeAll(async () => {
  database = await testDatabase();
  const { pool, db } = database;
  await pool.query(
    `select ensure_journal_day(d::date) from generate_series(now() - interval '1 day', now() + interval '1 day', '1 day') d`,
  );
  mine = await createShop(pool, keys, { name: 'La mienne' });
  userId = await createAdmin(pool, { email: 'camille@localhost', name: 'Camille', password });
  theirs = await createShop(pool, keys, { name: 'La leur' });
  engine = await openPostgresEngine({ pool, shards: 4 });
  settler = startSettler(pool);
  app = fastify({ forceCloseConnections: true });
  const log = pino({ level: 'silent' });
  app.register(backOffice, { pool, db, keys, engine, settler, log, secretKey, publicUrl: null, settleMs: 20 });
  await app.ready();
  const signedIn = await app.inject({
    method: 'POST',
    url: '/api/sign-in',
    payload: { email: 'camille@localhost', password },
  });
  cookie = cookieOf(signedIn.headers['set-cookie']);
});
afterAll(async () => {
  await app.close();
  await settler.stop();
  await engine.stop();
  await database.close();
});

function cookieOf(header: string | string[] | undefined): string {
  return [header ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ');
}

function get(url: string) {
  return app.inject({ method: 'GET', url, headers: { cookie } });
}

function post(url: string, payload: object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url, payload, headers: { cookie, ...headers } });
}

let lastSeq = 1024n;

/** What apply would have written. */
async function writeJournal(row: {
  seq?: bigint;
  at?: Date;
  shop?: number;
  outcome?: string;
  effects?: object;
  facts?: object;
}) {
  lastSeq += 1n;
  const seq = row.seq ?? lastSeq;
  const at = row.at ?? new Date();
  const shop = row.shop ?? mine.shopId;
  await database.pool.query(
    `insert into journal (shop_id, received_at, seq, source, format, kind, facts, outcome, effects)
     values ($1, $2, $3, 'browser', 'track', 'order', $4, $5, $6)`,
    [
      shop,
      at,
      String(seq),
      JSON.stringify(row.facts ?? [{ type: 'order', person: { email: 'a@b.example' } }]),
      row.outcome ?? 'applied',
      JSON.stringify(row.effects ?? {}),
    ],
  );
  await database.pool.query(`select pg_notify('applied', $1)`, [JSON.stringify({ shop: [shop] })]);
  return { seq, at };
}

test('nothing is answered without a session', async () => {
  expect((await app.inject({ url: '/api/me' })).statusCode).toBe(204);
  for (const url of [`/api/shops/${mine.shopId}/tracker`, `/api/shops/${mine.shopId}/live`]) {
    expect((await app.inject({ url })).statusCode).toBe(401);
  }
});

test('a one-time link signs in once, and shows the shops of the user alone', async () => {
  const link = await createSignInLink(database.pool, userId, Date.now());
  const token = link.split('#')[1];
  const first = await app.inject({ method: 'POST', url: '/api/sign-in/link', payload: { token } });
  const me: Me = first.json();
  expect(me.shops.map((shop) => shop.name)).toEqual(['La mienne']);
  const again = await app.inject({ method: 'POST', url: '/api/sign-in/link', payload: { token } });
  expect(again.statusCode).toBe(401);
  const linkCookie = cookieOf(first.headers['set-cookie']);
  expect((await app.inject({ url: '/api/me', headers: { cookie: linkCookie } })).statusCode).toBe(200);
});

test('NUL in a text is refused, not a fault', async () => {
  const payload = { email: 'a\u0000b@localhost', password: 'x' };
  expect((await app.inject({ method: 'POST', url: '/api/sign-in', payload })).statusCode).toBe(400);
  for (const list of ['orders', 'profiles'])
    expect((await get(`/api/shops/${mine.shopId}/${list}?search=%00`)).statusCode).toBe(400);
});

test('another shop answers 404 to everything', async () => {
  const shop = `/api/shops/${theirs.shopId}`;
  for (const url of ['/tracker', '/orders', '/orders/1/history', '/profiles', '/profiles/1', '/live', '/journal/1/1']) {
    expect([url, (await get(shop + url)).statusCode]).toEqual([url, 404]);
  }
  expect((await post(`${shop}/settings`, { validation: 'placed' })).statusCode).toBe(404);
  expect((await post(`${shop}/keys/2/reveal`, {})).statusCode).toBe(404);
  const set = { status: 'refused', date: null, reason: null };
  expect((await post(`${shop}/profiles/1/bases/4`, set)).statusCode).toBe(404);
});

test('a page of another site cannot act with the cookie', async () => {
  const url = `/api/shops/${mine.shopId}/keys/1/reveal`;
  expect((await post(url, {}, { origin: 'https://evil.example' })).statusCode).toBe(403);
  expect((await post(url, {}, { origin: 'null' })).statusCode).toBe(403);
  expect((await post(url, {}, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  const form = await app.inject({
    method: 'POST',
    url: `/api/shops/${mine.shopId}/settings`,
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'validation=placed',
  });
  expect(form.statusCode).toBe(415);
  expect((await post(url, {}, { origin: 'http://localhost:80', host: 'localhost:80' })).statusCode).toBe(200);
});

test('the private key is not in the page, and each reveal is written down', async () => {
  const page = await get(`/api/shops/${mine.shopId}/tracker`);
  expect(page.body).not.toContain(mine.privateKey);
  const [key] = page.json().keys;
  expect(key.publicKey).toBe(mine.publicKey);
  const before = await database.pool.query('select from audit');
  const revealed = await post(`/api/shops/${mine.shopId}/keys/${key.id}/reveal`, {});
  expect(revealed.json()).toEqual({ privateKey: mine.privateKey });
  expect(revealed.headers['cache-control']).toBe('no-store');
  const { rows } = await database.pool.query('select user_id, action from audit order by id');
  expect(rows).toHaveLength((before.rowCount ?? 0) + 1);
  expect(rows.at(-1)).toEqual({ user_id: userId, action: 'key.reveal' });
});

test('a setting and a basis become facts in the name of the user', async () => {
  const settings = await post(`/api/shops/${mine.shopId}/settings`, {
    validation: 'placed',
    domains: [' Shop.example '],
  });
  expect([settings.statusCode, settings.json().pending]).toEqual([202, true]);
  const basis = await post(`/api/shops/${mine.shopId}/profiles/7/bases/4`, {
    status: 'refused',
    date: '2026-02-03',
    reason: ' asked by phone ',
  });
  expect(basis.statusCode).toBe(202);
  const { rows } = await database.pool.query<{ body: Buffer }>('delete from intake returning body');
  const envelopes = rows.flatMap((row) => decodeBatch(row.body));
  expect(envelopes.every((one) => one.format === 'own' && one.shopId === mine.shopId)).toBe(true);
  expect(envelopes.map((one) => one.source)).toEqual([
    { kind: 'staff', userId },
    { kind: 'staff', userId },
  ]);
  const facts = envelopes.flatMap((one) => JSON.parse(Buffer.from(one.raw).toString()).facts);
  expect(facts).toContainEqual(
    expect.objectContaining({ type: 'settings', change: { validation: 'placed', domains: ['shop.example'] } }),
  );
  expect(facts).toContainEqual(
    expect.objectContaining({
      type: 'consent',
      subject: { profileId: 7 },
      basis: { id: 4 },
      status: 'refused',
      ownTime: { date: '2026-02-03' },
      writtenReason: 'asked by phone',
    }),
  );
});

test('what cannot be a setting or a day is refused at the door', async () => {
  for (const body of [{}, { validation: 'shipped' }, { nonsense: 1 }, { uplift: { order: 'x' } }]) {
    expect([body, (await post(`/api/shops/${mine.shopId}/settings`, body)).statusCode]).toEqual([body, 400]);
  }
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  for (const [date, code] of [
    ['2026-02-31', 'date.invalid'],
    [soon, 'date.future'],
  ]) {
    const set = { status: 'refused', date, reason: null };
    const answer = await post(`/api/shops/${mine.shopId}/profiles/7/bases/4`, set);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, code]);
  }
  for (const list of ['profiles', 'orders']) {
    for (const bound of ['from=6797-68-03', 'to=3893-18-96', 'to=2024-02-31', 'from=2024-00-10']) {
      const answer = await get(`/api/shops/${mine.shopId}/${list}?${bound}`);
      expect([list, bound, answer.statusCode, answer.json().error.code]).toEqual([list, bound, 400, 'date.invalid']);
    }
  }
  expect((await database.pool.query('select from intake')).rowCount).toBe(0);
});

test('the answer tells what apply made of a click', async () => {
  const inner = fastify();
  const listener = openPool(database.url, { max: 1 });
  const client = await listener.connect();
  const played = new Promise<void>((resolve, reject) => {
    client.on('notification', () => {
      database.pool
        .query<{ batch_id: string; at: Date }>('delete from intake returning batch_id, received_at as at')
        .then(async ({ rows }) => {
          for (const row of rows) {
            const effects = {
              bases: [
                { profile: 7, basis: 4, from: 'refused', to: 'refused', cause: 'staff', why: 'basis.refused_is_final' },
              ],
            };
            const { pool } = database;
            await pool.query(
              `insert into journal (shop_id, received_at, seq, source, format, kind, outcome, reasons, effects)
               values ($1, $2, $3, 'staff', 'own', 'consent', 'unchanged', '{basis.refused_is_final}', $4)`,
              [mine.shopId, row.at, String(BigInt(row.batch_id) * 1024n), JSON.stringify(effects)],
            );
            await pool.query(`select pg_notify('applied', $1)`, [JSON.stringify({ shop: [mine.shopId] })]);
          }
        })
        .then(resolve, reject);
    });
  });
  await client.query('listen intake');
  const { pool, db } = database;
  const log = pino({ level: 'silent' });
  inner.register(backOffice, { pool, db, keys, engine, settler, log, secretKey, publicUrl: null });
  const answer = await inner.inject({
    method: 'POST',
    url: `/api/shops/${mine.shopId}/profiles/7/bases/4`,
    headers: { cookie },
    payload: { status: 'accepted', date: null, reason: null },
  });
  await played;
  expect(answer.json()).toEqual({
    pending: false,
    outcome: 'unchanged',
    reasons: ['basis.refused_is_final'],
    bases: [expect.objectContaining({ name: 'Commande', to: 'refused', why: 'basis.refused_is_final' })],
  });
  client.release(true);
  await listener.end();
  await inner.close();
});

test('an item shows its facts and its bytes', async () => {
  const { seq, at } = await writeJournal({ facts: [{ type: 'order', note: 'é' }] });
  await database.pool.query(
    'insert into journal_raw (shop_id, received_at, seq, headers, raw) values ($1, $2, $3, $4, $5)',
    [
      mine.shopId,
      at,
      String(seq),
      JSON.stringify({ referer: 'https://shop.example/' }),
      Buffer.from('action=order&email=a%40b.example'),
    ],
  );
  const detail = await get(`/api/shops/${mine.shopId}/journal/${at.getTime()}/${seq}`);
  expect(detail.json()).toMatchObject({
    facts: [{ type: 'order', note: 'é' }],
    headers: { referer: 'https://shop.example/' },
    raw: 'action=order&email=a%40b.example',
    rawBytes: 32,
  });
});

test('guesses at a password are limited per account', async () => {
  const guess = () =>
    app.inject({ method: 'POST', url: '/api/sign-in', payload: { email: 'guessed@localhost', password: 'wrong' } });
  const codes: number[] = [];
  for (let i = 0; i < 12; i++) codes.push((await guess()).statusCode);
  expect(codes.slice(0, 10)).toEqual(Array(10).fill(401));
  expect(codes.slice(10)).toEqual([429, 429]);
});

test('sign-out ends the session', async () => {
  const signedIn = await app.inject({
    method: 'POST',
    url: '/api/sign-in',
    payload: { email: 'camille@localhost', password },
  });
  const own = cookieOf(signedIn.headers['set-cookie']);
  expect((await app.inject({ method: 'POST', url: '/api/sign-out', headers: { cookie: own } })).statusCode).toBe(204);
  expect((await app.inject({ url: '/api/me', headers: { cookie: own } })).statusCode).toBe(204);
});
