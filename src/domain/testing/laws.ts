/** For tests: the laws of rules §9 as properties; `laws.test.ts` runs some thousand histories, `laws.long.test.ts` 100,000. */
import fc from 'fast-check';
import { basisDefinition, byOwnTime } from '../acts.ts';
import { addressesOf, addressesRefused } from '../address.ts';
import { type Act, step, unknownStanding } from '../basis.ts';
import { mayContact } from '../contact.ts';
import { emailNormal } from '../email.ts';
import type { Instant } from '../facts.ts';
import type { BasisId, ProfileId } from '../ids.ts';
import { basisId } from '../ids.ts';
import type { Profile } from '../profile.ts';
import { judgeRecords } from '../records.ts';
import { instantOf } from '../time.ts';
import type { AddressKey } from '../world-rows.ts';
import { type Event, EventShop, hour, type ShopKind, start } from './events.ts';
import {
  histories,
  mergedHistories,
  orderHistories,
  partedHistories,
  placedHistories,
  shopHistories,
  shopKinds,
  strangers,
} from './histories.ts';

export interface Law {
  readonly name: string;
  /** Share of the runs. */
  readonly share: number;
  readonly property: fc.IProperty<unknown>;
}

/** A breach, as a sentence; null: the law holds. */
export type Breach = string | null;

export const laws: readonly Law[] = [
  {
    name: 'no holder of a refused address is accepted against the table',
    share: 3,
    property: fc.property(shopKinds, histories, (kind, history) => hold(refusalBreach(kind, history))),
  },
  {
    name: 'no acceptance without an act, a record or an uplift that states it',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(unstatedAcceptance(kind, history))),
  },
  {
    name: 'an objection survives everything but the own later act',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(objectionBreach(kind, history))),
  },
  {
    name: 'a refused legal basis is left only by a reset, and only to unknown',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(legalLeft(kind, history))),
  },
  {
    name: 'the same fact applied twice equals once',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(twiceBreach(kind, history))),
  },
  {
    name: 'a refusal holds for every holder of its address where profiles are merged',
    share: 1,
    property: fc.property(shopKinds, mergedHistories, (kind, history) => hold(refusalBreach(kind, history))),
  },
  {
    name: 'merged or parted, nobody is accepted without what states it, and no objection is lost',
    share: 1,
    property: fc.property(shopKinds, partedHistories, (kind, history) =>
      hold(unstatedAcceptance(kind, history) ?? objectionBreach(kind, history)),
    ),
  },
  {
    name: 'a merge leads no legal basis out of refused',
    share: 1,
    property: fc.property(shopKinds, mergedHistories, (kind, history) => hold(legalLeft(kind, history))),
  },
  {
    name: 'what a server stated about an order survives any browser',
    share: 1,
    property: fc.property(
      shopKinds,
      shopHistories,
      strangers,
      fc.infiniteStream(fc.nat(8)),
      (kind, shop, browser, places) => hold(strangerBreach(kind, shop, browser, places)),
    ),
  },
  {
    name: 'no order of arrival changes the payment or fulfilment of an order',
    share: 1,
    property: fc.property(
      shopKinds,
      orderHistories.chain((history) => fc.tuple(fc.constant(history), shuffled(history))),
      (kind, [history, other]) => hold(orderArrivalBreach(kind, history, other)),
    ),
  },
  {
    name: 'no order of arrival changes the status of a basis',
    share: 2,
    property: fc.property(
      shopKinds,
      placedHistories.chain((history) => fc.tuple(fc.constant(history), shuffled(history))),
      (kind, [history, other]) => hold(arrivalBreach(kind, history, other)),
    ),
  },
];

function shuffled(history: readonly Event[]): fc.Arbitrary<readonly Event[]> {
  return fc.shuffledSubarray([...history], { minLength: history.length });
}

function hold(breach: Breach): void {
  if (breach !== null) throw new Error(breach);
}

export function play(kind: ShopKind, history: readonly Event[]): EventShop {
  const shop = new EventShop(kind);
  for (const event of history) shop.tell(event);
  return shop;
}

// ------------------------------------------------------------------ refusals

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

// ------------------------------------------------------------------ acceptances

export function unstatedAcceptance(kind: ShopKind, history: readonly Event[]): Breach {
  const { world } = play(kind, history);
  for (const row of world.bases.values()) {
    if (row.standing.status !== 'accepted') continue;
    const states = (world.actsOf(row.profileId) ?? []).some(
      (act) =>
        act.basisId === row.basisId &&
        !act.void &&
        act.toward === 'accepted' &&
        act.kind !== 'withdraw' &&
        act.at === row.standing.since,
    );
    if (!states) return `profile ${row.profileId} is accepted in ${row.basisId}, and nothing states it`;
    const auto = world.settings.bases.find(({ id }) => id === row.basisId)?.kind === 'consent';
    const acts = (world.actsOf(row.profileId) ?? []).filter(({ basisId: id }) => id === row.basisId);
    if (auto && acts.every((act) => act.cause === 'auto')) return `a consent accepted by uplift alone`;
  }
  return null;
}

