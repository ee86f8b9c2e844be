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

/** Where a walk through the due stands. */
export interface ExpiredPlace {
  readonly heldDay: string;
  readonly profileId: number;
}

/** The next ones by the day they held from, then by id, after `after` (index profile_basis_held). */
export async function listExpired(
  pool: Pool,
  { shopId: shop, basisId, days }: ExpiringBasis,
  now: number,
  after: ExpiredPlace | null,
  limit: number,
): Promise<ExpiredPlace[]> {
  const { rows } = await pool.query<{ held_day: string; profile_id: number }>(
    `select held_day, profile_id from profile_basis
     where shop_id = $1 and basis_id = $2 and status = 'accepted' and (held_day, profile_id) > ($3::date, $4::int8)
       and held_day <= (to_timestamp($5::float8 / 1000) at time zone 'UTC')::date
       and coalesce(greatest(activity_at, since), 'epoch') < to_timestamp($5::float8 / 1000)
     order by held_day, profile_id limit $6`,
    [shop, basisId, after?.heldDay ?? '-infinity', after?.profileId ?? 0, now - days * dayMs, limit],
  );
  return rows.map((row) => ({ heldDay: row.held_day, profileId: row.profile_id }));
}

export const expiringLimit = 100_000;

/** How many would become *unknown* now; counted up to `expiringLimit`, in the index alone but for the last day (index profile_basis_held). */
export async function countExpired(
  pool: Pool,
  { shopId: shop, basisId, days }: ExpiringBasis,
  now: number,
): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from (
       (select from profile_basis where shop_id = $1 and basis_id = $2 and status = 'accepted'
          and held_day < (to_timestamp($3::float8 / 1000) at time zone 'UTC')::date limit ${expiringLimit})
       union all
       (select from profile_basis where shop_id = $1 and basis_id = $2 and status = 'accepted'
          and held_day = (to_timestamp($3::float8 / 1000) at time zone 'UTC')::date
          and coalesce(greatest(activity_at, since), 'epoch') < to_timestamp($3::float8 / 1000) limit ${expiringLimit})
       limit ${expiringLimit}) due`,
    [shop, basisId, now - days * dayMs],
  );
  return rows[0]?.n ?? 0;
}
