/** Who asked for the page of an address, the code that opens it, and the session it gives. */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { hashAddress, type Keys, openText, sealText } from './secret.ts';

export const codeMinutes = 15;
export const sessionMinutes = 30;
const codeMs = codeMinutes * 60_000;
const sessionMs = sessionMinutes * 60_000;
/** Of one code. */
const mostTries = 5;

/** Name of the job that looks the address up and mails the code. */
export const personCodeJobName = 'person-codes';

/**
 * Notes that somebody wants the page of an address: the same work whether anybody here has it, so that neither answer nor
 * its time tells. Answers the name of the access, which the code is given with.
 */
export async function askAccess(
  db: Pool,
  keys: Keys,
  { shop, emailNorm, lang }: { readonly shop: ShopId; readonly emailNorm: string; readonly lang: string },
  now: Instant,
): Promise<string> {
  const id = randomBytes(15).toString('base64url');
  await db.query(
    `with asked as (
       insert into person_access (shop_id, id, asked_at, lang, address_hash, address)
       values ($1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6))
     select wake_job($7)`,
    [
      shop,
      id,
      now,
      lang,
      hashAddress(keys, shop, `email:${emailNorm}`),
      sealText(keys, emailNorm, placeOf(shop, id)),
      personCodeJobName,
    ],
  );
  return `${shop}.${id}`;
}

export interface AskedAccess {
  readonly shopId: ShopId;
  readonly id: string;
  readonly lang: string;
  readonly emailNorm: string;
  /** Codes mailed to the address in the last hour and day, and by the shop in the last hour. */
  readonly sent: { readonly hour: number; readonly day: number; readonly ofShop: number };
}

/** Takes an access that waits for its code; null: none does. */
export async function takeAccess(client: ClientBase, keys: Keys, now: Instant): Promise<AskedAccess | null> {
  const { rows } = await client.query<{
    shop_id: number;
    id: string;
    lang: string;
    address: Buffer;
    hour: number;
    day: number;
    of_shop: number;
  }>(
    `select a.shop_id, a.id, a.lang, a.address,
       (select count(*)::int from person_access m where m.shop_id = a.shop_id and m.address_hash = a.address_hash and m.mailed
         and m.asked_at > to_timestamp($1::float8 / 1000) - interval '1 hour') as hour,
       (select count(*)::int from person_access m where m.shop_id = a.shop_id and m.address_hash = a.address_hash and m.mailed
         and m.asked_at > to_timestamp($1::float8 / 1000) - interval '1 day') as day,
       (select count(*)::int from person_access m where m.shop_id = a.shop_id and m.mailed
         and m.asked_at > to_timestamp($1::float8 / 1000) - interval '1 hour') as of_shop
     from person_access a where a.code_hash is null order by a.asked_at limit 1 for update of a skip locked`,
    [now],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const shop = shopId(row.shop_id);
  return {
    shopId: shop,
    id: row.id,
    lang: row.lang,
    emailNorm: openText(keys, row.address, placeOf(shop, row.id)),
    sent: { hour: row.hour, day: row.day, ofShop: row.of_shop },
  };
}

/** Makes the code of an access and answers it; without `mailed`, one that nobody will ever know. */
export async function giveCode(
  client: ClientBase,
  keys: Keys,
  access: Pick<AskedAccess, 'shopId' | 'id'>,
  mailed: boolean,
): Promise<string> {
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const hash = mailed ? hashCode(keys, access.shopId, access.id, code) : randomBytes(32);
  await client.query('update person_access set code_hash = $3, mailed = $4 where shop_id = $1 and id = $2', [
    access.shopId,
    access.id,
    hash,
    mailed,
  ]);
  return code;
}

/** Whom a session speaks for. */
export interface PersonSession {
  readonly shopId: ShopId;
  readonly emailNorm: string;
  /** What the page's forms carry. */
  readonly secret: string;
}

/** Opens the page of an access with its code, once; null: wrong, too late, or tried too often. A try is counted before it is looked at. */
export async function openAccess(
  db: Pool,
  keys: Keys,
  name: string,
  code: string,
  now: Instant,
): Promise<PersonSession | null> {
  const [, shopText = '', id = ''] = /^(\d{1,9})\.([\w-]{20})$/.exec(name) ?? [];
  const shop = shopId(Number(shopText));
  const { rows } = await db.query<{ code_hash: Buffer; address: Buffer }>(
    `update person_access set tries = tries + 1
     where shop_id = $1 and id = $2 and tries < $3 and opened_at is null and code_hash is not null
       and asked_at > to_timestamp($4::float8 / 1000)
     returning code_hash, address`,
    [shop, id, mostTries, now - codeMs],
  );
  const row = rows[0];
  const given = hashCode(keys, shop, id, code);
  if (row === undefined || !timingSafeEqual(row.code_hash, given)) return null;
  const secret = randomBytes(24).toString('base64url');
  const { rowCount } = await db.query(
    `update person_access set opened_at = to_timestamp($3::float8 / 1000), session_hash = $4,
       session_ends_at = to_timestamp($5::float8 / 1000)
     where shop_id = $1 and id = $2 and opened_at is null`,
    [shop, id, now, hashSession(secret), now + sessionMs],
  );
  if (rowCount !== 1) return null;
  return { shopId: shop, emailNorm: openText(keys, row.address, placeOf(shop, id)), secret: `${name}.${secret}` };
}

/** The session a form carries; null: over, or none of ours. */
export async function findSession(db: Pool, keys: Keys, secret: string, now: Instant): Promise<PersonSession | null> {
  const [, shopText = '', id = '', proof = ''] = /^(\d{1,9})\.([\w-]{20})\.([\w-]{32})$/.exec(secret) ?? [];
  const shop = shopId(Number(shopText));
  const { rows } = await db.query<{ session_hash: Buffer; address: Buffer }>(
    `select session_hash, address from person_access
     where shop_id = $1 and id = $2 and session_hash is not null and session_ends_at > to_timestamp($3::float8 / 1000)`,
    [shop, id, now],
  );
  const row = rows[0];
  if (row === undefined || !timingSafeEqual(row.session_hash, hashSession(proof))) return null;
  return { shopId: shop, emailNorm: openText(keys, row.address, placeOf(shop, id)), secret };
}

/** Ends every session and code of an address, as after an erasure. */
export async function endAccess(db: Pool | ClientBase, keys: Keys, shop: ShopId, emailNorm: string): Promise<void> {
  await db.query('delete from person_access where shop_id = $1 and address_hash = $2', [
    shop,
    hashAddress(keys, shop, `email:${emailNorm}`),
  ]);
}

/** Forgets what was asked before `before`; at most 2,000, answers how many. */
export async function forgetAccess(db: Pool, before: Instant): Promise<number> {
  const { rowCount } = await db.query(
    `delete from person_access where (shop_id, id) in
       (select shop_id, id from person_access where asked_at < to_timestamp($1::float8 / 1000) limit 2000)`,
    [before],
  );
  return rowCount ?? 0;
}

function placeOf(shop: ShopId, id: string): string {
  return `access ${shop} ${id}`;
}

function hashCode(keys: Keys, shop: ShopId, id: string, code: string): Buffer {
  return createHmac('sha256', keys.person).update(`code ${shop} ${id} ${code}`).digest();
}

function hashSession(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
