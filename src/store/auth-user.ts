import { randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { ClientBase, Pool } from 'pg';

export interface NewUser {
  readonly email: string;
  readonly name?: string;
  /** Without one, only a sign-in link opens the account. */
  readonly password?: string | null;
}

/** argon2id with the parameters OWASP asks for: 19 MiB, two passes. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
}

/**
 * The person who administers the instance: made when absent, member of every shop there is. A password given replaces none that
 * stands. Answers the user's id.
 */
export async function createAdmin(db: Pool | ClientBase, user: NewUser): Promise<string> {
  const email = user.email.trim().toLowerCase();
  const made = await db.query<{ id: string }>(
    `insert into app_user (id, name, email, email_verified, instance_admin) values ($1, $2, $3, true, true)
     on conflict (email) do update set email = excluded.email returning id`,
    [randomUUID(), user.name ?? email, email],
  );
  const id = made.rows[0]?.id;
  if (id === undefined) throw new Error('the user was not written');
  if (user.password) {
    await db.query(
      `insert into user_account (id, user_id, account_id, provider_id, password, created_at, updated_at)
       values ($1, $2, $2, 'credential', $3, now(), now()) on conflict (provider_id, account_id) do nothing`,
      [randomUUID(), id, await hashPassword(user.password)],
    );
  }
  await db.query(
    `insert into shop_member (shop_id, user_id, role) select id, $1, 'administrator' from shop
     on conflict (shop_id, user_id) do nothing`,
    [id],
  );
  return id;
}

export interface Credential {
  readonly userId: string;
  /** null: the account opens with links only. */
  readonly passwordHash: string | null;
}

export async function findCredential(db: Pool | ClientBase, email: string): Promise<Credential | null> {
  const result = await db.query<{ id: string; password: string | null }>(
    `select u.id, a.password from app_user u
     left join user_account a on a.user_id = u.id and a.provider_id = 'credential'
     where u.email = $1`,
    [email.trim().toLowerCase()],
  );
  const row = result.rows[0];
  return row === undefined ? null : { userId: row.id, passwordHash: row.password };
}
