import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { CartRow } from '#contract/carts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

const itemsShown = 5;

/** The newest carts of a person (index cart_profile). */
export function listCartsOfProfile(
  db: Kysely<Database>,
  shop: ShopId,
  profiles: readonly number[],
): Promise<CartRow[]> {
  return cartRows(db, shop, (query) => query.where('profile_id', 'in', profiles));
}

/** The carts an order ended (index cart_order). */
export function listCartsOfOrder(db: Kysely<Database>, shop: ShopId, order: number): Promise<CartRow[]> {
  return cartRows(db, shop, (query) => query.where('order_id', '=', order));
}

type CartQuery = SelectQueryBuilder<Database, 'cart', object>;

async function cartRows(
  db: Kysely<Database>,
  shop: ShopId,
  narrow: (query: CartQuery) => CartQuery,
): Promise<CartRow[]> {
  const rows = await narrow(db.selectFrom('cart').where('shop_id', '=', shop))
    .select(['ref', 'key', 'status', 'since', 'total_minor', 'currency', 'count', 'items'])
    .orderBy('since', 'desc')
    .orderBy('ref')
    .limit(20)
    .execute();
  return rows.map(({ total_minor, since, items, ...row }) => ({
    ...row,
    since: since.getTime(),
    totalMinor: total_minor,
    items: itemNames(items),
  }));
}

function itemNames(items: unknown): string[] {
  if (!Array.isArray(items)) return [];
  const names = items.flatMap((item: unknown) => {
    const named = typeof item === 'object' && item !== null && 'name' in item ? item.name : null;
    return typeof named === 'string' ? [named] : [];
  });
  return names.slice(0, itemsShown);
}
