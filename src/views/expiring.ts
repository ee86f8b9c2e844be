/** Whose acceptance nothing has prolonged for as long as its basis holds (rules §4 expiry); `domain/expiry.ts` decides each again. */
import type { Pool } from 'pg';
import { type ShopId, shopId } from '#domain/ids.ts';
import { dayMs } from '#domain/time.ts';

export interface ExpiringBasis {
  readonly shopId: ShopId;
  readonly basisId: number;
  readonly days: number;
}

/** Every basis of every shop that expires, under the shop's present settings. */
export async function listExpiringBases(pool: Pool): Promise<ExpiringBasis[]> {
  const { rows } = await pool.query<{ shop_id: number; basis_id: number; days: number }>(
    `select h.id as shop_id, (b.basis ->> 'id')::int as basis_id, (b.basis -> 'expiry' ->> 'days')::int as days
     from shop h
     cross join lateral (select body from shop_settings where shop_id = h.id order by version desc limit 1) s
     cross join lateral jsonb_array_elements(s.body -> 'bases') b(basis)
     where b.basis -> 'expiry' ->> 'days' is not null order by 1, 2`,
  );
  return rows.map((row) => ({ shopId: shopId(row.shop_id), basisId: row.basis_id, days: row.days }));
}

/** The next profiles by id, after `after` (index profile_basis_status). */
export async function listExpired(
  pool: Pool,
  { shopId: shop, basisId, days }: ExpiringBasis,
  now: number,
  after: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await pool.query<{ profile_id: number }>(
    `select profile_id from profile_basis
     where shop_id = $1 and basis_id = $2 and status = 'accepted' and profile_id > $3
       and coalesce(greatest(activity_at, since), 'epoch') < to_timestamp($4::float8 / 1000)
     order by profile_id limit $5`,
    [shop, basisId, after, now - days * dayMs, limit],
  );
  return rows.map((row) => row.profile_id);
}

export const expiringLimit = 100_000;

/** How many would become *unknown* now; counted up to `expiringLimit`. */
export async function countExpired(pool: Pool, basis: ExpiringBasis, now: number): Promise<number> {
  return (await listExpired(pool, basis, now, 0, expiringLimit)).length;
}
