import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ProfileQuery, ProfileRow } from '#contract/profile.ts';
import { emailNormal } from '#domain/email.ts';
import type { ShopId } from '#domain/ids.ts';
import { phoneNormal } from '#domain/phone.ts';
import type { Database } from '#store/tables.ts';
import { dayRange } from './day-range.ts';

const pageRows = 50;
const most = 50;
/** How many rows a page looks at before it says "go on from here". */
const scanRows = 5_000;

/**
 * A page of the shop's profiles, the newest first (index profile_created); `next`: where the page after it starts. Narrowed by a basis,
 * a page may hold less than it could and still have a next one.
 */
export async function listProfiles(
  db: Kysely<Database>,
  shop: ShopId,
  { after, from, to, basis, status }: Omit<ProfileQuery, 'search'>,
  zone: string,
): Promise<{ readonly profiles: ProfileRow[]; readonly next: string | null }> {
  const [at = 0, id = 0] = after?.split('.').map(Number) ?? [];
  const within = sql`merged_into is null and ${dayRange(sql.ref('created_at'), { from, to }, zone)}
    and ${after === undefined ? sql`true` : sql`(created_at, id) < (${new Date(at)}, ${id})`}`;
  // in the order of the index, and only until the page is full
  const scanned = sql`(select id, created_at, shop_id from profile where shop_id = ${shop} and ${within}
    order by created_at desc, id desc limit ${basis === undefined ? pageRows + 1 : scanRows})`;
  const passing = sql<number>`(select id from ${scanned} profile
    where ${basis === undefined ? sql`true` : holdsBasis(basis, status)} order by created_at desc, id desc limit ${pageRows + 1})`;
  const rows = await profiles(db, shop)
    .select('created_at')
    .where('id', 'in', passing)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const page = rows.slice(0, pageRows);
  const last = rows.length > pageRows ? page.at(-1) : basis === undefined ? undefined : await endOfScan();
  const next = last === undefined ? null : `${last.created_at.getTime()}.${last.id}`;
  return { profiles: page.map(({ created_at: _, ...row }) => toRow(row)), next };

  /** The last row that was looked at, when more lie behind it. */
  async function endOfScan() {
    const { rows } = await sql<{
      id: number;
      created_at: Date;
    }>`select id, created_at from profile where shop_id = ${shop} and ${within}
      order by created_at desc, id desc offset ${scanRows - 1} limit 1`.execute(db);
    return rows[0];
  }
}

/** A basis nobody spoke of has no row, and is unknown. */
export function holdsBasis(basis: number, status: string | undefined): RawBuilder<unknown> {
  const spoken = sql`select from profile_basis b where b.shop_id = profile.shop_id and b.profile_id = profile.id and b.basis_id = ${basis}`;
  if (status === undefined) return sql`exists (${spoken})`;
  if (status === 'unknown') return sql`not exists (${spoken} and b.status <> 'unknown')`;
  return sql`exists (${spoken} and b.status = ${status})`;
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
