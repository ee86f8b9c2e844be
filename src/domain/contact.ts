/** May we contact this address? (rules §4, §7, §10) */
import { holdersOf } from './address.ts';
import type { Channel, Instant } from './facts.ts';
import type { BasisId, ProfileId } from './ids.ts';
import type { BasisDefinition, Purpose } from './settings.ts';
import type { ShopWorld } from './world.ts';
import type { AddressKey } from './world-rows.ts';

/** An accepted basis of someone who holds the address. */
export interface HeldBasis {
  readonly profileId: ProfileId;
  readonly basisId: BasisId;
  readonly since: Instant | null;
}

export type ContactAnswer =
  | ({ readonly allowed: true } & HeldBasis)
  | { readonly allowed: false; readonly why: 'objection' | 'no basis' };

/** Active bases that cover both channel and purpose. */
export function coveringBases(
  bases: readonly BasisDefinition[],
  channel: Channel,
  purpose: Purpose,
): readonly BasisDefinition[] {
  return bases.filter((basis) => basis.active && basis.channels.includes(channel) && basis.purposes.includes(purpose));
}

/**
 * Yes only if no objection stands for the address and channel (marketing) and an accepted basis of a holder is among the
 * `covering` ones. A basis for existing customers counts only with a validated order (`hasValidatedOrder`).
 */
export function decideContact(
  objected: boolean,
  purpose: Purpose,
  held: readonly HeldBasis[],
  covering: readonly BasisDefinition[],
  hasValidatedOrder: (profile: ProfileId) => boolean,
): ContactAnswer {
  if (objected && purpose === 'marketing') return { allowed: false, why: 'objection' };
  for (const one of held) {
    const basis = covering.find(({ id }) => id === one.basisId);
    if (basis === undefined || (basis.existingCustomers && !hasValidatedOrder(one.profileId))) continue;
    return { allowed: true, ...one };
  }
  return { allowed: false, why: 'no basis' };
}

/** The same, asked of a world. */
export function mayContact(
  world: ShopWorld,
  address: AddressKey,
  channel: Channel,
  purpose: Purpose,
  hasValidatedOrder: (profile: ProfileId) => boolean,
): ContactAnswer {
  const objection = world.objection(address, channel);
  const objected = objection !== null && objection.liftedAt === null;
  const held = holdersOf(world, address).flatMap((holder) =>
    world
      .basesOf(holder.id)
      .filter((row) => row.standing.status === 'accepted')
      .map((row): HeldBasis => ({ profileId: holder.id, basisId: row.basisId, since: row.standing.since })),
  );
  const covering = coveringBases(world.settings.bases, channel, purpose);
  return decideContact(objected, purpose, held, covering, hasValidatedOrder);
}
