import type { Kysely } from 'kysely';
import type { DeveloperPage } from '#contract/developer.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { listSightings } from './installation.ts';
import { findShopSettings } from './v2-shop.ts';

type Shown = Pick<
  DeveloperPage,
  'shop' | 'zone' | 'currency' | 'platform' | 'publicKey' | 'ownKey' | 'customFields' | 'sightings'
>;

/** What an invited developer sees of the shop: nothing of its customers. null: no such shop. */
export async function findDeveloperPage(db: Kysely<Database>, shop: ShopId, keyId: number): Promise<Shown | null> {
  const [row, found, keys, sightings] = await Promise.all([
    db.selectFrom('shop').select(['name', 'platform']).where('id', '=', shop).executeTakeFirst(),
    findShopSettings(db, shop),
    listPublicKeys(db, shop),
    listSightings(db, shop),
  ]);
  if (row === undefined || found === null) return null;
  const { zone, currency, customFields } = found.settings;
  const own = keys.find(({ id }) => id === keyId)?.public_key ?? '';
  return {
    shop: row.name,
    zone,
    currency,
    platform: row.platform,
    publicKey: publicKeyOf(keys) ?? own,
    ownKey: own,
    customFields: customFields.filter(({ active }) => active).map(({ id, name, type }) => ({ id, name, type })),
    sightings,
  };
}

function listPublicKeys(db: Kysely<Database>, shop: ShopId) {
  return db
    .selectFrom('shop_key')
    .select(['id', 'public_key', 'may_write', 'expires_at'])
    .where('shop_id', '=', shop)
    .orderBy('id')
    .execute();
}

function publicKeyOf(keys: Awaited<ReturnType<typeof listPublicKeys>>): string | null {
  const fit = keys.find((key) => key.may_write && key.expires_at === null && !key.public_key.startsWith('test_'));
  return fit?.public_key ?? null;
}
