/** What the measurements of the screens ask about: people, orders and places that the filled database holds. */
import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { ShopId } from '#domain/ids.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { personOf, type Size } from './size.ts';

export interface Asking {
  readonly db: Kysely<Database>;
  readonly pool: pg.Pool;
  readonly keys: Keys;
  readonly shop: ShopId;
  /** A user who is a member of every shop. */
  readonly user: string;
  /** Just after the newest row arrived. */
  readonly now: number;
  /** A person of the shop; the same for the same number. */
  person(n: number): number;
  email(n: number): string;
  order(n: number): SampledOrder;
  place(n: number): Place;
  /** Of the shop's first webhook endpoint. */
  readonly endpoint: number;
  delivery(n: number): number;
  /** Where the chain of the shop's history ends. */
  readonly chainEnd: number;
}

export interface SampledOrder {
  readonly id: number;
  readonly key: string;
  readonly createdAt: number;
}

/** Of a row of the journal. */
export interface Place {
  readonly at: number;
  readonly seq: string;
}

/** A way a view is asked. `ask` gets another number each time, so that no answer is asked for twice. */
export interface ScreenCase {
  readonly what: string;
  readonly ask: (asking: Asking, n: number) => Promise<unknown>;
  /** Milliseconds; default 100. */
  readonly mustMs?: number;
}

/** By file of `src/views` and exported function: its cases, or why it asks the database nothing. */
export type ScreenCases = Readonly<Record<string, Readonly<Record<string, readonly ScreenCase[] | string>>>>;

const samples = 64;

export async function prepareAsking(
  given: Pick<Asking, 'db' | 'pool' | 'keys' | 'shop' | 'user'>,
  size: Size,
): Promise<Asking> {
  const { pool, shop } = given;
  const [orders, places, others] = await Promise.all([
    pool.query<{ id: number; key: string; created_at: Date }>(
      `select o.id, o.key, o.created_at from generate_series(1, ${samples}) n
       cross join lateral (select id, key, created_at from orders where shop_id = $1 and id >= n * $2::int8 order by id limit 1) o`,
      [shop, Math.floor(size.orders / (samples + 1))],
    ),
    pool.query<{ received_at: Date; seq: string }>(
      `select j.received_at, j.seq::text as seq from generate_series(1, ${samples}) n
       cross join lateral (select received_at, seq from journal where shop_id = $1 and received_at >= bench.at(n * $2::int8)
         order by received_at, seq limit 1) j`,
      [shop, Math.floor(size.rows / (samples + 1))],
    ),
    pool.query<{ now: Date; endpoint: number; deliveries: number[]; chain: number }>(
      `select bench.at($2::int8 + 1) as now, (select min(id) from webhook_endpoint where shop_id = $1) as endpoint,
         array(select id from webhook_delivery where shop_id = $1 order by id limit ${samples}) as deliveries,
         (select n from ledger_head where shop_id = $1) as chain`,
      [shop, size.rows],
    ),
  ]);
  const [other] = others.rows;
  if (other === undefined) throw new Error('the filled database answers nothing');
  const person = (n: number): number => personOf(size, n + 1);
  return {
    ...given,
    now: other.now.getTime(),
    person,
    email: (n) => `person${person(n)}.of${shop}@example.com`,
    order: (n) => {
      const { id, key, created_at } = pick(orders.rows, n);
      return { id, key, createdAt: created_at.getTime() };
    },
    place: (n) => {
      const { received_at, seq } = pick(places.rows, n);
      return { at: received_at.getTime(), seq };
    },
    endpoint: other.endpoint,
    delivery: (n) => pick(other.deliveries, n),
    chainEnd: other.chain,
  };
}

function pick<Value>(values: readonly Value[], n: number): Value {
  const value = values[(n * 37) % values.length];
  if (value === undefined) throw new Error('the filled database holds no sample');
  return value;
}
