/** Who a statement is about: external id, else e-mail, else a verified token (rules §2). */
import { shareRefusals } from './acts.ts';
import { emailNormal } from './email.ts';
import type { StatedPerson } from './facts.ts';
import { type ExternalId, isClaim, newProfile, type Profile, stateCustom, stateFields, stateTags } from './profile.ts';
import { defaultNamespace, namespaceOf } from './source.ts';
import { saveProfile, type Turn, type When } from './turn.ts';

/** What a fact may do to the profile it names: an account and staff change addresses, an order only fills empty ones (rules §2.4). */
export type PersonRole = 'account' | 'contact' | 'name-only' | 'amend';

export interface FoundPerson {
  readonly profile: Profile;
  readonly created: boolean;
  /** A verified token of this very profile came with it: it speaks for itself (rules §6.4). */
  readonly speaks: boolean;
}

/** Identifiers of a statement in their normal forms; what cannot be one is dropped with its reason. */
interface Identifiers {
  readonly email: string | null;
  readonly shown: string | null;
  readonly externalId: string | null;
  readonly namespace: string;
}

const externalIdLimit = 250;

/** Finds or makes the profile a person's statement is about, and writes on it what the statement may. Null: nobody is named. */
export function statePerson(
  turn: Turn,
  person: StatedPerson,
  store: string | null,
  role: PersonRole,
  when: When,
): FoundPerson | null {
  const ids = identifiers(turn, person, store);
  const bound = boundProfile(turn, person.token);
  const named = ids.externalId !== null || ids.email !== null;
  const found = named ? findNamed(turn, ids) : bound;
  if (!named && found === null) return null;
  if (ids.externalId === null && ids.email !== null) turn.named = `email:${ids.email}`;

  const speaks = found !== null && bound?.id === found.id;
  const profile = writePerson(turn, found, ids, person, role, when, speaks);
  bindToken(turn, person.token, profile, named);
  turn.profile ??= { id: profile.id, created: found === null };
  return { profile, created: found === null, speaks };
}

/** Writes on a profile that is known by its number what staff say of it. */
export function amendPerson(turn: Turn, profile: Profile, person: StatedPerson, when: When): void {
  turn.profile ??= { id: profile.id, created: false };
  const ids = identifiers(turn, { ...person, externalId: null }, null);
  if (ids.email !== null) noteShared(turn, profile, ids.email);
  writePerson(turn, profile, ids, person, 'amend', when, false);
}

/** Writes what a statement may on the profile it found, or on a new one; refusals of the addresses it comes to hold come along. */
function writePerson(
  turn: Turn,
  before: Profile | null,
  ids: Identifiers,
  person: StatedPerson,
  role: PersonRole,
  when: When,
  speaks: boolean,
): Profile {
  const known = before === null ? 0 : turn.world.formerOf(before.id).length;
  const found = before ?? create(turn, when);
  const named =
    turn.rank === 1
      ? claimIdentifiers(turn, found, before === null, ids, when)
      : stateIdentifiers(turn, found, ids, role, when);
  const profile = stateAttributes(turn, before, named, person, role, when, speaks);
  const left = turn.world.formerOf(profile.id).length > known ? turn.world.formerOf(profile.id).slice(known) : [];
  if (left.length > 0 || before === null || addressesChanged(before, profile)) {
    shareRefusals(
      turn,
      before,
      profile,
      left.map(({ email }) => `email:${email}` as const),
    );
  }
  return turn.world.profile(profile.id) ?? profile;
}

/** The visitor a token names, while it speaks: within its life when the statement arrived, and not revoked (rules §6.5). */
export function visitorOf(turn: Turn, value: string | null): string | null {
  const { settings, supply } = turn.world;
  return value === null ? null : supply.readToken(value, turn.statement.arrivedAt, settings.tokensFrom);
}

/** The profile a verified token names, if the value is a token of ours. */
export function boundProfile(turn: Turn, value: string | null): Profile | null {
  const token = visitorOf(turn, value);
  if (token === null) return null;
  const binding = turn.world.token(token);
  return binding?.verified ? turn.world.profile(binding.profileId) : null;
}

