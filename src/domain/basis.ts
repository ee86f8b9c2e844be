/** What may become of a consent or a legal basis: the table of rules §4, one act at a time. */
import type { Channel, Instant, StatedStatus } from './facts.ts';
import type { BasisId, OrderId, ProfileId, Seq } from './ids.ts';
import type { Reason } from './reasons.ts';
import type { BasisKind } from './settings.ts';

export type Status = StatedStatus | 'to confirm';

export type Cause =
  | 'auto'
  | 'act'
  | 'record edge'
  | 'person'
  | 'staff'
  | 'import'
  | 'api'
  | 'expiry'
  | 'correction'
  | 'same address';

/**
 * What an act is, beside its cause: `set` states a status; `record` is a stored flag, judged beside its series;
 * `lapse` and `withdraw` are an expiry and its undoing; `link-ends` the end of a double opt-in link's life.
 */
export type ActKind = 'set' | 'record' | 'lapse' | 'withdraw' | 'link-ends';

export interface ActFlags {
  /** A person's own time came with it; an undated import or api acceptance never lifts a refusal. */
  readonly dated?: true;
  readonly browser?: true;
  /** Double opt-in was on: it waits for the link instead of accepting. */
  readonly confirm?: true;
  /** Said through the double opt-in link. */
  readonly link?: true;
  /** Import box "reset refused legal bases". */
  readonly reset?: true;
  /** From a pull or an import: never the first record of a series. */
  readonly history?: true;
  /** A refusal the person made, also when it came by a shared address. */
  readonly personal?: true;
  readonly writtenReason?: string;
  /** Said to this other profile of the same person (rules §2.6). */
  readonly mirror?: number;
  /** A mirror of what was said before the two were merged. */
  readonly joined?: true;
}

export interface Act {
  readonly seq: Seq;
  /** Place within the item. */
  readonly n: number;
  readonly profileId: ProfileId;
  readonly basisId: BasisId;
  readonly kind: ActKind;
  readonly toward: StatedStatus;
  readonly cause: Cause;
  readonly source: string;
  /** Own time, else arrival. */
  readonly at: Instant;
  readonly arrivedAt: Instant;
  /** For records: the channel; with `series` it names what the record is compared with. */
  readonly channel: Channel | null;
  readonly series: string | null;
  /** The order it rests on. */
  readonly orderId: OrderId | null;
  readonly flags: ActFlags;
  /** Set when the order it rests on went to another owner. */
  readonly void: boolean;
}

/** How a record stands to the one before it in its series (`records.ts`); null for acts that are no records. */
export type Edge = 'first' | 'edge' | 'repeat' | 'nothing';

/** The fold so far. */
export interface Standing {
  readonly status: Status;
  /** Own time of the first acceptance while accepted. */
  readonly since: Instant | null;
  readonly refusal: { readonly at: Instant; readonly personal: boolean } | null;
  /** What it was before *to confirm*. */
  readonly before: 'unknown' | 'refused' | null;
  /** The acceptance an expiry ended, so that it can be withdrawn. */
  readonly lapsed: { readonly at: Instant; readonly since: Instant | null } | null;
  /** Place of the newest act folded in. */
  readonly last: { readonly at: Instant; readonly order: number } | null;
}

export const unknownStanding: Standing = {
  status: 'unknown',
  since: null,
  refusal: null,
  before: null,
  lapsed: null,
  last: null,
};

export interface Step {
  readonly standing: Standing;
  /** Why it did not move, where it did not. */
  readonly reason: Reason | null;
}

/**
 * At one own time: unknown, then acceptance, then refusal (rules §4). Within these, what ends a state comes before what
 * states one, and an acceptance that stands before one that waits for a link: who arrived first never decides.
 */
export function actOrder(act: Act): number {
  if (act.toward === 'refused') return 6;
  if (act.kind === 'lapse') return 0;
  if (act.kind === 'link-ends') return 1;
  if (act.toward === 'unknown') return 2;
  if (act.kind === 'withdraw') return 3;
  return act.flags.confirm ? 5 : 4;
}

/** True when the act belongs before what is already folded: the fold must be made again. */
export function isLate(standing: Standing, act: Act): boolean {
  const last = standing.last;
  return last !== null && (act.at < last.at || (act.at === last.at && actOrder(act) < last.order));
}

/** One act, in its place: the new standing, or the same with the reason it may not move (rules §4, table). */
export function step(from: Standing, act: Act, edge: Edge | null, kind: BasisKind): Step {
  const moved = move(from, act, edge, kind);
  return { standing: { ...moved.standing, last: { at: act.at, order: actOrder(act) } }, reason: moved.reason };
}

