/** Putting acts where they belong: in order by one step, out of order by folding the profile's acts again (rules §4). */
import { addressesOf, addressesRefused, holdersOf } from './address.ts';
import {
  type Act,
  type ActFlags,
  type ActKind,
  actOrder,
  type Cause,
  type Edge,
  isLate,
  type Standing,
  step,
  unknownStanding,
} from './basis.ts';
import type { Channel, Instant, StatedStatus } from './facts.ts';
import type { BasisId, OrderId, ProfileId } from './ids.ts';
import { mirrored, partnersOf } from './merged.ts';
import type { Profile } from './profile.ts';
import { edgeOf, extendRun, judgeRecords, seriesKey } from './records.ts';
import type { BasisDefinition, ShopSettings } from './settings.ts';
import { saveProfile, type Turn } from './turn.ts';
import type { AddressKey, HistoryRow } from './world-rows.ts';

export interface GivenAct {
  readonly profileId: ProfileId;
  readonly basisId: BasisId;
  readonly kind: ActKind;
  readonly toward: StatedStatus;
  readonly cause: Cause;
  readonly at: Instant;
  readonly flags: ActFlags;
  readonly channel?: Channel;
  readonly series?: string;
  readonly orderId?: OrderId | null;
  readonly void?: boolean;
}

/** No basis: a record kept for its series while the opt-in has no target. */
export const noBasis = 0 as BasisId;

export function basisDefinition(settings: ShopSettings, id: BasisId): BasisDefinition | null {
  return settings.bases.find((basis) => basis.id === id) ?? null;
}

/**
 * One act on one basis of one profile: kept, also where it changes nothing, and folded in at its own time. What is said to
 * one of several merged profiles is said to each (rules §2.6); an expiry ends and begins with each one's own activity.
 */
export function giveAct(turn: Turn, given: GivenAct): void {
  giveOne(turn, given);
  if (given.kind !== 'set') return;
  for (const partner of partnersOf(turn, given.profileId)) giveOne(turn, mirrored(given, partner));
}

function giveOne(turn: Turn, given: GivenAct): void {
  const act = actOf(turn, given);
  const definition = basisDefinition(turn.world.settings, act.basisId);
  if (definition === null) return;
  const row = turn.world.basis(act.profileId, act.basisId);
  const standing = row?.standing ?? unknownStanding;
  turn.world.addAct(act);
  if (isLate(standing, act)) refold(turn, act.profileId, act);
  else takeStep(turn, act, null, definition, standing);
}

/**
 * One stored flag, judged beside its series. A repeat only lengthens the run that the profile keeps, so that a shop may
 * send the same flag ten thousand times.
 */
export function giveRecord(turn: Turn, profile: Profile, given: GivenRecord): Profile {
  const kept = recordOne(turn, profile, given);
  for (const id of partnersOf(turn, profile.id)) {
    const partner = turn.world.profile(id);
    if (partner !== null) recordOne(turn, partner, mirrored(given, id));
  }
  return turn.world.profile(profile.id) ?? kept;
}

type GivenRecord = GivenAct & { readonly channel: Channel; readonly series: string };

function recordOne(turn: Turn, profile: Profile, given: GivenRecord): Profile {
  const key = seriesKey(given.channel, given.series);
  const run = profile.records[key];
  const value = given.toward === 'accepted' ? 1 : 0;
  const live = given.flags.history !== true;
  const orderId = given.orderId ?? null;
  if (given.void) {
    turn.world.addAct(actOf(turn, given));
    return profile;
  }
  const extended = extendRun(run, value, given.at, live, orderId);
  const edge = edgeOf(run, value, live);
  // the first live one of a run that history began counts from its own time, whenever it comes (rules §4, §10)
  const firstLive = live && run !== undefined && (run[3] === 0 || given.at < run[3]);
  if (run !== undefined && value === run[0] && given.at >= run[1] && !firstLive) {
    const inside = given.at <= run[2];
    // a repeat with an own time, or on another ground than the run's, stands for itself when something late comes between
    if (given.at !== run[2] && (given.flags.dated || extended[4] !== (run[4] ?? null)))
      turn.world.addAct(actOf(turn, given));
    if (inside && extended[4] === (run[4] ?? null)) return profile;
    if (inside || edge === 'repeat') return keepRun(turn, profile, key, extended);
  }
  const late = run !== undefined && (given.at < run[2] || (given.at === run[2] && value > run[0]));
  const act = actOf(turn, given);
  turn.world.addAct(act);
  const definition = basisDefinition(turn.world.settings, act.basisId);
  const standing = turn.world.basis(act.profileId, act.basisId)?.standing ?? unknownStanding;
  if (late || (definition !== null && isLate(standing, act))) {
    refold(turn, act.profileId, act);
    return turn.world.profile(act.profileId) ?? profile;
  }
  const kept = keepRun(turn, profile, key, extended);
  if (definition !== null) takeStep(turn, act, edge, definition, standing);
  return kept;
}

