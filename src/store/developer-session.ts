/** The browsers an invitation stands open in, and the code that shows them the private key. */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { hashSecret, newSecret } from './developer-invitation.ts';
import type { Keys } from './secret.ts';

/** Who speaks, by the cookie of an opened invitation. */
export interface Developer {
  readonly shopId: ShopId;
  readonly invitationId: number;
  readonly session: Buffer;
  readonly email: string;
  readonly lang: string;
  readonly mayRead: boolean;
  readonly keyId: number;
  readonly expiresAt: Instant;
  /** A code mailed to the invited address was typed in this browser. */
  readonly proved: boolean;
}

const dayMs = 86_400_000;
const sessionDays = 7;
const browsersKept = 20;
const hourMs = 3_600_000;
const codesPerHour = 5;
export const codeMinutes = 10;
const codeTries = 5;

/** The value of the cookie for this browser, and how long it lives; null: the link is unknown, over, replaced or revoked. */
export async function openInvitation(
  client: ClientBase,
  token: string,
  now: Instant,
): Promise<{ readonly cookie: string; readonly lifeMs: number } | null> {
  const match = /^([1-9]\d{0,8})\.([1-9]\d{0,8})\.([\w-]{43})$/.exec(token);
  if (match === null) return null;
  const [shop, id, secret] = [Number(match[1]), Number(match[2]), match[3] ?? ''];
  const { rows } = await client.query<{ token_hash: Buffer; expires_at: Date }>(
    `select token_hash, expires_at from developer_invitation
     where shop_id = $1 and id = $2 and revoked_at is null and expires_at > to_timestamp($3::float8 / 1000) for update`,
    [shop, id, now],
  );
  const [row] = rows;
  if (!timingSafeEqual(hashSecret(secret), row?.token_hash ?? Buffer.alloc(32)) || row === undefined) return null;
  await client.query(
    `update developer_invitation set opened_at = coalesce(opened_at, to_timestamp($3::float8 / 1000)), seen_at = to_timestamp($3::float8 / 1000)
     where shop_id = $1 and id = $2`,
    [shop, id, now],
  );
  await client.query(
    `delete from developer_session where shop_id = $1 and invitation_id = $2 and (expires_at < to_timestamp($3::float8 / 1000)
       or token_hash in (select token_hash from developer_session where shop_id = $1 and invitation_id = $2 order by created_at desc offset $4))`,
    [shop, id, now, browsersKept - 1],
  );
  const session = newSecret();
  const lifeMs = Math.min(sessionDays * dayMs, row.expires_at.getTime() - now);
  await client.query(
    `insert into developer_session (shop_id, token_hash, invitation_id, created_at, expires_at)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000))`,
    [shop, hashSecret(session), id, now, now + lifeMs],
  );
  return { cookie: `${shop}.${session}`, lifeMs };
}

/** null: the cookie is none of ours, or what it stands for is over or revoked. One look-up by primary keys. */
export async function findDeveloper(db: Pool | ClientBase, cookie: string, now: Instant): Promise<Developer | null> {
  const match = /^([1-9]\d{0,8})\.([\w-]{43})$/.exec(cookie);
  if (match === null) return null;
  const session = hashSecret(match[2] ?? '');
  const { rows } = await db.query<{
    invitation_id: number;
    email: string;
    lang: string;
    may_read: boolean;
    key_id: number;
    until: Date;
    seen_at: Date | null;
    proved: boolean;
  }>(
    `select s.invitation_id, i.email, i.lang, i.may_read, i.key_id, i.expires_at as until, i.seen_at, s.proved_at is not null as proved
     from developer_session s join developer_invitation i on i.shop_id = s.shop_id and i.id = s.invitation_id
     where s.shop_id = $1 and s.token_hash = $2 and i.revoked_at is null
       and s.expires_at > to_timestamp($3::float8 / 1000) and i.expires_at > to_timestamp($3::float8 / 1000)`,
    [Number(match[1]), session, now],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    shopId: shopId(Number(match[1])),
    invitationId: row.invitation_id,
    session,
    email: row.email,
    lang: row.lang,
    mayRead: row.may_read,
    keyId: row.key_id,
    expiresAt: row.until.getTime(),
    proved: row.proved,
  };
}

/** Noted once a minute at most. */
export async function noteVisit(
  db: Pool | ClientBase,
  { shopId: shop, invitationId }: Developer,
  now: Instant,
): Promise<void> {
  await db.query(
    `update developer_invitation set seen_at = to_timestamp($3::float8 / 1000)
     where shop_id = $1 and id = $2 and (seen_at is null or seen_at < to_timestamp(($3::float8 - 60000) / 1000))`,
    [shop, invitationId, now],
  );
}

/** Six digits for this browser, to be mailed; null: too many were mailed within the hour. In a transaction. */
export async function makeCode(
  client: ClientBase,
  keys: Keys,
  developer: Developer,
  now: Instant,
): Promise<string | null> {
  const { shopId: shop, invitationId, session } = developer;
  const { rowCount } = await client.query(
    `update developer_invitation set codes_at = array_append(
       array(select at from unnest(codes_at) at where at > to_timestamp($4::float8 / 1000)), to_timestamp($3::float8 / 1000))
     where shop_id = $1 and id = $2
       and (select count(*) from unnest(codes_at) at where at > to_timestamp($4::float8 / 1000)) < $5`,
    [shop, invitationId, now, now - hourMs, codesPerHour],
  );
  if (rowCount !== 1) return null;
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await client.query(
    `update developer_session set code_hash = $3, code_until = to_timestamp($4::float8 / 1000), code_tries = 0
     where shop_id = $1 and token_hash = $2`,
    [shop, session, hashCode(keys, session, code), now + codeMinutes * 60_000],
  );
  return code;
}

/** True when it is the code mailed for this browser, not too old and not guessed at too often. A code works once. */
export async function proveCode(
  db: Pool | ClientBase,
  keys: Keys,
  { shopId: shop, session }: Developer,
  code: string,
  now: Instant,
): Promise<boolean> {
  // Counted before it is compared: guesses made at once count each.
  const { rows } = await db.query<{ code_hash: Buffer }>(
    `update developer_session set code_tries = code_tries + 1
     where shop_id = $1 and token_hash = $2 and code_hash is not null and code_tries < $4 and code_until > to_timestamp($3::float8 / 1000)
     returning code_hash`,
    [shop, session, now, codeTries],
  );
  const known = rows[0]?.code_hash ?? Buffer.alloc(32);
  if (!timingSafeEqual(hashCode(keys, session, code), known)) return false;
  const { rowCount } = await db.query(
    `update developer_session set proved_at = to_timestamp($3::float8 / 1000), code_hash = null
     where shop_id = $1 and token_hash = $2 and code_hash = $4`,
    [shop, session, now, known],
  );
  return rowCount === 1;
}

export async function closeBrowser(db: Pool | ClientBase, { shopId: shop, session }: Developer): Promise<void> {
  await db.query('delete from developer_session where shop_id = $1 and token_hash = $2', [shop, session]);
}

/** Keyed: six digits are soon tried out by who reads the table. */
function hashCode(keys: Keys, session: Buffer, code: string): Buffer {
  return createHmac('sha256', keys.privateKeyHash).update(session).update(code).digest();
}
