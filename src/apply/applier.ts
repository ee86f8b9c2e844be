/** Carries out what waits in intake: claims, applies, sweeps, until it is stopped. */
import type pg from 'pg';
import type { ShopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { intakeChannel, shardOf } from '#intake/engine.ts';
import { isLost } from '#store/db.ts';
import type { Keys } from '#store/secret.ts';
import { applyBatch, type BatchTools } from './batch.ts';
import { releaseHeld, shopsHolding } from './held.ts';
import { applyTools } from './items.ts';
import { hastenParked, retryParked } from './parked.ts';
import { redecideSlice, shopsToRedecide } from './redecide.ts';
import { inTransaction, tryLockShards } from './transaction.ts';

export interface ApplierOptions {
  /** A connection of the applier's own, not connected yet: `pipeline: true`. */
  readonly connect: () => pg.Client;
  readonly claims: Pick<IntakeEngine, 'claim' | 'remove'>;
  /** How many shards there are; the applier works on any that nobody else is working on. */
  readonly shards: number;
  readonly keys: Keys;
  readonly onFault: (event: string, error: unknown) => void;
  /** Told after each batch. */
  readonly onApplied?: (items: number) => void;
}

export interface Applier {
  /** Finishes the batch in hand. */
  stop(): Promise<void>;
}

const batchLimit = 1000;
/** A small batch is followed by this pause, so that the next one is larger (a batch costs as much as forty facts). */
const pauseMs = 25;
const idleMs = 1_000;
/** How often it looks for what is parked and due, and for background work that another applier left. */
const lookAgainMs = 15_000;
const reconnectMs = 500;
/** To an empty table any index is as good as another, so plans are made again as tables grow: soon, after so many items, at each look. */
const firstReplan = 1_000;
const replanEvery = 10_000;
/** Every statement of an applier looks rows up by a set of keys: a nested loop over an index, whatever the tables' statistics say. */
const planSettings = [
  'plan_cache_mode = force_generic_plan',
  'enable_seqscan = off',
  'enable_hashjoin = off',
  'enable_mergejoin = off',
  'jit = off',
];

/** Starts applying. Faults are told and survived: a lost database is waited for, an item at fault is parked. */
export function startApplier(options: ApplierOptions): Applier {
  const signal = new Signal();
  const stopping = new AbortController();
  const running = run(options, signal, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      signal.raise();
      await running;
    },
  };
}

async function run(options: ApplierOptions, signal: Signal, stopping: AbortSignal): Promise<void> {
  const tools: BatchTools = {
    ...applyTools(options.keys),
    claims: options.claims,
    shards: Array.from({ length: options.shards }, (_, shard) => shard),
    days: new Set(),
    onFault: options.onFault,
  };
  let hastened = false;
  while (!stopping.aborted) {
    const client = options.connect();
    // a lost connection rejects the query in hand; its event alone must not end the process
    client.on('error', () => signal.raise());
    client.on('notification', () => signal.raise());
    try {
      await client.connect();
      for (const setting of planSettings) await client.query(`set ${setting}`);
      await client.query(`listen ${intakeChannel}`);
      if (!hastened) await hastenParked(client);
      hastened = true;
      await work(client, tools, options, signal, stopping);
    } catch (error) {
      options.onFault(isLost(error) ? 'apply.database_lost' : 'apply.fault', error);
      tools.days.clear();
      await signal.wait(reconnectMs, false);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function work(
  client: pg.Client,
  tools: BatchTools,
  options: ApplierOptions,
  signal: Signal,
  stopping: AbortSignal,
): Promise<void> {
  const sweeps = new Set<ShopId>(await shopsHolding(client, tools.shards, options.shards));
  const failed = new Set<ShopId>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let applied = 0;
  let replanAt = firstReplan;
  while (!stopping.aborted) {
    signal.lower();
    const { items, changedSettings } = await applyBatch(client, tools, batchLimit);
    for (const shop of changedSettings) sweeps.add(shop);
    if (items > 0) options.onApplied?.(items);
    applied += items;
    if (applied >= replanAt) {
      replanAt = applied + replanEvery;
      await client.query('discard plans');
    }
    await sweep(client, tools, options.shards, sweeps, failed);
    if (performance.now() - lookedAt > lookAgainMs) {
      lookedAt = performance.now();
      await client.query('discard plans');
      await retry(client, tools);
      for (const shop of await shopsToRedecide(client, tools.shards, options.shards)) sweeps.add(shop);
      for (const shop of failed) sweeps.add(shop);
      failed.clear();
    }
    if (items >= batchLimit / 2) continue;
    if (sweeps.size > 0 && items === 0) continue;
    await signal.wait(items === 0 ? idleMs : pauseMs, items === 0);
  }
}

/**
 * A slice of background work for each shop that has some; a shop without more leaves the set. One at fault leaves it too, until
 * the next look: it stands in nobody's way.
 */
async function sweep(
  client: pg.Client,
  tools: BatchTools,
  shards: number,
  sweeps: Set<ShopId>,
  failed: Set<ShopId>,
): Promise<void> {
  for (const shop of sweeps) {
    const shard = shardOf(shop, shards);
    try {
      await releaseHeld(client, shop, shard, tools);
      if (!(await redecideSlice(client, shop, shard))) sweeps.delete(shop);
    } catch (error) {
      if (isLost(error)) throw error;
      sweeps.delete(shop);
      failed.add(shop);
      tools.onFault('apply.sweep', error);
    }
  }
}

async function retry(client: pg.Client, tools: BatchTools): Promise<void> {
  await inTransaction(client, async () => {
    const shards = await tryLockShards(client, tools.shards);
    await retryParked(client, shards, tools);
  });
}

/** Wakes one waiter; raised before the wait, the wait is over at once. */
class Signal {
  #raised = false;
  #wake: (() => void) | null = null;

  raise(): void {
    this.#raised = true;
    this.#wake?.();
  }

  lower(): void {
    this.#raised = false;
  }

  /** Resolves after `ms`; earlier when raised and `wakes`. */
  async wait(ms: number, wakes: boolean): Promise<void> {
    if (wakes && this.#raised) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      if (wakes) {
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }
    });
    this.#wake = null;
  }
}
