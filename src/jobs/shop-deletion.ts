import type { Pool } from 'pg';
import { deleteShop } from '#apply/shop-deletion.ts';
import { listDeletions, shopDeletionJobName } from '#store/shop-life.ts';
import type { Job } from './runner.ts';

/** By then every process knows that the shop's keys are gone, and has handed over what it had taken. */
const lastCallsMs = 60_000;

/** Takes apart the shops whose deletion was asked for; every five minutes. */
export function shopDeletionJob(pool: Pool, shards: number, now: () => number): Job {
  return {
    name: shopDeletionJobName,
    schedule: '*/5 * * * *',
    async run() {
      const client = await pool.connect();
      try {
        for (const { shop, since } of await listDeletions(client)) {
          if (now() - since.getTime() >= lastCallsMs) await deleteShop(client, shop, since, shards);
        }
      } finally {
        client.release();
      }
    },
  };
}
