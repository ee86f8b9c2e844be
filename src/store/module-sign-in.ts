/** Which member the shop's own module may sign in (GetToken): only they themselves can say so. */
import type { ClientBase, Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';

/** null: nobody allowed it, or who did is no member any more. */
export async function findModuleUser(db: Pool | ClientBase, shop: ShopId): Promise<string | null> {
  const result = await db.query<{ user_id: string }>(
    `select s.user_id from module_sign_in s join shop_member m on m.shop_id = s.shop_id and m.user_id = s.user_id
     where s.shop_id = $1`,
    [shop],
  );
  return result.rows[0]?.user_id ?? null;
}

/** `userId` null: nobody. */
export async function saveModuleUser(db: Pool | ClientBase, shop: ShopId, userId: string | null): Promise<void> {
  if (userId === null) {
    await db.query('delete from module_sign_in where shop_id = $1', [shop]);
    return;
  }
  await db.query(
    `insert into module_sign_in (shop_id, user_id) values ($1, $2)
     on conflict (shop_id) do update set user_id = excluded.user_id, allowed_at = now()`,
    [shop, userId],
  );
}