/** A server that may read verifies; otherwise a named browser's token is a claim, and never stands against a verified one. */
export function bindToken(turn: Turn, value: string | null, profile: Profile, named: boolean): void {
  const token = visitorOf(turn, value);
  if (token === null || !named) return;
  const known = turn.world.token(token);
  const verified = turn.rank > 1 && turn.statement.mayRead;
  if (known?.verified && !verified) return;
  if (known?.profileId === profile.id && known.verified === verified) return;
  turn.world.putToken(token, { profileId: profile.id, verified, boundAt: turn.statement.arrivedAt });
  if (verified) turn.changed = true;
}

function identifiers(turn: Turn, person: StatedPerson, store: string | null): Identifiers {
  const { source } = turn.statement;
  const namespace = namespaceOf(source, store, turn.world.settings);
  const shown = person.email?.trim() || null;
  const email = shown === null ? null : emailNormal(shown);
  if (shown !== null && email === null) turn.reasons.add('identity.email_invalid');
  const tooLong = person.externalId !== null && [...person.externalId].length > externalIdLimit;
  if (tooLong) turn.reasons.add('identity.external_id_too_long');
  const externalId = tooLong || person.externalId === '' ? null : person.externalId;
  return { email, shown: email === null ? null : shown, externalId, namespace };
}

function findNamed(turn: Turn, ids: Identifiers): Profile | null {
  if (ids.externalId === null) return ids.email === null ? null : findByEmail(turn, ids.email);
  const known = findByExternal(turn, ids.externalId, ids.namespace);
  const claimed = known?.externalIds.some(
    (id) => id.value === ids.externalId && id.namespace === ids.namespace && id.rank === 1,
  );
  if (known !== null && (turn.rank === 1 || !claimed)) {
    noteShared(turn, known, ids.email);
    return known;
  }
  if (turn.rank === 1) {
    noteShared(turn, null, ids.email);
    return null;
  }
  return findForNewId(turn, ids, known);
}

/**
 * The profile a server's unknown id is written on: the one that holds the e-mail, if it is alone and has no id in this
 * namespace that a server stated. A claimed id gives way (rules §2.2, §10).
 */
function findForNewId(turn: Turn, ids: Identifiers, claimant: Profile | null): Profile | null {
  const holders = ids.email === null ? [] : turn.world.holdersOfEmail(ids.email);
  const stated = holders.filter((holder) => holder.emailRank > 1);
  const candidates = stated.length > 0 ? stated : holders;
  const [only, ...others] = candidates;
  const free = only?.externalIds.every((id) => id.namespace !== ids.namespace || id.rank === 1);
  const target = only !== undefined && others.length === 0 && free ? only : null;
  if (claimant !== null && claimant.id !== target?.id) {
    saveProfile(turn, { ...claimant, externalIds: claimant.externalIds.filter((id) => !same(id, ids)) }, true);
  }
  noteShared(turn, target, ids.email);
  return target;
}

/** The namespace's own id; else one in `default` that this store adopts, or a store's that an unnamed statement means (rules §3.1, §10). */
function findByExternal(turn: Turn, value: string, namespace: string): Profile | null {
  const { world } = turn;
  const holders = world.holdersOfExternal(value);
  const exact = holders.find((holder) =>
    holder.externalIds.some((id) => id.value === value && id.namespace === namespace),
  );
  if (exact !== undefined) return exact;
  const inStores = holders.filter((holder) =>
    holder.externalIds.some((id) => id.value === value && id.namespace !== defaultNamespace),
  );
  if (namespace === defaultNamespace) {
    const [one, ...more] = inStores;
    if (more.length > 0) turn.reasons.add('identity.id_ambiguous');
    return one !== undefined && more.length === 0 ? one : null;
  }
  const unnamed = holders.find((holder) =>
    holder.externalIds.some((id) => id.value === value && id.namespace === defaultNamespace),
  );
  if (unnamed === undefined) return null;
  if (inStores.length > 0) {
    turn.reasons.add('identity.id_ambiguous');
    return null;
  }
  const externalIds = unnamed.externalIds.map((id) =>
    id.value === value && id.namespace === defaultNamespace ? { ...id, namespace } : id,
  );
  return turn.rank === 1 ? unnamed : saveProfile(turn, { ...unnamed, externalIds }, true);
}

