/** Links that sign a person in once. The secret travels in the link's fragment, so that no server log can hold it. */
import { createHash, randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';

const hourMs = 3_600_000;

/** Path and fragment to put behind PUBLIC_URL. The link works once, for an hour from `now`. */
export async function createSignInLink(db: Pool | ClientBase, userId: string, now: Instant): Promise<string> {
  return `/sign-in/link#${await createSignInToken(db, userId, now, hourMs)}`;
}

/** The secret alone, for as long as `lifeMs`: for callers that carry it themselves. */
export async function createSignInToken(
  db: Pool | ClientBase,
  userId: string,
  now: Instant,
  lifeMs: number,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.query(
    `insert into sign_in_link (token_hash, user_id, created_at, expires_at)
     values ($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000))`,
    [hashToken(token), userId, now, now + lifeMs],
  );
  return token;
}

/** Uses the link up: the user's id the first time within its life, null ever after. */
export async function useSignInLink(db: Pool | ClientBase, token: string, now: Instant): Promise<string | null> {
  const result = await db.query<{ user_id: string }>(
    `update sign_in_link set used_at = to_timestamp($2::float8 / 1000)
     where token_hash = $1 and used_at is null and expires_at > to_timestamp($2::float8 / 1000)
     returning user_id`,
    [hashToken(token), now],
  );
  return result.rows[0]?.user_id ?? null;
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
