/** Alarms: who is told, when, and once. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ShopId } from '#domain/ids.ts';
import { createAdmin } from '#store/auth-user.ts';
import { inTransaction } from '#store/db.ts';
import { saveAlarms } from '#store/member.ts';
import { deriveKeys, openText } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { rotateShopKey } from '#store/shop-key.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { alarmsJob } from './alarms.ts';

const keys = deriveKeys('a key for tests, and for tests only');
const hour = 3_600_000;
const day = 24 * hour;
let base: TestDatabase;
let now: number;
let shop: ShopId;
let n = 0;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());

/** A shop that sends a hundred things each hour of the day, until now. */
beforeEach(async () => {
  await base.pool.query('delete from shop_member');
  await base.pool.query('update shop set installed_at = null');
  now = Date.UTC(2026, 10, 25, 17, 10);
  shop = (await createShop(base.pool, keys, { name: `Maison ${++n}` })).shopId;
  await base.pool.query('update shop set installed_at = $2 where id = $1', [shop, new Date(now - 30 * day)]);
  for (let back = 0; back < 10 * 24; back++) await arrive(now - back * hour, 100, 1);
});

async function arrive(at: number, count: number, refused: number): Promise<void> {
  const start = new Date(Math.floor(at / hour) * hour);
  for (const [outcome, items] of [
    ['applied', count - refused],
    ['rejected', refused],
  ] as const) {
    await base.pool.query(
      `insert into arrival_hour (shop_id, hour, outcome, reason, n, last_at) values ($1, $2, $3, '', $4, $5)
       on conflict (shop_id, hour, outcome, reason) do update set n = arrival_hour.n + excluded.n, last_at = excluded.last_at`,
      [shop, start, outcome, items, new Date(at)],
    );
  }
}

async function run(): Promise<void> {
  const job = alarmsJob({ pool: base.pool, db: base.db, keys, publicUrl: 'https://t.example', now: () => now });
  await job.run({}, {} as never);
}

async function told(): Promise<object[]> {
  const { rows } = await base.pool.query(
    'select id, to_address, lang, sealed from outbox where of_shop = $1 order by created_at, to_address',
    [shop],
  );
  return rows.map(({ id, to_address, lang, sealed }) => {
    const { alarm, figure, url } = JSON.parse(openText(keys, sealed, `outbox ${id}`));
    return { to: to_address, lang, alarm, figure, url };
  });
}

test('a silence against the shop’s own rhythm is told once to who wants it, in their language, and again after it was over', async () => {
  await createAdmin(base.pool, { email: 'camille@b.example' });
  const other = await createAdmin(base.pool, { email: 'other@b.example' });
  await base.pool.query(`update app_user set lang = 'en' where email = 'camille@b.example'`);
  await saveAlarms(base.pool, shop, other, ['errors']);
  await run();
  expect(await told()).toEqual([]);

  now += 2 * hour;
  await run();
  expect(await told()).toEqual([]);
  now += 2 * hour;
  await run();
  const first = {
    to: 'camille@b.example',
    lang: 'en',
    alarm: 'silent',
    figure: 4,
    url: `https://t.example/shops/${shop}/tracker`,
  };
  expect(await told()).toEqual([first]);
  now += hour;
  await run();
  expect(await told()).toHaveLength(1);

  await arrive(now, 100, 1);
  await run();
  expect((await base.pool.query('select from alarm where shop_id = $1', [shop])).rowCount).toBe(0);
  now += 10 * hour;
  await run();
  expect(await told()).toMatchObject([{ figure: 4 }, { alarm: 'silent', figure: 10 }]);
});

test('a wave of errors is told with its share', async () => {
  await createAdmin(base.pool, { email: 'camille@b.example' });
  await arrive(now, 100, 100);
  await run();
  await run();
  expect(await told()).toMatchObject([
    { alarm: 'errors', figure: 34, url: `https://t.example/shops/${shop}/verification` },
  ]);
});

test('an old key still used a day after its replacement is told with its calls', async () => {
  await createAdmin(base.pool, { email: 'camille@b.example' });
  const { rows } = await base.pool.query('select id from shop_key where shop_id = $1', [shop]);
  const old = rows[0]?.id ?? 0;
  await inTransaction(base.pool, (client) => rotateShopKey(client, keys, shop, old, now + 10 * day));
  await base.pool.query(
    'update shop_key n set created_at = $2 from shop_key k where k.shop_id = $1 and n.shop_id = $1 and n.id = k.replaced_by',
    [shop, new Date(now - 2 * day)],
  );
  await run();
  expect(await told()).toEqual([]);
  await base.pool.query(
    'insert into key_use (shop_id, key_id, day, calls, last_at) values ($1, $2, current_date, 7, $3)',
    [shop, old, new Date(now - hour)],
  );
  await run();
  expect(await told()).toMatchObject([
    { alarm: 'old_key', figure: 7, url: `https://t.example/shops/${shop}/tracker#keys` },
  ]);
});

test('nobody is told of a shop that is closed, of a demonstration, or that sent nothing yet', async () => {
  await createAdmin(base.pool, { email: 'camille@b.example' });
  now += 2 * day;
  await base.pool.query('update shop set closed_at = now() where id = $1', [shop]);
  await run();
  await base.pool.query('update shop set closed_at = null, demo = true where id = $1', [shop]);
  await run();
  await base.pool.query('update shop set demo = false, installed_at = null where id = $1', [shop]);
  await run();
  expect(await told()).toEqual([]);
  await base.pool.query('update shop set installed_at = now() where id = $1', [shop]);
  await run();
  expect(await told()).toHaveLength(1);
});

test('an alarm that nobody wants is noted all the same', async () => {
  now += 2 * day;
  await run();
  expect(await told()).toEqual([]);
  const { rows } = await base.pool.query('select kind, figure from alarm where shop_id = $1', [shop]);
  expect(rows).toEqual([{ kind: 'silent', figure: 48 }]);
});
