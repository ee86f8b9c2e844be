/** Profiles that staff merged: who is who's partner, and what is said to one as it is said to the others (rules §2.6). */
import type { GivenAct } from './acts.ts';
import type { ProfileId } from './ids.ts';
import type { Turn } from './turn.ts';

/** The profiles that staff say are the same person as this one. */
export function partnersOf(turn: Turn, id: ProfileId): readonly ProfileId[] {
  const profile = turn.world.profile(id);
  if (profile === null) return [];
  const root = profile.mergedInto === null ? profile : turn.world.profile(profile.mergedInto);
  if (root === null) return [];
  if (root.absorbed.length === 0) return [];
  // one that is not here yet is asked for: what is said to it must find its standing
  return [root.id, ...root.absorbed].filter((one) => one !== id && turn.world.profile(one) !== null);
}

/** A series of records stays one of its own: flags of two profiles are never compared with each other. */
export function mirrored<Given extends GivenAct>(given: Given, partner: ProfileId): Given {
  const series = given.series === undefined ? {} : { series: `${given.profileId}~${given.series}` };
  return { ...given, ...series, profileId: partner, flags: { ...given.flags, mirror: given.profileId } };
}
