import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import { type OrderTexts, orderTexts } from '#domain/order-text.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import type { Database } from '#store/tables.ts';
import { momentSql, type V2Moment, type V2Page, type V2TimeFilter } from './v2-filter.ts';
import { placesOf } from './v2-places.ts';

export interface V2Order extends OrderTexts {
  readonly id: number;
  /** The merchant's reference. */
  readonly key: string;
  readonly number: string | null;
  readonly profileId: number | null;
  /** When the order was placed. */
  readonly placedAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly totalMinor: number;
  readonly currency: string;
  /** Outwards projection of payment and fulfilment (rules §3.2). */
  readonly legacyState: number;
  readonly tags: readonly string[];
  readonly attributes: unknown;
}

export interface V2OrderFilter extends V2TimeFilter {
  readonly customerId: number | null;
}

/** Orders by arrival (index orders_created), so that none comes before one already read; created is when it was placed (indexes orders_day, orders_updated). */
export async function listV2Orders(
  db: Kysely<Database>,
  shop: ShopId,
  zone: string,
  filter: V2OrderFilter,
  page: V2Page,
): Promise<V2Order[]> {
  const { createdAfter, createdBefore, modifiedAfter, modifiedBefore, customerId } = filter;
  const at = (moment: V2Moment | null): RawBuilder<Date> | null => moment && momentSql(moment, zone);
  const placed = { from: at(createdAfter), to: at(createdBefore) };
  const updated = { from: at(modifiedAfter), to: at(modifiedBefore) };
  const isTimed = (range: { from: unknown; to: unknown }): boolean => range.from !== null || range.to !== null;
  const places = await placesOf(
    db,
    shop,
    {
      table: 'orders',
      where: [
        ...(placed.from ? [sql`placed_at >= ${placed.from}`] : []),
        ...(placed.to ? [sql`placed_at < ${placed.to}`] : []),
        ...(updated.from ? [sql`updated_at >= ${updated.from}`] : []),
        ...(updated.to ? [sql`updated_at < ${updated.to}`] : []),
        ...(customerId === null ? [] : [sql`profile_id = ${customerId}`]),
      ],
      buckets:
        customerId !== null || !(isTimed(updated) || isTimed(placed))
          ? null
          : isTimed(updated)
            ? { column: 'updated_hour', ...updated }
            : { column: 'day', ...placed },
    },
    page,
  );
  return orders(db, shop)
    .where('id', 'in', places)
    .orderBy('created_at')
    .orderBy('id')
    .limit(page.maxResults)
    .execute();
}

/** By key or visible number; the plain namespace first where several stores share one (indexes orders_key, orders_number). */
export async function findV2Order(
  db: Kysely<Database>,
  shop: ShopId,
  namespaces: readonly string[],
  reference: string,
): Promise<V2Order | null> {
  const row = await orders(db, shop)
    .where((eb) => eb.or([eb('namespace', 'in', namespaces).and('key', '=', reference), eb('number', '=', reference)]))
    .orderBy(sql`key = ${reference}`, 'desc')
    .orderBy(sql`namespace = 'default'`, 'desc')
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

function orders(db: Kysely<Database>, shop: ShopId) {
  return db
    .selectFrom('orders')
    .select([
      'id',
      'key',
      'number',
      'profile_id as profileId',
      'placed_at as placedAt',
      'created_at as createdAt',
      'updated_at as updatedAt',
      'total_minor as totalMinor',
      'currency',
      'legacy_state as legacyState',
      'tags',
      'attributes',
    ])
    .select((eb) => orderTexts.map((name) => eb.ref(orderTextColumn(name)).as(name)))
    .where('shop_id', '=', shop);
}
