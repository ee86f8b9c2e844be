/** Reads stores that can be asked: their history when a merchant wants it, and each hour what a missed delivery lost (rules §5: neither is new). */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import type { GuardedFetch } from '#outbound/guarded-fetch.ts';
import type { StoreSilent } from '#outbound/store-call.ts';
import { type PulledObject, readStorePage } from '#outbound/store-pages.ts';
import { findStoreApi } from '#store/connection.ts';
import {
  type DuePull,
  listDuePulls,
  listReconciliations,
  savePullFault,
  savePullStep,
  startPull,
} from '#store/pull.ts';
import type { Keys } from '#store/secret.ts';
import { parseExact, writeShopItem } from '#wire/shop-item.ts';
import { isStorePlatform, keepStoreObject } from '#wire/store.ts';
import type { Job } from './runner.ts';

export interface PullTools {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly engine: IntakeEngine;
  readonly guarded: GuardedFetch;
  readonly now: () => Instant;
  /** Where the worker ends a run, so that the next minute's goes on; default 50 s. */
  readonly runMs?: number;
}

const minuteMs = 60_000;
const reconcileMs = 60 * minuteMs;
/** So often is a store asked again that does not answer, before its pull is given up: about a day. */
const mostFailures = 30;
/** A refusal is no weather: asking again changes nothing. */
const forGood = new Set(['keys_wrong', 'scope_orders', 'scope_customers', 'scope_states']);

export function pullsJob(tools: PullTools): Job {
  return {
    name: 'pulls',
    schedule: '* * * * *',
    async run() {
      const until = performance.now() + (tools.runMs ?? 50_000);
      for (const due of await listReconciliations(tools.pool, tools.now() - reconcileMs))
        await startPull(tools.pool, due, due.since, tools.now());
      await Promise.all((await listDuePulls(tools.pool, tools.now())).map((due) => goOn(tools, due, until)));
    },
  };
}

/** Page after page, until it is done, has to wait, or the run is over. */
async function goOn(tools: PullTools, due: DuePull, until: number): Promise<void> {
  let { cursor, failures } = due;
  const api = await findStoreApi(tools.pool, tools.keys, due.shopId, due.connectionId);
  if (api === null || !isStorePlatform(due.platform)) return;
  while (performance.now() < until) {
    const page = await readStorePage(tools.guarded, due.platform, api, { cursor, since: due.since });
    if (page === null) {
      await savePullFault(tools.pool, due, 'not_the_api', null);
      return;
    }
    if ('fault' in page) {
      await savePullFault(tools.pool, due, page.fault, nextTry(tools, page, failures));
      return;
    }
    const { platform } = due;
    await Promise.all(page.objects.map((object) => append(tools, { ...due, platform }, object)));
    const step = { cursor: page.cursor, objects: page.objects.length, expected: page.expected };
    if (!(await savePullStep(tools.pool, due, step, tools.now()))) return;
    if (page.cursor === null) return;
    ({ cursor } = page);
    failures = 0;
  }
}

/** What the store asked for, else 1, 2, 4 … 60 minutes; null: not again. */
function nextTry({ now }: PullTools, { fault, afterMs }: StoreSilent, failures: number): Instant | null {
  if (forGood.has(fault) || failures >= mostFailures) return null;
  return now() + (afterMs ?? Math.min(60, 2 ** Math.min(failures, 6)) * minuteMs);
}

/** Behind everything that is live. The same object again is a repeat, whoever asks for it. */
async function append(
  { engine, now }: PullTools,
  { shopId, connectionId, kind, platform, store }: DuePull,
  { topic, name, text }: PulledObject,
): Promise<void> {
  if (!isStorePlatform(platform)) return;
  const parsed = parseExact(Buffer.from(text));
  const body = 'fault' in parsed ? null : keepStoreObject(platform, topic, parsed.value);
  const raw = writeShopItem({ topic, occurredAt: null, zone: null, currency: null, body });
  const hash = createHash('sha256').update(raw).digest('base64url').slice(0, 22);
  await engine.append(
    {
      shopId,
      format: `store/${platform}`,
      arrivedAt: now(),
      source: { kind: 'pull', store },
      pageHost: null,
      mayRead: false,
      test: false,
      headers: {},
      ip: null,
      minted: null,
      door: 'accepted',
      deliveryKey: `pull${connectionId}:${kind}:${name}:${hash}`,
      raw: Buffer.from(raw),
    },
    'bulk',
  );
}
