/** The life of a shop: closed, opened again, and deleted. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { inTransaction } from './db.ts';
import { tellKeysChanged } from './shop-key.ts';

/** Its keys open nothing any more, or open again; people see it as before. False: no such shop, or nothing to do. */
export async function closeShop(db: Pool | ClientBase, shop: ShopId, at: Instant | null): Promise<boolean> {
  const { rowCount } = await db.query(
    `update shop set closed_at = to_timestamp($2::float8 / 1000)
     where id = $1 and deleting_at is null and (closed_at is null) <> ($2::float8 is null)`,
    [shop, at],
  );
  await tellKeysChanged(db);
  return rowCount === 1;
}

/** Name of the job that takes deleted shops apart. */
export const shopDeletionJobName = 'shop-deletion';

export type DeleteAnswer = 'begun' | 'not_found' | 'open' | 'other_name';

/**
 * Begins the end of a closed shop, when `typed` is its name: nobody sees it from now on, its developers' links and invitations are dead, and
 * the job takes it apart. There is no way back.
 */
export async function beginShopDeletion(pool: Pool, shop: ShopId, typed: string, now: Instant): Promise<DeleteAnswer> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ name: string; closed: boolean }>(
      'select name, closed_at is not null as closed from shop where id = $1 and deleting_at is null for update',
      [shop],
    );
    const [row] = rows;
    if (row === undefined) return 'not_found';
    if (!row.closed) return 'open';
    if (row.name.trim() !== typed.trim()) return 'other_name';
    await client.query('update shop set deleting_at = to_timestamp($2::float8 / 1000) where id = $1', [shop, now]);
    await client.query('delete from shop_member where shop_id = $1', [shop]);
    await client.query('delete from shop_invitation where shop_id = $1', [shop]);
    await client.query('delete from shop_key where shop_id = $1', [shop]);
    await tellKeysChanged(client);
    return 'begun';
  });
}

/** Shops that are being taken apart, with when that began. */
export async function listDeletions(db: Pool | ClientBase): Promise<{ shop: ShopId; since: Date }[]> {
  const { rows } = await db.query<{ id: number; deleting_at: Date }>(
    'select id, deleting_at from shop where deleting_at is not null order by id limit 1000',
  );
  return rows.map(({ id, deleting_at }) => ({ shop: shopId(id), since: deleting_at }));
}
