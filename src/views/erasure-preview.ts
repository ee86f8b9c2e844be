import type { Pool } from 'pg';
import type { ErasurePreview } from '#contract/rights.ts';
import { type ProfileId, profileId, type ShopId } from '#domain/ids.ts';

/** A profile, whoever it is merged with, and every other holder of their e-mails: whom an erasure takes (rules §2.5, §2.6). Empty: no such profile. */
async function findHolders(pool: Pool, shop: ShopId, profile: number): Promise<ProfileId[]> {
  const { rows } = await pool.query<{ id: number }>(
    `with recursive people as (
       select id, email_norm, merged_into, absorbed from profile where shop_id = $1 and id = $2
       union
       select o.id, o.email_norm, o.merged_into, o.absorbed from people p cross join lateral (
         select h.id, h.email_norm, h.merged_into, h.absorbed from profile h where h.shop_id = $1 and h.email_norm = p.email_norm
         union all select h.id, h.email_norm, h.merged_into, h.absorbed from profile h where h.shop_id = $1 and h.id = p.merged_into
         union all select h.id, h.email_norm, h.merged_into, h.absorbed from profile h where h.shop_id = $1 and h.id = any (p.absorbed)) o)
     select id from people limit 1000`,
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
