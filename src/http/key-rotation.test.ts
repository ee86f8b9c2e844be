/** A pair replaced under traffic, seen by two web processes on one database. */
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServer } from '#http/server.ts';
import { startSettler } from '#intake/settle.ts';
import { inTransaction } from '#store/db.ts';
import { createShopKey, endShopKey, rotateShopKey } from '#store/shop-key.ts';
import { findTrackerPage } from '#views/tracker-page.ts';
import { basicOf, openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
let second: FastifyInstance;
let apps: readonly FastifyInstance[];
const hour = 3_600_000;

beforeAll(async () => {
  doors = await openDoors();
  const { database, keys, engine } = doors;
  const { pool, db } = database;
  const settler = startSettler(pool);
  second = buildServer({ pool, db, keys, engine, settler, log: pino({ level: 'silent' }) });
  second.addHook('onClose', () => settler.stop());
  await second.ready();
  apps = [doors.app, second];
});
afterAll(async () => {
  await second.close();
  await doors.close();
});

let calls = 0;
function order(app: FastifyInstance, pair: { publicKey: string; privateKey: string }) {
  calls += 1;
  return app.inject({
    method: 'POST',
    url: '/api/CreateOrder',
    headers: {
      authorization: basicOf(pair.publicKey, pair.privateKey),
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: `data%5Bcustomer_email%5D=lea%40b.example&data%5Border_idorder%5D=R-${calls}`,
  });
}

function rotate(id: number, endsAt: number) {
  const { shopId } = doors.shop;
  return inTransaction(doors.database.pool, (client) => rotateShopKey(client, doors.keys, shopId, id, endsAt));
}

async function calledOf(id: number) {
  const page = await findTrackerPage(doors.database.db, doors.shop.shopId);
  return page?.keys.find((key) => key.id === id)?.use;
}

test('no call fails in the grace time, whichever pair and process; at its end the old one is told so', async () => {
  const { pool } = doors.database;
  const { shopId } = doors.shop;
  const old = await createShopKey(pool, doors.keys, shopId, { name: 'boutique', mayRead: false });
  for (const app of apps) await expect.poll(async () => (await order(app, old)).statusCode).toBe(200);
  const statuses: number[] = [];
  let going = true;
  const traffic = apps.map(async (app) => {
    while (going) statuses.push((await order(app, old)).statusCode);
  });
  const before = () => statuses.length;
  await expect.poll(before).toBeGreaterThan(20);
  const fresh = await rotate(old.id, Date.now() + hour);
  if (fresh === null) throw new Error('not rotated');
  // both stand, in both processes, from the moment of the answer
  for (const app of apps) {
    await expect.poll(async () => (await order(app, fresh)).statusCode).toBe(200);
    expect((await order(app, old)).statusCode).toBe(200);
  }
  const reached = statuses.length;
  await expect.poll(before).toBeGreaterThan(reached + 20);
  going = false;
  await Promise.all(traffic);
  expect(new Set(statuses)).toEqual(new Set([200]));

  await endShopKey(pool, shopId, old.id, Date.now() - 1);
  for (const app of apps) {
    await expect.poll(async () => (await order(app, old)).statusCode).toBe(401);
    expect((await order(app, old)).json().error.code).toBe('keys.ended');
    // who does not hold the private key learns nothing
    const stranger = await order(app, { ...old, privateKey: 'guessed' });
    expect([stranger.statusCode, stranger.json().error.code]).toEqual([401, 'keys.wrong']);
    const page = await app.inject({ url: `/track?site=${old.publicKey}&action=order&email=a%40b.example&idorder=1` });
    expect([page.statusCode, page.json().error.code]).toEqual([401, 'keys.ended']);
    expect((await order(app, fresh)).statusCode).toBe(200);
  }
});

test('the counter of a pair with an end says how many calls used it, over processes; one without an end has none', async () => {
  const { pool } = doors.database;
  const old = await createShopKey(pool, doors.keys, doors.shop.shopId, { name: 'compteur' });
  for (const app of apps) await expect.poll(async () => (await order(app, old)).statusCode).toBe(200);
  expect(await calledOf(old.id)).toBeNull();
  const fresh = await rotate(old.id, Date.now() + hour);
  if (fresh === null) throw new Error('not rotated');
  for (const app of apps) await expect.poll(async () => (await order(app, fresh)).statusCode).toBe(200);
  for (const [place, app] of apps.entries()) {
    const some = Array.from({ length: 7 + place }, () => order(app, old));
    for (const { statusCode } of await Promise.all(some)) expect(statusCode).toBe(200);
    const track = await app.inject({ url: `/track?site=${old.publicKey}&action=signup&email=a%40b.example` });
    expect(track.statusCode).toBe(200);
    expect((await order(app, { ...old, privateKey: 'guessed' })).statusCode).toBe(401);
  }
  await expect.poll(() => calledOf(old.id)).toMatchObject({ calls: 7 + 8 + 2 });
  expect(await calledOf(fresh.id)).toBeNull();
});

test('what already ends, the test pair, and another shop’s pair are not rotated', async () => {
  const { pool } = doors.database;
  const ending = await createShopKey(pool, doors.keys, doors.shop.shopId, {});
  await endShopKey(pool, doors.shop.shopId, ending.id, Date.now() + hour);
  const trial = await createShopKey(pool, doors.keys, doors.shop.shopId, { publicKey: 'test_rotated' });
  const theirs = await createShopKey(pool, doors.keys, doors.other.shopId, {});
  for (const { id } of [ending, trial, theirs]) expect(await rotate(id, Date.now() + hour)).toBeNull();
});
