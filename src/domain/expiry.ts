/** What prolongs an accepted basis, and what ends it (rules §4, expiry). */
import { basisDefinition, giveAct } from './acts.ts';
import type { Instant } from './facts.ts';
import type { ProfileId } from './ids.ts';
import type { Activity, BasisDefinition } from './settings.ts';
import { dayMs } from './time.ts';
import type { Turn } from './turn.ts';
import type { ProfileBasis } from './world-rows.ts';

/** An activity of a person at its own time: prolongs what it may, and withdraws an expiry it came too late to stop. */
export function takeActivity(turn: Turn, profileId: ProfileId, activity: Activity, at: Instant): void {
  if (!turn.world.settings.bases.some((basis) => basis.expiry?.prolongedBy.includes(activity))) return;
  for (const row of turn.world.basesOf(profileId)) {
    const basis = basisDefinition(turn.world.settings, row.basisId);
    if (basis?.expiry?.prolongedBy.includes(activity)) prolong(turn, row, basis.expiry.days, at);
  }
}

/** True when nothing has prolonged an accepted basis for as many days as it holds. */
export function isExpired(row: ProfileBasis, basis: BasisDefinition, now: Instant): boolean {
  if (basis.expiry === null || row.standing.status !== 'accepted') return false;
  const last = Math.max(row.activityAt ?? 0, row.standing.since ?? 0);
  return last < now - basis.expiry.days * dayMs;
}

function prolong(turn: Turn, row: ProfileBasis, days: number, at: Instant): void {
  if (at > (row.activityAt ?? 0)) turn.world.putBasis({ ...row, activityAt: at });
  const { status, lapsed } = row.standing;
  if (status !== 'unknown' || lapsed === null || at > lapsed.at || at < lapsed.at - days * dayMs) return;
  giveAct(turn, {
    profileId: row.profileId,
    basisId: row.basisId,
    kind: 'withdraw',
    toward: 'accepted',
    cause: 'correction',
    at: lapsed.at,
    flags: {},
  });
}
