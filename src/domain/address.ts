/** Addresses a person holds (rules §2.5). */
import type { Profile } from './profile.ts';
import type { BasisDefinition } from './settings.ts';
import type { ShopWorld } from './world.ts';
import type { AddressKey } from './world-rows.ts';

/** Every address a profile holds. */
export function addressesOf(profile: Profile): readonly AddressKey[] {
  const keys: AddressKey[] = [];
  if (profile.emailNorm !== null) keys.push(`email:${profile.emailNorm}`);
  if (profile.mobileE164 !== null) keys.push(`phone:${profile.mobileE164}`);
  if (profile.phoneE164 !== null && profile.phoneE164 !== profile.mobileE164) keys.push(`phone:${profile.phoneE164}`);
  return keys;
}

/** The addresses a refusal of this basis reaches: the e-mail always, phones where the basis is about them. */
export function addressesRefused(profile: Profile, basis: BasisDefinition): readonly AddressKey[] {
  const phones = basis.channels.includes('sms') || basis.channels.includes('phone');
  return addressesOf(profile).filter((key) => phones || key.startsWith('email:'));
}

export function holdersOf(world: ShopWorld, key: AddressKey): readonly Profile[] {
  const value = key.slice(key.indexOf(':') + 1);
  return key.startsWith('email:') ? world.holdersOfEmail(value) : world.holdersOfPhone(value);
}
