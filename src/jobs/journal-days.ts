import type { Pool } from 'pg';
import { ensureJournalDays, forgetAppliedBatches, forgetDeliveryKeys } from '#store/journal-day.ts';
import type { Job } from './runner.ts';

const dayMs = 86_400_000;
const appliedDays = 35;

/** Opens the journal's coming days, and forgets what guards against doubles when none can come any more. */
export function journalDaysJob(pool: Pool, now: () => number): Job {
  return {
    name: 'journal-days',
    schedule: '17 * * * *',
    async run() {
      await ensureJournalDays(pool, now(), 3);
      while ((await forgetAppliedBatches(pool, now() - appliedDays * dayMs)) > 0);
      while ((await forgetDeliveryKeys(pool, now() - appliedDays * dayMs)) > 0);
    },
  };
}