/**
 * Voids or reopens the acts of one profile that rest on an order, and folds them anew (rules §3.7, §10). An acceptance
 * whose end is what refused the basis stays: a correction never leads out of refused.
 */
export function setOrderActsVoid(turn: Turn, profileId: ProfileId, orderId: OrderId, isVoid: boolean): void {
  for (const id of [profileId, ...partnersOf(turn, profileId)]) setOneVoid(turn, id, orderId, isVoid);
}

function setOneVoid(turn: Turn, profileId: ProfileId, orderId: OrderId, isVoid: boolean): void {
  const partners = partnersOf(turn, profileId);
  // what was mirrored while two were merged stays void once they are two again
  const stands = ({ flags }: Act) => flags.mirror === undefined || partners.some((id) => id === flags.mirror);
  const acts = turn.world.actsOf(profileId);
  if (acts === null) return;
  const touched = acts.filter(
    (act) => act.orderId === orderId && act.void !== isVoid && act.toward === 'accepted' && stands(act),
  );
  if (touched.length === 0) return;
  const marked = acts.map((act) => (touched.includes(act) ? { ...act, void: isVoid } : act));
  const { standings } = fold(turn, marked.sort(byOwnTime), null);
  const freed = (id: BasisId) =>
    turn.world.basis(profileId, id)?.standing.status === 'refused' && standings.get(id)?.status !== 'refused';
  for (const act of touched.filter(({ basisId }) => !freed(basisId))) turn.world.markVoid(act, isVoid);
  refold(turn, profileId, null);
}

/**
 * A profile that comes to hold addresses inherits their refusals, with the refusals' own times, and brings its own
 * refusals to their other holders: whichever of change and refusal came first, the end is the same (rules §2.5, §9, §10).
 */
export function shareRefusals(turn: Turn, before: Profile | null, after: Profile, former: readonly AddressKey[]): void {
  const held = new Set(before === null ? [] : addressesOf(before));
  const fresh = [...addressesOf(after).filter((key) => !held.has(key)), ...former];
  for (const key of fresh) {
    for (const [basisId, { at, personal }] of turn.world.refusalsOf(key)) {
      giveSameAddress(turn, after.id, basisId, at, personal);
    }
  }
  if (before === null || turn.world.basesOf(after.id).length === 0) return;
  const acts = turn.world.actsOf(after.id);
  if (acts !== null) spreadAll(turn, fold(turn, [...acts].sort(byOwnTime), null).refusals);
}

/** A refusal reaches every present holder of the addresses, and is kept for those who come to hold them later. */
export function spreadRefusal(
  turn: Turn,
  from: ProfileId | null,
  keys: readonly AddressKey[],
  basisId: BasisId,
  at: Instant,
  personal: boolean,
): void {
  const reached = new Set<ProfileId>(from === null ? [] : [from]);
  for (const key of keys) {
    const known = turn.world.refusalsOf(key).find(([basis]) => basis === basisId)?.[1];
    if (known !== undefined && known.at >= at && (known.personal || !personal)) continue;
    turn.world.putRefusal(key, basisId, {
      at: Math.max(known?.at ?? at, at),
      personal: personal || (known?.personal ?? false),
    });
    for (const holder of holdersOf(turn.world, key)) {
      if (reached.has(holder.id)) continue;
      reached.add(holder.id);
      giveSameAddress(turn, holder.id, basisId, at, personal);
    }
  }
}

