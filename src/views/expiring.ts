/** Whose acceptance nothing has prolonged for as long as its basis holds (rules §4 expiry); `domain/expiry.ts` decides each again. */
import type { Pool } from 'pg';
import { type ShopId, shopId } from '#domain/ids.ts';
import { dayMs } from '#domain/time.ts';

export interface ExpiringBasis {
  readonly shopId: ShopId;
  readonly basisId: number;
  readonly days: number;
  /** Orders prolong it. */
  readonly byOrders: boolean;
}

/**
 * Who ordered within the days keeps the basis, also by orders from before they were listened for ($4: whether orders prolong it;
 * index orders_profile).
 */
const ordered = `$4 and exists (select from orders o where o.shop_id = $1 and o.profile_id = b.profile_id
  and o.placed_at >= to_timestamp($3::float8 / 1000))`;

/** Every basis of every shop that expires, under the shop's present settings. */
export async function listExpiringBases(pool: Pool): Promise<ExpiringBasis[]> {
  const { rows } = await pool.query<{ shop_id: number; basis_id: number; days: number; by_orders: boolean }>(
    `select h.id as shop_id, (b.basis ->> 'id')::int as basis_id, (b.basis -> 'expiry' ->> 'days')::int as days,
       b.basis -> 'expiry' -> 'prolongedBy' ? 'order' as by_orders
     from shop h
     cross join lateral (select body from shop_settings where shop_id = h.id order by version desc limit 1) s
     cross join lateral jsonb_array_elements(s.body -> 'bases') b(basis)
     where b.basis -> 'expiry' ->> 'days' is not null order by 1, 2`,
  );
  return rows.map((row) => ({
    shopId: shopId(row.shop_id),
    basisId: row.basis_id,
    days: row.days,
    byOrders: row.by_orders,
  }));
}

/** Where a walk through the due stands. */
export interface ExpiredPlace {
  readonly heldDay: string;
  readonly profileId: number;
}

/** The next ones by the day they held from, then by id, after `after` (index profile_basis_held). */
export async function listExpired(
  pool: Pool,
  { shopId: shop, basisId, days, byOrders }: ExpiringBasis,
  now: number,
  after: ExpiredPlace | null,
  limit: number,
): Promise<ExpiredPlace[]> {
  const { rows } = await pool.query<{ held_day: string; profile_id: number }>(
    `select held_day, profile_id from profile_basis b
     where shop_id = $1 and basis_id = $2 and status = 'accepted' and (held_day, profile_id) > ($5::date, $6::int8)
       and held_day <= (to_timestamp($3::float8 / 1000) at time zone 'UTC')::date
       and coalesce(greatest(activity_at, since), 'epoch') < to_timestamp($3::float8 / 1000) and not (${ordered})
     order by held_day, profile_id limit $7`,
    [shop, basisId, now - days * dayMs, byOrders, after?.heldDay ?? '-infinity', after?.profileId ?? 0, limit],
  );
  return rows.map((row) => ({ heldDay: row.held_day, profileId: row.profile_id }));
}

const expiringLimit = 100_000;

export interface ExpiredCount {
  readonly people: number;
  /** Counting ended before all were looked at. */
  readonly more: boolean;
}

/** How many would become *unknown* now, of the first 100,000; in indexes alone but for the last day (profile_basis_held, orders_profile). */
export async function countExpired(
  pool: Pool,
  { shopId: shop, basisId, days, byOrders }: ExpiringBasis,
  now: number,
): Promise<ExpiredCount> {
  const { rows } = await pool.query<ExpiredCount>(
    `with due as (
       (select profile_id from profile_basis where shop_id = $1 and basis_id = $2 and status = 'accepted'
          and held_day < (to_timestamp($3::float8 / 1000) at time zone 'UTC')::date limit ${expiringLimit})
       union all
       (select profile_id from profile_basis where shop_id = $1 and basis_id = $2 and status = 'accepted'
          and held_day = (to_timestamp($3::float8 / 1000) at time zone 'UTC')::date
          and coalesce(greatest(activity_at, since), 'epoch') < to_timestamp($3::float8 / 1000) limit ${expiringLimit})
       limit ${expiringLimit})
     select count(*)::int as people, (select count(*) from due) = ${expiringLimit} as more from due b where not (${ordered})`,
    [shop, basisId, now - days * dayMs, byOrders],
  );
  return rows[0] ?? { people: 0, more: false };
}