/** Along every profile's acts in order of own time, and along its statuses as the facts arrived. */
export function legalLeft(kind: ShopKind, history: readonly Event[]): Breach {
  const shop = new EventShop(kind);
  const before = new Map<string, string>();
  for (const event of history) {
    shop.tell(event);
    for (const [key, row] of shop.world.bases) {
      const was = before.get(key);
      before.set(key, row.standing.status);
      if (basisDefinition(shop.world.settings, row.basisId)?.kind !== 'legal') continue;
      if (was !== 'refused' || row.standing.status === 'refused') continue;
      const acts = (shop.world.actsOf(row.profileId) ?? []).filter(({ basisId: id }) => id === row.basisId);
      if (!acts.some((act) => act.flags.reset && act.cause === 'import'))
        return `${key} left refused by ${JSON.stringify(event)}`;
    }
  }
  for (const profile of shop.world.profiles.keys()) {
    const acts = [...(shop.world.actsOf(profile) ?? [])].sort(byOwnTime);
    const { edges } = judgeRecords(acts);
    for (const { id } of shop.world.settings.bases.filter(({ kind: ground }) => ground === 'legal')) {
      let standing = unknownStanding;
      for (const act of acts.filter(({ basisId: of }) => of === id)) {
        const after = step(standing, act, edges.get(act) ?? null, 'legal').standing;
        const left = standing.status === 'refused' && after.status !== 'refused';
        if (left && (after.status !== 'unknown' || !act.flags.reset)) return `refused ${id} became ${after.status}`;
        standing = after;
      }
    }
  }
  return null;
}

// ------------------------------------------------------------------ objections

export function objectionBreach(kind: ShopKind, history: readonly Event[]): Breach {
  const shop = new EventShop(kind);
  const objections: { key: AddressKey; channel: 'email' | 'sms'; at: Instant }[] = [];
  for (const event of history) {
    const outcome = shop.tell(event);
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
    if (answer.allowed && !liftedByOwnAct(shop, at)) return `${key} objected at ${hours(at)} and may be contacted`;
  }
  return null;
}

function liftedByOwnAct(shop: EventShop, since: Instant): boolean {
  for (const profile of shop.world.profiles.keys()) {
    for (const act of shop.world.actsOf(profile) ?? []) {
      const consent = shop.world.settings.bases.find(({ id }) => id === act.basisId)?.kind === 'consent';
      const own = act.cause === 'person' || (act.cause === 'act' && !act.flags.browser);
      if (consent && own && act.toward === 'accepted' && act.at > since) return true;
    }
  }
  return false;
}

// ------------------------------------------------------------------ twice, any order

export function twiceBreach(kind: ShopKind, history: readonly Event[]): Breach {
  const once = play(kind, history);
  const twice = new EventShop(kind);
  for (const event of history) {
    const known = event.does === 'order' && event.by !== 'browser';
    const again = twice.tellTwice(event);
    if (known && again.word === 'applied' && again.effects.bases.length === 0)
      return `repeated, applied: ${JSON.stringify(event)}`;
  }
  return different(once, twice);
}

export function arrivalBreach(kind: ShopKind, history: readonly Event[], other: readonly Event[]): Breach {
  return different(play(kind, [...prelude, ...history, ...ending]), play(kind, [...prelude, ...other, ...ending]));
}

export function orderArrivalBreach(kind: ShopKind, history: readonly Event[], other: readonly Event[]): Breach {
  const states = [history, other].map((events) =>
    [...play(kind, events).world.orders.values()].map(({ payment, fulfilment }) => `${payment} ${fulfilment}`).join(),
  );
  return states[0] === states[1] ? null : states.join(' is not ');
}

/** Three people; the first two share their e-mail and phone, as couples do. */
const prelude: readonly Event[] = [
  { does: 'account', by: 'server', who: { id: '1', email: 'a@x.fr', mobile: '+33611111111' }, arrives: 0 },
  { does: 'account', by: 'server', who: { id: '2', email: 'a@x.fr', mobile: '+33611111111' }, arrives: 0 },
  { does: 'account', by: 'server', who: { id: '3', email: 'b@x.fr', mobile: '+33622222222' }, arrives: 0 },
];

/** The links' lives end, and a night passes: in production both follow what they end. */
const ending: readonly Event[] = [
  ...['1', '2', '3'].flatMap((id) =>
    [1, 2, 3].map((basis): Event => ({ does: 'link-ends', by: 'staff', who: { id }, basis, arrives: 24 * 27 })),
  ),
  { does: 'night', by: 'staff', who: {}, arrives: 24 * 28 },
];

function different(one: EventShop, other: EventShop): Breach {
  const [first, second] = [JSON.stringify(one.picture(), null, 1), JSON.stringify(other.picture(), null, 1)];
  return first === second ? null : `${first}\nis not\n${second}`;
}

// ------------------------------------------------------------------ strangers

