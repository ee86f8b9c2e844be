import type { Pool } from 'pg';
import type { ErasurePreview } from '#contract/rights.ts';
import { type ProfileId, profileId, type ShopId } from '#domain/ids.ts';

/** A profile and every other holder of its e-mail: whom an erasure takes (rules §2.5). Empty: no such profile. */
async function findHolders(pool: Pool, shop: ShopId, profile: number): Promise<ProfileId[]> {
  const { rows } = await pool.query<{ id: number }>(
    `select id from profile where shop_id = $1 and id = $2
      union select o.id from profile p join profile o on o.shop_id = p.shop_id and o.email_norm = p.email_norm
      where p.shop_id = $1 and p.id = $2 limit 1000`,
    [shop, profile],
  );
  return rows.map(({ id }) => profileId(id));
}

export async function findErasurePreview(pool: Pool, shop: ShopId, profile: number): Promise<ErasurePreview | null> {
  const holders = await findHolders(pool, shop, profile);
  if (holders.length === 0) return null;
  const { rows } = await pool.query<{ orders: number; refusals: number }>(
    `select (select count(*)::int from orders where shop_id = $1 and profile_id = any ($2::int8[])) as orders,
       (select count(*)::int from profile_basis where shop_id = $1 and profile_id = any ($2::int8[]) and status = 'refused') as refusals`,
    [shop, holders],
  );
  return { profiles: holders.length, orders: rows[0]?.orders ?? 0, refusals: rows[0]?.refusals ?? 0 };
}
