import { type Kysely, sql } from 'kysely';
import { countLimit } from '#contract/lists.ts';
import { isRole, type Role } from '#contract/permissions.ts';
import type { ShopSummary } from '#contract/session.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

/** The shops a person is a member of. Counts stop at `countLimit` + 1, so that the list is as fast behind millions of rows. */
export async function listShopsOf(db: Kysely<Database>, userId: string): Promise<ShopSummary[]> {
  const counted = (table: 'orders' | 'profile') =>
    sql<number>`(select count(*) from (select from ${sql.table(table)} t where t.shop_id = shop.id ${
      table === 'profile' ? sql`and t.merged_into is null` : sql``
    } limit ${countLimit + 1}) counted)`;
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
      'shop.closed_at',
      'shop_member.role',
      sql<string>`settings.body->>'zone'`.as('zone'),
      sql<string>`settings.body->>'currency'`.as('currency'),
      counted('orders').as('orders'),
      counted('profile').as('profiles'),
    ])
    .where('shop_member.user_id', '=', userId)
    .orderBy('shop.id')
    .limit(500)
    .execute();
  return rows.map(({ installed_at, closed_at, role, ...shop }) => ({
    ...shop,
    role: isRole(role) ? role : 'support',
    installedAt: installed_at?.getTime() ?? null,
    closedAt: closed_at?.getTime() ?? null,
  }));
}

/** What the person is in the shop: asked before every answer about it. null: nothing. */
export async function findRole(db: Kysely<Database>, userId: string, shop: ShopId): Promise<Role | null> {
  const row = await db
    .selectFrom('shop_member')
    .select('role')
    .where('shop_id', '=', shop)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row === undefined || !isRole(row.role) ? null : row.role;
}

/** The same of whoever speaks in a session, while it stands: an answer that goes on asks again. */
export async function findRoleInSession(db: Kysely<Database>, sessionId: string, shop: ShopId): Promise<Role | null> {
  const row = await db
    .selectFrom('user_session as s')
    .innerJoin('shop_member as m', 'm.user_id', 's.user_id')
    .select('m.role')
    .where('s.id', '=', sessionId)
    .where('s.expires_at', '>', sql<Date>`now()`)
    .where('m.shop_id', '=', shop)
    .executeTakeFirst();
  return row === undefined || !isRole(row.role) ? null : row.role;
}
