/** Our own format: facts as our pages, our back office and our web processes state them. */
import {
  type BasisName,
  type ConsentSubject,
  type Fact,
  type ProfileField,
  profileFields,
  type StatedEvidence,
  type StatedTime,
} from '#domain/facts.ts';
import { basisId } from '#domain/ids.ts';
import type { Decoded } from '../decoded.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts';
import { isDate } from '../values.ts';

const channels = ['email', 'sms', 'phone', 'post'] as const;

/** Raw bytes: `{"facts": [Fact, …]}`. A fact that is not whole rejects the item. */
export function decodeOwn(raw: Uint8Array): Decoded {
  const json = parseJson(raw);
  if ('fault' in json) return { word: 'unreadable', reason: json.fault, field: null };
  const list = isObject(json.value) ? json.value.facts : null;
  if (!Array.isArray(list) || list.length === 0 || list.length > 1000) return rejected('facts');
  const facts: Fact[] = [];
  for (const [place, item] of list.entries()) {
    const fact = isObject(item) ? readFact(item) : null;
    if (fact === null) return rejected(`facts[${place}]`);
    facts.push(fact);
  }
  const alone = facts.find(({ type }) => type === 'erase' || type === 'undo');
  if (alone !== undefined && facts.some(({ type }) => type !== alone.type)) return rejected('facts');
  return { word: 'read', facts, notes: [] };
}

function readFact(json: JsonObject): Fact | null {
  const ownTime = readTime(json.ownTime);
  if (ownTime === undefined) return null;
  const said = { store: typeof json.store === 'string' ? json.store : null, ownTime };
  switch (json.type) {
    case 'settings':
      return isObject(json.change) ? { type: 'settings', ...said, change: json.change } : null;
    case 'visit':
      return typeof json.token === 'string' ? { type: 'visit', ...said, token: json.token } : null;
    case 'consent':
      return readConsent(json, said);
    case 'objection': {
      const subject = readSubject(json.subject);
      const channel = channels.find((known) => known === json.channel);
      return subject === null || channel === undefined ? null : { type: 'objection', ...said, subject, channel };
    }
    case 'expiry': {
      const basis = readBasis(json.basis);
      const run = json.run === 'night' || json.run === 'link-ends' ? json.run : null;
      if (basis === null || run === null || !isId(json.profileId)) return null;
      return { type: 'expiry', ...said, run, profileId: json.profileId, basis };
    }
    case 'profile':
      return readProfile(json, said);
    case 'erase': {
      const run = json.run === 'asked' || json.run === 'inactive' || json.run === 'store' ? json.run : null;
      return run === null || !isId(json.profileId) ? null : { type: 'erase', ...said, run, profileId: json.profileId };
    }
    case 'undo': {
      const { importId, writtenReason, profiles, created, orders } = json;
      if (!isText(importId, 100) || !isText(writtenReason, 1000)) return null;
      if (!isIds(profiles) || !isIds(created) || !isIds(orders)) return null;
      return { type: 'undo', ...said, importId, writtenReason, profiles, created, orders };
    }
    case 'merge': {
      const { profileId, other } = json;
      if (!isId(profileId) || !isId(other) || typeof json.undo !== 'boolean') return null;
      return { type: 'merge', ...said, profileId, other, undo: json.undo };
    }
    case 'abandon':
      return isText(json.ref, 600) ? { type: 'abandon', ...said, ref: json.ref } : null;
    default:
      return null;
  }
}

function readConsent(json: JsonObject, said: { store: string | null; ownTime: StatedTime | null }): Fact | null {
  const subject = readSubject(json.subject);
  const basis = readBasis(json.basis);
  const { status, writtenReason, proof } = json;
  if (subject === null || basis === null) return null;
  if (status !== 'accepted' && status !== 'refused' && status !== 'unknown') return null;
  return {
    type: 'consent',
    ...said,
    subject,
    basis,
    status,
    writtenReason: typeof writtenReason === 'string' && writtenReason.trim() !== '' ? writtenReason.trim() : null,
    reset: json.reset === true,
    proof: proof === 'double-opt-in-link' || proof === 'code' ? proof : null,
    ...(isObject(json.evidence) ? { evidence: readEvidence(json.evidence) } : {}),
  };
}

/** Fields by our names: text, or null to erase; anything else is no statement of ours. */
function readProfile(json: JsonObject, said: { store: string | null; ownTime: StatedTime | null }): Fact | null {
  const { profileId, person } = json;
  if (!isId(profileId) || !isObject(person)) return null;
  const fields: { [Field in ProfileField]?: string | null } = {};
  for (const [name, value] of Object.entries(isObject(person.fields) ? person.fields : {})) {
    const field = profileFields.find((known) => known === name);
    if (field === undefined || !(value === null || isText(value, 1000))) return null;
    fields[field] = value;
  }
  const custom: Record<string, string> = {};
  for (const [key, value] of Object.entries(isObject(person.custom) ? person.custom : {})) {
    if (key.length > 100 || !isText(value, 1000)) return null;
    custom[key] = value;
  }
  const tags = (value: Json | undefined) =>
    Array.isArray(value) ? value.filter((tag): tag is string => isText(tag, 250)) : [];
  return {
    type: 'profile',
    ...said,
    profileId,
    person: {
      externalId: null,
      email: isText(person.email, 320) ? person.email : null,
      token: null,
      fields,
      addTags: tags(person.addTags),
      delTags: tags(person.delTags),
      custom,
    },
  };
}

/** Texts, each cut to a length. */
function readEvidence(json: JsonObject): StatedEvidence {
  const parts = [
    ['form', 100],
    ['page', 300],
    ['wording', 2000],
    ['language', 10],
  ] as const;
  const evidence: { -readonly [Part in keyof StatedEvidence]: string } = {};
  for (const [part, most] of parts) {
    const value = json[part];
    if (typeof value === 'string' && value !== '') evidence[part] = value.slice(0, most);
  }
  return evidence;
}

function readSubject(json: Json | undefined): ConsentSubject | null {
  if (!isObject(json)) return null;
  if (isId(json.profileId)) return { profileId: json.profileId };
  const text = (value: Json | undefined) => (typeof value === 'string' && value !== '' ? value : null);
  const subject = { email: text(json.email), externalId: text(json.externalId), phone: text(json.phone) };
  return subject.email === null && subject.externalId === null && subject.phone === null ? null : subject;
}

function readBasis(json: Json | undefined): BasisName | null {
  if (!isObject(json)) return null;
  if (isId(json.id)) return { id: basisId(json.id) };
  return typeof json.techName === 'string' ? { techName: json.techName } : null;
}

/** What a date can hold, in milliseconds. */
const latest = 8.64e15;

function isIds(value: Json | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 5_000 && value.every(isId);
}

function isId(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: Json | undefined, longest: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}

/** undefined: something is there that is no time. */
function readTime(json: Json | undefined): StatedTime | null | undefined {
  if (json === undefined || json === null) return null;
  if (!isObject(json)) return undefined;
  if (typeof json.at === 'number' && Number.isSafeInteger(json.at) && Math.abs(json.at) <= latest)
    return { at: json.at };
  if (typeof json.date === 'string' && isDate(json.date)) return { date: json.date };
  return typeof json.local === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(json.local)
    ? { local: json.local }
    : undefined;
}

function rejected(field: string): Decoded {
  return { word: 'rejected', reason: 'wire.missing_field', field };
}
