import type { Pool } from 'pg';
import { erasureLogJobName, logErasures } from '#store/erasure-log.ts';
import type { Job } from './runner.ts';

/** Keeps who was erased beside the database, for the day an older backup is put back. */
export function erasureLogJob(pool: Pool, path: string): Job {
  return {
    name: erasureLogJobName,
    schedule: '* * * * *',
    async run() {
      while ((await logErasures(pool, path)) > 0);
    },
  };
}
