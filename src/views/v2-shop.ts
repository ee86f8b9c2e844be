import type { Kysely } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import { type ShopSettings, settingsOf } from '#domain/settings.ts';
import type { Database } from '#store/tables.ts';

/** The newest settings of a shop: its bases, zone and currency as the v2 answers show them. */
export async function findShopSettings(
  db: Kysely<Database>,
  shop: ShopId,
): Promise<{ readonly settings: ShopSettings; readonly changedAt: Date } | null> {
  const row = await db
    .selectFrom('shop_settings')
    .select(['version', 'changed_at', 'body'])
    .where('shop_id', '=', shop)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { settings: settingsOf(row.body, row.version), changedAt: row.changed_at };
}
