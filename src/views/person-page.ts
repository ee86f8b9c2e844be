/** What a person's own page shows of them: behind a mailed link almost nothing, behind a mailed code everything. */
import type { Kysely } from 'kysely';
import type { ClientBase, Pool } from 'pg';
import type { Addressee } from '#contract/contact.ts';
import type { ProfilePage } from '#contract/profile.ts';
import { type Act, type Standing, step, unknownStanding } from '#domain/basis.ts';
import { emailNormal } from '#domain/email.ts';
import type { Channel, Instant } from '#domain/facts.ts';
import { basisId, profileId, type ShopId, seq } from '#domain/ids.ts';
import type { Reason } from '#domain/reasons.ts';
import { type BasisDefinition, settingsOf } from '#domain/settings.ts';
import { addressMark, type PersonLink } from '#store/person-link.ts';
import { hashAddress, type Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findProfilePage } from './profile-page.ts';

export interface Holder {
  readonly id: number;
  readonly shop: string;
  readonly email: string;
  readonly lang: string | null;
}

const mostHolders = 10;

/** The profiles of a shop that have the address now; whom its shop knows by an id first, then the latest seen (index profile_email). */
export async function findHolders(db: ClientBase | Pool, shop: ShopId, emailNorm: string): Promise<Holder[]> {
  const { rows } = await db.query<Holder>(
    `select p.id, h.name as shop, p.email, p.lang from profile p join shop h on h.id = p.shop_id
     where p.shop_id = $1 and p.email_norm = $2
     order by exists (select from profile_identifier i
       where i.shop_id = p.shop_id and i.profile_id = p.id and i.kind = 'external' and i.rank > 1) desc, p.last_seen desc, p.id
     limit $3`,
    [shop, emailNorm, mostHolders],
  );
  return rows;
}

/** Profile and address of each, in a constant number of queries; null: nobody of the shop. Of several holders, the one `findHolders` puts first. */
export async function findAddressees(
  db: Pool,
  shop: ShopId,
  people: readonly Addressee[],
): Promise<({ readonly profileId: number; readonly emailNorm: string } | null)[]> {
  const wanted = people.map((one) => ('email' in one ? emailNormal(one.email) : null));
  const ids = people.map((one) => ('profile' in one ? one.profile : null));
  const { rows } = await db.query<{ i: number; id: number; email_norm: string }>(
    `with asked as (select email, id, i from unnest($2::text[], $3::int8[]) with ordinality k(email, id, i)),
     p as (
       select k.i, p.shop_id, p.id, p.email_norm, p.last_seen from asked k join profile p on p.shop_id = $1 and p.email_norm = k.email
       union all
       select k.i, p.shop_id, p.id, p.email_norm, p.last_seen from asked k join profile p on p.shop_id = $1 and p.id = k.id and p.email_norm is not null)
     select distinct on (p.i) p.i::int as i, p.id, p.email_norm from p
     order by p.i, exists (select from profile_identifier x
       where x.shop_id = p.shop_id and x.profile_id = p.id and x.kind = 'external' and x.rank > 1) desc, p.last_seen desc, p.id`,
    [shop, wanted, ids],
  );
  const found = new Map(rows.map((row) => [row.i - 1, { profileId: row.id, emailNorm: row.email_norm }]));
  return people.map((_, place) => found.get(place) ?? null);
}

/** The status of one basis of one profile. */
export async function findStatus(db: Pool, shop: ShopId, profile: number, basis: number): Promise<string> {
  const { rows } = await db.query<{ status: string }>(
    'select status from profile_basis where shop_id = $1 and profile_id = $2 and basis_id = $3',
    [shop, profile, basis],
  );
  return rows[0]?.status ?? 'unknown';
}

/** What the shop is called; null: there is none. */
export async function findShopName(db: Pool, shop: number): Promise<string | null> {
  const { rows } = await db.query<{ name: string }>('select name from shop where id = $1', [shop]);
  return rows[0]?.name ?? null;
}

/** Whom a link in a mail reaches. */
export interface Reached {
  readonly shopId: ShopId;
  readonly shop: string;
  readonly profileId: number;
  /** Where that mail went. */
  readonly email: string;
  readonly emailNorm: string;
  /** It is the person's address still; a former one may only be objected for. */
  readonly present: boolean;
  readonly lang: string | null;
  readonly bases: readonly BasisDefinition[];
}

