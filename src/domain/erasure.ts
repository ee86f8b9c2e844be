/**
 * A person erased: who that is, what is remembered so that they do not come back by themselves, and who may wake them
 * (rules §7, §10). What a database holds of them goes with the same fact (`apply/erasure.ts`).
 */
import { spreadRefusal } from './acts.ts';
import { addressesRefused, phoneAddress } from './address.ts';
import { isNewObject } from './decide-order.ts';
import { emailNormal } from './email.ts';
import type { EraseFact, Fact, Instant } from './facts.ts';
import { type BasisId, profileId } from './ids.ts';
import { partnersOf } from './merged.ts';
import type { Profile } from './profile.ts';
import type { ShopSettings } from './settings.ts';
import { defaultNamespace, isHistory, namespaceOf } from './source.ts';
import { dayMs, instantOf } from './time.ts';
import { causeOf, type Turn, whenOf } from './turn.ts';
import { namedBasis } from './uplift.ts';
import type { AddressKey, AddressRefusal, StubKey } from './world-rows.ts';

/** What a statement names a person by, and what stubs of it are called. */
interface Named {
  readonly email: string | null;
  readonly externalId: string | null;
  readonly namespaces: readonly string[];
}

/**
 * Erases a profile with those it is merged with, and, when the person asked, every other holder of its e-mail (rules §2.5,
 * §2.6). Their refusals go over to the address list, so that whoever comes to hold the address inherits them.
 */
export function decideErase(turn: Turn, fact: EraseFact): void {
  const { world, statement } = turn;
  const profile = world.profile(profileId(fact.profileId));
  if (profile === null || turn.rank === 1) {
    turn.reasons.add('profile.unknown');
    turn.refused = 'rejected';
    return;
  }
  const { arrivedAt } = statement;
  const people = peopleOf(turn, profile, fact.run === 'asked');
  if (fact.run === 'inactive' && !people.every((one) => isInactive(one, world.settings, arrivedAt))) return;
  turn.profile ??= { id: profile.id, created: false };
  for (const holder of people) {
    for (const key of stubsOf(turn, holder)) world.putStub(key, arrivedAt);
    keepRefusals(turn, holder);
    world.eraseProfile(holder.id);
    turn.erased.push(holder.id);
  }
  turn.changed = true;
}

export interface Spoken {
  /** As rows keep it (`sourceName`). */
  readonly source: string;
  readonly outcome: string;
  /** Received after the store asked. */
  readonly after: boolean;
}

const heard: ReadonlySet<string> = new Set(['applied', 'unchanged', 'failed']);

/**
 * True when nobody but this store spoke of somebody (rules §7): a server, another store, an import, the team or the person themself keep
 * them, a browser, which only claims, does not; nor does the store's own word, unless it was connected again since.
 */
export function isStoresAlone(store: string, spoken: readonly Spoken[]): boolean {
  return spoken.every(({ source, outcome, after }) => {
    if (!heard.has(outcome) || source === 'browser' || source === 'system') return true;
    return !after && (source === `store:${store}` || source === `pull:${store}`);
  });
}

/** Whoever is one person with the profile (rules §2.6), and, by its address, whoever holds that (rules §2.5): of those too. */
function peopleOf(turn: Turn, profile: Profile, byAddress: boolean): readonly Profile[] {
  const found = new Map([[profile.id, profile]]);
  for (const { id, emailNorm } of found.values()) {
    const partners = partnersOf(turn, id).flatMap((other) => turn.world.profile(other) ?? []);
    const holders = byAddress && emailNorm !== null ? turn.world.holdersOfEmail(emailNorm) : [];
    for (const other of [...partners, ...holders]) found.set(other.id, other);
  }
  return [...found.values()];
}

/** Prospects and customers go so many days after their last act or order; who came in lately is given a month (rules §7). */
export function isInactive(
  profile: Pick<Profile, 'lastSeen' | 'createdAt'>,
  settings: Pick<ShopSettings, 'retention'>,
  now: Instant,
): boolean {
  const days = settings.retention.inactiveDays;
  if (days === null) return false;
  return profile.lastSeen <= now - days * dayMs && profile.createdAt <= now - graceDays * dayMs;
}

export const graceDays = 30;

