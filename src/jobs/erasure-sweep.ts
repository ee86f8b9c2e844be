import type { Pool } from 'pg';
import { erasureSweepJob } from '#apply/erasure.ts';
import { sweepErasures } from '#apply/erasure-sweep.ts';
import type { Keys } from '#store/secret.ts';
import { sweepImports } from './import/erasure.ts';
import type { Job } from './runner.ts';

/** Woken by each erasure, and again while what was under way then may come in: bytes that nobody could read are searched. */
export function erasureJob(pool: Pool, keys: Keys, shards: number, now: () => number): Job {
  return {
    name: erasureSweepJob,
    schedule: '*/5 * * * *',
    async run() {
      await sweepErasures(pool, keys, shards, now(), (shop, found) => sweepImports(pool, shop, found, now()));
    },
  };
}
