/** Addresses a person holds (rules §2.5). */
import { phoneNormal } from './phone.ts';
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

/**
 * The addresses a refusal of this basis reaches: the e-mail always, phones where the basis is about them. A phone that
 * only a browser stated is left out: whoever typed a stranger's number refuses nothing for its holder (rules §6.1).
 */
export function addressesRefused(profile: Profile, basis: BasisDefinition): readonly AddressKey[] {
  const phones = basis.channels.includes('sms') || basis.channels.includes('phone');
  const stated = phones ? addressesStated(profile) : [];
  return addressesOf(profile).filter((key) => key.startsWith('email:') || stated.includes(key));
}

function addressesStated(profile: Profile): readonly AddressKey[] {
  const keys: AddressKey[] = [];
  const { phone, mobile } = profile.stated;
  if (profile.phoneE164 !== null && phone?.[0] !== 1) keys.push(`phone:${profile.phoneE164}`);
  if (profile.mobileE164 !== null && mobile?.[0] !== 1) keys.push(`phone:${profile.mobileE164}`);
  return keys;
}

export function holdersOf(world: ShopWorld, key: AddressKey): readonly Profile[] {
  const value = key.slice(key.indexOf(':') + 1);
  return key.startsWith('email:') ? world.holdersOfEmail(value) : world.holdersOfPhone(value);
}

/** A phone as stated, taken in the shop's country where it carries no prefix; null: none. */
export function phoneAddress({ settings: { country } }: ShopWorld, phone: string | null): `phone:${string}` | null {
  const normal = phone === null ? null : phoneNormal(phone, country, country);
  return normal === null ? null : `phone:${normal}`;
}
