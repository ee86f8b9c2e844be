/** One purchase, and what each rank of sources stated about it (rules §3). */
import type { Fulfilment, Instant, Payment, StatedItem, StatedOrder } from './facts.ts';
import type { OrderId, ProfileId } from './ids.ts';
import { type Money, toMoney } from './money.ts';
import { legacyState, mapState, type RankState, standingState, stateRank } from './order-state.ts';
import { eachOrderText, type OrderTexts, orderTexts } from './order-text.ts';
import { stateTags } from './profile.ts';
import type { Reason } from './reasons.ts';
import { noRefunds, type Refunds, refundedMinor, stateRefunds } from './refund.ts';
import type { ShopSettings } from './settings.ts';
import type { Rank } from './source.ts';
import { dayOf, instantOf } from './time.ts';
import { validity } from './validation.ts';

/** Staff speak about orders as the server does. */
export type OrderRank = 1 | 2;

interface At<Value> {
  readonly at: Instant;
  readonly value: Value;
}

/** Per rank: `1` what browsers stated, `2` what servers stated. */
type PerRank<Value> = { readonly [R in OrderRank]?: Value };

export interface OrderStatements {
  /** A connected store stated this key; until then it is whatever a legacy call named. */
  readonly named: boolean;
  readonly firstAt: Instant;
  readonly state: PerRank<RankState>;
  readonly total: PerRank<At<Money>>;
  readonly owner: PerRank<At<ProfileId>>;
  readonly placed: PerRank<At<Instant>>;
  readonly refunds: Refunds;
  /** Other fields: the rank and time that stated them; `new`: who first said that the order is new. */
  readonly fields: Readonly<Record<string, readonly [OrderRank, Instant]>>;
}

export interface Order extends OrderTexts {
  readonly id: OrderId;
  readonly namespace: string;
  readonly key: string;
  readonly number: string | null;
  readonly ownerId: ProfileId | null;
  /** Arrival of the first and of the newest statement. */
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly placedAt: Instant;
  /** `YYYY-MM-DD` in the shop's zone. */
  readonly day: string;
  readonly currency: string;
  readonly totalMinor: number;
  readonly netMinor: number;
  readonly refundedMinor: number;
  readonly payment: Payment;
  readonly fulfilment: Fulfilment;
  readonly cancelled: boolean;
  readonly legacyState: 0 | 10 | 20 | 50;
  readonly validated: boolean;
  readonly validatedAt: Instant | null;
  readonly isNew: boolean;
  readonly contactEmail: string | null;
  readonly tags: readonly string[];
  readonly attributes: readonly (readonly string[])[] | null;
  readonly items: readonly StatedItem[] | null;
  readonly stated: OrderStatements;
  /** Owners whose uplift by this order has fired (rules §5). */
  readonly uplifted: readonly ProfileId[];
}

export interface OrderStatement {
  readonly order: StatedOrder;
  readonly ownerId: ProfileId | null;
  readonly contactEmail: string | null;
  readonly rank: Rank;
  readonly at: Instant;
  /** It carries an own time. */
  readonly own: boolean;
  readonly arrivedAt: Instant;
  readonly creating: boolean;
  /** New in the sense of rules §5. */
  readonly isNew: boolean;
  /** A connected store speaks, so the key is its own. */
  readonly named: boolean;
  /** Which state map applies. */
  readonly sourceKey: string;
}

export interface StatedResult {
  readonly order: Order;
  readonly reasons: readonly Reason[];
}

/** An order nobody has stated anything about yet. */
export function newOrder(
  id: OrderId,
  namespace: string,
  key: string,
  said: OrderStatement,
  settings: ShopSettings,
): Order {
  return {
    id,
    namespace,
    key,
    number: null,
    ownerId: null,
    createdAt: said.arrivedAt,
    updatedAt: said.arrivedAt,
    placedAt: said.at,
    day: dayOf(said.at, settings.zone),
    currency: settings.currency,
    totalMinor: 0,
    netMinor: 0,
    refundedMinor: 0,
    payment: 'none',
    fulfilment: 'none',
    cancelled: false,
    legacyState: 10,
    validated: false,
    validatedAt: null,
    isNew: false,
    contactEmail: null,
    ...eachOrderText(() => null),
    tags: [],
    attributes: null,
    items: null,
    stated: {
      named: said.named,
      firstAt: said.at,
      state: {},
      total: {},
      owner: {},
      placed: {},
      refunds: noRefunds,
      fields: {},
    },
    uplifted: [],
  };
}

