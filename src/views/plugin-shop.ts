import type { Kysely } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { findTrackerPage } from './tracker-page.ts';

/** What a plugin of this platform is filled in with: the key of the shop's pages, and its newest connection's source; null: none yet. */
export async function findPluginShop(
  db: Kysely<Database>,
  shop: ShopId,
  platform: string,
): Promise<{ readonly publicKey: string; readonly source: string | null }> {
  const [page, connection] = await Promise.all([
    findTrackerPage(db, shop),
    db
      .selectFrom('connection')
      .select('source')
      .where('shop_id', '=', shop)
      .where('platform', '=', platform)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst(),
  ]);
  const key = page?.keys.find((one) => one.mayWrite && one.expiresAt === null) ?? page?.keys[0];
  return { publicKey: key?.publicKey ?? '', source: connection?.source ?? null };
}
