/** What prolongs an accepted basis, and what ends it (rules §4, expiry). */
import { giveAct } from './acts.ts';
import { unknownStanding } from './basis.ts';
import type { Instant } from './facts.ts';
import type { BasisId, ProfileId } from './ids.ts';
import type { Activity, BasisDefinition } from './settings.ts';
import { dayMs } from './time.ts';
import type { Turn } from './turn.ts';
import type { ProfileBasis } from './world-rows.ts';

/** An activity of a person at its own time: prolongs what it may, and withdraws an expiry it came too late to stop. */
export function takeActivity(turn: Turn, profileId: ProfileId, activity: Activity, at: Instant): void {
  for (const basis of turn.world.settings.bases) {
    if (!basis.expiry?.prolongedBy.includes(activity)) continue;
    prolong(turn, turn.world.basis(profileId, basis.id) ?? unstated(turn, profileId, basis.id), basis.expiry.days, at);
  }
}

/** True when nothing has prolonged an accepted basis for as many days as it holds. */
export function isExpired(row: ProfileBasis, basis: BasisDefinition, now: Instant): boolean {
  if (basis.expiry === null || row.standing.status !== 'accepted') return false;
  const last = Math.max(row.activityAt ?? 0, row.standing.since ?? 0);
  return last < now - basis.expiry.days * dayMs;
}

/** Kept although nothing was said about this basis yet: its acceptance may be on the way, and older than the activity. */
function unstated(turn: Turn, profileId: ProfileId, basisId: BasisId): ProfileBasis {
  return { profileId, basisId, standing: unknownStanding, changedAt: turn.statement.arrivedAt, activityAt: null };
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
