/** Sightings that no item of the journal carries: the script and the pages it speaks from. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Sighting } from '#domain/sighting.ts';

export interface Seen {
  readonly shop: ShopId;
  readonly what: Sighting;
  readonly at: Instant;
  readonly test: boolean;
}

export async function saveSightings(pool: Pool, seen: readonly Seen[]): Promise<void> {
  await pool.query(
    `insert into sighting (shop_id, what, last_at, test_at)
     select k.shop_id, k.what, max(k.at) filter (where not k.test), max(k.at) filter (where k.test)
     from (select u.shop_id, u.what, to_timestamp(u.at / 1000) as at, u.test
       from unnest($1::int4[], $2::text[], $3::float8[], $4::bool[]) u(shop_id, what, at, test)) k
     group by k.shop_id, k.what order by k.shop_id, k.what
     on conflict (shop_id, what) do update set
       last_at = greatest(sighting.last_at, excluded.last_at), test_at = greatest(sighting.test_at, excluded.test_at)`,
    [
      seen.map(({ shop }) => shop),
      seen.map(({ what }) => what),
      seen.map(({ at }) => at),
      seen.map(({ test }) => test),
    ],
  );
}
