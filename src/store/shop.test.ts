import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultSettings } from '#domain/settings.ts';
import { deriveKeys, hashPrivateKey } from './secret.ts';
import { createShop, findShopByKey, listShops } from './shop.ts';
import { createShopKey, endShopKey, listKnownKeys, revealPrivateKey } from './shop-key.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

const keys = deriveKeys('a secret of the tests');
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('a shop comes with its pair and version 1 of its settings, or not at all', async () => {
  const { pool } = database;
  const made = await createShop(pool, keys, { name: 'Boutique', domains: ['shop.example'], demo: true });
  expect(made.publicKey).toMatch(/^333[0-9a-f]{57}$/);
  expect(await listShops(pool)).toEqual([{ id: made.shopId, name: 'Boutique', demo: true }]);
  expect(await findShopByKey(pool, made.publicKey)).toBe(made.shopId);
  const { version, ...body } = { ...defaultSettings, domains: ['shop.example'] };
  const settings = await pool.query('select shop_id, version, body from shop_settings');
  expect(settings.rows).toEqual([{ shop_id: made.shopId, version, body }]);
  await expect(createShop(pool, keys, { name: 'Zwei', publicKey: made.publicKey })).rejects.toThrow();
  expect(await listShops(pool)).toHaveLength(1);
});

test('given keys are taken, kept hashed and sealed, and can be shown again', async () => {
  const { pool } = database;
  const made = await createShop(pool, keys, { name: 'Avec clés', publicKey: 'pub', privateKey: 'private-key' });
  expect(made).toMatchObject({ publicKey: 'pub', privateKey: 'private-key' });
  const pair = (await listKnownKeys(pool)).find((one) => one.publicKey === 'pub');
  expect(pair).toMatchObject({ shopId: made.shopId, mayRead: true, mayWrite: true, test: false, expiresAt: null });
  expect(pair?.privateHash).toEqual(hashPrivateKey(keys, 'private-key'));
  expect(await revealPrivateKey(pool, keys, made.shopId, pair?.id ?? 0)).toBe('private-key');
  const stored = await pool.query(
    "select encode(private_sealed, 'escape') as sealed from shop_key where public_key = 'pub'",
  );
  expect(stored.rows[0]?.sealed).not.toContain('private-key');
});

test('pairs are rotated: scopes, an end, and another shop cannot touch them', async () => {
  const { pool } = database;
  const one = await createShop(pool, keys, { name: 'Une' });
  const two = await createShop(pool, keys, { name: 'Deux' });
  const extra = await createShopKey(pool, keys, one.shopId, { name: 'développeur', mayRead: false });
  const standing = async () => (await listKnownKeys(pool)).find((pair) => pair.id === extra.id);
  expect(await standing()).toMatchObject({ mayRead: false, mayWrite: true });
  const end = Date.now() + 60_000;
  expect(await endShopKey(pool, two.shopId, extra.id, end)).toBe(false);
  expect(await revealPrivateKey(pool, keys, two.shopId, extra.id)).toBeNull();
  expect(await endShopKey(pool, one.shopId, extra.id, end)).toBe(true);
  expect(await standing()).toMatchObject({ expiresAt: end });
  // remembered for a while, so that its callers are told why
  await endShopKey(pool, one.shopId, extra.id, Date.now() - 1_000);
  expect(await standing()).toBeDefined();
  await endShopKey(pool, one.shopId, extra.id, Date.now() - 91 * 86_400_000);
  expect(await standing()).toBeUndefined();
});

test('keys that a Basic header could not carry are refused', async () => {
  for (const publicKey of ['', 'a:b', 'a b', 'é', 'x'.repeat(201)]) {
    await expect(createShop(database.pool, keys, { name: 'x', publicKey })).rejects.toThrow('public key');
  }
  await expect(createShop(database.pool, keys, { name: 'x', privateKey: 'short' })).rejects.toThrow('private key');
});
