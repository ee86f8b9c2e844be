import type { Pool } from 'pg';
import { dropOldHours, dropTestItems } from '#apply/test-items.ts';
import type { Job } from './runner.ts';

/** Rules §6.6: what a test pair sent is gone after seven days. */
export function testItemsJob(pool: Pool, now: () => number, shards: number): Job {
  return {
    name: 'test-items',
    schedule: '41 * * * *',
    async run() {
      const client = await pool.connect();
      try {
        await dropTestItems(client, now(), shards);
        await dropOldHours(client, now());
      } finally {
        client.release();
      }
    },
  };
}
