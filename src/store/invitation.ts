/** Invitations to a shop: by a mailed link, whose secret names the shop and proves that the address is the reader's. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { hashToken, newToken } from './auth-link.ts';
import { inTransaction } from './db.ts';
import { saveMember } from './member.ts';
import { queueMail } from './outbox.ts';
import type { Keys } from './secret.ts';

export const invitationDays = 14;
const lifeMs = invitationDays * 86_400_000;
/** Of a shop at once. */
export const mostInvitations = 200;

export interface Inviter {
  readonly id: string;
  readonly name: string;
  /** Scheme and host of the back office. */
  readonly publicUrl: string;
}

export interface NewInvitation {
  /** In its normal form. */
  readonly email: string;
  readonly role: string;
  readonly lang: string;
}

export type InviteAnswer = 'sent' | 'already_member' | 'too_many';

/** Writes the invitation and its mail; an invitation of the same address before it is void. */
export async function invite(
  pool: Pool,
  keys: Keys,
  shop: ShopId,
  invitation: NewInvitation,
  inviter: Inviter,
  now: Instant,
): Promise<InviteAnswer> {
  return inTransaction(pool, async (client) => {
    await client.query('select from shop where id = $1 for update', [shop]);
    const { rows } = await client.query<{ member: boolean; invitations: number }>(
      `select exists (select from shop_member m join app_user u on u.id = m.user_id where m.shop_id = $1 and u.email = $2) as member,
         (select count(*)::int from shop_invitation where shop_id = $1 and email <> $2) as invitations`,
      [shop, invitation.email],
    );
    if (rows[0]?.member) return 'already_member';
    if ((rows[0]?.invitations ?? 0) >= mostInvitations) return 'too_many';
    await client.query('delete from shop_invitation where shop_id = $1 and email = $2', [shop, invitation.email]);
    const { token, mailId } = await mailInvitation(client, keys, shop, invitation, inviter, now);
    await client.query(
      `insert into shop_invitation (shop_id, email, role, lang, token_hash, invited_by, created_at, sent_at, expires_at, mail_id)
       values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), to_timestamp($7::float8 / 1000),
         to_timestamp($8::float8 / 1000), $9)`,
      [
        shop,
        invitation.email,
        invitation.role,
        invitation.lang,
        hashToken(token),
        inviter.id,
        now,
        now + lifeMs,
        mailId,
      ],
    );
    return 'sent';
  });
}

/** A new link in a new mail; the one before is dead. Answers to whom, null: no such invitation. */
export async function resendInvitation(
  pool: Pool,
  keys: Keys,
  shop: ShopId,
  id: number,
  inviter: Inviter,
  now: Instant,
): Promise<NewInvitation | null> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<NewInvitation>(
      'select email, role, lang from shop_invitation where shop_id = $1 and id = $2 for update',
      [shop, id],
    );
    const [invitation] = rows;
    if (invitation === undefined) return null;
    const { token, mailId } = await mailInvitation(client, keys, shop, invitation, inviter, now);
    await client.query(
      `update shop_invitation set token_hash = $3, invited_by = $4, sent_at = to_timestamp($5::float8 / 1000),
         expires_at = to_timestamp($6::float8 / 1000), mail_id = $7
       where shop_id = $1 and id = $2`,
      [shop, id, hashToken(token), inviter.id, now, now + lifeMs, mailId],
    );
    return invitation;
  });
}

/** The link is dead at once. Answers whose it was, null: no such invitation. */
export async function withdrawInvitation(
  db: Pool | ClientBase,
  shop: ShopId,
  id: number,
): Promise<NewInvitation | null> {
  const { rows } = await db.query<NewInvitation>(
    'delete from shop_invitation where shop_id = $1 and id = $2 returning email, role, lang',
    [shop, id],
  );
  return rows[0] ?? null;
}

export interface OpenInvitation extends NewInvitation {
  readonly shopId: ShopId;
  readonly shop: string;
  /** null: they have left since. */
  readonly inviter: string | null;
  readonly until: Instant;
  /** The account of that address; null: none yet. */
  readonly userId: string | null;
}

/** What the link of a mail opens; null: unknown, taken, withdrawn or over. */
export async function findInvitation(
  db: Pool | ClientBase,
  token: string,
  now: Instant,
): Promise<OpenInvitation | null> {
  const shop = shopIn(token);
  if (shop === null) return null;
  const { rows } = await db.query<{
    email: string;
    role: string;
    lang: string;
    shop: string;
    inviter: string | null;
    expires_at: Date;
    user_id: string | null;
  }>(
    `select i.email, i.role, i.lang, s.name as shop, u.name as inviter, i.expires_at, a.id as user_id
     from shop_invitation i join shop s on s.id = i.shop_id
     left join app_user u on u.id = i.invited_by
     left join app_user a on a.email = i.email
     where i.shop_id = $1 and i.token_hash = $2 and i.expires_at > to_timestamp($3::float8 / 1000)`,
    [shop, hashToken(token), now],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { expires_at, user_id, ...rest } = row;
  return { ...rest, shopId: shop, until: expires_at.getTime(), userId: user_id };
}

/** Uses the link up: its role is the person's. False when it was used or withdrawn meanwhile. */
export async function takeInvitation(
  client: ClientBase,
  invitation: OpenInvitation,
  token: string,
  userId: string,
): Promise<boolean> {
  const { rowCount } = await client.query('delete from shop_invitation where shop_id = $1 and token_hash = $2', [
    invitation.shopId,
    hashToken(token),
  ]);
  if (rowCount !== 1) return false;
  await saveMember(client, invitation.shopId, userId, invitation.role);
  return true;
}

async function mailInvitation(
  client: ClientBase,
  keys: Keys,
  shop: ShopId,
  { email, role, lang }: NewInvitation,
  inviter: Inviter,
  now: Instant,
): Promise<{ readonly token: string; readonly mailId: string }> {
  const { rows } = await client.query<{ name: string }>('select name from shop where id = $1', [shop]);
  const token = `${shop}.${newToken()}`;
  const letter = {
    kind: 'invitation',
    shop: rows[0]?.name ?? '',
    inviter: inviter.name,
    role,
    url: `${inviter.publicUrl}/invitation#${token}`,
    until: now + lifeMs,
  };
  return { token, mailId: await queueMail(client, keys, { shopId: shop, to: email, lang, letter }, now) };
}

function shopIn(token: string): ShopId | null {
  const match = /^([1-9]\d{0,8})\.[\w-]{20,100}$/.exec(token);
  return match === null ? null : shopId(Number(match[1]));
}