export function giveSameAddress(
  turn: Turn,
  profileId: ProfileId,
  basisId: BasisId,
  at: Instant,
  personal: boolean,
): void {
  const flags: ActFlags = personal ? { personal: true } : {};
  giveAct(turn, { profileId, basisId, kind: 'set', toward: 'refused', cause: 'same address', at, flags });
}

function actOf(turn: Turn, given: GivenAct): Act {
  return {
    ...given,
    seq: turn.statement.seq,
    n: turn.n++,
    source: turn.source,
    arrivedAt: turn.statement.arrivedAt,
    channel: given.channel ?? null,
    series: given.series ?? null,
    orderId: given.orderId ?? null,
    void: given.void ?? false,
  };
}

function keepRun(turn: Turn, profile: Profile, key: string, run: Profile['records'][string]): Profile {
  return saveProfile(turn, { ...profile, records: { ...profile.records, [key]: run } }, false);
}

function takeStep(turn: Turn, act: Act, edge: Edge | null, definition: BasisDefinition, before: Standing): void {
  const { standing, reason } = step(before, act, edge, definition.kind);
  if (reason !== null) turn.reasons.add(reason);
  keepStanding(turn, act.profileId, definition, before, standing, act);
  if (reason !== null) {
    turn.changed = true;
    turn.bases.push({
      profile: act.profileId,
      basis: act.basisId,
      from: before.status,
      to: standing.status,
      cause: act.cause,
      why: reason,
    });
  }
  if (refuses(act, edge, standing)) spread(turn, act, definition);
}

/** Folds all acts of a profile again; `late` is the one that made it necessary, null for a correction. */
export function refold(turn: Turn, profileId: ProfileId, late: Act | null, because: Cause = 'correction'): void {
  const stored = turn.world.actsOf(profileId);
  const profile = turn.world.profile(profileId);
  if (stored === null || profile === null) return;
  keepLastRepeats(turn, profile, stored, late);
  const acts = [...(turn.world.actsOf(profileId) ?? [])].sort(byOwnTime);
  const { standings, refusals, runs } = fold(turn, acts, late);
  saveProfile(turn, { ...profile, records: runs }, false);
  for (const [basisId, standing] of standings) {
    const definition = basisDefinition(turn.world.settings, basisId);
    const before = turn.world.basis(profileId, basisId)?.standing ?? unknownStanding;
    if (definition !== null)
      keepStanding(turn, profileId, definition, before, standing, late?.basisId === basisId ? late : null, because);
  }
  spreadAll(turn, refusals);
}

interface Fold {
  readonly standings: ReadonlyMap<BasisId, Standing>;
  /** The acts that refuse, in their places. */
  readonly refusals: readonly Act[];
  readonly runs: Profile['records'];
}

/** All acts of one profile, in order of own time; why the `late` one may not move anything goes to the outcome. */
export function fold(turn: Turn, acts: readonly Act[], late: Act | null): Fold {
  const { edges, runs } = judgeRecords(acts);
  const standings = new Map<BasisId, Standing>();
  const refusals: Act[] = [];
  for (const act of acts) {
    const definition = basisDefinition(turn.world.settings, act.basisId);
    if (definition === null) continue;
    const before = standings.get(act.basisId) ?? unknownStanding;
    const edge = edges.get(act) ?? null;
    const { standing, reason } = step(before, act, edge, definition.kind);
    standings.set(act.basisId, standing);
    if (act === late && reason !== null) {
      turn.changed = true;
      turn.reasons.add(reason);
      turn.bases.push({
        profile: act.profileId,
        basis: act.basisId,
        from: before.status,
        to: standing.status,
        cause: act.cause,
        why: reason,
      });
    }
    if (refuses(act, edge, standing)) refusals.push(act);
  }
  return { standings, refusals, runs };
}

function spreadAll(turn: Turn, refusals: readonly Act[]): void {
  for (const act of refusals) {
    const definition = basisDefinition(turn.world.settings, act.basisId);
    if (definition !== null) spread(turn, act, definition);
  }
}

