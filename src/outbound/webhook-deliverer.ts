/**
 * Sends what waits, at least once, each lane in its order. An endpoint is one process's at a time (a lease); within it several lanes
 * go at once, and each endpoint has its own, so that a slow receiver holds up nobody else's messages.
 */
import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { inTransaction } from '#store/db.ts';
import type { Keys } from '#store/secret.ts';
import {
  type Delivery,
  type EndpointHealth,
  type EndpointRef,
  findDue,
  leaseEndpoints,
  recordFailure,
  recordRecovery,
  recordSuccess,
  releaseLease,
  renewLease,
} from '#store/webhook-delivery.ts';
import { openSecrets, type PauseCause, pauseEndpoint } from '#store/webhook-endpoint.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { downAfter, endpointPause, isSpent, pauseAfter } from './webhook-retry.ts';
import { type Sent, sendMessage } from './webhook-sender.ts';

export interface DelivererOptions {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly guarded: GuardedFetch;
  readonly now: () => Instant;
  readonly onFault: (event: string, error: unknown) => void;
  /** Tells people that an endpoint was paused for want of success, in the transaction that pauses it. */
  readonly onPaused?: (client: PoolClient, endpoint: EndpointRef, cause: PauseCause) => Promise<void>;
  readonly chance?: () => number;
  readonly pollMs?: number;
}

export interface Deliverer {
  /** Lets what is under way arrive. */
  stop(): Promise<void>;
}

/** Lanes under way at once, per endpoint. */
const width = 8;
/** Longer than any attempt; renewed while at work, so that the work of a process that died is taken up soon. */
const leaseMs = 20_000;
const defaultPollMs = 1_000;

export function startDeliverer(options: DelivererOptions): Deliverer {
  const holder = randomUUID();
  const stopping = new AbortController();
  const pumps = new Map<string, Promise<void>>();
  let wake: () => void = () => undefined;

  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const now = options.now();
        for (const endpoint of await leaseEndpoints(options.pool, holder, now, now + leaseMs)) {
          const key = `${endpoint.shopId} ${endpoint.id}`;
          // its lease ran out while this process was busy with it
          if (pumps.has(key)) continue;
          const pump = pumpEndpoint(options, endpoint, holder, stopping.signal)
            .catch((error) => options.onFault('webhook.pump', error))
            .finally(() => pumps.delete(key));
          pumps.set(key, pump);
        }
      } catch (error) {
        options.onFault('webhook.lease', error);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.pollMs ?? defaultPollMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await Promise.all(pumps.values());
  })();
  return {
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}

/** Sends until nothing is due there any more, and gives the endpoint back. */
async function pumpEndpoint(
  options: DelivererOptions,
  endpoint: EndpointRef,
  holder: string,
  stopping: AbortSignal,
): Promise<void> {
  const { pool, now } = options;
  const underWay = new Map<number, Promise<void>>();
  let fault: unknown = null;
  try {
    while (!stopping.aborted && fault === null) {
      const health = await renewLease(pool, endpoint, holder, now(), now() + leaseMs);
      if (health === null) break;
      const room = health.failures >= downAfter ? 1 : width;
      const free = room - underWay.size;
      const due = free <= 0 ? [] : await findDue(pool, endpoint, now(), [...underWay.keys()], free);
      if (due.length === 0 && underWay.size === 0) break;
      for (const delivery of due) {
        const sending = deliver(options, endpoint, health, delivery)
          .catch((error) => {
            fault = error;
          })
          .finally(() => underWay.delete(delivery.lane));
        underWay.set(delivery.lane, sending);
      }
      // something may come for another lane while a slow one is under way
      await Promise.race([...underWay.values(), pause(options.pollMs ?? defaultPollMs)]);
    }
  } finally {
    await Promise.all(underWay.values());
    await releaseLease(pool, endpoint, holder);
  }
  if (fault !== null) throw fault;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** Killed between the answer and the record, the message is sent again under its id: the receiver knows it by that. */
async function deliver(
  options: DelivererOptions,
  endpoint: EndpointRef,
  health: EndpointHealth,
  delivery: Delivery,
): Promise<void> {
  const { pool, keys, guarded, now } = options;
  const secrets = await openSecrets(pool, keys, endpoint.shopId, endpoint.id, now());
  if (secrets === null) return;
  const { url } = health;
  const { messageId, body } = delivery;
  const sent = await sendMessage(guarded, { url, secrets, messageId, body }, now);
  if (sent.arrived) {
    await inTransaction(pool, async (client) => {
      await recordSuccess(client, endpoint, delivery, sent);
      if (health.failures > 0) await recordRecovery(client, endpoint, health.failures >= downAfter, sent.at);
    });
  } else await fail(options, endpoint, health, delivery, sent);
}

async function fail(
  options: DelivererOptions,
  endpoint: EndpointRef,
  health: EndpointHealth,
  delivery: Delivery,
  sent: Sent,
): Promise<void> {
  const chance = (options.chance ?? Math.random)();
  const own = pauseAfter(delivery.failures + 1, chance, sent.retryAfterMs);
  const whole = endpointPause(health.failures + 1, chance, sent.retryAfterMs);
  const spent = isSpent(delivery.firstTriedAt, sent.at) || isSpent(health.failingSince, sent.at);
  const cause = sent.gone ? 'gone' : spent ? 'failing' : null;
  await inTransaction(options.pool, async (client) => {
    await recordFailure(client, endpoint, delivery, sent, {
      nextTryAt: sent.at + own,
      endpointNextTryAt: whole === null ? null : sent.at + whole,
    });
    if (cause !== null && (await pauseEndpoint(client, endpoint.shopId, endpoint.id, cause, sent.at))) {
      await options.onPaused?.(client, endpoint, cause);
    }
  });
}
