/** A shop's connected stores, and how their deliveries go. */
import type { Pool } from 'pg';
import type { ConnectionFault, ConnectionRow, PullState, StorePlatformName } from '#contract/connections.ts';
import type { ShopId } from '#domain/ids.ts';

interface Row {
  id: number;
  platform: StorePlatformName;
  store: string;
  name: string;
  source: string;
  address: string | null;
  created: number;
  until: number | null;
  fault: ConnectionFault | null;
  fault_ms: number | null;
  received: number;
  refused: number;
  pings: number;
  last_ms: number | null;
  last_topic: string | null;
  last_lag_ms: number | null;
  refused_ms: number | null;
  refused_why: string | null;
  repaired_ms: number | null;
  repaired_made: number;
  repaired_woken: number;
}

const days = 30;

/** In the order they were made; a shop has at most twenty. `base`: scheme and host stores know us by. */
export async function listConnections(pool: Pool, shop: ShopId, base: string): Promise<ConnectionRow[]> {
  const { rows } = await pool.query<Row>(
    `select c.id, c.platform, c.store, c.name, c.source, c.address, ${ms('c.created_at')} as created,
       ${ms('c.old_secret_until')} as until, c.fault, ${ms('c.fault_at')} as fault_ms,
       ${ms('c.repaired_at')} as repaired_ms, c.repaired_made, c.repaired_woken,
       coalesce(d.received, 0)::float8 as received, coalesce(d.refused, 0)::float8 as refused, coalesce(d.pings, 0)::float8 as pings,
       ${ms('l.last_at')} as last_ms, l.last_topic, l.last_lag_ms::float8 as last_lag_ms, ${ms('r.refused_at')} as refused_ms, r.refused_why
     from connection c
     left join lateral (select sum(x.received) as received, sum(x.refused) as refused, sum(x.pings) as pings from connection_day x
       where x.shop_id = c.shop_id and x.connection_id = c.id and x.day > current_date - ${days}) d on true
     left join lateral (select x.last_at, x.last_topic, x.last_lag_ms from connection_day x
       where x.shop_id = c.shop_id and x.connection_id = c.id and x.last_at is not null order by x.day desc limit 1) l on true
     left join lateral (select x.refused_at, x.refused_why from connection_day x
       where x.shop_id = c.shop_id and x.connection_id = c.id and x.refused_at is not null order by x.day desc limit 1) r on true
     where c.shop_id = $1 order by c.id limit 100`,
    [shop],
  );
  const pulls = await findPulls(pool, shop);
  return rows.map((row) => ({
    id: row.id,
    platform: row.platform,
    store: row.store,
    name: row.name,
    url: `${base}/ingest/${row.source}`,
    address: row.address,
    createdAt: row.created,
    oldSecretUntil: row.until,
    fault: row.fault,
    faultAt: row.fault_ms,
    received: row.received,
    refused: row.refused,
    pings: row.pings,
    lastAt: row.last_ms,
    lastTopic: row.last_topic,
    lastLagMs: row.last_lag_ms,
    refusedAt: row.refused_ms,
    refusedWhy: row.refused_why,
    repairedAt: row.repaired_ms,
    repairedMade: row.repaired_made,
    repairedWoken: row.repaired_woken,
    history: pulls.get(`${row.id} history`) ?? null,
    reconcile: pulls.get(`${row.id} reconcile`) ?? null,
  }));
}

interface PullRow {
  connection_id: number;
  kind: string;
  state: PullState['state'];
  objects: number;
  expected: number | null;
  fault: ConnectionFault | null;
  started: number;
  finished: number | null;
  next: number;
  repaired: number;
  repaired_at: number | null;
  import_id: string | null;
  counts: Readonly<Record<string, number>> | null;
}

async function findPulls(pool: Pool, shop: ShopId): Promise<Map<string, PullState>> {
  const { rows } = await pool.query<PullRow>(
    `select p.connection_id, p.kind, p.state, p.objects::float8 as objects, p.expected::float8 as expected, p.fault,
       ${ms('p.started_at')} as started, ${ms('p.finished_at')} as finished, ${ms('p.next_at')} as next,
       p.repaired::float8 as repaired, ${ms('p.repaired_at')} as repaired_at, p.import_id,
       (select json_object_agg(n.result, n.n) from pull_count n
         where n.shop_id = p.shop_id and n.connection_id = p.connection_id and n.kind = p.kind) as counts
     from pull p where p.shop_id = $1 limit 200`,
    [shop],
  );
  return new Map(
    rows.map((row) => [
      `${row.connection_id} ${row.kind}`,
      {
        state: row.state,
        objects: row.objects,
        expected: row.expected,
        fault: row.fault,
        startedAt: row.started,
        finishedAt: row.finished,
        nextAt: row.next,
        created: row.counts?.created ?? 0,
        updated: row.counts?.updated ?? 0,
        unchanged: row.counts?.unchanged ?? 0,
        refused: row.counts?.refused ?? 0,
        importId: row.import_id,
        ...repairedBy(row),
      },
    ]),
  );
}

/** Of the rounds before, and of the last one. */
function repairedBy({
  counts,
  repaired,
  repaired_at,
  finished,
  started,
}: PullRow): Pick<PullState, 'repaired' | 'repairedAt'> {
  const lately = (counts?.created ?? 0) + (counts?.updated ?? 0);
  return { repaired: repaired + lately, repairedAt: lately > 0 ? (finished ?? started) : repaired_at };
}

function ms(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::float8`;
}
