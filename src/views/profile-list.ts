import { type Kysely, sql } from 'kysely';
import type { ProfileRow } from '#contract/profile.ts';
import { emailNormal } from '#domain/email.ts';
import type { ShopId } from '#domain/ids.ts';
import { phoneNormal } from '#domain/phone.ts';
import type { Database } from '#store/tables.ts';

const pageRows = 50;
const most = 50;

/** A page of the shop's profiles, the newest first (index profile_created); `next`: where the page after it starts. */
export async function listProfiles(
  db: Kysely<Database>,
  shop: ShopId,
  after: string | undefined,
): Promise<{ readonly profiles: ProfileRow[]; readonly next: string | null }> {
  const [at = 0, id = 0] = after?.split('.').map(Number) ?? [];
  const rows = await profiles(db, shop)
    .select('created_at')
    .$if(after !== undefined, (query) => query.where(sql<boolean>`(created_at, id) < (${new Date(at)}, ${id})`))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(pageRows + 1)
    .execute();
  const page = rows.slice(0, pageRows);
  const last = page.at(-1);
  const next = rows.length > pageRows && last !== undefined ? `${last.created_at.getTime()}.${last.id}` : null;
  return { profiles: page.map(({ created_at: _, ...row }) => toRow(row)), next };
}

/** Exact matches only, each by an index: e-mail in its normal form, external id, mobile in E.164 (read in `country`), our own id. */
export async function findProfiles(
  db: Kysely<Database>,
  shop: ShopId,
  text: string,
  country: string,
): Promise<ProfileRow[]> {
  const email = emailNormal(text);
  const mobile = phoneNormal(text, country, country);
  const id = /^\d{1,15}$/.test(text) ? Number(text) : null;
  const found = [
    sql`select profile_id as id from profile_identifier where shop_id = ${shop} and kind = 'external' and value = ${text}`,
    ...(email === null ? [] : [sql`select id from profile where shop_id = ${shop} and email_norm = ${email}`]),
    ...(mobile === null ? [] : [sql`select id from profile where shop_id = ${shop} and mobile_e164 = ${mobile}`]),
    ...(id === null ? [] : [sql`select ${id}::int8`]),
  ].map((select) => sql`(${select} limit ${most})`);
  const rows = await profiles(db, shop)
    .where('id', 'in', sql<number>`(${sql.join(found, sql` union `)})`)
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map(toRow);
}

function profiles(db: Kysely<Database>, shop: ShopId) {
  return db
    .selectFrom('profile')
    .select(['id', 'email', 'name', 'firstname', 'last_seen'])
    .where('shop_id', '=', shop)
    .where('merged_into', 'is', null);
}

function toRow({
  last_seen,
  ...row
}: {
  id: number;
  email: string | null;
  name: string | null;
  firstname: string | null;
  last_seen: Date;
}): ProfileRow {
  return { ...row, lastSeen: last_seen.getTime() };
}
