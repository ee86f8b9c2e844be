/** What the demo shop remembers: in memory, bounded, gone at the next start. */
import { randomBytes } from 'node:crypto';
import { findProduct, type Product } from './catalogue.ts';

export type Mode = 'browser' | 'server' | 'both';
export type OrderState = '10' | '20' | '50' | '0';

export interface Buyer {
  readonly externalId: string | null;
  readonly email: string;
  readonly firstname: string;
  readonly name: string;
  readonly address: string;
  readonly zip: string;
  readonly city: string;
  readonly mobile: string;
  readonly optinEmail: boolean;
  readonly optinSms: boolean;
}

/** What became of a server call; `status` null while it is on its way, or when nobody answered. */
export interface Call {
  readonly method: string;
  readonly state: string | null;
  readonly times: number;
  done: number;
  status: number | null;
  error: string | null;
}

export interface Order {
  readonly reference: string;
  readonly session: string;
  readonly placedAt: number;
  readonly amountMinor: number;
  readonly buyer: Buyer;
  /** The visitor's `sbt` when they bought. */
  readonly cookie: string | null;
  readonly language: string;
  state: OrderState;
  readonly calls: Call[];
}

export interface Session {
  readonly id: string;
  readonly cart: Map<string, number>;
  account: Buyer | null;
  /** The address that just signed up for the newsletter. */
  newsletter: string | null;
}

export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
}

const most = 500;
const firstSecond = Date.UTC(2026, 0, 1) / 1000;

export interface ShopState {
  mode: Mode;
  readonly orders: Map<string, Order>;
  readonly sessions: Map<string, Session>;
  readonly accountCalls: Call[];
  lastNumber: number;
}

export function openState(): ShopState {
  return { mode: 'both', orders: new Map(), sessions: new Map(), accountCalls: [], lastNumber: 0 };
}

/** Counted in seconds since 2026, so that a restart gives no number twice. */
export function nextNumber(state: ShopState, now: number): string {
  state.lastNumber = Math.max(state.lastNumber + 1, Math.floor(now / 1000) - firstSecond);
  return String(state.lastNumber);
}

export function sessionOf(state: ShopState, id: string | undefined): Session {
  const known = id === undefined ? undefined : state.sessions.get(id);
  if (known !== undefined) return known;
  const session = { id: randomBytes(18).toString('base64url'), cart: new Map(), account: null, newsletter: null };
  keep(state.sessions, session.id, session);
  return session;
}

export function keepOrder(state: ShopState, order: Order): void {
  keep(state.orders, order.reference, order);
}

export function keepCall(calls: Call[], call: Call): void {
  calls.push(call);
  if (calls.length > 20) calls.shift();
}

export function cartLines(session: Session): readonly CartLine[] {
  return [...session.cart].flatMap(([slug, quantity]) => {
    const product = findProduct(slug);
    return product === null ? [] : [{ product, quantity }];
  });
}

export function cartTotal(session: Session): number {
  return cartLines(session).reduce((sum, { product, quantity }) => sum + product.priceMinor * quantity, 0);
}

export function cartCount(session: Session): number {
  return cartLines(session).reduce((sum, { quantity }) => sum + quantity, 0);
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