/** Several holders: those a server stated before claims, those with an external id that a server stated first, then the latest seen (rules §2.3). */
function findByEmail(turn: Turn, email: string): Profile | null {
  const holders = turn.world.holdersOfEmail(email);
  const stated = holders.filter((holder) => holder.emailRank > 1);
  const candidates = stated.length > 0 ? stated : holders;
  // a claim never stands against a server fact: that one means who really held the address
  const former = stated.length === 0 && (candidates.length === 0 || turn.rank > 1) ? findFormer(turn, email) : null;
  const [only, ...others] = candidates;
  if (former !== null || only === undefined) return former;
  if (others.length === 0) return only;
  turn.reasons.add('identity.ambiguous');
  const withId = candidates.filter((holder) => holder.externalIds.some(({ rank }) => rank > 1));
  return latestSeen(withId.length > 0 ? withId : candidates);
}

function findFormer(turn: Turn, email: string): Profile | null {
  const former = [...turn.world.formerHolders(email)].sort((a, b) => b.until - a.until || b.profileId - a.profileId);
  const [latest] = former;
  const profile = latest === undefined ? null : turn.world.profile(latest.profileId);
  if (profile !== null) turn.reasons.add('identity.former_address');
  return profile;
}

function latestSeen(profiles: readonly Profile[]): Profile | null {
  let latest: Profile | null = null;
  for (const profile of profiles) {
    if (
      latest === null ||
      profile.lastSeen > latest.lastSeen ||
      (profile.lastSeen === latest.lastSeen && idsOf(profile) > idsOf(latest))
    ) {
      latest = profile;
    }
  }
  return latest;
}

/** Decides between two seen at one instant, whichever of them came first. */
function idsOf(profile: Profile): string {
  return profile.externalIds
    .filter(({ rank }) => rank > 1)
    .map(({ namespace, value }) => `${namespace}:${value}`)
    .sort()
    .join(' ');
}

function noteShared(turn: Turn, found: Profile | null, email: string | null): void {
  if (email === null) return;
  if (turn.world.holdersOfEmail(email).some((holder) => holder.id !== found?.id))
    turn.reasons.add('identity.email_shared');
}

function create(turn: Turn, when: When): Profile {
  const { supply } = turn.world;
  return newProfile(supply.profileId(), supply.subjectKey(), when.at, turn.statement.arrivedAt);
}

/** A browser names a new profile, and writes no id or address on one that exists (rules §6.1). */
function claimIdentifiers(turn: Turn, profile: Profile, created: boolean, ids: Identifiers, when: When): Profile {
  if (!created) {
    const newId = ids.externalId !== null && !profile.externalIds.some((id) => id.value === ids.externalId);
    const newEmail = ids.email !== null && ids.email !== profile.emailNorm;
    if (newId || (newEmail && ids.externalId !== null)) turn.reasons.add('trust.browser_cannot_change_identity');
    return profile;
  }
  const externalIds: ExternalId[] =
    ids.externalId === null ? [] : [{ namespace: ids.namespace, value: ids.externalId, rank: 1, since: when.at }];
  return withEmail({ ...profile, externalIds }, ids, turn, when);
}

