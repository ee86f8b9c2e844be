import { randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { ClientBase, Pool } from 'pg';
import { alarmKinds } from '#domain/alarm.ts';

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
    `insert into shop_member (shop_id, user_id, role, alarms) select id, $1, 'administrator', $2 from shop
     on conflict (shop_id, user_id) do nothing`,
    [id, alarmKinds],
  );
  return id;
}

/** A person who has just proved that the address is theirs; null: it has an account already. */
export async function createUser(
  db: Pool | ClientBase,
  user: { readonly email: string; readonly name: string; readonly lang: string; readonly password: string },
): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    `insert into app_user (id, name, email, email_verified, lang) values ($1, $2, $3, true, $4)
     on conflict (email) do nothing returning id`,
    [randomUUID(), user.name, user.email, user.lang],
  );
  const id = rows[0]?.id ?? null;
  if (id !== null) await savePassword(db, id, user.password);
  return id;
}

/** A new password, or the first one. */
export async function savePassword(db: Pool | ClientBase, userId: string, password: string): Promise<void> {
  await db.query(
    `insert into user_account (id, user_id, account_id, provider_id, password, created_at, updated_at)
     values ($1, $2, $2, 'credential', $3, now(), now())
     on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()`,
    [randomUUID(), userId, await hashPassword(password)],
  );
}

/** What the person is called, and the language we write to them in. */
export async function saveUser(
  db: Pool | ClientBase,
  userId: string,
  change: { readonly name: string; readonly lang: string },
): Promise<void> {
  await db.query('update app_user set name = $2, lang = $3, updated_at = now() where id = $1', [
    userId,
    change.name,
    change.lang,
  ]);
}

/** Ends one session of the person, or all but one. Answers how many. */
export async function endSessions(
  db: Pool | ClientBase,
  userId: string,
  which: { readonly only: string } | { readonly butNot: string | null },
): Promise<number> {
  const { rowCount } =
    'only' in which
      ? await db.query('delete from user_session where user_id = $1 and id = $2', [userId, which.only])
      : await db.query('delete from user_session where user_id = $1 and id is distinct from $2', [
          userId,
          which.butNot,
        ]);
  return rowCount ?? 0;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly lang: string | null;
}

/** By id, or by address in its normal form. */
export async function findUser(db: Pool | ClientBase, who: string | { readonly email: string }): Promise<User | null> {
  const [column, value] = typeof who === 'string' ? ['id', who] : ['email', who.email];
  const { rows } = await db.query<User>(`select id, email, name, lang from app_user where ${column} = $1`, [value]);
  return rows[0] ?? null;
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
