/** Accounts, newsletter sign-ups, stated bases, objections and tokens (rules §2, §4, §6, §7). */
import { giveAct, spreadRefusal } from './acts.ts';
import { phoneAddress } from './address.ts';
import type { ActFlags } from './basis.ts';
import { isNewObject } from './decide-order.ts';
import { emailNormal } from './email.ts';
import { takeActivity } from './expiry.ts';
import type {
  AccountFact,
  ConsentFact,
  ConsentSubject,
  NewsletterFact,
  ObjectionFact,
  ProfileFact,
  StatedPerson,
  TokenFact,
  VisitFact,
} from './facts.ts';
import { profileId } from './ids.ts';
import { liftedSince, liftObjections } from './objection.ts';
import { amendPerson, bindToken, boundProfile, statePerson } from './person.ts';
import type { Profile } from './profile.ts';
import type { BasisDefinition } from './settings.ts';
import { causeOf, saveProfile, type Turn, type When, whenOf } from './turn.ts';
import {
  giveAutomatic,
  namedBasis,
  type OptInContext,
  takeAct,
  takeConsents,
  takeOptIns,
  waitsForLink,
} from './uplift.ts';
import type { AddressKey } from './world-rows.ts';

export function decideAccount(turn: Turn, fact: AccountFact): void {
  const when = whenOf(turn, fact.ownTime);
  const found = statePerson(turn, fact.person, fact.store, 'account', when);
  if (found === null) {
    nobody(turn);
    return;
  }
  // what only a browser claimed of an account takes nothing from the server that creates it
  const claimed = turn.rank > 1 && found.profile.stated.account?.[0] === 1;
  const fresh = found.profile.accountAt === null || claimed;
  const isNew = isNewObject(turn, fact);
  let { profile } = found;
  if (fresh && isNew) {
    const stated = { ...profile.stated, account: [turn.rank, when.at] as const };
    profile = saveProfile(turn, { ...profile, accountAt: when.at, stated }, true);
    giveAutomatic(turn, profile, turn.world.settings.uplift.account, null, when);
  } else if (found.profile.accountAt === null) turn.reasons.add('uplift.history');
  const context: OptInContext = { when, speaks: found.speaks, order: null, byOrder: false };
  profile = takeOptIns(turn, turn.world.profile(profile.id) ?? profile, fact.optIns, context);
  takeConsents(turn, profile, fact.consents, context);
  if (turn.rank > 1 || found.speaks) takeActivity(turn, profile.id, fresh && isNew ? 'signup' : 'account', when.at);
}

/** An act on the e-mail opt-in's target; a browser's 0 is nothing (rules §4). */
export function decideNewsletter(turn: Turn, fact: NewsletterFact): void {
  const when = whenOf(turn, fact.ownTime);
  const found = statePerson(turn, fact.person, fact.store, 'contact', when);
  if (found === null) {
    nobody(turn);
    return;
  }
  const context: OptInContext = { when, speaks: found.speaks, order: null, byOrder: false };
  const optIn = { channel: 'email', value: fact.value, kind: 'act' } as const;
  const profile = takeOptIns(turn, found.profile, [optIn, ...fact.optIns], context);
  takeConsents(turn, profile, fact.consents, context);
  if (turn.rank > 1 || found.speaks) takeActivity(turn, profile.id, 'act', when.at);
}

/** One basis set for one person, or, by a phone alone, refused for everyone who has it (rules §1, §2.5). */
export function decideConsent(turn: Turn, fact: ConsentFact): void {
  const when = whenOf(turn, fact.ownTime, fact.status === 'refused' ? 'end' : 'start');
  const basis = namedBasis(turn, fact.basis);
  const holders = subjects(turn, fact, when);
  if (basis === null || holders === null) {
    turn.refused = 'rejected';
    return;
  }
  const phone = 'profileId' in fact.subject ? null : fact.subject.phone;
  const phoneKey = phone === null ? null : phoneAddress(turn.world, phone);
  for (const profile of holders) setBasis(turn, profile, basis, fact, when);
  if (fact.status === 'refused' && phoneKey !== null) {
    spreadRefusal(turn, null, [phoneKey], basis.id, when.at, isPersonal(turn));
    turn.changed = true;
  }
}

/** "No more marketing" on a channel: moves no status; the answer to "may we contact?" consults it (rules §7, §10). */
export function decideObjection(turn: Turn, fact: ObjectionFact): void {
  if (turn.rank === 1) {
    turn.reasons.add('trust.browser_cannot_refuse');
    turn.refused = 'ignored';
    return;
  }
  const when = whenOf(turn, fact.ownTime, 'end');
  const keys = objectedAddresses(turn, fact);
  if (keys.length === 0) {
    nobody(turn);
    return;
  }
  for (const key of keys) {
    const known = turn.world.objection(key, fact.channel);
    if (known !== null && known.since >= when.at) continue;
    const liftedAt = liftedSince(turn, key, fact.channel, when.at);
    turn.world.putObjection(key, fact.channel, { since: when.at, cause: causeOf(turn.statement.source), liftedAt });
    turn.changed = true;
  }
}