function stateIdentifiers(turn: Turn, profile: Profile, ids: Identifiers, role: PersonRole, when: When): Profile {
  let stated = profile;
  if (ids.externalId !== null) {
    const id: ExternalId = { namespace: ids.namespace, value: ids.externalId, rank: turn.rank, since: when.at };
    // an unnamed id that a store knows is that store's (rules §10)
    const known =
      profile.externalIds.find((other) => same(other, ids)) ??
      profile.externalIds.find(({ value }) => ids.namespace === defaultNamespace && value === ids.externalId);
    if (known === undefined || known.rank < 2) {
      // what browsers claimed in this namespace gives way to the first id a server states
      const others = profile.externalIds.filter(
        (other) => !same(other, ids) && !(other.namespace === ids.namespace && other.rank === 1),
      );
      stated = { ...stated, externalIds: [...others, id] };
    }
  }
  if (ids.email === null) return stated;
  if (ids.email === stated.emailNorm) {
    if (stated.emailRank < turn.rank) return { ...stated, emailRank: turn.rank, emailAt: when.at };
    const again = role === 'account' && stated.emailRank === turn.rank && when.at > (stated.emailAt ?? 0);
    return again ? { ...stated, emailAt: when.at } : stated;
  }
  if (stated.emailNorm === null) return withEmail(stated, ids, turn, when);
  const newer = turn.rank > stated.emailRank || (turn.rank === stated.emailRank && when.at >= (stated.emailAt ?? 0));
  if (role !== 'amend' && (role !== 'account' || ids.externalId === null)) return stated;
  if (!newer) {
    // an older address that came late was left when the present one came
    if (turn.rank === stated.emailRank)
      turn.world.putFormer(ids.email, { profileId: stated.id, until: stated.emailAt ?? when.at });
    return stated;
  }
  turn.world.putFormer(stated.emailNorm, { profileId: stated.id, until: when.at });
  return withEmail(stated, ids, turn, when);
}

function withEmail(profile: Profile, ids: Identifiers, turn: Turn, when: When): Profile {
  return {
    ...profile,
    email: ids.shown,
    emailNorm: ids.email,
    emailRank: ids.email === null ? 0 : turn.rank,
    emailAt: when.at,
  };
}

function stateAttributes(
  turn: Turn,
  before: Profile | null,
  profile: Profile,
  person: StatedPerson,
  role: PersonRole,
  when: When,
  speaks: boolean,
): Profile {
  const by = {
    rank: turn.rank,
    at: when.at,
    country: turn.world.settings.country,
    phones: phonesOf(turn, before, role),
  };
  const fields = role === 'name-only' ? profile : stateFields(profile, person.fields, by);
  const custom = stateCustom(fields, person.custom, by);
  const tags = stateTags(custom.tags, person.addTags, person.delTags, turn.rank);
  // who is merely named by a browser was not seen: §2.3 lets the latest seen receive a shared address
  const seen = role !== 'amend' && (turn.rank > 1 || speaks || before === null || isClaim(before));
  const confirms = before !== null && isClaim(before) && turn.rank > 1;
  const newest = confirms ? when.at : Math.max(custom.lastSeen, when.at);
  const lastSeen = seen ? newest : custom.lastSeen;
  const stated = { ...custom, tags, lastSeen };
  return saveProfile(turn, stated, before === null || looksDifferent(before, stated));
}

/** A phone is an address: on a profile that servers stated, a browser writes none (rules §6.1). */
function phonesOf(turn: Turn, before: Profile | null, role: PersonRole): 'replace' | 'fill' | 'leave' {
  if (before === null) return 'replace';
  if (turn.rank === 1) return isClaim(before) ? 'fill' : 'leave';
  return role === 'account' || role === 'amend' ? 'replace' : 'fill';
}

/** An address changed, or a server has now stated what was claimed. */
function addressesChanged(before: Profile, after: Profile): boolean {
  return (
    before.emailNorm !== after.emailNorm ||
    before.mobileE164 !== after.mobileE164 ||
    before.phoneE164 !== after.phoneE164 ||
    before.stated.mobile?.[0] !== after.stated.mobile?.[0] ||
    before.stated.phone?.[0] !== after.stated.phone?.[0]
  );
}

function looksDifferent(before: Profile, after: Profile): boolean {
  return (
    before.email !== after.email ||
    before.externalIds !== after.externalIds ||
    before.tags !== after.tags ||
    !sameValues(before.fields, after.fields) ||
    !sameValues(before.custom, after.custom)
  );
}

function sameValues(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function same(id: ExternalId, ids: Identifiers): boolean {
  return id.namespace === ids.namespace && id.value === ids.externalId;
}
