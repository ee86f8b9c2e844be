import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { type OrderHistory, type OrderList, type OrderRow, orderRows, type ValidatedWord } from '#contract/orders.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Validation } from '#domain/settings.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

/** The orders received last, newest first (index orders_created). */
export async function listNewestOrders(db: Kysely<Database>, shop: ShopId): Promise<OrderList | null> {
  const found = await findShopSettings(db, shop);
  if (found === null) return null;
  const { validation, zone } = found.settings;
  const rows = await orderRowsOf(db, shop, validation, (query) =>
    query.orderBy('orders.created_at', 'desc').orderBy('orders.id', 'desc').limit(orderRows),
  );
  const neverPaid = validation === 'paid' && rows.length >= 10 && rows.every((row) => row.state.payment !== 'paid');
  return { zone, neverPaid, orders: rows };
}

/** A profile's orders, the latest placed first (index orders_profile). */
export function listOrdersOfProfile(
  db: Kysely<Database>,
  shop: ShopId,
  profile: number,
  validation: Validation,
): Promise<OrderRow[]> {
  return orderRowsOf(db, shop, validation, (query) =>
    query
      .where('orders.profile_id', '=', profile)
      .orderBy('orders.placed_at', 'desc')
      .orderBy('orders.id', 'desc')
      .limit(100),
  );
}

/** Every state an order went through, the newest first (primary key); null: no such order. */
export async function findOrderHistory(
  db: Kysely<Database>,
  shop: ShopId,
  order: number,
): Promise<OrderHistory | null> {
  const rows = await db
    .selectFrom('orders')
    .leftJoin('order_state_history as h', (join) =>
      join.onRef('h.shop_id', '=', 'orders.shop_id').onRef('h.order_id', '=', 'orders.id'),
    )
    .select(['h.at', 'h.arrived_at', 'h.source', 'h.payment', 'h.fulfilment', 'h.cancelled'])
    .where('orders.shop_id', '=', shop)
    .where('orders.id', '=', order)
    .orderBy('h.seq', 'desc')
    .orderBy('h.n', 'desc')
    .limit(200)
    .execute();
  if (rows.length === 0) return null;
  return {
    states: rows.flatMap((row) => {
      const { at, arrived_at, source, payment, fulfilment, cancelled } = row;
      if (at === null || arrived_at === null || source === null || payment === null || fulfilment === null) return [];
      const state = { payment, fulfilment, cancelled: cancelled ?? false };
      return [{ at: at.getTime(), arrivedAt: arrived_at.getTime(), source, state }];
    }),
  };
}

type OrdersQuery = SelectQueryBuilder<Database, 'orders', object>;

async function orderRowsOf(
  db: Kysely<Database>,
  shop: ShopId,
  validation: Validation,
  narrow: (query: OrdersQuery) => OrdersQuery,
): Promise<OrderRow[]> {
  const rows = await narrow(db.selectFrom('orders').where('orders.shop_id', '=', shop))
    .leftJoin('profile', (join) =>
      join.onRef('profile.shop_id', '=', 'orders.shop_id').onRef('profile.id', '=', 'orders.profile_id'),
    )
    .select([
      'orders.id',
      'orders.key',
      'orders.number',
      'orders.placed_at',
      'orders.created_at',
      'orders.payment',
      'orders.fulfilment',
      'orders.cancelled',
      'orders.legacy_state',
      'orders.validated',
      'orders.validated_at',
      'orders.currency',
      'orders.total_minor',
      'orders.refunded_minor',
      'orders.profile_id',
      sql<string | null>`coalesce(profile.email, orders.contact_email)`.as('email'),
    ])
    .execute();
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    number: row.number,
    placedAt: row.placed_at.getTime(),
    receivedAt: row.created_at.getTime(),
    state: { payment: row.payment, fulfilment: row.fulfilment, cancelled: row.cancelled },
    legacyState: row.legacy_state,
    validated: validatedWord(row, validation),
    validatedAt: row.validated_at?.getTime() ?? null,
    currency: row.currency,
    totalMinor: row.total_minor,
    refundedMinor: row.refunded_minor,
    profileId: row.profile_id,
    email: row.email,
  }));
}

/** Puts `validated` (decided by apply) into words: the first thing that stands against it, in the order of rules §3.4. */
function validatedWord(
  order: { validated: boolean; cancelled: boolean; total_minor: number; refunded_minor: number; payment: string },
  validation: Validation,
): ValidatedWord {
  if (order.validated) return 'validated';
  if (order.cancelled) return 'cancelled';
  if (order.total_minor > 0 && order.refunded_minor >= order.total_minor) return 'refunded';
  return validation === 'paid' && order.payment !== 'paid' ? 'not_paid' : 'pending';
}
