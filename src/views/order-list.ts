import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import {
  type OrderHistory,
  type OrderList,
  type OrderQuery,
  type OrderRow,
  orderRows,
  type ValidatedWord,
} from '#contract/orders.ts';
import { emailNormal } from '#domain/email.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Validation } from '#domain/settings.ts';
import { instantOf } from '#domain/time.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

/** How many rows a page looks at before it says "go on from here": a filter that few orders pass costs no more. */
const scanRows = 5_000;

const sortColumns = { received: 'orders.created_at', placed: 'orders.placed_at' } as const;

/**
 * One page of the shop's orders, newest first (index orders_created or orders_placed; a search by orders_key, orders_number,
 * profile_email and orders_profile). With filters, a page may hold less than it could and still have a next one.
 */
export async function listOrders(
  db: Kysely<Database>,
  shop: ShopId,
  asked: OrderQuery,
  most = orderRows,
): Promise<OrderList | null> {
  const found = await findShopSettings(db, shop);
  if (found === null) return null;
  const { validation, zone } = found.settings;
  const search = asked.search?.trim() ?? '';
  if (search !== '')
    return { zone, neverPaid: false, orders: await searchOrders(db, shop, search, validation), next: null };
  const column = sortColumns[asked.sort ?? 'received'];
  const within = (query: OrdersQuery): OrdersQuery => {
    let narrowed = query;
    if (asked.from !== undefined) narrowed = narrowed.where(column, '>=', dayEdge(asked.from, zone, 'start'));
    if (asked.to !== undefined) narrowed = narrowed.where(column, '<=', dayEdge(asked.to, zone, 'end'));
    if (asked.after !== undefined) {
      const [at = 0, id = 0] = asked.after.split('.').map(Number);
      narrowed = narrowed.where(sql<boolean>`(${sql.ref(column)}, orders.id) < (${new Date(at)}, ${id})`);
    }
    return narrowed.orderBy(column, 'desc').orderBy('orders.id', 'desc');
  };
  const isFiltered = asked.counts !== undefined || asked.state !== undefined;
  // in the order of the index, and only until the page is full
  const scanned = within(db.selectFrom('orders').where('orders.shop_id', '=', shop))
    .select([
      'orders.id',
      `${column} as at`,
      'orders.validated',
      'orders.cancelled',
      'orders.fulfilment',
      'orders.payment',
    ])
    .limit(scanRows);
  const passing = db
    .selectFrom(scanned.as('orders'))
    .select('orders.id')
    .$if(asked.counts !== undefined, (all) => all.where('orders.validated', '=', asked.counts === 'validated'))
    .$if(asked.state !== undefined, (all) => all.where(inState(asked.state ?? 'placed')))
    .orderBy('orders.at', 'desc')
    .orderBy('orders.id', 'desc')
    .limit(most + 1);
  const rows = await orderRowsOf(db, shop, validation, (query) =>
    within(isFiltered ? query.where('orders.id', 'in', passing) : query).limit(most + 1),
  );
  const orders = rows.slice(0, most);
  const last = orders.at(-1);
  const cursorOf = (row: OrderRow) => `${asked.sort === 'placed' ? row.placedAt : row.receivedAt}.${row.id}`;
  const next = rows.length > most && last !== undefined ? cursorOf(last) : await endOfScan();
  const first = asked.after === undefined && !isFiltered;
  const neverPaid =
    first && validation === 'paid' && orders.length >= 10 && orders.every((row) => row.state.payment !== 'paid');
  return { zone, neverPaid, orders, next };

  /** The last row a filter looked at, when more lie behind it. */
  async function endOfScan(): Promise<string | null> {
    if (!isFiltered) return null;
    const row = await within(db.selectFrom('orders').where('orders.shop_id', '=', shop))
      .select(['orders.id', `${column} as at`])
      .offset(scanRows - 1)
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : `${row.at.getTime()}.${row.id}`;
  }
}

/** By key or number, or everything a person with this e-mail ordered. */
async function searchOrders(
  db: Kysely<Database>,
  shop: ShopId,
  text: string,
  validation: Validation,
): Promise<OrderRow[]> {
  return orderRowsOf(db, shop, validation, (query) =>
    query
      .where('orders.id', 'in', sql<number>`(${searched(shop, text)})`)
      .orderBy('orders.placed_at', 'desc')
      .orderBy('orders.id', 'desc')
      .limit(200),
  );
}

/** The orders a search shows. */
export async function findOrderIds(db: Kysely<Database>, shop: ShopId, text: string): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`${searched(shop, text)}`.execute(db);
  return rows.map(({ id }) => id);
}

function searched(shop: ShopId, text: string) {
  const email = emailNormal(text);
  const byEmail = sql`select o.id from profile p join orders o on o.shop_id = p.shop_id and o.profile_id = p.id
    where p.shop_id = ${shop} and p.email_norm = ${email} order by o.placed_at desc limit 200`;
  const found = [
    sql`select id from orders where shop_id = ${shop} and number = ${text} limit 50`,
    sql`select id from orders where shop_id = ${shop} and key = ${text} limit 50`,
    ...(email === null ? [] : [byEmail]),
  ].map((select) => sql`(${select})`);
  return sql.join(found, sql` union `);
}

/** A profile's orders, the latest placed first (index orders_profile). */
export function listOrdersOfProfile(
  db: Kysely<Database>,
  shop: ShopId,
  profiles: readonly number[],
  validation: Validation,
): Promise<OrderRow[]> {
  return orderRowsOf(db, shop, validation, (query) =>
    query
      .where('orders.profile_id', 'in', profiles)
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

/** The first or last millisecond of a day in a zone. */
function dayEdge(date: string, zone: string, edge: 'start' | 'end'): Date {
  return new Date(instantOf({ date }, 0, zone, edge));
}

/** As the list names states: the first that holds of cancelled, shipped, paid, placed. */
export function inState(state: NonNullable<OrderQuery['state']>) {
  switch (state) {
    case 'cancelled':
      return sql<boolean>`orders.cancelled`;
    case 'shipped':
      return sql<boolean>`not orders.cancelled and orders.fulfilment = 'shipped'`;
    case 'paid':
      return sql<boolean>`not orders.cancelled and orders.fulfilment <> 'shipped' and orders.payment = 'paid'`;
    case 'placed':
      return sql<boolean>`not orders.cancelled and orders.fulfilment <> 'shipped' and orders.payment <> 'paid'`;
  }
}

type OrdersQuery = SelectQueryBuilder<Database, 'orders', object>;

/** Order rows as the screens show them; `narrow` picks which, in which order and how many. */
export async function orderRowsOf(
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
export function validatedWord(
  order: { validated: boolean; cancelled: boolean; total_minor: number; refunded_minor: number; payment: string },
  validation: Validation,
): ValidatedWord {
  if (order.validated) return 'validated';
  if (order.cancelled) return 'cancelled';
  if (order.total_minor > 0 && order.refunded_minor >= order.total_minor) return 'refunded';
  return validation === 'paid' && order.payment !== 'paid' ? 'not_paid' : 'pending';
}