function move(from: Standing, act: Act, edge: Edge | null, kind: BasisKind): Step {
  if (act.void || edge === 'nothing' || edge === 'repeat') return stay(from, null);
  switch (act.kind) {
    case 'lapse':
      return from.status === 'accepted'
        ? {
            standing: { ...from, status: 'unknown', since: null, lapsed: { at: act.at, since: from.since } },
            reason: null,
          }
        : stay(from, null);
    case 'withdraw':
      return from.status === 'unknown' && from.lapsed?.at === act.at
        ? { standing: { ...from, status: 'accepted', since: from.lapsed.since, lapsed: null }, reason: null }
        : stay(from, null);
    case 'link-ends':
      return from.status === 'to confirm'
        ? { standing: { ...from, status: from.before ?? 'unknown', before: null }, reason: null }
        : stay(from, null);
    default:
      if (act.toward === 'accepted') return accept(from, act, edge, kind);
      return act.toward === 'refused' ? refuse(from, act, edge) : forget(from, act, kind);
  }
}

function accept(from: Standing, act: Act, edge: Edge | null, kind: BasisKind): Step {
  if (from.status === 'accepted') return stay(from, null);
  if (act.cause === 'same address') return stay(from, 'basis.move_not_allowed');
  if (kind === 'legal') return acceptLegal(from, act);
  if (act.cause === 'auto') return stay(from, 'basis.move_not_allowed');
  if (from.status === 'to confirm') {
    if (act.cause === 'person' && act.flags.link) return accepted(from, act);
    const waits = act.cause === 'act' || act.cause === 'record edge';
    return stay(from, waits ? null : 'basis.move_not_allowed');
  }
  if (from.status === 'unknown') return act.flags.confirm ? waiting(from, 'unknown') : accepted(from, act);
  return acceptRefused(from, act, edge);
}

function acceptLegal(from: Standing, act: Act): Step {
  if (from.status === 'refused') return stay(from, 'basis.refused_is_final');
  return act.cause === 'person' ? stay(from, 'basis.move_not_allowed') : accepted(from, act);
}

/** A refused consent: only a later act, a newer edge, the person, or staff, import and api with what the table asks of them. */
function acceptRefused(from: Standing, act: Act, edge: Edge | null): Step {
  const later = from.refusal === null || act.at > from.refusal.at;
  // a mailed link confirms what waits for it, and lifts nothing (rules §7)
  if (act.cause === 'person') return act.flags.link ? stay(from, 'basis.refused_needs_act') : accepted(from, act);
  if (act.cause === 'staff') {
    return act.flags.writtenReason === undefined ? stay(from, 'basis.move_not_allowed') : accepted(from, act);
  }
  if (act.cause === 'import' || act.cause === 'api') {
    return later && act.flags.dated ? accepted(from, act) : stay(from, 'basis.refused_needs_act');
  }
  if (edge === 'first' || !later) return stay(from, 'basis.refused_needs_act');
  if (act.flags.confirm) return waiting(from, 'refused');
  return act.flags.browser ? stay(from, 'basis.browser_cannot_reaccept') : accepted(from, act);
}

function refuse(from: Standing, act: Act, edge: Edge | null): Step {
  // a record 1→0 ends an acceptance; from unknown there is none to end (rules §4: not in the cell unknown → refused)
  if (edge === 'first' || (edge !== null && from.status === 'unknown')) return stay(from, null);
  if (act.cause === 'auto') return stay(from, 'basis.move_not_allowed');
  const personal = act.flags.personal === true || (from.status === 'refused' && from.refusal?.personal === true);
  const at = from.status === 'refused' && from.refusal !== null ? Math.max(from.refusal.at, act.at) : act.at;
  return {
    standing: { ...from, status: 'refused', since: null, before: null, lapsed: null, refusal: { at, personal } },
    reason: null,
  };
}

function forget(from: Standing, act: Act, kind: BasisKind): Step {
  if (from.status === 'unknown') return stay(from, null);
  if (from.status === 'to confirm') return stay(from, 'basis.move_not_allowed');
  const mayForget = act.cause === 'import' || act.cause === 'api';
  if (from.status === 'accepted') return mayForget ? forgotten(from) : stay(from, 'basis.move_not_allowed');
  if (kind === 'legal' && !act.flags.reset) return stay(from, 'basis.refused_is_final');
  if (from.refusal?.personal) return stay(from, 'basis.own_refusal');
  if (kind === 'legal') return act.cause === 'import' ? forgotten(from) : stay(from, 'basis.refused_is_final');
  if (mayForget) return forgotten(from);
  const reasoned = act.cause === 'staff' && act.flags.writtenReason !== undefined;
  return reasoned ? forgotten(from) : stay(from, 'basis.move_not_allowed');
}

function accepted(from: Standing, act: Act): Step {
  return {
    standing: { ...from, status: 'accepted', since: act.at, refusal: null, before: null, lapsed: null },
    reason: null,
  };
}

function waiting(from: Standing, before: 'unknown' | 'refused'): Step {
  return { standing: { ...from, status: 'to confirm', before }, reason: null };
}

function forgotten(from: Standing): Step {
  return { standing: { ...from, status: 'unknown', since: null, refusal: null, lapsed: null }, reason: null };
}

function stay(from: Standing, reason: Reason | null): Step {
  return { standing: from, reason };
}
