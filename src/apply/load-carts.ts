import type { ClientBase } from 'pg';
import { byKeys } from './by-keys.ts';
import { type CartRow, cartSelect, fromCartRow, liveCarts } from './cart-rows.ts';
import type { Asked, Found, ShopRows } from './shop-rows.ts';

/** Carts by their name, and those a browser has in hand; their owners come along. */
export async function findCarts(
  client: ClientBase,
  named: readonly Asked<'cart'>[],
  held: readonly Asked<'carts'>[],
): Promise<Found[]> {
  const [byRef, byToken] = await Promise.all([
    byKeys(
      client,
      'find carts',
      named,
      [['ref', 'text', ({ need }) => need.ref]],
      (keys) => `select k.i, ${cartSelect} from ${keys} k
        join cart c on c.shop_id = k.shop_id and c.ref = k.ref`,
    ),
    byKeys(
      client,
      'find carts of tokens',
      held,
      [['token', 'text', ({ need }) => need.token]],
      (keys) => `select k.i, ${cartSelect} from ${keys} k
        join cart c on c.shop_id = k.shop_id and c.token = k.token and ${liveCarts}`,
    ),
  ]);
  return [...keepCarts(named, byRef), ...keepCarts(held, byToken)];
}

/** Puts cart rows into the shops that asked. */
export function keepCarts(asked: readonly { rows: ShopRows }[], found: readonly { i: number }[]): Found[] {
  return found.flatMap((row) => {
    const rows = asked[row.i]?.rows;
    if (rows === undefined) return [];
    const cart = fromCartRow(row as unknown as CartRow);
    rows.carts.set(cart.ref, cart);
    return cart.ownerId === null ? [] : [{ rows, id: cart.ownerId }];
  });
}
