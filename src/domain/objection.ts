/** What lifts an objection (rules §7, §10). */
import { basisDefinition } from './acts.ts';
import { addressesOf, holdersOf } from './address.ts';
import type { Act, Cause } from './basis.ts';
import type { Channel, Instant } from './facts.ts';
import type { BasisId } from './ids.ts';
import type { Profile } from './profile.ts';
import type { Turn } from './turn.ts';
import type { AddressKey } from './world-rows.ts';

/** On a consent, the person's own later acceptance lifts an objection, when it comes from a server or our own pages. */
export function liftObjections(turn: Turn, profile: Profile, basisId: BasisId, cause: Cause, at: Instant): void {
  const basis = basisDefinition(turn.world.settings, basisId);
  if (basis?.kind !== 'consent' || turn.rank === 1 || (cause !== 'person' && cause !== 'act')) return;
  for (const key of addressesOf(profile)) {
    for (const channel of basis.channels) {
      const objection = turn.world.objection(key, channel);
      if (objection === null || objection.liftedAt !== null || objection.since >= at) continue;
      turn.world.putObjection(key, channel, { ...objection, liftedAt: at });
      turn.changed = true;
    }
  }
}

/** An objection that came late may already have been lifted by what the person did after it; null: it stands. */
export function liftedSince(turn: Turn, key: AddressKey, channel: Channel, since: Instant): Instant | null {
  for (const holder of holdersOf(turn.world, key)) {
    for (const act of turn.world.actsOf(holder.id) ?? []) {
      const basis = basisDefinition(turn.world.settings, act.basisId);
      const lifts = basis?.kind === 'consent' && basis.channels.includes(channel) && isOwnAcceptance(act);
      if (lifts && act.at > since) return act.at;
    }
  }
  return null;
}

/** The person accepted, and no link is waited for. */
function isOwnAcceptance(act: Act): boolean {
  if (act.void || act.toward !== 'accepted' || act.flags.confirm) return false;
  return act.cause === 'person' || (act.cause === 'act' && !act.flags.browser);
}
