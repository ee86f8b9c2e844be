import type { Kysely } from 'kysely';
import type { JournalPage } from '#contract/verification.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Keys, Subject } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findPageOf } from './journal-list.ts';
import type { JournalPlace } from './verification.ts';

/** Identifiers looked up at once: a person has few. */
const most = 40;

/** Everything that ever named a person, newest first, by what they are and were known by, merged profiles with them; null: no such profile. */
export async function findTimeline(
  db: Kysely<Database>,
  keys: Keys,
  shop: ShopId,
  profile: number,
  before: JournalPlace | null,
): Promise<JournalPage | null> {
  const row = await db
    .selectFrom('profile')
    .select(['id', 'merged_into', 'absorbed'])
    .where('shop_id', '=', shop)
    .where('id', '=', profile)
    .executeTakeFirst();
  if (row === undefined) return null;
  const subjects = await listSubjects(db, shop, [row.id, ...(row.absorbed ?? [])]);
  return subjects.length === 0 ? { rows: [], next: null } : findPageOf(db, keys, shop, subjects, before);
}

/** Present and former addresses and ids (primary key of profile, index profile_identifier_profile). */
async function listSubjects(db: Kysely<Database>, shop: ShopId, ids: readonly number[]): Promise<Subject[]> {
  const [profiles, identifiers] = await Promise.all([
    db.selectFrom('profile').select('email_norm').where('shop_id', '=', shop).where('id', 'in', ids).execute(),
    db
      .selectFrom('profile_identifier')
      .select(['kind', 'value'])
      .where('shop_id', '=', shop)
      .where('profile_id', 'in', ids)
      .limit(most)
      .execute(),
  ]);
  const emails = profiles.flatMap(({ email_norm }) => (email_norm === null ? [] : [`email:${email_norm}` as const]));
  const known = identifiers.map(({ kind, value }) =>
    kind === 'email' ? (`email:${value}` as const) : (`external:${value}` as const),
  );
  return [...new Set([...emails, ...known])].slice(0, most);
}
