import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApplier } from '#apply/applier.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Envelope } from '#intake/envelope.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { openClient } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { abandonedCartsJob } from './carts.ts';
import { retentionJob } from './retention.ts';

const keys = deriveKeys('a key for tests, and for tests only');
const minute = 60_000;
let base: TestDatabase;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await base.close();
});

test('carts left alone are abandoned by a fact each, once, and forgotten after 90 days', async () => {
  let now = Date.UTC(2026, 4, 1, 10);
  const faults: string[] = [];
  const engine = await openPostgresEngine({ pool: base.pool, shards: 4, now: () => now });
  closers.push(() => engine.stop());
  const settler = startSettler(base.pool);
  closers.push(() => settler.stop());
  const applier = startApplier({
    connect: () => openClient(base.url, { pipeline: true }),
    claims: postgresClaims,
    shards: 4,
    keys,
    onFault: (event) => faults.push(event),
  });
  closers.push(() => applier.stop());
  const hour = await createShop(base.pool, keys, { name: 'An hour' });
  const slow = await createShop(base.pool, keys, { name: 'A day' });
  await base.pool.query(`update shop_settings set body = body || '{"cartMinutes": 1440}' where shop_id = $1`, [
    slow.shopId,
  ]);
  const put = async (shop: ShopId, call: 'trigger' | 'stop', key: string): Promise<void> => {
    const { seq, receivedAt } = await engine.append(cartCall(shop, call, key, now), 'live');
    expect(await settler.settle({ shopId: shop, seq, receivedAt }, 20_000)).toMatchObject({ outcome: 'applied' });
  };
  await put(hour.shopId, 'trigger', '1');
  await put(hour.shopId, 'trigger', '2');
  await put(hour.shopId, 'stop', '2');
  await put(slow.shopId, 'trigger', '1');
  now += 40 * minute;
  await put(hour.shopId, 'trigger', '3');
  now += 20 * minute;

  const job = abandonedCartsJob({ pool: base.pool, engine, settler, now: () => now });
  await job.run(null, {} as never);
  await job.run(null, {} as never);
  const statuses = async (): Promise<string[]> => {
    const { rows } = await base.pool.query('select shop_id, key, status from cart order by shop_id, key');
    return rows.map(({ shop_id, key, status }) => `${shop_id === hour.shopId ? 'hour' : 'slow'} ${key} ${status}`);
  };
  expect(await statuses()).toEqual(['hour 1 abandoned', 'hour 2 emptied', 'hour 3 open', 'slow 1 open']);
  const told = await base.pool.query(
    `select outcome, source, profile_id is not null as known, effects->'cart'->>'status' as cart from journal where kind = 'abandon'`,
  );
  expect(told.rows).toEqual([{ outcome: 'applied', source: 'system', known: true, cart: 'abandoned' }]);

  now += 1440 * minute;
  await job.run(null, {} as never);
  expect(await statuses()).toEqual(['hour 1 abandoned', 'hour 2 emptied', 'hour 3 abandoned', 'slow 1 abandoned']);
  const old = retentionJob({ pool: base.pool, engine, settler, shards: 4, now: () => now });
  now += 88 * 1440 * minute;
  await old.run(null, {} as never);
  expect(await statuses()).toHaveLength(4);
  // the third was filled forty minutes after the others
  now += 1440 * minute - 30 * minute;
  await old.run(null, {} as never);
  expect(await statuses()).toEqual(['hour 3 abandoned']);
  now += 40 * minute;
  await old.run(null, {} as never);
  expect(await statuses()).toEqual([]);
  expect(faults).toEqual([]);
});

function cartCall(shopId: ShopId, call: 'trigger' | 'stop', key: string, arrivedAt: number): Envelope {
  return {
    shopId,
    format: `v3/${call}`,
    arrivedAt,
    source: { kind: 'server' },
    pageHost: null,
    mayRead: true,
    test: false,
    headers: {},
    ip: null,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: Buffer.from(`key%5Bid%5D=${key}&customerEmail=p${key}%40example.test&techName=abandoned_cart`),
  };
}
