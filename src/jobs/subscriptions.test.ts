/** Subscriptions in stores: what a store ended or lost is made again, and the team is told, once. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAdmin } from '#store/auth-user.ts';
import { openText } from '#store/secret.ts';
import { saveHookUrl } from '#store/subscription.ts';
import { fakeShopify } from '../outbound/testing/fake-shopify.ts';
import { fakeWooCommerce, maintenancePage } from '../outbound/testing/fake-stores.ts';
import { Receiver } from '../outbound/testing/receiver.ts';
import { alarmsJob } from './alarms.ts';
import { subscriptionsJob } from './subscriptions.ts';
import { openStoreHistory, type StoreHistory } from './testing/store-history.ts';

const hook = 'https://tracker.example/ingest/abc';
let clock = Date.parse('2026-11-20T12:00:00Z');
let receiver: Receiver;
let history: StoreHistory;

beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => receiver.close());

beforeEach(async () => {
  history = await openStoreHistory(() => clock);
  const { pool } = history.tools;
  await pool.query('update shop set installed_at = to_timestamp($1::float8 / 1000)', [clock - 86_400_000]);
  await createAdmin(pool, { email: 'camille@b.example' });
  return () => history.close();
});

/** A connection whose subscriptions were made a moment ago. */
async function connect(platform: string, credentials: Record<string, string>): Promise<number> {
  const id = await history.connect(platform, { address: receiver.url, credentials });
  await saveHookUrl(history.tools.pool, history.shop, id, hook);
  await watch();
  await history.tools.pool.query('update connection set repaired_at = null, repaired_made = 0, repaired_woken = 0');
  return id;
}

async function watch(): Promise<void> {
  const job = subscriptionsJob(history.tools);
  await job.run({}, {} as Parameters<typeof job.run>[1]);
}

async function alarmed(): Promise<unknown[]> {
  const { pool, keys } = history.tools;
  const job = alarmsJob({ pool, db: history.database.db, keys, publicUrl: 'https://t.example', now: () => clock });
  await job.run({}, {} as Parameters<typeof job.run>[1]);
  const { rows } = await pool.query('select id, to_address, sealed from outbox where kind = $1 order by created_at', [
    'alarm',
  ]);
  return rows.map(({ id, to_address, sealed }) => {
    const { alarm, figure, url } = JSON.parse(openText(keys, sealed, `outbox ${id}`));
    return { to: to_address, alarm, figure, url };
  });
}

async function standing(id: number): Promise<unknown> {
  const { rows } = await history.tools.pool.query(
    'select fault, repaired_made as made, repaired_woken as woken, repaired_at is not null as repaired from connection where id = $1',
    [id],
  );
  return rows[0];
}

test('WooCommerce ends a webhook after five failures: it is woken and the team told, once; what the merchant paused stays', async () => {
  const store = fakeWooCommerce();
  receiver.behave = store.behave;
  const id = await connect('woocommerce', { key: store.key, secret: store.secret });
  expect(store.webhooks.length).toBe(6);
  expect(await alarmed()).toEqual([]);
  const [ended, paused] = store.webhooks;
  if (ended === undefined || paused === undefined) throw new Error('no webhooks were made');
  ended.status = 'disabled';
  paused.status = 'paused';
  await watch();
  expect([ended.status, paused.status]).toEqual(['active', 'paused']);
  expect(await standing(id)).toEqual({ fault: null, made: 0, woken: 1, repaired: true });
  const mail = {
    to: 'camille@b.example',
    alarm: 'store',
    figure: 1,
    url: `https://t.example/shops/${history.shop}/tracker#connections`,
  };
  expect(await alarmed()).toEqual([mail]);
  await watch();
  expect(await alarmed()).toEqual([mail]);
  // over after a day; what ends then is told again
  clock += 25 * 3_600_000;
  await alarmed();
  ended.status = 'disabled';
  await watch();
  expect((await alarmed()).length).toBe(2);
});

test('a subscription Shopify removed is made again; nothing is said while all stand', async () => {
  const store = fakeShopify();
  receiver.behave = store.behave;
  const id = await connect('shopify', { token: store.token });
  const all = store.subscriptions.map(({ topic }) => topic).sort();
  await watch();
  expect(await standing(id)).toEqual({ fault: null, made: 0, woken: 0, repaired: false });
  store.subscriptions = store.subscriptions.filter(({ topic }) => !topic.startsWith('ORDERS_'));
  await watch();
  expect(store.subscriptions.map(({ topic }) => topic).sort()).toEqual(all);
  expect(await standing(id)).toEqual({ fault: null, made: 4, woken: 0, repaired: true });
  expect(await alarmed()).toMatchObject([{ alarm: 'store', figure: 1 }]);
});

test('keys a store takes back are a fault people are told of; a night without an answer is none', async () => {
  const store = fakeWooCommerce();
  receiver.behave = store.behave;
  const id = await connect('woocommerce', { key: store.key, secret: store.secret });
  store.troubles.push(maintenancePage);
  await watch();
  expect(await standing(id)).toMatchObject({ fault: null });
  store.scope = 'none';
  await watch();
  expect(await standing(id)).toMatchObject({ fault: 'scope_orders' });
  expect(await alarmed()).toMatchObject([{ alarm: 'store', figure: 1 }]);
  store.scope = 'read_write';
  await watch();
  expect(await standing(id)).toMatchObject({ fault: null });
});