/**
 * A run remembers when it was last repeated; before a late record is put inside it, that repeat becomes an act of its
 * own, so that it stands against the late one.
 */
export function keepLastRepeats(turn: Turn, profile: Profile, acts: readonly Act[], late: Act | null): void {
  for (const [key, [value, first, last, , order = null]] of Object.entries(profile.records)) {
    const toward = value === 1 ? 'accepted' : 'refused';
    const inSeries = acts.filter(
      (act) =>
        act.kind === 'record' && !act.void && act !== late && seriesKey(act.channel ?? '', act.series ?? '') === key,
    );
    const begin = inSeries.find((act) => act.toward === toward && act.at >= first && act.at <= last);
    if (last === first || begin === undefined || inSeries.some((act) => act.at === last)) continue;
    turn.world.addAct({ ...begin, seq: turn.statement.seq, n: turn.n++, at: last, orderId: order });
  }
}

/** Keeps a standing; a history row only when the present status changes (rules §10). `act` null: a correction. */
function keepStanding(
  turn: Turn,
  profileId: ProfileId,
  definition: BasisDefinition,
  before: Standing,
  after: Standing,
  act: Act | null,
  because: Cause = 'correction',
): void {
  const { world, statement } = turn;
  const row = world.basis(profileId, definition.id);
  const moved = before.status !== after.status;
  world.putBasis({
    profileId,
    basisId: definition.id,
    standing: after,
    changedAt: moved ? statement.arrivedAt : (row?.changedAt ?? statement.arrivedAt),
    activityAt: row?.activityAt ?? null,
  });
  if (!moved) return;
  turn.changed = true;
  const cause = act?.cause ?? because;
  turn.bases.push({ profile: profileId, basis: definition.id, from: before.status, to: after.status, cause });
  world.addHistory({
    profileId,
    basisId: definition.id,
    seq: statement.seq,
    n: turn.n++,
    from: before.status,
    to: after.status,
    cause: act?.kind === 'withdraw' ? 'correction' : cause,
    source: turn.source,
    at: act?.at ?? statement.arrivedAt,
    arrivedAt: statement.arrivedAt,
    settingsVersion: world.settings.version,
    channels: definition.channels,
    subjectKey: world.profile(profileId)?.subjectKey ?? '',
    textVersion: definition.textVersion,
    evidence: act === null ? turn.correction : evidenceOf(turn, act),
  });
}

/** An act of this very item; what follows from others' acts proves itself by theirs. */
function evidenceOf(turn: Turn, act: Act): HistoryRow['evidence'] {
  const follows = act.cause === 'same address' || act.cause === 'expiry' || act.cause === 'correction';
  if (follows || act.seq !== turn.statement.seq) return null;
  const { writtenReason } = act.flags;
  return writtenReason === undefined ? turn.evidence : { ...turn.evidence, reason: writtenReason };
}

function refuses(act: Act, edge: Edge | null, after: Standing): boolean {
  return act.toward === 'refused' && after.status === 'refused' && !act.void && (edge === null || edge === 'edge');
}

function spread(turn: Turn, act: Act, definition: BasisDefinition): void {
  // what was said before a merge reached whom it could then: undone, nobody else keeps it
  if (act.cause === 'same address' || act.flags.joined) return;
  const profile = turn.world.profile(act.profileId);
  if (profile === null) return;
  const left = turn.world.formerOf(profile.id).filter(({ until }) => until > act.at);
  const named = act.seq === turn.statement.seq && turn.named !== null ? [turn.named] : [];
  const former = left.map(({ email }) => `email:${email}` as const);
  const keys = [...addressesRefused(profile, definition), ...former, ...named];
  spreadRefusal(turn, profile.id, keys, definition.id, act.at, act.flags.personal === true);
}

/** The order of a fold (rules §4). */
export function byOwnTime(a: Act, b: Act): number {
  if (a.at !== b.at) return a.at - b.at;
  const order = actOrder(a) - actOrder(b);
  if (order !== 0) return order;
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1;
  return a.n - b.n;
}
