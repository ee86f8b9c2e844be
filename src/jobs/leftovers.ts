import type { Pool } from 'pg';
import { dropLeftovers } from '#store/leftovers.ts';
import type { Job } from './runner.ts';

/** Each night, what is over: links and challenges of sign-ins, sessions, invitations nobody took. */
export function leftoversJob(pool: Pool, now: () => number): Job {
  return {
    name: 'leftovers',
    schedule: '23 3 * * *',
    run: () => dropLeftovers(pool, now()),
  };
}