/**
 * True when a fact is about somebody erased and is no own new act: the fact changes nothing but what it refuses, and what
 * it says is not kept (rules §7).
 */
export function meetsErased(turn: Turn, fact: Fact): boolean {
  const { world } = turn;
  if (!world.erasures) return false;
  if (fact.type === 'order' && fact.order !== null) {
    const { key, number } = fact.order;
    const namespace = namespaceOf(turn.statement.source, fact.store, world.settings);
    const known = [key, ...(number === null ? [] : [number])];
    if (known.some((reference) => world.isErasedOrder(reference, namespace))) return true;
  }
  const named = namedBy(turn, fact);
  const erasedAt = named === null ? null : erasedSince(turn, named);
  if (named === null || erasedAt === null) return false;
  if (whenOf(turn, fact.ownTime).at <= erasedAt) return true;
  return !isBack(turn, named) && !wakes(turn, fact, named, erasedAt);
}

/** A refusal reaches the address list also when nobody is there to refuse any more. */
export function refuseForErased(turn: Turn, fact: Fact): void {
  const named = namedBy(turn, fact);
  if (named === null || turn.rank === 1) return;
  const end = whenOf(turn, fact.ownTime, 'end').at;
  const cause = causeOf(turn.statement.source);
  const refusal = { at: end, personal: cause === 'act' || cause === 'person' };
  const phone =
    fact.type === 'consent' && 'phone' in fact.subject ? phoneAddress(turn.world, fact.subject.phone) : null;
  const addresses: AddressKey[] = [
    ...(named.email === null ? [] : [`email:${named.email}` as const]),
    ...(phone === null ? [] : [phone]),
  ];
  for (const basis of refusedIn(turn, fact)) {
    const fresh = [...addresses, ...externalKeys(named)].filter((key) => !stands(turn, key, basis, refusal));
    if (fresh.length > 0) turn.changed = true;
    spreadRefusal(turn, null, addresses, basis, refusal.at, refusal.personal);
    for (const key of externalKeys(named)) keepRefusal(turn, key, basis, refusal);
  }
}

/** Every identifier a profile is or was known by. */
function stubsOf(turn: Turn, profile: Profile): readonly StubKey[] {
  const emails = [
    ...(profile.emailNorm === null ? [] : [profile.emailNorm]),
    ...turn.world.formerOf(profile.id).map(({ email }) => email),
  ];
  return [
    ...emails.map((email) => `email:${email}` as const),
    ...profile.externalIds.map(({ namespace, value }) => `external:${namespace} ${value}` as const),
  ];
}

function keepRefusals(turn: Turn, profile: Profile): void {
  const stubs = stubsOf(turn, profile);
  for (const { basisId, standing } of turn.world.basesOf(profile.id)) {
    const refused = standing.status === 'refused' || standing.before === 'refused';
    const definition = turn.world.settings.bases.find(({ id }) => id === basisId);
    if (!refused || standing.refusal === null || definition === undefined) continue;
    for (const key of new Set<AddressKey>([...addressesRefused(profile, definition), ...stubs])) {
      keepRefusal(turn, key, basisId, standing.refusal);
    }
  }
}

/** The list has this refusal, or a later one, already. */
function stands(turn: Turn, key: AddressKey, basis: BasisId, refusal: AddressRefusal): boolean {
  const known = turn.world.refusalsOf(key).find(([id]) => id === basis)?.[1];
  return known !== undefined && known.at >= refusal.at && (known.personal || !refusal.personal);
}

function keepRefusal(turn: Turn, key: AddressKey, basis: BasisId, refusal: AddressRefusal): void {
  if (stands(turn, key, basis, refusal)) return;
  const known = turn.world.refusalsOf(key).find(([id]) => id === basis)?.[1];
  turn.world.putRefusal(key, basis, {
    at: Math.max(known?.at ?? refusal.at, refusal.at),
    personal: refusal.personal || (known?.personal ?? false),
  });
}

/** What is looked up to know whether a fact is about somebody erased. */
export function stubKeysOf(fact: Fact, namespace: string, settings: ShopSettings): readonly StubKey[] {
  const named = namedIn(fact, namespace, settings);
  if (named === null) return [];
  return [...externalKeys(named), ...(named.email === null ? [] : [`email:${named.email}` as const])];
}

