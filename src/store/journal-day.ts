/** Partitions of the journal and of its raw bytes, a UTC day each (rules §7: retention). */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';

const dayMs = 86_400_000;

/** Makes the partitions of the days from `at` on; does nothing for those that exist. */
export async function ensureJournalDays(db: Pool | ClientBase, at: Instant, days: number): Promise<void> {
  for (let day = 0; day < days; day++)
    await db.query('select ensure_journal_day($1::date)', [dateOf(at + day * dayMs)]);
}

/** Days that bytes are kept, and the most that any shop keeps its journal. */
export interface KeptDays {
  readonly rawDays: number;
  readonly unreadDays: number;
  readonly journalDays: number;
}

/** Drops the days that are past their time; answers how many items' bytes went with them. */
export async function dropJournalDays(
  db: Pool | ClientBase,
  at: Instant,
  { rawDays, unreadDays, journalDays }: KeptDays,
): Promise<Pick<KeptDays, 'rawDays' | 'unreadDays'>> {
  const before = (days: number): Date => new Date(startOfDay(at - days * dayMs));
  const { rows } = await db.query<{ raw: number; unread: number }>(
    `select (select count(*) from journal_raw where shop_id in (select id from shop) and received_at < $1) as raw,
       (select count(*) from journal_unread where shop_id in (select id from shop) and received_at < $2) as unread`,
    [before(rawDays), before(unreadDays)],
  );
  await db.query('select drop_journal_days($1::date, $2, $3, $4)', [dateOf(at), rawDays, unreadDays, journalDays]);
  return { rawDays: Number(rows[0]?.raw ?? 0), unreadDays: Number(rows[0]?.unread ?? 0) };
}

/** The UTC day's first instant. */
export function startOfDay(at: Instant): Instant {
  return at - (at % dayMs);
}

/** A spool file lives at most 30 days, so an older id of an applied micro-batch cannot come again. */
export async function forgetAppliedBatches(db: Pool | ClientBase, before: Instant): Promise<number> {
  const { rowCount } = await db.query(
    `delete from intake_applied where (shard, batch_id) in (
       select shard, batch_id from intake_applied where applied_at < to_timestamp($1::float8 / 1000) limit 20000)`,
    [before],
  );
  return rowCount ?? 0;
}

/** A page keeps what it could not send for 30 days at most, so an older key cannot come again (rules §6.9). */
export async function forgetDeliveryKeys(db: Pool | ClientBase, before: Instant): Promise<number> {
  const { rowCount } = await db.query(
    `delete from delivery_key where (shop_id, key) in (
       select shop_id, key from delivery_key where received_at < to_timestamp($1::float8 / 1000) limit 20000)`,
    [before],
  );
  return rowCount ?? 0;
}

function dateOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}