/** Staff correct a profile; an address they give replaces the one it has, and refusals of its other holders come along (rules §2.4, §2.5). */
export function decideProfile(turn: Turn, fact: ProfileFact): void {
  const profile = turn.world.profile(profileId(fact.profileId));
  if (profile === null) {
    turn.reasons.add('profile.unknown');
    turn.refused = 'rejected';
    return;
  }
  amendPerson(turn, profile, fact.person, whenOf(turn, fact.ownTime));
}

export function decideToken(turn: Turn, fact: TokenFact): void {
  const when = whenOf(turn, fact.ownTime);
  const found = statePerson(turn, fact.person, fact.store, 'contact', when);
  if (found === null) {
    nobody(turn);
    return;
  }
  bindToken(turn, fact.minted, found.profile, true);
}

/** A visit of a verified token's bearer prolongs; any other learns and changes nothing (rules §4, §6.1). */
export function decideVisit(turn: Turn, fact: VisitFact): void {
  const profile = boundProfile(turn, fact.token);
  if (profile === null) {
    turn.reasons.add('token.unknown');
    turn.refused = 'ignored';
    return;
  }
  turn.profile = { id: profile.id, created: false };
  takeActivity(turn, profile.id, 'visit', whenOf(turn, fact.ownTime).at);
}

function setBasis(turn: Turn, profile: Profile, basis: BasisDefinition, fact: ConsentFact, when: When): void {
  const { source } = turn.statement;
  const cause = causeOf(source);
  turn.profile ??= { id: profile.id, created: false };
  if (cause === 'act' && fact.status !== 'unknown') {
    const context: OptInContext = { when, speaks: false, order: null, byOrder: false };
    if (turn.rank === 1 && fact.status === 'refused') {
      turn.reasons.add('trust.browser_cannot_refuse');
      return;
    }
    takeAct(turn, profile, basis.id, fact.status === 'accepted' ? 1 : 0, context);
    return;
  }
  const standing = turn.world.basis(profile.id, basis.id)?.standing;
  const resets = fact.reset && basis.kind === 'legal' && standing?.status === 'refused' && fact.status !== 'refused';
  const flags: ActFlags = {
    ...(when.own ? { dated: true } : {}),
    ...(fact.proof === 'double-opt-in-link' ? { link: true } : {}),
    ...(resets ? { reset: true } : {}),
    ...(isPersonal(turn) ? { personal: true } : {}),
    ...(fact.writtenReason === null ? {} : { writtenReason: fact.writtenReason }),
    ...(turn.rank === 1 && waitsForLink(turn.world.settings, basis.id) ? { confirm: true } : {}),
  };
  const toward = resets ? 'unknown' : fact.status;
  giveAct(turn, { profileId: profile.id, basisId: basis.id, kind: 'set', toward, cause, at: when.at, flags });
  if (fact.status !== 'accepted') return;
  liftObjections(turn, profile, basis.id, cause, when.at);
  takeActivity(turn, profile.id, 'act', when.at);
}

/** The profiles a stated basis is about; null with the reason when there is nobody to set it for. */
function subjects(turn: Turn, fact: ConsentFact, when: When): readonly Profile[] | null {
  const { subject } = fact;
  if ('profileId' in subject) {
    const profile = turn.world.profile(profileId(subject.profileId));
    if (profile === null) turn.reasons.add('profile.unknown');
    return profile === null ? null : [profile];
  }
  const { email, externalId, phone } = subject;
  if (email !== null || externalId !== null) {
    const found = statePerson(turn, { ...noPerson, email, externalId }, fact.store, 'name-only', when);
    if (found === null) nobody(turn);
    return found === null ? null : [found.profile];
  }
  const key = phone === null ? null : phoneAddress(turn.world, phone);
  if (key === null || fact.status !== 'refused') {
    nobody(turn);
    return null;
  }
  return turn.world.holdersOfPhone(key.slice('phone:'.length));
}

function objectedAddresses(turn: Turn, fact: ObjectionFact): readonly AddressKey[] {
  const keys = (subject: ConsentSubject): AddressKey[] => {
    if ('profileId' in subject) {
      const profile = turn.world.profile(profileId(subject.profileId));
      if (profile === null) return [];
      turn.profile ??= { id: profile.id, created: false };
      const phones = [profile.mobileE164, profile.phoneE164].filter((phone) => phone !== null);
      if (fact.channel !== 'email') return phones.map((phone) => `phone:${phone}` as const);
      return profile.emailNorm === null ? [] : [`email:${profile.emailNorm}`];
    }
    const email = subject.email === null ? null : emailNormal(subject.email);
    const phone = subject.phone === null ? null : phoneAddress(turn.world, subject.phone);
    return [...(email === null ? [] : [`email:${email}` as const]), ...(phone === null ? [] : [phone])];
  };
  return keys(fact.subject);
}

/** "The person's own" refusals: the person's and an act's 0 (rules §10). */
function isPersonal(turn: Turn): boolean {
  const cause = causeOf(turn.statement.source);
  return cause === 'person' || cause === 'act';
}

function nobody(turn: Turn): void {
  if (turn.reasons.size === 0 || !turn.reasons.has('identity.email_invalid')) turn.reasons.add('identity.missing');
  turn.refused = 'rejected';
}

const noPerson: StatedPerson = {
  externalId: null,
  email: null,
  token: null,
  fields: {},
  addTags: [],
  delTags: [],
  custom: {},
};