/** The same history with and without a stranger's browser: whatever a server stated is the same. */
export function strangerBreach(
  kind: ShopKind,
  shop: readonly Event[],
  browser: readonly Event[],
  places: Iterable<number>,
): Breach {
  const alone = play(kind, shop);
  const mixed = mix(shop, browser, places);
  const crowded = play(kind, mixed);
  for (const order of alone.world.orders.values()) {
    const same = [...crowded.world.orders.values()].find(
      (other) => other.key === order.key && other.stated.state[2] !== undefined,
    );
    if (order.stated.state[2] === undefined) continue;
    if (same === undefined) return `order ${order.key} is gone`;
    for (const field of ['payment', 'fulfilment', 'cancelled'] as const) {
      if (same[field] !== order[field]) return `${field} of ${order.key}: ${order[field]} became ${same[field]}`;
    }
    if (order.stated.total[2] !== undefined && same.netMinor !== order.netMinor) return `net of ${order.key} changed`;
    const owners = [ownerName(alone, order.ownerId), ownerName(crowded, same.ownerId)];
    if (order.stated.owner[2] !== undefined && owners[0] !== owners[1])
      return `owner of ${order.key}: ${owners.join(' → ')}`;
  }
  for (const profile of alone.world.profiles.values()) {
    const same = counterpart(crowded, profile);
    if (same === null) return `profile ${nameOf(profile)} is gone`;
    if (same.emailNorm !== profile.emailNorm) return `e-mail of ${nameOf(profile)} became ${same.emailNorm}`;
    if (profile.mobileE164 !== null && same.mobileE164 !== profile.mobileE164)
      return `phone of ${nameOf(profile)} changed`;
    for (const row of alone.world.basesOf(profile.id)) {
      const other = crowded.world.basis(same.id, row.basisId);
      const [was, now] = [row.standing.status, other?.standing.status ?? 'unknown'];
      const raised = was === 'unknown' && now !== 'refused';
      // while it waits for the link, no api or import may accept it (rules §10)
      const waits = kind.doubleOptIn && now === 'to confirm';
      // a stranger's sign-up mailed a link, and its button was pressed: the act of whoever reads the mailbox
      const pressed = kind.doubleOptIn && now === 'accepted' && shop.some((event) => event.link === true);
      if (was !== now && !raised && !waits && !pressed)
        return `basis ${row.basisId} of ${nameOf(profile)}: ${was} became ${now}`;
      const untouched = was === 'accepted' && row.standing.since === other?.standing.since;
      if (untouched && other.activityAt !== row.activityAt)
        return `basis ${row.basisId} of ${nameOf(profile)} was prolonged`;
    }
  }
  for (const [token, binding] of crowded.world.tokens) {
    const before = alone.world.tokens.get(token);
    if (binding.verified && before?.verified !== true) return `${token} speaks`;
  }
  for (const profile of crowded.world.profiles.values()) {
    const bases = crowded.world.basesOf(profile.id);
    const known = profile.externalIds.some(({ rank }) => rank > 1) || profile.emailRank > 1;
    if (!known && bases.some(({ standing }) => standing.status === 'refused') && shop.every(refusesNothing)) {
      return `a stranger refused for ${nameOf(profile)}`;
    }
  }
  return null;
}

function refusesNothing(event: Event): boolean {
  return (
    event.status !== 'refused' &&
    event.optIn !== 0 &&
    event.sms !== 0 &&
    !event.consents?.some(([, value]) => value === 0)
  );
}

function mix(shop: readonly Event[], browser: readonly Event[], places: Iterable<number>): readonly Event[] {
  const mixed = [...shop];
  const place = places[Symbol.iterator]();
  for (const event of browser) mixed.splice(Number(place.next().value ?? 0) % (mixed.length + 1), 0, event);
  return mixed;
}

function counterpart(shop: EventShop, profile: Profile): Profile | null {
  const id = profile.externalIds.find(({ rank }) => rank > 1);
  for (const other of shop.world.profiles.values()) {
    if (
      id !== undefined &&
      other.externalIds.some(
        ({ value, namespace, rank }) => rank > 1 && value === id.value && namespace === id.namespace,
      )
    )
      return other;
    const alone = id === undefined && other.emailNorm === profile.emailNorm && other.emailRank > 1;
    if (alone && other.externalIds.every(({ rank }) => rank === 1)) return other;
  }
  return null;
}

function ownerName(shop: EventShop, owner: ProfileId | null): string {
  const profile = owner === null ? undefined : shop.world.profiles.get(owner);
  return profile === undefined ? 'nobody' : nameOf(profile);
}

function nameOf(profile: Profile): string {
  const ids = profile.externalIds.filter(({ rank }) => rank > 1).map(({ namespace, value }) => `${namespace}:${value}`);
  return ids.sort().join(' ') || (profile.emailNorm ?? '');
}

function hours(at: Instant | null): string {
  return at === null ? '?' : `${(at - start) / hour}h`;
}
