import { type Kysely, sql } from 'kysely';
import type { BasisList, BasisPage, BasisPeople, BasisRow, BasisStatus } from '#contract/bases.ts';
import type { ShopId } from '#domain/ids.ts';
import type { BasisDefinition, ShopSettings } from '#domain/settings.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

/** Every basis of a shop with how many people hold each status (kept counts, nothing is counted here); null: no such shop. */
export async function listBases(db: Kysely<Database>, shop: ShopId): Promise<Omit<BasisList, 'mailConfigured'> | null> {
  const [found, counts] = await Promise.all([findShopSettings(db, shop), findCounts(db, shop)]);
  if (found === null) return null;
  const { settings } = found;
  const { zone, confirmDays, languages } = settings;
  return {
    zone,
    confirmDays,
    languages: [...languages],
    bases: settings.bases.map((basis) => present(basis, settings, counts)),
  };
}

/** One basis with every text it ever showed; null: no such basis. */
export async function findBasis(db: Kysely<Database>, shop: ShopId, id: number): Promise<BasisPage | null> {
  const [list, texts] = await Promise.all([listBases(db, shop), listTexts(db, shop, id)]);
  const basis = list?.bases.find((one) => one.id === id);
  return list === null || basis === undefined ? null : { zone: list.zone, languages: list.languages, basis, texts };
}

/** Holders of a status by profile id, without merged profiles, after `after` (indexes profile_basis_status, profile_pkey). */
export async function listBasisPeople(
  db: Kysely<Database>,
  shop: ShopId,
  basis: number,
  status: BasisStatus,
  page: { readonly after: number; readonly limit: number },
): Promise<BasisPeople> {
  const people: BasisPeople['people'][number][] = [];
  // asked for in turns, not joined: a join by order would read the shop's profiles from the first one on
  for (let after: number | null = page.after; after !== null && people.length < page.limit; ) {
    const held = await listHeld(db, shop, basis, status, { after, limit: page.limit });
    const profiles = await findStanding(
      db,
      shop,
      held.map((row) => row.profile_id),
    );
    for (const { profile_id, since } of held) {
      const row = profiles.get(profile_id);
      if (row === undefined || people.length === page.limit) continue;
      const name = [row.firstname, row.name].filter((part) => part !== null).join(' ') || null;
      people.push({ id: profile_id, email: row.email, name, since: since?.getTime() ?? null });
    }
    after = held.length === page.limit ? (held.at(-1)?.profile_id ?? null) : null;
  }
  return { people, next: people.length === page.limit ? (people.at(-1)?.id ?? null) : null };
}

async function listHeld(
  db: Kysely<Database>,
  shop: ShopId,
  basis: number,
  status: BasisStatus,
  page: { readonly after: number; readonly limit: number },
) {
  return db
    .selectFrom('profile_basis')
    .select(['profile_id', 'since'])
    .where('shop_id', '=', shop)
    .where('basis_id', '=', basis)
    .where('status', '=', status)
    .where('profile_id', '>', page.after)
    .orderBy('profile_id')
    .limit(page.limit)
    .execute();
}

/** Of these profiles those that no other one stands for. */
async function findStanding(db: Kysely<Database>, shop: ShopId, ids: readonly number[]) {
  const rows = await db
    .selectFrom('profile')
    .select(['id', 'email', 'name', 'firstname'])
    .where('shop_id', '=', shop)
    .where('id', '=', sql<number>`any (${ids}::int8[])`)
    .where('merged_into', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

async function findCounts(db: Kysely<Database>, shop: ShopId): Promise<(basis: number, status: string) => number> {
  const rows = await db
    .selectFrom('basis_count')
    .select(['basis_id', 'status', 'n'])
    .where('shop_id', '=', shop)
    .execute();
  const known = new Map(rows.map((row) => [`${row.basis_id} ${row.status}`, row.n]));
  return (basis, status) => known.get(`${basis} ${status}`) ?? 0;
}

function present(
  basis: BasisDefinition,
  { uplift }: ShopSettings,
  count: (basis: number, status: string) => number,
): BasisRow {
  const [accepted, refused, toConfirm] = ['accepted', 'refused', 'to confirm'].map((status) => count(basis.id, status));
  const counts = { accepted: accepted ?? 0, refused: refused ?? 0, toConfirm: toConfirm ?? 0 };
  const unknown = Math.max(0, count(0, 'profile') - counts.accepted - counts.refused - counts.toConfirm);
  const { expiry, purposes, channels, ...words } = basis;
  return {
    ...words,
    purposes: [...purposes],
    channels: [...channels],
    expiry: expiry === null ? null : { days: expiry.days, prolongedBy: [...expiry.prolongedBy] },
    feeds: (['order', 'account', 'optinEmail', 'optinSms'] as const).filter((event) => uplift[event] === basis.id),
    counts: { ...counts, unknown },
  };
}

/** The first settings version of each text version; who of the team wrote it is looked up. */
async function listTexts(db: Kysely<Database>, shop: ShopId, id: number): Promise<BasisPage['texts']> {
  const { rows } = await sql<{ version: number; since: Date; by: string | null; texts: Record<string, string> }>`
    select t.version, t.since, coalesce(u.name, t.changed_by) as by, t.texts from (
      select distinct on ((b.basis ->> 'textVersion')::int) (b.basis ->> 'textVersion')::int as version,
        s.changed_at as since, s.changed_by, b.basis -> 'texts' as texts
      from shop_settings s, jsonb_array_elements(s.body -> 'bases') b(basis)
      where s.shop_id = ${shop} and (b.basis ->> 'id')::int = ${id}
      order by (b.basis ->> 'textVersion')::int, s.version
    ) t left join app_user u on t.changed_by = 'staff:' || u.id
    order by t.version desc limit 200`.execute(db);
  return rows.map((row) => ({ version: row.version, since: row.since.getTime(), by: row.by, texts: row.texts }));
}
