/** How often a pair of keys that has an end is still used. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';

export interface KeyUse {
  readonly shop: ShopId;
  readonly keyId: number;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly calls: number;
  readonly lastAt: Instant;
}

/** Adds to what was counted before; several processes may add at once. */
export async function addKeyUses(pool: Pool, uses: readonly KeyUse[]): Promise<void> {
  const sorted = [...uses].sort((a, b) => a.shop - b.shop || a.keyId - b.keyId || a.day.localeCompare(b.day));
  await pool.query(
    `insert into key_use (shop_id, key_id, day, calls, last_at)
     select u.shop_id, u.key_id, u.day, u.calls, to_timestamp(u.last_at / 1000)
     from unnest($1::int4[], $2::int4[], $3::date[], $4::int8[], $5::float8[]) u(shop_id, key_id, day, calls, last_at)
     on conflict (shop_id, key_id, day) do update set
       calls = key_use.calls + excluded.calls, last_at = greatest(key_use.last_at, excluded.last_at)`,
    [
      sorted.map(({ shop }) => shop),
      sorted.map(({ keyId }) => keyId),
      sorted.map(({ day }) => day),
      sorted.map(({ calls }) => calls),
      sorted.map(({ lastAt }) => lastAt),
    ],
  );
}
