/** Who waits for a confirmation, by what, and whose link has come to its end (rules §4 double opt-in). */
import type { ClientBase, Pool } from 'pg';
import { type ShopId, shopId } from '#domain/ids.ts';
import { type BasisDefinition, defaultSettings, settingsOf } from '#domain/settings.ts';

export interface Waiting {
  readonly shop: string;
  readonly email: string;
  readonly emailNorm: string;
  readonly lang: string | null;
  readonly basis: BasisDefinition;
  readonly confirmDays: number;
  /** Of the shop. */
  readonly zone: string;
}

/** The person whose basis waits for a link; null: it does no more, or there is no address to mail it to. */
export async function findWaiting(
  db: ClientBase | Pool,
  shop: ShopId,
  profile: number,
  basis: number,
): Promise<Waiting | null> {
  const { rows } = await db.query<{
    shop: string;
    email: string | null;
    email_norm: string | null;
    lang: string | null;
    body: object;
  }>(
    `select h.name as shop, p.email, p.email_norm, p.lang,
       (select body from shop_settings s where s.shop_id = $1 order by version desc limit 1) as body
     from profile_basis b
     join profile p on p.shop_id = b.shop_id and p.id = b.profile_id
     join shop h on h.id = b.shop_id
     where b.shop_id = $1 and b.profile_id = $2 and b.basis_id = $3 and b.status = 'to confirm'`,
    [shop, profile, basis],
  );
  const row = rows[0];
  if (row === undefined || row.email === null || row.email_norm === null) return null;
  const { bases, confirmDays, zone, languages } = settingsOf(row.body, 0);
  const definition = bases.find(({ id }) => id === basis);
  if (definition === undefined) return null;
  return {
    shop: row.shop,
    email: row.email,
    emailNorm: row.email_norm,
    lang: row.lang ?? languages[0] ?? null,
    basis: definition,
    confirmDays,
    zone,
  };
}

export interface MailedLink extends Waiting {
  readonly shopId: ShopId;
  readonly profileId: number;
  readonly status: string;
  readonly addressHash: Buffer;
  readonly endsAt: number;
  readonly answeredAt: number | null;
}

/** What a mailed link is about, whatever became of it; null: none was mailed, or its person is gone. */
export async function findMailedLink(db: Pool, shop: ShopId, hash: Buffer): Promise<MailedLink | null> {
  const { rows } = await db.query<{
    profile_id: number;
    basis_id: number;
    address_hash: Buffer;
    ends_at: Date;
    answered_at: Date | null;
    status: string | null;
    shop: string;
    email: string | null;
    email_norm: string | null;
    lang: string | null;
    body: object;
  }>(
    `select c.profile_id, c.basis_id, c.address_hash, c.ends_at, c.answered_at, b.status, h.name as shop,
       p.email, p.email_norm, p.lang,
       (select body from shop_settings s where s.shop_id = $1 order by version desc limit 1) as body
     from confirmation c
     join profile p on p.shop_id = c.shop_id and p.id = c.profile_id
     join shop h on h.id = c.shop_id
     left join profile_basis b on b.shop_id = c.shop_id and b.profile_id = c.profile_id and b.basis_id = c.basis_id
     where c.shop_id = $1 and c.token_hash = $2`,
    [shop, hash],
  );
  const row = rows[0];
  if (row === undefined || row.email === null || row.email_norm === null) return null;
  const { bases, confirmDays, zone, languages } = settingsOf(row.body, 0);
  const definition = bases.find(({ id }) => id === row.basis_id);
  if (definition === undefined) return null;
  return {
    shopId: shop,
    profileId: row.profile_id,
    shop: row.shop,
    email: row.email,
    emailNorm: row.email_norm,
    lang: row.lang ?? languages[0] ?? null,
    basis: definition,
    confirmDays,
    zone,
    status: row.status ?? 'unknown',
    addressHash: row.address_hash,
    endsAt: row.ends_at.getTime(),
    answeredAt: row.answered_at?.getTime() ?? null,
  };
}

export interface EndedWait {
  readonly shopId: ShopId;
  readonly profileId: number;
  readonly basisId: number;
  /** When its last link ended; where none was ever mailed, when one mailed at once would have. */
  readonly at: number;
}

/** Waits whose end has come, by (shop, profile, basis) after `after` (index profile_basis_waiting). */
export async function listEndedWaits(
  pool: Pool,
  now: number,
  after: Pick<EndedWait, 'shopId' | 'profileId' | 'basisId'>,
  limit: number,
): Promise<EndedWait[]> {
  const { rows } = await pool.query<{ shop_id: number; profile_id: number; basis_id: number; ends_at: Date }>(
    `select shop_id, profile_id, basis_id, ends_at from (
       select b.shop_id, b.profile_id, b.basis_id, greatest(
         (select max(c.ends_at) from confirmation c
          where c.shop_id = b.shop_id and c.profile_id = b.profile_id and c.basis_id = b.basis_id and c.sent_at >= b.changed_at),
         b.changed_at + coalesce(
           (select (s.body ->> 'confirmDays')::int from shop_settings s where s.shop_id = b.shop_id order by version desc limit 1),
           $6::int) * interval '1 day') as ends_at
       from profile_basis b where b.status = 'to confirm' and (b.shop_id, b.profile_id, b.basis_id) > ($1, $2::int8, $3)
     ) w where ends_at <= to_timestamp($4::float8 / 1000) order by 1, 2, 3 limit $5`,
    [after.shopId, after.profileId, after.basisId, now, limit, defaultSettings.confirmDays],
  );
  return rows.map((row) => ({
    shopId: shopId(row.shop_id),
    profileId: row.profile_id,
    basisId: row.basis_id,
    at: row.ends_at.getTime(),
  }));
}
