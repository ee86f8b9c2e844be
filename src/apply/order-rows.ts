/** An order between its row and the rules' value. */
import { orderId, type ProfileId, type ShopId } from '#domain/ids.ts';
import type { Order } from '#domain/order.ts';
import { eachOrderText, orderTexts } from '#domain/order-text.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import { milliseconds } from './profile-rows.ts';
import { type Column, insertStatement, type Row, textArray, updateStatement } from './set-write.ts';

const columns: readonly Column[] = [
  { name: 'shop_id', type: 'int4' },
  { name: 'id', type: 'int8' },
  { name: 'namespace', type: 'text' },
  { name: 'key', type: 'text' },
  { name: 'number', type: 'text' },
  { name: 'profile_id', type: 'int8' },
  { name: 'created_at', type: 'timestamptz' },
  { name: 'updated_at', type: 'timestamptz' },
  { name: 'placed_at', type: 'timestamptz' },
  { name: 'day', type: 'text', cast: 'date' },
  { name: 'currency', type: 'text' },
  { name: 'total_minor', type: 'int8' },
  { name: 'net_minor', type: 'int8' },
  { name: 'refunded_minor', type: 'int8' },
  { name: 'payment', type: 'text' },
  { name: 'fulfilment', type: 'text' },
  { name: 'cancelled', type: 'bool' },
  { name: 'legacy_state', type: 'int2' },
  { name: 'validated', type: 'bool' },
  { name: 'validated_at', type: 'timestamptz' },
  { name: 'is_new', type: 'bool' },
  { name: 'contact_email', type: 'text' },
  ...orderTexts.map((name) => ({ name: orderTextColumn(name), type: 'text' }) as const),
  { name: 'tags', type: 'text', cast: 'text[]' },
  { name: 'attributes', type: 'json' },
  { name: 'items', type: 'json' },
  { name: 'stated', type: 'json' },
  { name: 'uplifted', type: 'text', cast: 'int8[]' },
];

export const insertOrders = insertStatement('orders', columns);
export const updateOrders = updateStatement('orders', columns, ['shop_id', 'id']);

export function orderRow(shop: ShopId, order: Order): Row {
  return [
    shop,
    order.id,
    order.namespace,
    order.key,
    order.number,
    order.ownerId,
    order.createdAt,
    order.updatedAt,
    order.placedAt,
    order.day,
    order.currency,
    order.totalMinor,
    order.netMinor,
    order.refundedMinor,
    order.payment,
    order.fulfilment,
    order.cancelled,
    order.legacyState,
    order.validated,
    order.validatedAt,
    order.isNew,
    order.contactEmail,
    ...orderTexts.map((name) => order[name]),
    textArray(order.tags),
    order.attributes,
    order.items,
    order.stated,
    `{${order.uplifted.join(',')}}`,
  ];
}

export const orderSelect = columns
  .map(({ name, type }) => (type === 'timestamptz' ? milliseconds('o')(name) : `o.${name}`))
  .join(', ');

export type OrderRow = Record<string, unknown> & { shop_id: number; id: number };

export function fromOrderRow(row: OrderRow): Order {
  return {
    id: orderId(row.id),
    namespace: row.namespace as string,
    key: row.key as string,
    number: row.number as string | null,
    ownerId: row.profile_id === null ? null : (row.profile_id as ProfileId),
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    placedAt: row.placed_at as number,
    day: row.day as string,
    currency: row.currency as string,
    totalMinor: row.total_minor as number,
    netMinor: row.net_minor as number,
    refundedMinor: row.refunded_minor as number,
    payment: row.payment as Order['payment'],
    fulfilment: row.fulfilment as Order['fulfilment'],
    cancelled: row.cancelled as boolean,
    legacyState: row.legacy_state as Order['legacyState'],
    validated: row.validated as boolean,
    validatedAt: row.validated_at as number | null,
    isNew: row.is_new as boolean,
    contactEmail: row.contact_email as string | null,
    ...eachOrderText((name) => row[orderTextColumn(name)] as string | null),
    tags: row.tags as string[],
    attributes: row.attributes as Order['attributes'],
    items: row.items as Order['items'],
    stated: row.stated as Order['stated'],
    uplifted: row.uplifted as ProfileId[],
  };
}