function namedBy(turn: Turn, fact: Fact): Named | null {
  const { settings } = turn.world;
  return namedIn(fact, namespaceOf(turn.statement.source, fact.store, settings), settings);
}

function namedIn(fact: Fact, namespace: string, { stores }: ShopSettings): Named | null {
  const said =
    'person' in fact ? fact.person : 'subject' in fact && !('profileId' in fact.subject) ? fact.subject : null;
  if (said === null || fact.type === 'profile') return null;
  const { email, externalId } = said;
  const normal = email === null ? null : emailNormal(email);
  const id = externalId === null || externalId === '' ? null : externalId;
  if (normal === null && id === null) return null;
  // an id without a store's name may be any store's; a store's may once have been said without it (rules §10)
  const namespaces = namespace === defaultNamespace ? [defaultNamespace, ...stores] : [namespace, defaultNamespace];
  return { email: normal, externalId: id, namespaces };
}

function externalKeys({ externalId, namespaces }: Named): readonly StubKey[] {
  return externalId === null ? [] : namespaces.map((namespace) => `external:${namespace} ${externalId}` as const);
}

/** Since when what the fact names is erased; null: it is not. Who is known by an id that was never erased is somebody else. */
function erasedSince(turn: Turn, named: Named): Instant | null {
  const { world } = turn;
  const ids = newest(externalKeys(named).map((key) => world.erasedAt(key)));
  if (ids === null && named.externalId !== null && isBack(turn, named)) return null;
  return newest([ids, named.email === null ? null : world.erasedAt(`email:${named.email}`)]);
}

/** Somebody present is known by it: the external id where one is given, else the e-mail. */
function isBack(turn: Turn, { email, externalId, namespaces }: Named): boolean {
  const { world } = turn;
  if (externalId === null) return email !== null && world.holdersOfEmail(email).length > 0;
  return world
    .holdersOfExternal(externalId)
    .some((holder) =>
      holder.externalIds.some(({ namespace, value }) => value === externalId && namespaces.includes(namespace)),
    );
}

/** An own new act, said by the shop's systems or by the person: a new order or account, a choice (rules §7, §10). */
function wakes(turn: Turn, fact: Fact, named: Named, erasedAt: Instant): boolean {
  if (turn.rank === 1 || isHistory(turn.statement.source)) return false;
  const { arrivedAt } = turn.statement;
  const after = (time: Parameters<typeof instantOf>[0] | null): boolean =>
    time === null || instantOf(time, arrivedAt, turn.world.settings.zone, 'start') > erasedAt;
  switch (fact.type) {
    case 'order':
      return fact.order !== null && isNewObject(turn, fact) && after(fact.createdAt) && after(fact.order.placedAt);
    case 'account': {
      const sameAccount = externalKeys(named).some((key) => turn.world.erasedAt(key) !== null);
      return isNewObject(turn, fact) && after(fact.createdAt) && !sameAccount;
    }
    case 'newsletter':
      return fact.value === 1;
    case 'consent': {
      const cause = causeOf(turn.statement.source);
      return fact.status === 'accepted' && (cause === 'act' || cause === 'person');
    }
    default:
      return false;
  }
}

/** The bases a fact refuses: stated, by an act's 0, or by a sign-off. */
function refusedIn(turn: Turn, fact: Fact): readonly BasisId[] {
  const { optinEmail, optinSms } = turn.world.settings.uplift;
  const found: (BasisId | null)[] = [];
  if (fact.type === 'consent' && fact.status === 'refused') found.push(namedBasis(turn, fact.basis)?.id ?? null);
  if (fact.type === 'newsletter' && fact.value === 0) found.push(optinEmail);
  if (fact.type === 'order' || fact.type === 'account' || fact.type === 'newsletter') {
    for (const { basis, value } of fact.consents) if (value === 0) found.push(namedBasis(turn, basis)?.id ?? null);
  }
  if (fact.type === 'account' || fact.type === 'newsletter') {
    for (const { channel, value, kind } of fact.optIns) {
      if (value === 0 && kind === 'act') found.push(channel === 'email' ? optinEmail : optinSms);
    }
  }
  return found.filter((basis): basis is BasisId => basis !== null);
}

function newest(times: readonly (Instant | null)[]): Instant | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
