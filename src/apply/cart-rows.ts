/** Carts as rows: one row a cart, each statement takes its place. */
import type { Cart } from '#domain/cart.ts';
import { orderId, type ProfileId, type ShopId } from '#domain/ids.ts';
import { milliseconds } from './profile-rows.ts';
import { type Column, insertStatement, overwrite, type Row } from './set-write.ts';

const columns: readonly Column[] = [
  { name: 'shop_id', type: 'int4' },
  { name: 'ref', type: 'text' },
  { name: 'namespace', type: 'text' },
  { name: 'key', type: 'text' },
  { name: 'profile_id', type: 'int8' },
  { name: 'token', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'since', type: 'timestamptz' },
  { name: 'rank', type: 'int2' },
  { name: 'at', type: 'timestamptz' },
  { name: 'final', type: 'bool' },
  { name: 'created_at', type: 'timestamptz' },
  { name: 'updated_at', type: 'timestamptz' },
  { name: 'currency', type: 'text' },
  { name: 'total_minor', type: 'int8' },
  { name: 'count', type: 'int8' },
  { name: 'items', type: 'json' },
  { name: 'data', type: 'json' },
  { name: 'order_id', type: 'int8' },
];

export const saveCarts = insertStatement('cart', columns, overwrite(columns, ['shop_id', 'ref']));

export function cartRow(shop: ShopId, cart: Cart): Row {
  return [
    ...[
      shop,
      cart.ref,
      cart.namespace,
      cart.key,
      cart.ownerId,
      cart.token,
      cart.status,
      cart.since,
      cart.rank,
      cart.at,
    ],
    ...[cart.final, cart.createdAt, cart.updatedAt, cart.currency, cart.totalMinor, cart.count, cart.items, cart.data],
    cart.orderId,
  ];
}

export const cartSelect = columns
  .map(({ name, type }) => (type === 'timestamptz' ? milliseconds('c')(name) : `c.${name}`))
  .join(', ');

/** Those an order ends, and their index. */
export const liveCarts = `c.status in ('open', 'abandoned')`;

export type CartRow = Record<string, unknown>;

export function fromCartRow(row: CartRow): Cart {
  return {
    ref: row.ref as string,
    namespace: row.namespace as string,
    key: row.key as string | null,
    ownerId: row.profile_id as ProfileId | null,
    token: row.token as string | null,
    status: row.status as Cart['status'],
    since: row.since as number,
    rank: row.rank as Cart['rank'],
    at: row.at as number,
    final: row.final as boolean,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    currency: row.currency as string | null,
    totalMinor: row.total_minor as number | null,
    count: row.count as number | null,
    items: row.items as Cart['items'],
    data: row.data as Cart['data'],
    orderId: row.order_id === null ? null : orderId(row.order_id as number),
  };
}
