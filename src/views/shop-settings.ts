import type { Kysely } from 'kysely';
import type { ShopSettingsPage } from '#contract/shop-settings.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

/** What the page of the shop's own settings shows; null: no such shop. */
export async function findShopSettingsPage(db: Kysely<Database>, shop: ShopId): Promise<ShopSettingsPage | null> {
  const [row, found] = await Promise.all([
    db.selectFrom('shop').select('name').where('id', '=', shop).executeTakeFirst(),
    findShopSettings(db, shop),
  ]);
  if (row === undefined || found === null) return null;
  const { zone, currency, country, languages, cartMinutes, confirmDays, customFields } = found.settings;
  const fields = customFields.map((field) => ({ ...field, options: [...field.options] }));
  return {
    ...{ name: row.name, zone, currency, country, languages: [...languages], cartMinutes, confirmDays },
    customFields: fields,
  };
}
