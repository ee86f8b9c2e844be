import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { intakeChannel } from '#intake/engine.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { appliedChannel } from '#intake/settle.ts';
import { openClient } from '#store/db.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type Applier, startApplier } from './applier.ts';
import { type Helper, openHelper } from './helper.ts';
import { AppliedShop, keys, shardCount } from './testing/applied-shop.ts';

let base: TestDatabase;
let shop: AppliedShop;
let faults: string[];
let appliers: Applier[];
let listener: ReturnType<typeof openClient>;

beforeAll(async () => {
  base = await testDatabase();
  listener = openClient(base.url);
  await listener.connect();
  await listener.query(`listen ${appliedChannel}`);
});
afterAll(async () => {
  await listener.end();
  await base.close();
});
beforeEach(async () => {
  faults = [];
  appliers = [];
  shop = await AppliedShop.open(base, ['shop.example']);
});
afterEach(async () => {
  await Promise.all(appliers.map((applier) => applier.stop()));
  await shop.close();
});

test('what waits is applied, and what comes later as soon as intake tells', async () => {
  await shop.append([shop.order('1')]);
  start();
  await until(async () => (await orders()) === 1);
  await tell([shop.order('2')]);
  await until(async () => (await orders()) === 2);
  expect(faults).toEqual([]);
});

test('a connection that dies is replaced', async () => {
  start();
  await tell([shop.order('1')]);
  await until(async () => (await orders()) === 1);
  const owner = openClient(base.ownerUrl);
  await owner.connect();
  await owner.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where application_name = 'apply test' and datname = current_database()`);
  await owner.end();
  await tell([shop.order('2')]);
  await until(async () => (await orders()) === 2);
  expect(faults).toContain('apply.database_lost');
});

test('two appliers share the work, and each item is applied once', async () => {
  for (let n = 0; n < 40; n++) await shop.append([shop.order(`${n}`), shop.order(`${n}`)]);
  start();
  start();
  await until(async () => (await shop.waiting()) === 0);
  expect(await orders()).toBe(40);
  expect((await shop.rows('journal', 'outcome')).sort()).toEqual([
    ...Array.from({ length: 40 }, () => 'applied'),
    ...Array.from({ length: 40 }, () => 'unchanged'),
  ]);
  expect(faults).toEqual([]);
});

test('a backlog of several shards brings the helper; each item is applied once, in the order of its shop', async () => {
  const others = await Promise.all([1, 2, 3].map(() => AppliedShop.open(base)));
  const shops = [shop, ...others];
  expect(new Set(shops.map(({ shard }) => shard)).size).toBe(shardCount);
  const numbers = Array.from({ length: 20 }, (_, n) => `${n}`);
  for (const one of shops) {
    for (let row = 0; row < 30; row++) {
      const of = numbers.map((n) => `${row % 15}-${n}`);
      await one.append(of.map((key) => one.order(key, {}, row < 15 ? 10 : 20)));
    }
  }
  let byHelper = 0;
  let liveByHelper = 0;
  const helper = openHelper({
    url: base.url,
    shards: shardCount,
    keys,
    onFault: (event) => faults.push(event),
    onApplied(items, live) {
      byHelper += items;
      liveByHelper += live;
    },
  });
  const applier = start(helper);
  for (const one of shops) await until(async () => (await one.waiting()) === 0);
  await applier.stop();
  await helper.stop();
  expect(byHelper).toBeGreaterThan(0);
  expect(liveByHelper).toBe(byHelper);
  for (const one of shops) {
    expect(await one.rows('orders', 'legacy_state')).toEqual(Array.from({ length: 300 }, () => 20));
    expect(await one.rows('journal', 'count(*)::int')).toEqual([600]);
    const inOrder = `select 1 from order_state_history h join order_state_history later
      on later.shop_id = h.shop_id and later.order_id = h.order_id and later.seq > h.seq and later.legacy_state < h.legacy_state
      where h.shop_id = $1`;
    expect((await base.pool.query(inOrder, [one.id])).rows).toEqual([]);
  }
  expect(faults).toEqual([]);
  await Promise.all(others.map((one) => one.close()));
});

test('a host newly allowed brings its held items, and a new validation every order, without being asked', async () => {
  await shop.append([shop.trackedOrder('1', 'other.example'), shop.order('2', {}, 10)]);
  start();
  await until(async () => (await orders()) === 1);
  const change = { domains: ['other.example'], validation: 'placed' };
  await tell([shop.staff({ type: 'settings', change })]);
  await until(async () => (await shop.rows('orders', 'validated')).join() === 'true,true');
  await until(async () => (await shop.rows('redecide', 'done')).length === 0);
  expect(await shop.rows('held_origin', 'host')).toEqual([]);
});

test('a stop lets the batch in hand end', async () => {
  for (let n = 0; n < 20; n++) await shop.append([shop.order(`${n}`)]);
  const applier = start();
  await applier.stop();
  const [journal] = await shop.rows('journal', 'count(*)::int');
  expect(await orders()).toBe(journal);
  expect((await shop.waiting()) + Number(journal)).toBe(20);
  expect(faults).toEqual([]);
});

function start(helper?: Helper): Applier {
  const applier = startApplier({
    connect: () => openClient(base.url, { pipeline: true, application_name: 'apply test' }),
    ...(helper === undefined ? {} : { helper }),
    claims: postgresClaims,
    shards: shardCount,
    keys,
    onFault: (event) => faults.push(event),
  });
  appliers.push(applier);
  return applier;
}

async function tell(envelopes: Parameters<AppliedShop['append']>[0]): Promise<void> {
  await shop.append(envelopes);
  await base.pool.query('select pg_notify($1, $2)', [intakeChannel, String(shop.shard)]);
}

async function orders(): Promise<number> {
  return Number((await shop.rows('orders', 'count(*)'))[0]);
}

/** Looks again after each batch that the applier tells of. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const told = new Promise<void>((resolve) => listener.once('notification', () => resolve()));
    if (await holds()) return;
    await told;
  }
}
