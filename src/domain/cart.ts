/** What somebody means to buy, and how it ended (rules §3.8). A cart gives no basis. */
import type { Instant, KeptData, StatedCart, StatedItem } from './facts.ts';
import type { OrderId, ProfileId } from './ids.ts';
import { toMoney } from './money.ts';
import type { Reason } from './reasons.ts';
import type { ShopSettings } from './settings.ts';
import type { Rank } from './source.ts';

export type CartStatus = 'open' | 'ordered' | 'emptied' | 'abandoned';

export interface Cart {
  /** Its name within the shop: `key:<namespace> <key>`, `profile:<id>` or `token:<visitor>`. */
  readonly ref: string;
  readonly namespace: string;
  readonly key: string | null;
  readonly ownerId: ProfileId | null;
  /** The visitor of the browser it was stated from. */
  readonly token: string | null;
  readonly status: CartStatus;
  /** When it came to this status. */
  readonly since: Instant;
  /** Rank and own time of the statement that stands. */
  readonly rank: Rank;
  readonly at: Instant;
  /** An order named this very key: a purchase has one cart, so nothing opens it again. */
  readonly final: boolean;
  /** Arrival of the first and of the newest statement. */
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly currency: string | null;
  readonly totalMinor: number | null;
  readonly count: number | null;
  readonly items: readonly StatedItem[] | null;
  readonly data: KeptData;
  readonly orderId: OrderId | null;
}

/** What a cart is known by: its key, else the person, else the browser. */
export interface CartName {
  readonly namespace: string;
  readonly key: string | null;
  readonly ownerId: ProfileId | null;
  readonly token: string | null;
}

export interface CartStatement extends CartName {
  readonly state: 'filled' | 'emptied' | 'ordered';
  readonly cart: StatedCart;
  readonly rank: Rank;
  readonly at: Instant;
  readonly arrivedAt: Instant;
}

export interface StatedCartResult {
  /** The same object when the statement does not stand. */
  readonly cart: Cart;
  readonly reasons: readonly Reason[];
}

/** null: nothing it could be known by. */
export function cartRef({ namespace, key, ownerId, token }: CartName): string | null {
  if (key !== null) return `key:${namespace} ${key}`;
  if (ownerId !== null) return `profile:${ownerId}`;
  return token === null ? null : `token:${token}`;
}

/** One more statement about a cart: the last one wins, by rank, then by own time. */
export function stateCart(
  before: Cart | null,
  ref: string,
  said: CartStatement,
  settings: ShopSettings,
): StatedCartResult {
  if (before?.final) return { cart: before, reasons: ['cart.ordered'] };
  if (before !== null && !standsOver(said, before)) return { cart: before, reasons: ['cart.superseded'] };
  if (before !== null && namesOnly(said)) return { cart: touched(before, said), reasons: [] };
  const filled = said.state !== 'emptied';
  const total = filled && said.cart.total !== null ? toMoney(said.cart.total, settings.currency) : null;
  const status = said.state === 'filled' ? 'open' : said.state;
  const cart: Cart = {
    ref,
    namespace: said.namespace,
    key: said.key,
    ownerId: said.ownerId ?? before?.ownerId ?? null,
    token: said.token ?? before?.token ?? null,
    status,
    since: before?.status === status ? before.since : said.at,
    rank: said.rank,
    at: said.at,
    final: false,
    createdAt: before?.createdAt ?? said.arrivedAt,
    updatedAt: said.arrivedAt,
    currency: total?.currency ?? null,
    totalMinor: total?.minor ?? null,
    count: filled ? (said.cart.count ?? countOf(said.cart.items)) : 0,
    items: filled ? said.cart.items : null,
    data: filled ? said.cart.data : {},
    orderId: null,
  };
  const unreadable = filled && said.cart.total !== null && total === null;
  return { cart, reasons: unreadable ? ['order.amount_invalid'] : [] };
}

/** It says that the cart is in use, and nothing of what is in it. */
function namesOnly({ state, cart }: CartStatement): boolean {
  const silent = cart.total === null && cart.count === null && cart.items === null;
  return state === 'filled' && silent && Object.keys(cart.data).length === 0;
}

function touched(before: Cart, said: CartStatement): Cart {
  const opens = before.status === 'abandoned';
  return {
    ...before,
    ownerId: said.ownerId ?? before.ownerId,
    token: said.token ?? before.token,
    ...(opens ? { status: 'open', since: said.at } : {}),
    rank: said.rank,
    at: said.at,
    updatedAt: said.arrivedAt,
  };
}

/** The cart as an order ended it; the same object where it does not. `byKey`: the order names this cart. */
export function orderCart(
  cart: Cart,
  by: { readonly orderId: OrderId; readonly rank: Rank; readonly at: Instant; readonly byKey: boolean },
): Cart {
  if (cart.final || by.rank < cart.rank || (!by.byKey && by.at < cart.at)) return cart;
  const at = Math.max(cart.at, by.at);
  return { ...cart, status: 'ordered', since: by.at, at, rank: by.rank, final: by.byKey, orderId: by.orderId };
}

/** The cart as abandoned at `now`; the same object when somebody touched it since, or it has ended. */
export function abandonCart(cart: Cart, now: Instant, settings: ShopSettings): Cart {
  const due = cart.at + settings.cartMinutes * 60_000;
  return cart.status === 'open' && due <= now ? { ...cart, status: 'abandoned', since: due } : cart;
}

/** True when a reader would see a difference. */
export function cartDiffers(before: Cart, after: Cart): boolean {
  return visible.some(
    (field) => before[field] !== after[field] && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
}

const visible = [
  'ownerId',
  'status',
  'currency',
  'totalMinor',
  'count',
  'items',
  'data',
  'orderId',
] as const satisfies readonly (keyof Cart)[];

function standsOver(said: { readonly rank: Rank; readonly at: Instant }, cart: Cart): boolean {
  return said.rank > cart.rank || (said.rank === cart.rank && said.at >= cart.at);
}

function countOf(items: readonly StatedItem[] | null): number | null {
  return items === null ? null : Math.round(items.reduce((sum, { quantity }) => sum + quantity, 0));
}