/** null: nobody here has, or had, the address the link was made for. */
export async function findReached(db: Pool, keys: Keys, link: PersonLink): Promise<Reached | null> {
  const { shopId: shop, profileId: profile, mark } = link;
  const { rows } = await db.query<{
    shop: string;
    email: string | null;
    email_norm: string | null;
    lang: string | null;
    former: string[] | null;
    body: object;
  }>(
    `select h.name as shop, p.email, p.email_norm, p.lang,
       (select array_agg(value) from profile_identifier i
        where i.shop_id = $1 and i.profile_id = $2 and i.kind = 'email') as former,
       (select body from shop_settings s where s.shop_id = $1 order by version desc limit 1) as body
     from profile p join shop h on h.id = p.shop_id where p.shop_id = $1 and p.id = $2`,
    [shop, profile],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const isMeant = (emailNorm: string) => addressMark(keys, shop, emailNorm).equals(mark);
  const present = row.email_norm !== null && isMeant(row.email_norm);
  const emailNorm = present ? row.email_norm : row.former?.find(isMeant);
  if (emailNorm === undefined || emailNorm === null) return null;
  const { bases, languages } = settingsOf(row.body, 0);
  return {
    shopId: shop,
    shop: row.shop,
    profileId: profile,
    email: present ? (row.email ?? emailNorm) : emailNorm,
    emailNorm,
    present,
    lang: row.lang ?? languages[0] ?? null,
    bases: bases.filter(({ active }) => active),
  };
}

export type OwnStatus = 'accepted' | 'refused';

export interface OwnBasis {
  readonly basis: BasisDefinition;
  readonly status: string;
  readonly since: Instant | null;
  /** What the person may say here; a contract is shown with its use, not offered for refusal (rules §7). */
  readonly offers: readonly OwnStatus[];
  /** Why they may not accept, where they may not. */
  readonly why: Reason | null;
}

export interface OwnPage {
  readonly profile: ProfilePage;
  readonly bases: readonly OwnBasis[];
  /** Channels on which the person can be reached, and whether they objected to marketing there. */
  readonly channels: readonly { readonly channel: Channel; readonly objected: boolean }[];
}

/** Everything the page shows of one profile; null: it is gone. */
export async function findOwnPage(
  db: Kysely<Database>,
  pool: Pool,
  keys: Keys,
  shop: ShopId,
  profile: number,
  now: Instant,
): Promise<OwnPage | null> {
  const page = await findProfilePage(db, shop, profile, now);
  if (page === null) return null;
  const [standings, settings, reach] = await Promise.all([
    pool.query<{ basis_id: number; fold: Partial<Standing> }>(
      'select basis_id, fold from profile_basis where shop_id = $1 and profile_id = $2',
      [shop, profile],
    ),
    pool.query<{ body: object }>('select body from shop_settings where shop_id = $1 order by version desc limit 1', [
      shop,
    ]),
    findChannels(pool, keys, shop, profile),
  ]);
  const known = new Map(standings.rows.map((row) => [row.basis_id, row.fold]));
  const definitions = settingsOf(settings.rows[0]?.body ?? {}, 0).bases;
  return {
    profile: page,
    channels: reach,
    bases: page.bases.flatMap((row) => {
      const basis = definitions.find(({ id }) => id === row.id);
      if (basis === undefined) return [];
      const standing = { ...unknownStanding, ...known.get(row.id) };
      return [{ basis, status: row.status, since: row.since, ...offersOf(standing, basis, profile, now) }];
    }),
  };
}

/** Asks the rules what a word of the person would do now (rules §4, table). */
function offersOf(
  standing: Standing,
  basis: BasisDefinition,
  profile: number,
  now: Instant,
): Pick<OwnBasis, 'offers' | 'why'> {
  const said = (toward: OwnStatus) => {
    const act: Act = {
      seq: seq(0n),
      n: 0,
      profileId: profileId(profile),
      basisId: basisId(basis.id),
      kind: 'set',
      toward,
      cause: 'person',
      source: 'person',
      at: now,
      arrivedAt: now,
      channel: null,
      series: null,
      orderId: null,
      flags: { personal: true },
      void: false,
    };
    return step(standing, act, null, basis.kind);
  };
  const accept = said('accepted');
  const mayAccept = basis.active && accept.standing.status === 'accepted' && standing.status !== 'accepted';
  const mayRefuse = basis.ground !== 'contract' && standing.status !== 'refused';
  return {
    offers: [...(mayAccept ? (['accepted'] as const) : []), ...(mayRefuse ? (['refused'] as const) : [])],
    why: standing.status === 'refused' ? accept.reason : null,
  };
}

async function findChannels(pool: Pool, keys: Keys, shop: ShopId, profile: number): Promise<OwnPage['channels']> {
  const { rows } = await pool.query<{
    email_norm: string | null;
    mobile_e164: string | null;
    phone_e164: string | null;
  }>('select email_norm, mobile_e164, phone_e164 from profile where shop_id = $1 and id = $2', [shop, profile]);
  const { email_norm: email = null, mobile_e164: mobile = null, phone_e164: phone = null } = rows[0] ?? {};
  const phones = [mobile, phone].filter((one) => one !== null).map((one) => `phone:${one}`);
  const reach: readonly (readonly [Channel, readonly string[]])[] = [
    ['email', email === null ? [] : [`email:${email}`]],
    ['sms', phones],
    ['phone', phones],
  ];
  const found = await pool.query<{ channel: string }>(
    'select channel from objection where shop_id = $1 and address_hash = any ($2::bytea[]) and lifted_at is null',
    [shop, reach.flatMap(([, addresses]) => addresses.map((address) => hashAddress(keys, shop, address)))],
  );
  const objected = new Set(found.rows.map((row) => row.channel));
  return reach
    .filter(([, addresses]) => addresses.length > 0)
    .map(([channel]) => ({ channel, objected: objected.has(channel) }));
}
