/** Looks after subscriptions in stores: what a store ended or lost is made again, and the team is told by the alarm of stores. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { GuardedFetch } from '#outbound/guarded-fetch.ts';
import { checkStore } from '#outbound/store-check.ts';
import { findStoreApi, revealConnectionSecret, saveConnectionFault } from '#store/connection.ts';
import type { Keys } from '#store/secret.ts';
import { listWatchedConnections, saveRepair, type WatchedConnection } from '#store/subscription.ts';
import type { Job } from './runner.ts';

export interface SubscriptionTools {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly guarded: GuardedFetch;
  readonly now: () => Instant;
}

const atOnce = 20;
/** It passes by itself: no word to anybody, the next hour asks again. */
const weather = new Set(['no_answer', 'limited', 'not_the_api', 'busy']);

export function subscriptionsJob(tools: SubscriptionTools): Job {
  return {
    name: 'subscriptions',
    schedule: '23 * * * *',
    async run() {
      for (let after = 0; ; ) {
        const some = await listWatchedConnections(tools.pool, after, atOnce);
        const last = some.at(-1);
        if (last === undefined) return;
        after = last.id;
        await Promise.all(some.map((one) => watch(tools, one)));
      }
    },
  };
}

async function watch(
  { pool, keys, guarded, now }: SubscriptionTools,
  { shopId, id, platform, hookUrl, fault }: WatchedConnection,
): Promise<void> {
  const api = await findStoreApi(pool, keys, shopId, id);
  const secret = await revealConnectionSecret(pool, keys, shopId, id);
  if (api === null || secret === null) return;
  const { ok, missing, webhooks } = await checkStore(guarded, platform, api, { url: hookUrl, secret, paused: 'stays' });
  const [lacks = null] = ok ? [] : missing;
  if (lacks === null ? fault !== null : !weather.has(lacks) && lacks !== fault)
    await saveConnectionFault(pool, shopId, id, lacks, now());
  if (webhooks !== null && webhooks.made + webhooks.woken > 0) await saveRepair(pool, shopId, id, webhooks, now());
}
