/** A person known by e-mail or external id, and what each source stated about them (rules §2). */
import type { Instant, ProfileField, StatedFields } from './facts.ts';
import { profileFields } from './facts.ts';
import type { OrderId, ProfileId } from './ids.ts';
import { phoneNormal } from './phone.ts';
import type { Rank } from './source.ts';

export interface ExternalId {
  readonly namespace: string;
  readonly value: string;
  /** 1: a claim only browsers stated. */
  readonly rank: Rank;
  readonly since: Instant;
}

/**
 * The newest run of equal opt-in records of a series: value, first and last time it was stated, when a live one first
 * stated it (0: none of the series was live; 1: one before the run), and the order all of the run rests on (null: more
 * than one order, or none).
 */
export type RecordRun = readonly [value: 0 | 1, first: Instant, last: Instant, live: Instant, order?: OrderId | null];

export type FieldValues = { readonly [Field in ProfileField]?: string };

export interface Profile {
  readonly id: ProfileId;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Newest own time of its facts, visits apart (rules §2.3). */
  readonly lastSeen: Instant;
  /** Random; stands for the person in history rows. */
  readonly subjectKey: string;
  /** As received. */
  readonly email: string | null;
  readonly emailNorm: string | null;
  /** 0: no address; 1: only browsers stated it. */
  readonly emailRank: 0 | Rank;
  readonly emailAt: Instant | null;
  readonly fields: FieldValues;
  readonly phoneE164: string | null;
  readonly mobileE164: string | null;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
  /** Who last stated a field (`custom:<key>` for custom ones, `account` for its creation): rank and own time. */
  readonly stated: Readonly<Record<string, readonly [Rank, Instant]>>;
  /** By `<channel>:<series>`. */
  readonly records: Readonly<Record<string, RecordRun>>;
  /** When the account that gave the account basis was created; null: none yet. */
  readonly accountAt: Instant | null;
  readonly externalIds: readonly ExternalId[];
  /** The profile that staff say is the same person, and stands for both (rules §2.6). */
  readonly mergedInto: ProfileId | null;
  /** The profiles merged into this one. */
  readonly absorbed: readonly ProfileId[];
}

export function newProfile(id: ProfileId, subjectKey: string, at: Instant, arrivedAt: Instant): Profile {
  return {
    id,
    createdAt: arrivedAt,
    updatedAt: arrivedAt,
    lastSeen: at,
    subjectKey,
    email: null,
    emailNorm: null,
    emailRank: 0,
    emailAt: null,
    fields: {},
    phoneE164: null,
    mobileE164: null,
    tags: [],
    custom: {},
    stated: {},
    records: {},
    accountAt: null,
    externalIds: [],
    mergedInto: null,
    absorbed: [],
  };
}

/** True when no server, import or person ever stated its address or an id: all of it is a browser's claim. */
export function isClaim(profile: Profile): boolean {
  return profile.emailRank <= 1 && profile.externalIds.every((id) => id.rank === 1);
}

export interface FieldStatement {
  readonly rank: Rank;
  readonly at: Instant;
  /** Phones are taken in this country where they carry no prefix (ISO 3166-1). */
  readonly country: string;
  /** May replace the phones it finds; otherwise it only fills empty ones, or none (rules §2.4, §6.1). */
  readonly phones: 'replace' | 'fill' | 'leave';
}

/**
 * Profile fields by rank, then own time; a lower or older statement fills only an empty field, empty values erase nothing,
 * an explicit null erases (rules §2.8). Returns the same object when nothing changed.
 */
export function stateFields(profile: Profile, said: StatedFields, by: FieldStatement): Profile {
  let fields: { [Field in ProfileField]?: string } | null = null;
  let stated: Record<string, readonly [Rank, Instant]> | null = null;
  for (const field of profileFields) {
    const value = said[field];
    if (value === undefined || value === '') continue;
    const isPhone = field === 'phone' || field === 'mobile';
    if (isPhone && by.phones === 'leave') continue;
    const now = (fields ?? profile.fields)[field];
    const claimed = profile.stated[field]?.[0] === 1 && by.rank > 1;
    if (isPhone && by.phones === 'fill' && now !== undefined && !claimed) continue;
    if (!wins(now, profile.stated[field], by)) continue;
    fields ??= { ...profile.fields };
    stated ??= { ...profile.stated };
    if (value === null) delete fields[field];
    else fields[field] = value;
    stated[field] = [by.rank, by.at];
  }
  if (fields === null || stated === null) return profile;
  const country = fields.country ?? by.country;
  return {
    ...profile,
    fields,
    stated,
    phoneE164: fields.phone === undefined ? null : phoneNormal(fields.phone, country, by.country),
    mobileE164: fields.mobile === undefined ? null : phoneNormal(fields.mobile, country, by.country),
  };
}

/** Custom fields follow the same order as fields (rules §2.8). */
export function stateCustom(profile: Profile, said: Readonly<Record<string, string>>, by: FieldStatement): Profile {
  let custom: Record<string, string> | null = null;
  let stated: Record<string, readonly [Rank, Instant]> | null = null;
  for (const [key, value] of Object.entries(said)) {
    if (value === '') continue;
    const name = `custom:${key}`;
    if (!wins(profile.custom[key], profile.stated[name], by)) continue;
    custom ??= { ...profile.custom };
    stated ??= { ...profile.stated };
    custom[key] = value;
    stated[name] = [by.rank, by.at];
  }
  return custom === null || stated === null ? profile : { ...profile, custom, stated };
}

/** Tags are added by anybody and removed by everybody but a browser (rules §6.1). */
export function stateTags(
  tags: readonly string[],
  add: readonly string[],
  remove: readonly string[],
  rank: Rank,
): readonly string[] {
  const gone = rank === 1 ? [] : remove.filter((tag) => tags.includes(tag) && !add.includes(tag));
  const fresh = [...new Set(add)].filter((tag) => !tags.includes(tag));
  if (gone.length === 0 && fresh.length === 0) return tags;
  return [...tags.filter((tag) => !gone.includes(tag)), ...fresh];
}

/** What the interface shows as a name: the part of the e-mail before the @ stands in, and is never stored (rules §2.8). */
export function displayName(profile: Pick<Profile, 'fields' | 'email'>): {
  readonly name: string;
  readonly stand: boolean;
} {
  const name = profile.fields.name;
  if (name !== undefined) return { name, stand: false };
  return { name: profile.email?.split('@')[0] ?? '', stand: true };
}

function wins(value: string | undefined, before: readonly [Rank, Instant] | undefined, by: FieldStatement): boolean {
  if (before === undefined) return true;
  if (by.rank !== before[0]) return by.rank > before[0] || value === undefined;
  return by.at >= before[1] || value === undefined;
}
