/** Which rows a page of a v2 list holds, in the order of their arrival, found in the indexes: what is not on the page is not read. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import type { V2Page } from './v2-filter.ts';

/** Rows of a table that share an hour or a day, in the order of their arrival (indexes profile_updated, orders_updated, orders_day). */
export interface Buckets {
  readonly column: 'updated_hour' | 'day';
  /** Moments between which the wanted rows lie; null: open. */
  readonly from: RawBuilder<Date> | null;
  readonly to: RawBuilder<Date> | null;
}

export interface Wanted {
  readonly table: 'profile' | 'orders';
  /** Conditions on the table's columns. */
  readonly where: readonly RawBuilder<unknown>[];
  /** Where the filter is one of time; null: an index of `where` finds the rows, or nothing narrows them. */
  readonly buckets: Buckets | null;
}

/** Rows looked at in buckets, at most; with more of them, most rows match and the list is read as it stands. */
const mostLooked = 60_000;
const hourMs = 3_600_000;

/** The ids of the page's rows, as a condition for `id in`. */
export async function placesOf(
  db: Kysely<Database>,
  shop: ShopId,
  { table, where, buckets }: Wanted,
  { startAt, maxResults, after }: V2Page,
): Promise<RawBuilder<number>> {
  const offset = after === null ? startAt : 0;
  const behind = after === null ? [] : [sql`(created_at, id) > (${after.createdAt}, ${after.id}::int8)`];
  const rows = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> => sql`select created_at, id
    from ${sql.table(table)} where ${sql.join([sql`shop_id = ${shop}`, ...conditions, ...behind], sql` and `)} order by created_at, id`;
  const spread = buckets === null ? null : await spreadOf(db, shop, table, buckets);
  const count = spread === null ? Number.POSITIVE_INFINITY : (spread.to - spread.from) / spread.stepMs + 1;
  if (spread === null || buckets === null || count * (offset + maxResults) > mostLooked) {
    return sql<number>`(select id from (${rows(where)} limit ${maxResults} offset ${offset}) places)`;
  }
  const step = buckets.column === 'day' ? sql`interval '1 day'` : sql`interval '1 hour'`;
  const type = sql.raw(buckets.column === 'day' ? 'date' : 'timestamp');
  const time = (ms: number): RawBuilder<unknown> => sql`${new Date(ms).toISOString().slice(0, 19)}::timestamp`;
  const ofBucket = rows([sql`${sql.ref(buckets.column)} = k.at::${type}`, ...where]);
  return sql<number>`(select id from (
    select b.id from generate_series(${time(spread.from)}, ${time(spread.to)}, ${step}) k(at)
    cross join lateral (${ofBucket} limit ${offset + maxResults}) b
    order by b.created_at, b.id limit ${maxResults} offset ${offset}) places)`;
}

/** The first and the last bucket there can be rows in, ms as if in UTC. Days are the shop's: one more on each side. */
async function spreadOf(
  db: Kysely<Database>,
  shop: ShopId,
  table: Wanted['table'],
  { column, from, to }: Buckets,
): Promise<{ readonly from: number; readonly to: number; readonly stepMs: number }> {
  const merged = table === 'profile' ? sql`and merged_into is null` : sql``;
  const edge = (order: 'asc' | 'desc'): RawBuilder<unknown> =>
    sql`(select ${sql.ref(column)} from ${sql.table(table)} where shop_id = ${shop} ${merged}
      order by ${sql.ref(column)} ${sql.raw(order)} limit 1)::timestamp`;
  const margin = column === 'day' ? sql`interval '1 day'` : sql`interval '0'`;
  const unit = column === 'day' ? 'day' : 'hour';
  const bound = (moment: RawBuilder<Date> | null, sign: '+' | '-'): RawBuilder<unknown> =>
    moment === null
      ? sql`null::timestamp`
      : sql`date_trunc(${sql.lit(unit)}, (${moment} at time zone 'UTC') ${sql.raw(sign)} ${margin})`;
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select extract(epoch from greatest(${edge('asc')}, ${bound(from, '-')}))::float8 * 1000 as first,
      extract(epoch from least(${edge('desc')}, ${bound(to, '+')}))::float8 * 1000 as last`.execute(db);
  return {
    from: rows[0]?.first ?? 0,
    to: rows[0]?.last ?? -1,
    stepMs: column === 'day' ? 24 * hourMs : hourMs,
  };
}
