/** Who belongs to a shop, and as what. A shop always keeps an administrator. */
import type { ClientBase, Pool } from 'pg';
import { alarmKinds } from '#domain/alarm.ts';
import type { ShopId } from '#domain/ids.ts';
import { inTransaction } from './db.ts';

export type MemberAnswer = 'done' | 'not_found' | 'last_administrator';

/** Makes the person a member, or changes their role. Inside a transaction of its caller. */
export async function saveMember(db: Pool | ClientBase, shop: ShopId, userId: string, role: string): Promise<void> {
  await db.query(
    `insert into shop_member (shop_id, user_id, role, alarms) values ($1, $2, $3, $4)
     on conflict (shop_id, user_id) do update set role = excluded.role`,
    [shop, userId, role, role === 'administrator' ? alarmKinds : []],
  );
}

export async function changeRole(pool: Pool, shop: ShopId, userId: string, role: string): Promise<MemberAnswer> {
  return inTransaction(pool, async (client) => {
    const answer = await lockMember(client, shop, userId, role === 'administrator');
    if (answer === 'done') {
      await client.query('update shop_member set role = $3 where shop_id = $1 and user_id = $2', [shop, userId, role]);
    }
    return answer;
  });
}

export async function removeMember(pool: Pool, shop: ShopId, userId: string): Promise<MemberAnswer> {
  return inTransaction(pool, async (client) => {
    const answer = await lockMember(client, shop, userId, false);
    if (answer === 'done') {
      await client.query('delete from shop_member where shop_id = $1 and user_id = $2', [shop, userId]);
      await client.query('delete from module_sign_in where shop_id = $1 and user_id = $2', [shop, userId]);
    }
    return answer;
  });
}

/** Of which alarms the person wants a mail. */
export async function saveAlarms(
  db: Pool | ClientBase,
  shop: ShopId,
  userId: string,
  alarms: readonly string[],
): Promise<void> {
  await db.query('update shop_member set alarms = $3 where shop_id = $1 and user_id = $2', [shop, userId, alarms]);
}

/** Two administrators who remove each other wait here: the second finds themself the last. */
async function lockMember(
  client: ClientBase,
  shop: ShopId,
  userId: string,
  staysAdministrator: boolean,
): Promise<MemberAnswer> {
  await client.query('select from shop where id = $1 for update', [shop]);
  const { rows } = await client.query<{ role: string | null; others: number }>(
    `select (select role from shop_member where shop_id = $1 and user_id = $2) as role,
       (select count(*)::int from shop_member where shop_id = $1 and role = 'administrator' and user_id <> $2) as others`,
    [shop, userId],
  );
  const [row] = rows;
  if (row === undefined || row.role === null) return 'not_found';
  return row.role === 'administrator' && !staysAdministrator && row.others === 0 ? 'last_administrator' : 'done';
}
