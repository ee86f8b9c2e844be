import { type Kysely, sql } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import { type OrderTexts, orderTexts } from '#domain/order-text.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import type { Database } from '#store/tables.ts';
import { momentSql, type V2Page, type V2TimeFilter } from './v2-filter.ts';

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

/** Orders by arrival (index orders_created), so that none comes before one already read; created is when it was placed (index orders_placed). */
export async function listV2Orders(
  db: Kysely<Database>,
  shop: ShopId,
  zone: string,
  filter: V2OrderFilter,
  page: V2Page,
): Promise<V2Order[]> {
  let query = orders(db, shop);
  if (filter.createdAfter) query = query.where('placed_at', '>=', momentSql(filter.createdAfter, zone));
  if (filter.createdBefore) query = query.where('placed_at', '<', momentSql(filter.createdBefore, zone));
  if (filter.modifiedAfter) query = query.where('updated_at', '>=', momentSql(filter.modifiedAfter, zone));
  if (filter.modifiedBefore) query = query.where('updated_at', '<', momentSql(filter.modifiedBefore, zone));
  if (filter.customerId !== null) query = query.where('profile_id', '=', filter.customerId);
  const { after } = page;
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) > (${after.createdAt}, ${after.id}::int8)`);
  return query
    .orderBy('created_at')
    .orderBy('id')
    .offset(after === null ? page.startAt : 0)
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
