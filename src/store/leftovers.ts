import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';

const dayMs = 86_400_000;
const monthMs = 30 * dayMs;

/** Drops answers kept for a day, links, challenges and sessions past their end, and invitations a month past it (until then they can be sent again). */
export async function dropLeftovers(db: Pool | ClientBase, now: Instant): Promise<void> {
  await db.query('delete from sign_in_link where expires_at < to_timestamp($1::float8 / 1000)', [now - monthMs]);
  await db.query(
    `delete from idempotent_call where shop_id in (select id from shop) and since < to_timestamp($1::float8 / 1000)`,
    [now - dayMs],
  );
  await db.query('delete from sign_in_challenge where expires_at < to_timestamp($1::float8 / 1000)', [now]);
  await db.query('delete from user_session where expires_at < to_timestamp($1::float8 / 1000)', [now]);
  await db.query(
    `delete from shop_invitation where shop_id in (select id from shop) and expires_at < to_timestamp($1::float8 / 1000)`,
    [now - monthMs],
  );
}

/** Forgets what was done before that time; at most 2,000, answers how many. */
export async function forgetAudit(db: Pool | ClientBase, before: Instant): Promise<number> {
  const { rows } = await db.query<{ gone: number }>(
    'select forget_audit(to_timestamp($1::float8 / 1000), 2000) as gone',
    [before],
  );
  return rows[0]?.gone ?? 0;
}
