/** What the owner of the installation does with accounts. It always keeps an owner; a shop always keeps an administrator. */
import type { ClientBase, Pool } from 'pg';
import { inTransaction } from './db.ts';

const ownersLock = 7_702_119;

export type OwnerAnswer = 'done' | 'not_found' | 'last_owner';

/** Makes the person an owner of the installation, or no longer one. */
export async function saveOwner(pool: Pool, userId: string, owner: boolean): Promise<OwnerAnswer> {
  return inTransaction(pool, async (client) => {
    if (!owner && (await isLastOwner(client, userId))) return 'last_owner';
    const { rowCount } = await client.query('update app_user set instance_admin = $2 where id = $1', [userId, owner]);
    return rowCount === 1 ? 'done' : 'not_found';
  });
}

export type DropAnswer = OwnerAnswer | { readonly lastAdministratorOf: string };

/** Deletes the account, its sessions and its memberships. Not while a shop would be left without an administrator. */
export async function dropUser(pool: Pool, userId: string): Promise<DropAnswer> {
  return inTransaction(pool, async (client) => {
    if (await isLastOwner(client, userId)) return 'last_owner';
    const { rows } = await client.query<{ name: string; alone: boolean }>(
      `select s.name, m.role = 'administrator' and not exists (
         select from shop_member o where o.shop_id = s.id and o.role = 'administrator' and o.user_id <> $1) as alone
       from shop s join shop_member m on m.shop_id = s.id where m.user_id = $1 order by s.id for update of s`,
      [userId],
    );
    const alone = rows.find((row) => row.alone);
    if (alone !== undefined) return { lastAdministratorOf: alone.name };
    const { rowCount } = await client.query('delete from app_user where id = $1', [userId]);
    return rowCount === 1 ? 'done' : 'not_found';
  });
}

/** Two owners who end each other's rights wait here. */
async function isLastOwner(client: ClientBase, userId: string): Promise<boolean> {
  await client.query('select pg_advisory_xact_lock($1)', [ownersLock]);
  const { rows } = await client.query<{ owner: boolean; others: boolean }>(
    `select exists (select from app_user where id = $1 and instance_admin) as owner,
       exists (select from app_user where id <> $1 and instance_admin) as others`,
    [userId],
  );
  return (rows[0]?.owner ?? false) && !(rows[0]?.others ?? false);
}
