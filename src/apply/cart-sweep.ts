/** What time alone does to carts (rules §3.8): which are due to be abandoned. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { defaultSettings } from '#domain/settings.ts';

export interface DueCart {
  readonly shopId: ShopId;
  readonly ref: string;
}

/** Open carts nobody has touched for as long as their shop says, the oldest first of each shop (index cart_open). */
export async function findDueCarts(pool: Pool, now: Instant, limit: number): Promise<DueCart[]> {
  const { rows } = await pool.query<{ shop_id: number; ref: string }>(
    `select h.id as shop_id, c.ref
      from shop h
      cross join lateral (select body from shop_settings where shop_id = h.id order by version desc limit 1) s
      cross join lateral (
        select ref from cart
        where shop_id = h.id and status = 'open'
          and at <= to_timestamp($1::float8 / 1000) - coalesce((s.body->>'cartMinutes')::int, $2) * interval '1 minute'
        order by at limit $3
      ) c limit $3`,
    [now, defaultSettings.cartMinutes, limit],
  );
  return rows.map((row) => ({ shopId: shopId(row.shop_id), ref: row.ref }));
}
