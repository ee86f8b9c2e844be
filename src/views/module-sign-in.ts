import type { Kysely } from 'kysely';
import type { ModuleSignIn } from '#contract/tracker.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

/** Whom the shop's module signs in, as `reader` sees it. */
export async function findModuleSignIn(db: Kysely<Database>, shop: ShopId, reader: string): Promise<ModuleSignIn> {
  const row = await db
    .selectFrom('module_sign_in as s')
    .innerJoin('app_user as u', 'u.id', 's.user_id')
    .innerJoin('shop_member as m', (join) =>
      join.onRef('m.shop_id', '=', 's.shop_id').onRef('m.user_id', '=', 's.user_id'),
    )
    .select(['u.id', 'u.name'])
    .where('s.shop_id', '=', shop)
    .executeTakeFirst();
  return { name: row?.name ?? null, mine: row?.id === reader };
}
