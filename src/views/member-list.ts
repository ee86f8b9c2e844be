import { type Kysely, sql } from 'kysely';
import type { MemberList } from '#contract/members.ts';
import { MailState } from '#contract/outbox.ts';
import { isRole, type Role } from '#contract/permissions.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

const most = 1_000;

/** The people of a shop by name, and whom it invited, newest first. */
export async function listMembers(db: Kysely<Database>, shop: ShopId): Promise<MemberList> {
  const [members, invitations] = await Promise.all([
    db
      .selectFrom('shop_member as m')
      .innerJoin('app_user as u', 'u.id', 'm.user_id')
      .select(['u.id', 'u.name', 'u.email', 'm.role', 'm.created_at'])
      .select(sql<Date | null>`(select max(updated_at) from user_session s where s.user_id = u.id)`.as('seen_at'))
      .select(
        sql<boolean>`exists (select from second_factor f where f.user_id = u.id and f.confirmed_at is not null)`.as(
          'second_factor',
        ),
      )
      .where('m.shop_id', '=', shop)
      .orderBy('u.name')
      .orderBy('u.id')
      .limit(most)
      .execute(),
    db
      .selectFrom('shop_invitation as i')
      .leftJoin('outbox as o', 'o.id', 'i.mail_id')
      .leftJoin('app_user as u', 'u.id', 'i.invited_by')
      .select(['i.id', 'i.email', 'i.role', 'i.sent_at', 'i.expires_at', 'u.name as inviter', 'o.state', 'o.fault'])
      .where('i.shop_id', '=', shop)
      .orderBy('i.sent_at', 'desc')
      .orderBy('i.id', 'desc')
      .limit(most)
      .execute(),
  ]);
  return {
    members: members.map((row) => ({
      userId: row.id,
      name: row.name,
      email: row.email,
      role: toRole(row.role),
      since: row.created_at.getTime(),
      seenAt: row.seen_at?.getTime() ?? null,
      secondFactor: row.second_factor,
    })),
    invitations: invitations.map((row) => ({
      id: row.id,
      email: row.email,
      role: toRole(row.role),
      invitedBy: row.inviter,
      sentAt: row.sent_at.getTime(),
      until: row.expires_at.getTime(),
      mail: toMail(row.state, row.fault),
    })),
  };
}

function toRole(text: string): Role {
  return isRole(text) ? text : 'support';
}

function toMail(state: string | null, fault: string | null): MemberList['invitations'][number]['mail'] {
  const known = MailState.anyOf.find((one) => one.const === state);
  return known === undefined ? null : { state: known.const, fault };
}
