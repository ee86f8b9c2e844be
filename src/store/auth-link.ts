/** Links that open an account once: to sign in, or to set a new password. The secret travels in the link's fragment, so that no server log can hold it. */
import { createHash, randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';

const hourMs = 3_600_000;

/** `sign_in`: opens a session; `reset`: sets a new password. */
export type LinkPurpose = 'sign_in' | 'reset';

export interface LinkOptions {
  readonly purpose?: LinkPurpose;
  /** For who runs commands on the server; default false. */
  readonly skipsSecondFactor?: boolean;
}

/** Path and fragment to put behind PUBLIC_URL. The link works once, for an hour from `now`. */
export async function createSignInLink(
  db: Pool | ClientBase,
  userId: string,
  now: Instant,
  options: LinkOptions = {},
): Promise<string> {
  return `/sign-in/link#${await createSignInToken(db, userId, now, hourMs, options)}`;
}

/** The secret alone, for as long as `lifeMs`: for callers that carry it themselves. */
export async function createSignInToken(
  db: Pool | ClientBase,
  userId: string,
  now: Instant,
  lifeMs: number,
  options: LinkOptions = {},
): Promise<string> {
  const token = newToken();
  await db.query(
    `insert into sign_in_link (token_hash, user_id, created_at, expires_at, purpose, skips_second_factor)
     values ($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000), $5, $6)`,
    [hashToken(token), userId, now, now + lifeMs, options.purpose ?? 'sign_in', options.skipsSecondFactor ?? false],
  );
  return token;
}

/** Uses the link up: whose it is the first time within its life, null ever after, and for another purpose. */
export async function useSignInLink(
  db: Pool | ClientBase,
  token: string,
  now: Instant,
  purpose: LinkPurpose = 'sign_in',
): Promise<{ readonly userId: string; readonly skipsSecondFactor: boolean } | null> {
  const { rows } = await db.query<{ user_id: string; skips_second_factor: boolean }>(
    `update sign_in_link set used_at = to_timestamp($2::float8 / 1000)
     where token_hash = $1 and purpose = $3 and used_at is null and expires_at > to_timestamp($2::float8 / 1000)
     returning user_id, skips_second_factor`,
    [hashToken(token), now, purpose],
  );
  const [row] = rows;
  return row === undefined ? null : { userId: row.user_id, skipsSecondFactor: row.skips_second_factor };
}

/** No link of this purpose opens the person's account any more. */
export async function endLinks(db: Pool | ClientBase, userId: string, purpose: LinkPurpose): Promise<void> {
  await db.query('delete from sign_in_link where user_id = $1 and purpose = $2', [userId, purpose]);
}

const challengeMs = 5 * 60_000;

/** A secret that stands for "a password or a link was right", for five minutes: the second factor is still to come. */
export async function createChallenge(db: Pool | ClientBase, userId: string, now: Instant): Promise<string> {
  const token = newToken();
  await db.query('delete from sign_in_challenge where expires_at < to_timestamp($1::float8 / 1000)', [now]);
  await db.query(
    `insert into sign_in_challenge (token_hash, user_id, expires_at) values ($1, $2, to_timestamp($3::float8 / 1000))`,
    [hashToken(token), userId, now + challengeMs],
  );
  return token;
}

/** null: unknown, used or over. */
export async function findChallenge(db: Pool | ClientBase, token: string, now: Instant): Promise<string | null> {
  const { rows } = await db.query<{ user_id: string }>(
    'select user_id from sign_in_challenge where token_hash = $1 and expires_at > to_timestamp($2::float8 / 1000)',
    [hashToken(token), now],
  );
  return rows[0]?.user_id ?? null;
}

/** False when somebody else was faster. */
export async function endChallenge(db: Pool | ClientBase, token: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from sign_in_challenge where token_hash = $1', [hashToken(token)]);
  return rowCount === 1;
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