/** One more statement about an order: rank before time, per field (rules §3.3); then everything derived from it anew. */
export function stateOrder(before: Order, said: OrderStatement, settings: ShopSettings): StatedResult {
  const rank: OrderRank = said.rank === 1 ? 1 : 2;
  const reasons: Reason[] = [];
  const { order } = said;
  const stated = before.stated;

  const mapped = order.state === null ? null : mapState(order.state, said.sourceKey, settings);
  if (order.state !== null && mapped === null) reasons.push('order.state_unmapped');
  const total = order.total === null ? null : toMoney(order.total, settings.currency);
  if (order.total !== null && total === null) reasons.push('order.amount_invalid');
  if (rank === 1 && (stated.state[2] !== undefined || stated.total[2] !== undefined))
    reasons.push('order.browser_outranked');

  const statements: OrderStatements = {
    named: stated.named || said.named,
    firstAt: Math.min(stated.firstAt, said.at),
    state:
      mapped === null
        ? stated.state
        : { ...stated.state, [rank]: stateRank(stated.state[rank] ?? null, { ...said, state: mapped }) },
    total: total === null ? stated.total : newest(stated.total, rank, { at: said.at, value: total }),
    owner: said.ownerId === null ? stated.owner : stateOwner(stated.owner, rank, { at: said.at, value: said.ownerId }),
    placed:
      order.placedAt === null
        ? stated.placed
        : newest(stated.placed, rank, {
            at: said.at,
            value: instantOf(order.placedAt, said.arrivedAt, settings.zone, 'start'),
          }),
    refunds: rank === 1 ? stated.refunds : stateRefunds(stated.refunds, order, said.at, settings.currency),
    fields: stated.fields,
  };
  const fields = stateOrderFields({ ...before, stated: statements }, said, rank);
  return {
    order: deriveOrder({ ...fields, isNew: before.isNew || said.isNew, updatedAt: said.arrivedAt }, settings),
    reasons,
  };
}

/** Everything that follows from the statements and the shop's settings; also how a change of validation re-decides (rules §3.5). */
export function deriveOrder(order: Order, settings: ShopSettings): Order {
  const { stated } = order;
  const state = standingState(stated.state[2] ?? null, stated.state[1] ?? null);
  const total = (stated.total[2] ?? stated.total[1])?.value ?? { minor: 0, currency: settings.currency };
  const placedAt = (stated.placed[2] ?? stated.placed[1])?.value ?? stated.firstAt;
  const refunded = refundedMinor(stated.refunds);
  const fullyRefunded = total.minor > 0 && refunded >= total.minor;
  const paidAt = (stated.state[2] ?? stated.state[1])?.paidAt ?? null;
  return {
    ...order,
    ...state,
    ...validity(state, fullyRefunded, placedAt, paidAt, settings.validation),
    placedAt,
    day: dayOf(placedAt, settings.zone),
    ownerId: (stated.owner[2] ?? stated.owner[1])?.value ?? null,
    currency: total.currency,
    totalMinor: total.minor,
    refundedMinor: refunded,
    netMinor: Math.max(0, total.minor - refunded),
    legacyState: legacyState(state, fullyRefunded),
  };
}

/** True when a reader would see a difference. */
export function differs(before: Order, after: Order): boolean {
  return visible.some(
    (field) => before[field] !== after[field] && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
}

const visible = [
  'namespace',
  'key',
  'number',
  'ownerId',
  'placedAt',
  'currency',
  'totalMinor',
  'netMinor',
  'payment',
  'fulfilment',
  'cancelled',
  'validated',
  'isNew',
  'contactEmail',
  ...orderTexts,
  'tags',
  'attributes',
  'items',
] as const satisfies readonly (keyof Order)[];

/** Fields that are simply the word of the highest rank, newest first; an empty one erases nothing. */
function stateOrderFields(order: Order, said: OrderStatement, rank: OrderRank): Order {
  const { order: stated } = said;
  const values: Readonly<Record<string, unknown>> = {
    number: stated.number,
    contactEmail: said.contactEmail,
    ...eachOrderText((name) => stated[name]),
    attributes: stated.attributes,
    items: stated.items,
  };
  const by: Record<string, readonly [OrderRank, Instant]> = { ...order.stated.fields };
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === null || value === '' || !outranks(rank, said.at, by[name])) continue;
    kept[name] = value;
    by[name] = [rank, said.at];
  }
  if (said.isNew && (by.new === undefined || by.new[0] < rank)) by.new = [rank, said.at];
  const tags = stateTags(order.tags, stated.addTags, stated.delTags, said.rank);
  return { ...order, ...kept, tags, stated: { ...order.stated, fields: by } };
}

function outranks(rank: OrderRank, at: Instant, before: readonly [OrderRank, Instant] | undefined): boolean {
  if (before === undefined || rank > before[0]) return true;
  return rank === before[0] && at >= before[1];
}

function newest<Value>(before: PerRank<At<Value>>, rank: OrderRank, said: At<Value>): PerRank<At<Value>> {
  const known = before[rank];
  return known !== undefined && known.at > said.at ? before : { ...before, [rank]: said };
}

/** A server's newest word counts; of browsers the first, so that nobody takes an order over by naming its number. */
function stateOwner(before: PerRank<At<ProfileId>>, rank: OrderRank, said: At<ProfileId>): PerRank<At<ProfileId>> {
  const known = before[rank];
  if (rank === 2 || known === undefined) return newest(before, rank, said);
  return known.at <= said.at ? before : { ...before, [rank]: said };
}
