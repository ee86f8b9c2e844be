import { type Kysely, sql } from 'kysely';
import { countLimit, type ShopSummary } from '#contract/session.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

/** The shops a person is a member of. Counts stop at `countLimit` + 1, so that the list is as fast behind millions of rows. */
export async function listShopsOf(db: Kysely<Database>, userId: string): Promise<ShopSummary[]> {
  const counted = (table: 'orders' | 'profile') =>
    sql<number>`(select count(*) from (select from ${sql.table(table)} t where t.shop_id = shop.id limit ${countLimit + 1}) counted)`;
  const rows = await db
    .selectFrom('shop_member')
    .innerJoin('shop', 'shop.id', 'shop_member.shop_id')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('shop_settings as s')
          .select('s.body')
          .whereRef('s.shop_id', '=', 'shop.id')
          .orderBy('s.version', 'desc')
          .limit(1)
          .as('settings'),
      (join) => join.onTrue(),
    )
    .select([
      'shop.id',
      'shop.name',
      'shop.demo',
      'shop.installed_at',
      sql<string>`settings.body->>'zone'`.as('zone'),
      sql<string>`settings.body->>'currency'`.as('currency'),
      counted('orders').as('orders'),
      counted('profile').as('profiles'),
    ])
    .where('shop_member.user_id', '=', userId)
    .orderBy('shop.id')
    .limit(500)
    .execute();
  return rows.map(({ installed_at, ...shop }) => ({ ...shop, installedAt: installed_at?.getTime() ?? null }));
}

/** Whether the person may see the shop at all: asked before every answer about it. */
export async function isMember(db: Kysely<Database>, userId: string, shop: ShopId): Promise<boolean> {
  const row = await db
    .selectFrom('shop_member')
    .select('shop_id')
    .where('shop_id', '=', shop)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}
