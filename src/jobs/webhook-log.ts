import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { listShops } from '#store/shop.ts';
import { forgetDeliveries } from '#store/webhook-delivery.ts';
import type { Job } from './runner.ts';

/** How long messages and what receivers answered are kept, sent or not: they hold personal data. */
export const keptDays = 30;

const dayMs = 86_400_000;
const slice = 2_000;

/** Forgets old messages, those of paused endpoints too. */
export function webhookLogJob(pool: Pool, now: () => Instant): Job {
  return {
    name: 'webhook-log',
    schedule: '41 2 * * *',
    async run() {
      for (const { id } of await listShops(pool)) {
        while ((await forgetDeliveries(pool, id, now() - keptDays * dayMs)) === slice);
      }
    },
  };
}
