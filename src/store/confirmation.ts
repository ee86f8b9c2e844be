/** Mails that ask a person to confirm: what is to be sent, what was, and the secrets of their links. */
import { createHash, randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';

/** Name of the job that mails what was asked. */
export const confirmationsJobName = 'confirmations';

export interface ConfirmationAsk {
  readonly shopId: ShopId;
  readonly profileId: number;
  readonly basisId: number;
}

/** Asks for one (again): what the mail job's limits allow is sent. */
export async function askConfirmation(db: Pool | ClientBase, ask: ConfirmationAsk, now: Instant): Promise<void> {
  await db.query(
    `insert into confirmation_ask (shop_id, profile_id, basis_id, asked_at) values ($1, $2, $3, to_timestamp($4::float8 / 1000))
     on conflict (shop_id, profile_id, basis_id) do nothing`,
    [ask.shopId, ask.profileId, ask.basisId, now],
  );
}

/** Takes the oldest ask of a shop that is not in `waiting`; the transaction that sends it removes it. null: there is none. */
export async function takeConfirmationAsk(
  client: ClientBase,
  waiting: readonly ShopId[],
): Promise<ConfirmationAsk | null> {
  const { rows } = await client.query<{ shop_id: number; profile_id: number; basis_id: number }>(
    `delete from confirmation_ask where (shop_id, profile_id, basis_id) = (
       select shop_id, profile_id, basis_id from confirmation_ask where not shop_id = any ($1::int4[])
       order by asked_at limit 1 for update skip locked)
     returning shop_id, profile_id, basis_id`,
    [waiting],
  );
  const row = rows[0];
  return row === undefined ? null : { shopId: shopId(row.shop_id), profileId: row.profile_id, basisId: row.basis_id };
}

export interface SentConfirmations {
  /** Of the shop, in the last hour. */
  readonly ofShop: number;
  /** To the address in the last day: for this basis, and for all. */
  readonly ofBasis: number;
  readonly ofAddress: number;
  /** The newest unanswered one for this basis. */
  readonly last: Instant | null;
}

/** What was sent lately: the limits against a stranger who signs others up. */
export async function countConfirmations(
  db: ClientBase,
  { shopId: shop, basisId }: ConfirmationAsk,
  address: Buffer,
  now: Instant,
): Promise<SentConfirmations> {
  const { rows } = await db.query<{ shop: number; basis: number; address: number; last: Date | null }>(
    `select (select count(*)::int from confirmation where shop_id = $1 and sent_at > at.now - interval '1 hour') as shop,
       count(*) filter (where c.basis_id = $2)::int as basis, count(c.*)::int as address,
       max(c.sent_at) filter (where c.basis_id = $2 and c.answered_at is null) as last
     from (select to_timestamp($4::float8 / 1000) as now) at
     left join confirmation c on c.shop_id = $1 and c.address_hash = $3 and c.sent_at > at.now - interval '1 day'
     group by at.now`,
    [shop, basisId, address, now],
  );
  const [row] = rows;
  return {
    ofShop: row?.shop ?? 0,
    ofBasis: row?.basis ?? 0,
    ofAddress: row?.address ?? 0,
    last: row?.last?.getTime() ?? null,
  };
}

/** Makes a link's secret and keeps its hash; answers what the link carries: `<shop>-<secret>`. */
export async function createConfirmation(
  db: ClientBase,
  ask: ConfirmationAsk,
  { address, now, endsAt }: { readonly address: Buffer; readonly now: Instant; readonly endsAt: Instant },
): Promise<string> {
  const token = `${ask.shopId}-${randomBytes(24).toString('base64url')}`;
  await db.query(
    `insert into confirmation (shop_id, token_hash, profile_id, basis_id, address_hash, sent_at, ends_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000))`,
    [ask.shopId, hashConfirmation(token), ask.profileId, ask.basisId, address, now, endsAt],
  );
  return token;
}

/** The shop and the hash under which a link is looked up; null: no link of ours. */
export function readConfirmation(token: string): { readonly shopId: ShopId; readonly hash: Buffer } | null {
  const shop = /^(\d{1,9})-[\w-]{32}$/.exec(token)?.[1];
  return shop === undefined ? null : { shopId: shopId(Number(shop)), hash: hashConfirmation(token) };
}

/** The link has done its work. */
export async function answerConfirmation(db: Pool, shop: ShopId, hash: Buffer, now: Instant): Promise<void> {
  await db.query(
    `update confirmation set answered_at = to_timestamp($3::float8 / 1000) where shop_id = $1 and token_hash = $2`,
    [shop, hash, now],
  );
}

/** Forgets links that ended before `before`; at most 2,000, answers how many. */
export async function forgetConfirmations(db: Pool, before: Instant): Promise<number> {
  const { rowCount } = await db.query(
    `delete from confirmation where (shop_id, token_hash) in
       (select shop_id, token_hash from confirmation where ends_at < to_timestamp($1::float8 / 1000) limit 2000)`,
    [before],
  );
  return rowCount ?? 0;
}

function hashConfirmation(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
