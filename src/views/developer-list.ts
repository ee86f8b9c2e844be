import { type Kysely, sql } from 'kysely';
import type { InvitationRow } from '#contract/developer.ts';
import { MailState } from '#contract/outbox.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

const shown = 100;

/** The shop's invitations, the newest first (primary key), with what became of their mail and how their pair is used. */
export async function listInvitations(db: Kysely<Database>, shop: ShopId): Promise<InvitationRow[]> {
  const rows = await db
    .selectFrom('developer_invitation as i')
    .leftJoin('app_user as u', 'u.id', 'i.invited_by')
    .leftJoin('outbox as m', 'm.id', 'i.mail_id')
    .select([
      ...([
        'i.id',
        'i.email',
        'i.may_read',
        'i.sent_at',
        'i.expires_at',
        'i.opened_at',
        'i.seen_at',
        'i.revoked_at',
      ] as const),
      ...(['u.name as by', 'm.id as mail', 'm.state as mail_state', 'm.fault'] as const),
    ])
    .select((eb) => [
      eb
        .selectFrom('key_use as k')
        .select(sql<number>`coalesce(sum(k.calls), 0)::int8`.as('calls'))
        .where('k.shop_id', '=', shop)
        .whereRef('k.key_id', '=', 'i.key_id')
        .as('calls'),
      eb
        .selectFrom('key_use as k')
        .select(sql<Date | null>`max(k.last_at)`.as('last_at'))
        .where('k.shop_id', '=', shop)
        .whereRef('k.key_id', '=', 'i.key_id')
        .as('last_at'),
    ])
    .where('i.shop_id', '=', shop)
    .orderBy('i.id', 'desc')
    .limit(shown)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    mayRead: row.may_read,
    invitedBy: row.by,
    sentAt: row.sent_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    openedAt: row.opened_at?.getTime() ?? null,
    seenAt: row.seen_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    mail: row.mail === null ? null : { id: row.mail, state: toState(row.mail_state), fault: row.fault },
    use: { calls: Number(row.calls ?? 0), lastAt: row.last_at?.getTime() ?? null },
  }));
}

function toState(text: string | null): MailState {
  return MailState.anyOf.find((one) => one.const === text)?.const ?? 'waiting';
}
