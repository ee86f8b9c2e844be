/** One item being decided: what it may do, and what it did so far. */
import type { Cause } from './basis.ts';
import type { Cart } from './cart.ts';
import type { Instant, Source, StatedEvidence, StatedTime, Statement } from './facts.ts';
import type { ProfileId } from './ids.ts';
import type { Order } from './order.ts';
import type { BasisEffect, CartEffect, Effects, OrderEffect } from './outcome.ts';
import type { Profile } from './profile.ts';
import type { Reason } from './reasons.ts';
import { type Rank, rankOf, sourceName } from './source.ts';
import { ownTime } from './time.ts';
import type { ShopWorld } from './world.ts';
import type { ActEvidence, AddressKey } from './world-rows.ts';

export interface Turn {
  readonly world: ShopWorld;
  readonly statement: Statement;
  readonly source: string;
  readonly rank: Rank;
  readonly reasons: Set<Reason>;
  profile: Effects['profile'];
  order: OrderEffect | null;
  readonly bases: BasisEffect[];
  cart: CartEffect | null;
  /** Orders and carts as they were before (null: unknown) and after each fact. */
  readonly orders: (readonly [before: Order | null, after: Order])[];
  readonly carts: (readonly [before: Cart | null, after: Cart])[];
  /** Profiles that are no more. */
  readonly erased: ProfileId[];
  /** Something a reader would see has changed. */
  changed: boolean;
  /** Set by a fact that cannot mean anything, or may not. */
  refused: 'rejected' | 'ignored' | null;
  /** The address the present fact names a person by: a refusal reaches its holders (rules §2.5). */
  named: AddressKey | null;
  /** What the present fact says the person saw. */
  evidence: StatedEvidence;
  /** Why what others said before is corrected, where somebody says so. */
  correction: ActEvidence | null;
  /** Next number for rows of this item. */
  n: number;
}

export function newTurn(world: ShopWorld, statement: Statement): Turn {
  return {
    world,
    statement,
    source: sourceName(statement.source),
    rank: rankOf(statement.source),
    reasons: new Set(),
    profile: null,
    order: null,
    bases: [],
    cart: null,
    orders: [],
    carts: [],
    erased: [],
    changed: false,
    refused: null,
    named: null,
    evidence: {},
    correction: null,
    n: 0,
  };
}

export interface When {
  readonly at: Instant;
  /** The same, for a refusal: a date alone is the end of that day (rules §4). */
  readonly end: Instant;
  /** It has an own time. */
  readonly own: boolean;
}

/** The own time of a fact, else the arrival; a future one is cut to the arrival and said so. */
export function whenOf(turn: Turn, stated: StatedTime | null, edge: 'start' | 'end' = 'start'): When {
  const { arrivedAt } = turn.statement;
  const { zone } = turn.world.settings;
  const { at, own, cut } = ownTime(stated, arrivedAt, zone, edge);
  if (cut) turn.reasons.add('time.future');
  return { at, own, end: stated !== null && 'date' in stated ? ownTime(stated, arrivedAt, zone, 'end').at : at };
}

/** How a fact that states a basis for a person causes it. */
export function causeOf(source: Source): Cause {
  switch (source.kind) {
    case 'import':
    case 'api':
    case 'staff':
    case 'person':
      return source.kind;
    default:
      return 'act';
  }
}

/** Keeps a profile's new value; `visible` says whether a reader would see the change. */
export function saveProfile(turn: Turn, profile: Profile, visible: boolean): Profile {
  const kept = { ...profile, updatedAt: turn.statement.arrivedAt };
  turn.world.putProfile(kept);
  if (visible) turn.changed = true;
  return kept;
}
