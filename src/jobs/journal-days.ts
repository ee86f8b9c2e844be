import type { Pool } from 'pg';
import {
  dropJournalDays,
  ensureJournalDays,
  forgetAppliedBatches,
  forgetDeliveryKeys,
  type Retention,
} from '#store/journal-day.ts';
import type { Job } from './runner.ts';

/** Rules §7: raw bytes 30 days, undecodable ones 7, facts and outcomes 13 months: whole weeks, gone when the first of their days is due. */
export const defaultRetention: Retention = { rawDays: 30, unreadDays: 7, journalDays: 396 };

const dayMs = 86_400_000;
const appliedDays = 35;

/** Opens the journal's coming days and drops those past their time. */
export function journalDaysJob(pool: Pool, now: () => number, retention: Retention = defaultRetention): Job {
  return {
    name: 'journal-days',
    schedule: '17 * * * *',
    async run() {
      await ensureJournalDays(pool, now(), 3);
      await dropJournalDays(pool, now(), retention);
      while ((await forgetAppliedBatches(pool, now() - appliedDays * dayMs)) > 0);
      while ((await forgetDeliveryKeys(pool, now() - appliedDays * dayMs)) > 0);
    },
  };
}
