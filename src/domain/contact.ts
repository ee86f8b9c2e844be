/** May we contact this address? (rules §4, §7, §10) */
import { basisDefinition } from './acts.ts';
import { holdersOf } from './address.ts';
import type { Channel, Instant } from './facts.ts';
import type { BasisId, ProfileId } from './ids.ts';
import type { Purpose } from './settings.ts';
import type { ShopWorld } from './world.ts';
import type { AddressKey } from './world-rows.ts';

export type ContactAnswer =
  | { readonly allowed: true; readonly profileId: ProfileId; readonly basisId: BasisId; readonly since: Instant | null }
  | { readonly allowed: false; readonly why: 'objection' | 'no basis' };

/**
 * Yes only if no objection stands for the address and channel (marketing) and an accepted basis of a holder covers both
 * channel and purpose. A basis for existing customers counts only with a validated order (`hasValidatedOrder`).
 */
export function mayContact(
  world: ShopWorld,
  address: AddressKey,
  channel: Channel,
  purpose: Purpose,
  hasValidatedOrder: (profile: ProfileId) => boolean,
): ContactAnswer {
  if (purpose === 'marketing') {
    const objection = world.objection(address, channel);
    if (objection !== null && objection.liftedAt === null) return { allowed: false, why: 'objection' };
  }
  for (const holder of holdersOf(world, address)) {
    for (const row of world.basesOf(holder.id)) {
      const basis = basisDefinition(world.settings, row.basisId);
      if (basis === null || !basis.active || row.standing.status !== 'accepted') continue;
      const covers = basis.channels.includes(channel) && basis.purposes.includes(purpose);
      if (!covers || (basis.existingCustomers && !hasValidatedOrder(holder.id))) continue;
      return { allowed: true, profileId: holder.id, basisId: basis.id, since: row.standing.since };
    }
  }
  return { allowed: false, why: 'no basis' };
}
