/** For tests: refusals and objections reach every holder of their address, and stay (rules §9). */
import { basisDefinition } from '../acts.ts';
import { addressesOf, addressesRefused } from '../address.ts';
import type { Act } from '../basis.ts';
import { mayContact } from '../contact.ts';
import { emailNormal } from '../email.ts';
import type { Instant } from '../facts.ts';
import type { BasisId } from '../ids.ts';
import { basisId } from '../ids.ts';
import type { Profile } from '../profile.ts';
import { instantOf } from '../time.ts';
import type { AddressKey } from '../world-rows.ts';
import { type Event, EventShop, hour, type ShopKind, start } from './events.ts';
import { type Breach, hours } from './history-play.ts';

interface Refusal {
  readonly basis: BasisId;
  readonly key: AddressKey;
  readonly at: Instant;
}

/** Every refusal the history states, with the addresses it names: those of the fact, and those its profile holds at that moment. */
export function refusalBreach(kind: ShopKind, history: readonly Event[]): Breach {
  const shop = new EventShop(kind);
  const refusals: Refusal[] = [];
  for (const event of history) {
    const outcome = shop.tell(event);
    if (outcome.word === 'rejected' || outcome.word === 'ignored' || event.by === 'browser') continue;
    const profile = outcome.effects.profile === null ? null : shop.world.profiles.get(outcome.effects.profile.id);
    for (const basis of refusedBases(shop, event)) {
      for (const key of addressesNamed(shop, event, profile ?? null, basis)) {
        refusals.push({ basis, key, at: refusedAt(event) });
      }
    }
  }
  for (const { basis, key, at } of refusals) {
    for (const holder of shop.world.profiles.values()) {
      if (!addressesOf(holder).includes(key)) continue;
      const standing = shop.world.basis(holder.id, basis)?.standing;
      if (standing?.status !== 'accepted') continue;
      const acts = (shop.world.actsOf(holder.id) ?? []).filter((act) => act.basisId === basis && !act.void);
      if (!acts.some((act) => act.toward === 'refused' && act.at >= at)) {
        return `${key} refused ${basis} at ${hours(at)}: the refusal never reached profile ${holder.id}`;
      }
      if (!acts.some((act) => mayFollow(shop, act, at))) {
        return `${key} refused ${basis} at ${hours(at)}, yet profile ${holder.id} is accepted since ${hours(standing.since)}`;
      }
    }
  }
  return null;
}

/** An act that the table lets stand after a refusal: a reset of a legal basis; of a consent a later acceptance or a forgetting. */
function mayFollow(shop: EventShop, act: Act, refusedAt: Instant): boolean {
  const kind = shop.world.settings.bases.find(({ id }) => id === act.basisId)?.kind;
  if (act.at < refusedAt) return false;
  if (act.toward === 'unknown' && act.kind === 'set') return kind === 'consent' || act.flags.reset === true;
  if (kind === 'legal' || act.toward !== 'accepted' || act.at === refusedAt) return false;
  if (act.cause === 'staff') return act.flags.writtenReason !== undefined;
  if (act.cause === 'import' || act.cause === 'api') return act.flags.dated === true;
  return act.cause === 'person' || ((act.cause === 'act' || act.cause === 'record edge') && !act.flags.browser);
}

function refusedBases(shop: EventShop, event: Event): readonly BasisId[] {
  const found: BasisId[] = [];
  const { optinEmail, optinSms } = shop.world.settings.uplift;
  if (event.does === 'consent' && event.status === 'refused') found.push(basisId(event.basis ?? 1));
  if (event.does === 'newsletter' && event.optIn === 0 && optinEmail !== null) found.push(optinEmail);
  if (event.does === 'account' && event.act && event.optIn === 0 && optinEmail !== null) found.push(optinEmail);
  if (event.does === 'account' && event.act && event.sms === 0 && optinSms !== null) found.push(optinSms);
  if (event.does !== 'order' && event.does !== 'account' && event.does !== 'newsletter') return found;
  for (const [id, value] of event.consents ?? []) if (value === 0) found.push(basisId(id));
  return found;
}

function addressesNamed(shop: EventShop, event: Event, profile: Profile | null, basis: BasisId): readonly AddressKey[] {
  const definition = basisDefinition(shop.world.settings, basis);
  if (definition === null) return [];
  const keys = new Set<AddressKey>();
  for (const key of profile === null ? [] : addressesRefused(profile, definition)) keys.add(key);
  const stated = event.does === 'consent' && event.by !== 'staff' && event.by !== 'person';
  const { email, id, mobile } = event.who;
  const named = stated || event.does === 'newsletter' || event.does === 'account';
  if (named && email !== undefined && id === undefined) keys.add(`email:${emailNormal(email) ?? ''}`);
  if (stated && mobile !== undefined) keys.add(`phone:${mobile}`);
  return [...keys];
}

/** Rules §1, §4: never later than arrival; a date is its end for a refusal. */
function refusedAt(event: Event): Instant {
  const arrives = start + event.arrives * hour;
  if (event.day !== undefined) {
    const date = new Date(start + event.day * 24 * hour).toISOString().slice(0, 10);
    return Math.min(arrives, instantOf({ date }, arrives, 'Europe/Paris', 'end'));
  }
  return event.own === undefined ? arrives : Math.min(arrives, start + event.own * hour);
}

export function objectionBreach(kind: ShopKind, history: readonly Event[]): Breach {
  const shop = new EventShop(kind);
  const objections: { key: AddressKey; channel: 'email' | 'sms'; at: Instant }[] = [];
  let ownAct = Number.NEGATIVE_INFINITY;
  for (const event of history) {
    const outcome = shop.tell(event);
    // looked for now: an erasure takes acts away, and what they lifted stays lifted
    ownAct = Math.max(ownAct, latestOwnAct(shop));
    if (event.does !== 'objection' || outcome.word === 'rejected' || outcome.word === 'ignored') continue;
    const channel = event.sms === undefined ? 'email' : 'sms';
    const profile = outcome.effects.profile === null ? null : shop.world.profiles.get(outcome.effects.profile.id);
    const keys = profile === null || profile === undefined ? [] : addressesOf(profile);
    for (const key of keys) {
      if (key.startsWith('email:') === (channel === 'email')) objections.push({ key, channel, at: refusedAt(event) });
    }
  }
  for (const { key, channel, at } of objections) {
    const answer = mayContact(shop.world, key, channel, 'marketing', () => true);
    if (answer.allowed && ownAct <= at) return `${key} objected at ${hours(at)} and may be contacted`;
  }
  return null;
}

/** The latest acceptance of a consent that a person of this shop stated themselves. */
function latestOwnAct(shop: EventShop): Instant {
  let latest = Number.NEGATIVE_INFINITY;
  for (const profile of shop.world.profiles.keys()) {
    for (const act of shop.world.actsOf(profile) ?? []) {
      const consent = shop.world.settings.bases.find(({ id }) => id === act.basisId)?.kind === 'consent';
      const own = act.cause === 'person' || (act.cause === 'act' && !act.flags.browser);
      if (consent && own && act.toward === 'accepted') latest = Math.max(latest, act.at);
    }
  }
  return latest;
}
