/**
 * Two profiles that staff say are one person. A pointer, not a copy: facts keep the profile they name, and each basis of
 * both is the fold of what was said to either (rules §2.6). Undone, each has its own again, but for refusals made in between.
 */
import { byOwnTime, fold, giveSameAddress, keepLastRepeats, refold } from './acts.ts';
import type { Act, ActFlags } from './basis.ts';
import type { MergeFact } from './facts.ts';
import { type ProfileId, profileId } from './ids.ts';
import type { Profile } from './profile.ts';
import type { Reason } from './reasons.ts';
import { saveProfile, type Turn } from './turn.ts';

export function decideMerge(turn: Turn, fact: MergeFact): void {
  const kept = turn.world.profile(profileId(fact.profileId));
  const other = turn.world.profile(profileId(fact.other));
  const fault =
    turn.rank === 1 || kept === null || other === null ? 'profile.unknown' : faultOf(kept, other, fact.undo);
  if (fault !== null || kept === null || other === null) {
    turn.reasons.add(fault ?? 'profile.unknown');
    turn.refused = 'rejected';
    return;
  }
  turn.profile ??= { id: kept.id, created: false };
  if (fact.undo) part(turn, kept, other);
  else join(turn, kept, other);
  turn.changed = true;
}

/** Merging is told of two profiles that stand for themselves; undoing, of two that were merged. */
function faultOf(kept: Profile, other: Profile, undo: boolean): Reason | null {
  if (undo) return other.mergedInto === kept.id ? null : 'merge.not_merged';
  if (kept.id === other.id) return 'merge.same';
  return kept.mergedInto !== null || other.mergedInto !== null || other.absorbed.length > 0
    ? 'merge.merged_before'
    : null;
}

function join(turn: Turn, kept: Profile, other: Profile): void {
  const before = [kept.id, ...kept.absorbed];
  for (const id of before) joinActs(turn, id, other.id);
  const present = turn.world.profile(kept.id) ?? kept;
  saveProfile(turn, { ...present, absorbed: [...present.absorbed, other.id] }, true);
  saveProfile(turn, { ...(turn.world.profile(other.id) ?? other), mergedInto: kept.id }, true);
  for (const id of [...before, other.id]) refold(turn, id, null, 'staff');
}

function part(turn: Turn, kept: Profile, other: Profile): void {
  saveProfile(turn, { ...kept, absorbed: kept.absorbed.filter((id) => id !== other.id) }, true);
  saveProfile(turn, { ...other, mergedInto: null }, true);
  const rest: readonly ProfileId[] = [kept.id, ...kept.absorbed.filter((id) => id !== other.id)];
  for (const id of rest) partActs(turn, id, [other.id]);
  partActs(turn, other.id, rest);
}

/** Puts what was said to each of two profiles beside what was said to the other; a fold of both says what follows. */
function joinActs(turn: Turn, one: ProfileId, other: ProfileId): void {
  const pairs = [
    [one, other],
    [other, one],
  ] as const;
  for (const [id] of pairs) {
    const profile = turn.world.profile(id);
    const acts = turn.world.actsOf(id);
    if (profile !== null && acts !== null) keepLastRepeats(turn, profile, acts, null);
  }
  const copies = pairs.flatMap(([from, into]) =>
    (turn.world.actsOf(from) ?? [])
      .filter((act) => act.flags.mirror === undefined && !act.void && act.kind !== 'lapse' && act.kind !== 'withdraw')
      .map((act): Act => {
        const series = act.series === null ? null : `${from}~${act.series}`;
        const flags: ActFlags = { ...act.flags, mirror: from, joined: true };
        return { ...act, profileId: into, seq: turn.statement.seq, n: turn.n++, series, flags };
      }),
  );
  for (const copy of copies) turn.world.addAct(copy);
}

/** Takes what was said to others out of one profile's fold again, but for the refusals made while they were merged. */
function partActs(turn: Turn, id: ProfileId, others: readonly ProfileId[]): void {
  const acts = turn.world.actsOf(id);
  if (acts === null) return;
  const theirs = acts.filter(({ flags, void: isVoid }) => !isVoid && others.some((other) => other === flags.mirror));
  const { refusals } = fold(turn, [...acts].sort(byOwnTime), null);
  const made = refusals.filter((act) => theirs.includes(act) && !act.flags.joined);
  for (const act of theirs) if (act.kind === 'record' || !made.includes(act)) turn.world.markVoid(act, true);
  for (const { kind, basisId, at, flags } of made) {
    if (kind === 'record') giveSameAddress(turn, id, basisId, at, flags.personal === true);
  }
  refold(turn, id, null, 'staff');
}
