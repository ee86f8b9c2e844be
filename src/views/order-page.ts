import type { Kysely } from 'kysely';
import type { OrderPage, OrderWord } from '#contract/orders.ts';
import type { StatedItem } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { OrderStatements } from '#domain/order.ts';
import { eachOrderText, orderTexts } from '#domain/order-text.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import type { Database } from '#store/tables.ts';
import { listCartsOfOrder } from './cart-list.ts';
import { orderRowsOf } from './order-list.ts';
import { findShopSettings } from './v2-shop.ts';

/** Everything the order screen shows but its history; null: no such order in this shop. */
export async function findOrderPage(db: Kysely<Database>, shop: ShopId, id: number): Promise<OrderPage | null> {
  const found = await findShopSettings(db, shop);
  if (found === null) return null;
  const { validation, zone } = found.settings;
  const [rows, carts, more] = await Promise.all([
    orderRowsOf(db, shop, validation, (query) => query.where('orders.id', '=', id)),
    listCartsOfOrder(db, shop, id),
    db
      .selectFrom('orders')
      .select([
        'namespace',
        'net_minor',
        'contact_email',
        ...orderTexts.map(orderTextColumn),
        'tags',
        'attributes',
        'items',
        'stated',
      ])
      .where('shop_id', '=', shop)
      .where('id', '=', id)
      .executeTakeFirst(),
  ]);
  const [order] = rows;
  if (order === undefined || more === undefined) return null;
  const stated = more.stated as OrderStatements;
  return {
    zone,
    order,
    namespace: more.namespace,
    netMinor: more.net_minor,
    contactEmail: more.contact_email,
    ...eachOrderText((name) => more[orderTextColumn(name)]),
    tags: more.tags,
    attributes: (more.attributes ?? []) as string[][],
    items: ((more.items ?? []) as readonly StatedItem[]).map((item) => ({ ...item, unit: item.unit ?? null })),
    carts,
    refunds: presentRefunds(stated),
    said: presentWords(stated),
  };
}

/** Refunds with an id, and the total that a newer snapshot stated in their place. */
function presentRefunds({ refunds }: OrderStatements): OrderPage['refunds'] {
  const named = Object.entries(refunds.byId).map(([id, { minor, status, at }]) => ({ id, minor, status, at }));
  const { snapshot } = refunds;
  const whole = snapshot === null ? [] : [{ id: null, ...snapshot, status: 'succeeded' }];
  return [...named, ...whole].sort((a, b) => b.at - a.at);
}

/** Who said what: the part of the order, the rank that stated it, and when. */
function presentWords(stated: OrderStatements): OrderWord[] {
  const words: OrderWord[] = [];
  for (const [rank, name] of [
    [2, 'server'],
    [1, 'browser'],
  ] as const) {
    if (stated.state[rank] !== undefined) words.push({ part: 'state', rank: name, at: null });
    for (const part of ['total', 'owner', 'placed'] as const) {
      const said = stated[part][rank];
      if (said !== undefined) words.push({ part, rank: name, at: said.at });
    }
    const others = Object.values(stated.fields).filter(([by]) => by === rank);
    if (others.length > 0) words.push({ part: 'other', rank: name, at: Math.max(...others.map(([, at]) => at)) });
  }
  return words;
}
