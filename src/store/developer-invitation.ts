/** Invitations of developers: a secret link and a pair of keys of its own, which end together. */
import { createHash, randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { queueMail } from './outbox.ts';
import type { Keys } from './secret.ts';
import { createShopKey, endShopKey, tellKeysChanged } from './shop-key.ts';

export interface NewInvitation {
  readonly shopId: ShopId;
  readonly email: string;
  readonly lang: string;
  readonly note: string | null;
  readonly mayRead: boolean;
  readonly expiresAt: Instant;
  readonly userId: string;
}

/** What the mail says around the link. */
export interface DeveloperLetter {
  readonly kind: string;
}

/** Makes the letter that carries a link. */
export type WriteLetter = (
  link: string,
  about: { readonly note: string | null; readonly mayRead: boolean; readonly until: Instant },
) => DeveloperLetter;

/** Invitations that ended so long ago are forgotten. */
const keptDays = 90;

/** In a transaction: the invitation, its pair, and its mail, or none of them. Answers the invitation's id. */
export async function inviteDeveloper(
  client: ClientBase,
  keys: Keys,
  { shopId, email, lang, note, mayRead, expiresAt, userId }: NewInvitation,
  write: WriteLetter,
  now: Instant,
): Promise<number> {
  await forgetOld(client, shopId, now);
  const pair = await createShopKey(client, keys, shopId, { name: 'developer', mayRead });
  await endShopKey(client, shopId, pair.id, expiresAt);
  const secret = newSecret();
  const { rows } = await client.query<{ id: number }>(
    `insert into developer_invitation
       (shop_id, email, lang, note, may_read, key_id, token_hash, mail_id, invited_by, created_at, sent_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, '', $8, to_timestamp($9::float8 / 1000), to_timestamp($9::float8 / 1000), to_timestamp($10::float8 / 1000))
     returning id`,
    [shopId, email, lang, note, mayRead, pair.id, hashSecret(secret), userId, now, expiresAt],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the invitation was not written');
  const letter = write(linkOf(shopId, id, secret), { note, mayRead, until: expiresAt });
  const mailId = await queueMail(client, keys, { shopId, to: email, lang, letter }, now);
  await client.query('update developer_invitation set mail_id = $3 where shop_id = $1 and id = $2', [
    shopId,
    id,
    mailId,
  ]);
  return id;
}

/**
 * A new link in place of the old one, which is dead with every browser it was open in; the pair lives until the new end. In a
 * transaction. null: no such invitation, or it was revoked.
 */
export async function renewInvitation(
  client: ClientBase,
  keys: Keys,
  shopId: ShopId,
  id: number,
  expiresAt: Instant,
  write: WriteLetter,
  now: Instant,
): Promise<{ readonly email: string } | null> {
  const secret = newSecret();
  const { rows } = await client.query<{
    email: string;
    lang: string;
    note: string | null;
    may_read: boolean;
    key_id: number;
  }>(
    `update developer_invitation set token_hash = $3, sent_at = to_timestamp($4::float8 / 1000), expires_at = to_timestamp($5::float8 / 1000)
     where shop_id = $1 and id = $2 and revoked_at is null returning email, lang, note, may_read, key_id`,
    [shopId, id, hashSecret(secret), now, expiresAt],
  );
  const [row] = rows;
  if (row === undefined) return null;
  await endShopKey(client, shopId, row.key_id, expiresAt);
  await closeBrowsers(client, shopId, id);
  const letter = write(linkOf(shopId, id, secret), { note: row.note, mayRead: row.may_read, until: expiresAt });
  const mailId = await queueMail(client, keys, { shopId, to: row.email, lang: row.lang, letter }, now);
  await client.query('update developer_invitation set mail_id = $3 where shop_id = $1 and id = $2', [
    shopId,
    id,
    mailId,
  ]);
  return { email: row.email };
}

/** Ends link, browsers and pair. In a transaction. null: no such invitation, or it was revoked before. */
export async function revokeInvitation(
  client: ClientBase,
  shopId: ShopId,
  id: number,
  now: Instant,
): Promise<{ readonly email: string } | null> {
  const { rows } = await client.query<{ email: string; key_id: number }>(
    `update developer_invitation set revoked_at = to_timestamp($3::float8 / 1000)
     where shop_id = $1 and id = $2 and revoked_at is null returning email, key_id`,
    [shopId, id, now],
  );
  const [row] = rows;
  if (row === undefined) return null;
  // A pair that was over stays over since then.
  await client.query(
    `update shop_key set expires_at = least(expires_at, to_timestamp($3::float8 / 1000)) where shop_id = $1 and id = $2`,
    [shopId, row.key_id, now],
  );
  await tellKeysChanged(client);
  await closeBrowsers(client, shopId, id);
  return { email: row.email };
}

/** Path and fragment behind the back office's address. The secret stands in the fragment, which reaches no log. */
function linkOf(shopId: ShopId, id: number, secret: string): string {
  return `/dev#${shopId}.${id}.${secret}`;
}

async function closeBrowsers(client: ClientBase, shopId: ShopId, id: number): Promise<void> {
  await client.query('delete from developer_session where shop_id = $1 and invitation_id = $2', [shopId, id]);
}

async function forgetOld(client: ClientBase, shopId: ShopId, now: Instant): Promise<void> {
  const { rows } = await client.query<{ id: number }>(
    `delete from developer_invitation
     where shop_id = $1 and least(expires_at, revoked_at) < to_timestamp($2::float8 / 1000) - make_interval(days => $3) returning id`,
    [shopId, now, keptDays],
  );
  for (const { id } of rows) await closeBrowsers(client, shopId, id);
}

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Of a secret with so many random bits, a plain hash gives nothing away. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
