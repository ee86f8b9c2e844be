/** Payment, fulfilment and cancellation of an order, from everything stated about it (rules §3.2, §3.3). */
import type { Fulfilment, Instant, Payment, StatedState, StateParts } from './facts.ts';
import type { MappedState, ShopSettings } from './settings.ts';
import type { Rank } from './source.ts';

/** The values of an axis from the lowest to the furthest. */
type Scale<Value> = readonly [Value, ...Value[]];

const payments: Scale<Payment> = ['none', 'authorised', 'part-paid', 'paid'];
const fulfilments: Scale<Fulfilment> = ['none', 'part-shipped', 'shipped'];

/** SPREAD's codes: `50` is shipped and, on the legacy wire only, paid. */
const legacyCodes: Readonly<Record<string, MappedState>> = {
  '10': { payment: 'none', fulfilment: 'none', cancelled: false },
  '20': { payment: 'paid', fulfilment: 'none', cancelled: false },
  '50': { payment: 'paid', fulfilment: 'shipped', cancelled: false },
  '0': { payment: 'none', fulfilment: 'none', cancelled: true },
};

/** A source's state in our words; null: its code is mapped to nothing (`order.state_unmapped`). */
export function mapState(state: StatedState, sourceKey: string, settings: ShopSettings): StateParts | null {
  if (!('code' in state)) return state;
  const own = settings.stateMaps[sourceKey];
  if (own !== undefined && Object.hasOwn(own, state.code)) return own[state.code] ?? null;
  if (state.otherwise !== undefined) return state.otherwise;
  return Object.hasOwn(legacyCodes, state.code) ? (legacyCodes[state.code] ?? null) : null;
}

/** One axis as one rank stated it: the newest own-timed value, the furthest value, and whether any statement had no own time. */
export interface Axis<Value> {
  readonly timed: { readonly value: Value; readonly at: Instant } | null;
  readonly furthest: Value;
  readonly untimed: boolean;
}

/** What one rank stated about an order's state; enough to place a late statement. */
export interface RankState {
  readonly payment: Axis<Payment>;
  readonly fulfilment: Axis<Fulfilment>;
  readonly cancelAt: Instant | null;
  readonly reviveAt: Instant | null;
  /** First time it was stated paid. */
  readonly paidAt: Instant | null;
}

export interface StateStatement {
  readonly state: StateParts;
  readonly at: Instant;
  /** It carries an own time. */
  readonly own: boolean;
  readonly creating: boolean;
  readonly rank: Rank;
}

/**
 * With own times the newer statement wins, at equal times the further state; without, payment and fulfilment only go
 * forward. A creating call and browser statements neither cancel nor revive what was already stated.
 */
export function stateRank(before: RankState | null, said: StateStatement): RankState {
  const { state, at, own, creating, rank } = said;
  const steady = before !== null && !own && (creating || rank === 1);
  const revives =
    state.cancelled === false &&
    (own || (!steady && !creating && (state.payment === 'paid' || state.fulfilment === 'shipped')));
  return {
    payment: advance(before?.payment, state.cancelled === true ? null : state.payment, said, payments),
    fulfilment: advance(before?.fulfilment, state.cancelled === true ? null : state.fulfilment, said, fulfilments),
    cancelAt: state.cancelled === true && !steady ? latest(before?.cancelAt, at) : (before?.cancelAt ?? null),
    reviveAt: revives ? latest(before?.reviveAt, at) : (before?.reviveAt ?? null),
    paidAt:
      state.cancelled !== true && state.payment === 'paid' ? earliest(before?.paidAt, at) : (before?.paidAt ?? null),
  };
}

/** The state that stands: a server's word before a browser's, whenever each came (rules §3.3). */
export function standingState(server: RankState | null, browser: RankState | null): MappedState {
  const state = server ?? browser;
  if (state === null) return { payment: 'none', fulfilment: 'none', cancelled: false };
  const { cancelAt, reviveAt } = state;
  return {
    payment: axisValue(state.payment),
    fulfilment: axisValue(state.fulfilment),
    cancelled: cancelAt !== null && (reviveAt === null || reviveAt <= cancelAt),
  };
}

/** Outwards: SPREAD's code (rules §3.2). */
export function legacyState(state: MappedState, fullyRefunded: boolean): 0 | 10 | 20 | 50 {
  if (state.cancelled || fullyRefunded) return 0;
  if (state.fulfilment === 'shipped') return 50;
  return state.payment === 'paid' ? 20 : 10;
}

function axisValue<Value>(axis: Axis<Value>): Value {
  return axis.untimed || axis.timed === null ? axis.furthest : axis.timed.value;
}

/** A cancelling statement names no payment: it leaves the axis as it was. */
function advance<Value extends string>(
  before: Axis<Value> | undefined,
  value: Value | null,
  said: StateStatement,
  order: Scale<Value>,
): Axis<Value> {
  const start: Axis<Value> = before ?? { timed: null, furthest: order[0], untimed: false };
  if (value === null) return start;
  const furthest = order.indexOf(value) > order.indexOf(start.furthest) ? value : start.furthest;
  if (!said.own) return { timed: start.timed, furthest, untimed: true };
  const wins =
    start.timed === null ||
    said.at > start.timed.at ||
    (said.at === start.timed.at && order.indexOf(value) > order.indexOf(start.timed.value));
  return { timed: wins ? { value, at: said.at } : start.timed, furthest, untimed: start.untimed };
}

function latest(before: Instant | null | undefined, at: Instant): Instant {
  return before === null || before === undefined ? at : Math.max(before, at);
}

function earliest(before: Instant | null | undefined, at: Instant): Instant {
  return before === null || before === undefined ? at : Math.min(before, at);
}
