/** How the deliveries of connected stores go. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';

export interface ConnectionUse {
  readonly shop: ShopId;
  readonly connectionId: number;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly received: number;
  readonly refused: number;
  readonly pings: number;
  readonly lastAt: Instant | null;
  readonly lastTopic: string | null;
  readonly lastLagMs: number | null;
  readonly refusedAt: Instant | null;
  readonly refusedWhy: string | null;
}

/** Adds to what was counted before; several processes may add at once. */
export async function addConnectionUses(pool: Pool, uses: readonly ConnectionUse[]): Promise<void> {
  const sorted = [...uses].sort(
    (a, b) => a.shop - b.shop || a.connectionId - b.connectionId || a.day.localeCompare(b.day),
  );
  await pool.query(
    `insert into connection_day (shop_id, connection_id, day, received, refused, pings, last_at, last_topic, last_lag_ms,
       refused_at, refused_why)
     select u.shop_id, u.connection_id, u.day, u.received, u.refused, u.pings, to_timestamp(u.last_at / 1000), u.last_topic,
       u.last_lag, to_timestamp(u.refused_at / 1000), u.refused_why
     from unnest($1::int4[], $2::int4[], $3::date[], $4::int8[], $5::int8[], $6::int8[], $7::float8[], $8::text[], $9::int8[],
       $10::float8[], $11::text[])
       u(shop_id, connection_id, day, received, refused, pings, last_at, last_topic, last_lag, refused_at, refused_why)
     join connection c on c.shop_id = u.shop_id and c.id = u.connection_id
     on conflict (shop_id, connection_id, day) do update set
       received = connection_day.received + excluded.received, refused = connection_day.refused + excluded.refused,
       pings = connection_day.pings + excluded.pings,
       last_topic = case when excluded.last_at >= coalesce(connection_day.last_at, '-infinity') then excluded.last_topic
         else connection_day.last_topic end,
       last_lag_ms = case when excluded.last_at >= coalesce(connection_day.last_at, '-infinity') then excluded.last_lag_ms
         else connection_day.last_lag_ms end,
       last_at = greatest(connection_day.last_at, excluded.last_at),
       refused_why = case when excluded.refused_at >= coalesce(connection_day.refused_at, '-infinity')
         then excluded.refused_why else connection_day.refused_why end,
       refused_at = greatest(connection_day.refused_at, excluded.refused_at)`,
    [
      sorted.map(({ shop }) => shop),
      sorted.map(({ connectionId }) => connectionId),
      sorted.map(({ day }) => day),
      sorted.map(({ received }) => received),
      sorted.map(({ refused }) => refused),
      sorted.map(({ pings }) => pings),
      sorted.map(({ lastAt }) => lastAt),
      sorted.map(({ lastTopic }) => lastTopic),
      sorted.map(({ lastLagMs }) => lastLagMs),
      sorted.map(({ refusedAt }) => refusedAt),
      sorted.map(({ refusedWhy }) => refusedWhy),
    ],
  );
}
