/** A profile between its row and the rules' value. */
import { profileFields } from '#domain/facts.ts';
import { type ProfileId, profileId, type ShopId } from '#domain/ids.ts';
import type { ExternalId, FieldValues, Profile } from '#domain/profile.ts';
import type { Rank } from '#domain/source.ts';
import { type Column, insertStatement, type Row, textArray, updateStatement } from './set-write.ts';

/** Fields by their column: `group` is a word of SQL. */
const fieldColumns = profileFields.map((field) => ({ field, column: field === 'group' ? 'customer_group' : field }));

const columns: readonly Column[] = [
  { name: 'shop_id', type: 'int4' },
  { name: 'id', type: 'int8' },
  { name: 'created_at', type: 'timestamptz' },
  { name: 'updated_at', type: 'timestamptz' },
  { name: 'last_seen', type: 'timestamptz' },
  { name: 'subject_key', type: 'text', cast: 'uuid' },
  { name: 'email', type: 'text' },
  { name: 'email_norm', type: 'text' },
  { name: 'email_rank', type: 'int2' },
  { name: 'email_at', type: 'timestamptz' },
  { name: 'phone_e164', type: 'text' },
  { name: 'mobile_e164', type: 'text' },
  { name: 'tags', type: 'text', cast: 'text[]' },
  { name: 'custom', type: 'jsonb' },
  { name: 'stated', type: 'json' },
  { name: 'records', type: 'json' },
  { name: 'account_at', type: 'timestamptz' },
  { name: 'merged_into', type: 'int8' },
  { name: 'absorbed', type: 'text', cast: 'int8[]' },
  ...fieldColumns.map(({ column }) => ({ name: column, type: 'text' }) as const),
];

export const insertProfiles = insertStatement('profile', columns);
export const updateProfiles = updateStatement('profile', columns, ['shop_id', 'id']);

export function profileRow(shop: ShopId, profile: Profile): Row {
  return [
    shop,
    profile.id,
    profile.createdAt,
    profile.updatedAt,
    profile.lastSeen,
    profile.subjectKey,
    profile.email,
    profile.emailNorm,
    profile.emailRank,
    profile.emailAt,
    profile.phoneE164,
    profile.mobileE164,
    textArray(profile.tags),
    profile.custom,
    profile.stated,
    profile.records,
    profile.accountAt,
    profile.mergedInto,
    profile.absorbed.length === 0 ? null : `{${profile.absorbed.join()}}`,
    ...fieldColumns.map(({ field }) => profile.fields[field]),
  ];
}

/** Columns of a profile as `fromProfileRow` reads them; times in milliseconds. */
export const profileSelect = [
  'p.shop_id',
  'p.id',
  ...['created_at', 'updated_at', 'last_seen', 'email_at', 'account_at'].map(milliseconds('p')),
  ...['subject_key', 'email', 'email_norm', 'email_rank', 'phone_e164', 'mobile_e164', 'tags', 'custom', 'stated'].map(
    (name) => `p.${name}`,
  ),
  ...['records', 'merged_into', 'absorbed', ...fieldColumns.map(({ column }) => column)].map((name) => `p.${name}`),
].join(', ');

/** A timestamptz column as milliseconds, under its own name: in floats, which are exact here; `extract` would count in numerics. */
export function milliseconds(alias: string): (name: string) => string {
  return (name) => `(date_part('epoch', ${alias}.${name}) * 1000)::int8 as ${name}`;
}

export type ProfileRow = Record<string, unknown> & { shop_id: number; id: number };

export function fromProfileRow(row: ProfileRow, externalIds: readonly ExternalId[]): Profile {
  const fields: Record<string, string> = {};
  for (const { field, column } of fieldColumns) {
    const value = row[column];
    if (typeof value === 'string') fields[field] = value;
  }
  return {
    id: profileId(row.id),
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    lastSeen: row.last_seen as number,
    subjectKey: row.subject_key as string,
    email: row.email as string | null,
    emailNorm: row.email_norm as string | null,
    emailRank: row.email_rank as 0 | Rank,
    emailAt: row.email_at as number | null,
    fields: fields as FieldValues,
    phoneE164: row.phone_e164 as string | null,
    mobileE164: row.mobile_e164 as string | null,
    tags: row.tags as string[],
    custom: row.custom as Record<string, string>,
    stated: row.stated as Profile['stated'],
    records: row.records as Profile['records'],
    accountAt: row.account_at as number | null,
    externalIds,
    mergedInto: row.merged_into === null ? null : (row.merged_into as ProfileId),
    absorbed: (row.absorbed as number[] | null)?.map(profileId) ?? [],
  };
}
