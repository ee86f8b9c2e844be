import type { Pool } from 'pg';
import { forgetOldImports } from '#store/import-forget.ts';
import { dropLeftovers } from '#store/leftovers.ts';
import type { Job } from './runner.ts';

const dayMs = 86_400_000;
/** So long files and reports of imports wait for somebody. */
const importDays = 30;

/** Each night, what is over: links and challenges of sign-ins, sessions, invitations nobody took, files and reports of imports. */
export function leftoversJob(pool: Pool, now: () => number): Job {
  return {
    name: 'leftovers',
    schedule: '23 3 * * *',
    async run() {
      await dropLeftovers(pool, now());
      await forgetOldImports(pool, now() - importDays * dayMs, now());
    },
  };
}
