import { type Kysely, sql } from 'kysely';
import type { AccountPage } from '#contract/account.ts';
import type { Me } from '#contract/session.ts';
import { alarmKinds } from '#domain/alarm.ts';
import type { Database } from '#store/tables.ts';

/** What is asked with every page. */
export async function findPerson(
  db: Kysely<Database>,
  userId: string,
): Promise<Pick<Me['user'], 'lang' | 'instanceAdmin'>> {
  const row = await db
    .selectFrom('app_user')
    .select(['lang', 'instance_admin'])
    .where('id', '=', userId)
    .executeTakeFirst();
  return { lang: toLang(row?.lang ?? null), instanceAdmin: row?.instance_admin ?? false };
}

/** A person's own account, as they see it; `sessionId`: the one they look from. */
export async function findAccount(db: Kysely<Database>, userId: string, sessionId: string): Promise<AccountPage> {
  const [user, sessions, shops] = await Promise.all([
    db
      .selectFrom('app_user as u')
      .leftJoin('second_factor as f', (join) =>
        join.onRef('f.user_id', '=', 'u.id').on('f.confirmed_at', 'is not', null),
      )
      .select(['u.email', 'u.name', 'u.lang', 'f.confirmed_at'])
      .select([
        sql<boolean>`exists (select from user_account a where a.user_id = u.id and a.provider_id = 'credential' and a.password is not null)`.as(
          'has_password',
        ),
        sql<number>`(select count(*)::int from backup_code c where c.user_id = u.id)`.as('codes'),
      ])
      .where('u.id', '=', userId)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('user_session')
      .select(['id', 'user_agent', 'created_at', 'updated_at', 'expires_at'])
      .where('user_id', '=', userId)
      .where('expires_at', '>', sql<Date>`now()`)
      .orderBy('updated_at', 'desc')
      .limit(200)
      .execute(),
    db
      .selectFrom('shop_member as m')
      .innerJoin('shop as s', 's.id', 'm.shop_id')
      .select(['s.id', 's.name', 'm.alarms'])
      .where('m.user_id', '=', userId)
      // Nobody is told of a demonstration.
      .where('s.demo', '=', false)
      .orderBy('s.id')
      .limit(500)
      .execute(),
  ]);
  return {
    email: user.email,
    name: user.name,
    lang: toLang(user.lang),
    hasPassword: user.has_password,
    secondFactor:
      user.confirmed_at === null ? null : { since: user.confirmed_at.getTime(), backupCodesLeft: user.codes },
    sessions: sessions.map((row) => ({
      id: row.id,
      agent: row.user_agent === '' ? null : row.user_agent,
      since: row.created_at.getTime(),
      seenAt: row.updated_at.getTime(),
      until: row.expires_at.getTime(),
      current: row.id === sessionId,
    })),
    shops: shops.map(({ id, name, alarms }) => ({
      id,
      name,
      alarms: alarmKinds.filter((kind) => alarms.includes(kind)),
    })),
  };
}

function toLang(text: string | null): Me['user']['lang'] {
  return text === 'fr' || text === 'en' ? text : null;
}
