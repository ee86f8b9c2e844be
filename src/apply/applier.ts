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
/** How soon a helper that found nothing is asked again: the backlog may be of one shard. */
const askAgainMs = 1_000;
/** To an empty table any index is as good as another, so plans are made again as tables grow: at each doubling, later after so many items, at each look. */
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

/**
 * Starts applying. While more waits than one connection carries, a second one takes every other shard: one waits for the database
 * while the other decides. Faults are told and survived: a lost database is waited for, an item at fault is parked. */
export function startApplier(options: ApplierOptions): Applier {
  const signal = new Signal();
  const helper = new Helper();
  const stopping = new AbortController();
  const running = [run(options, signal, helper, stopping.signal), help(options, signal, helper, stopping.signal)];
  return {
    async stop() {
      stopping.abort();
      signal.raise();
      helper.signal.raise();
      await Promise.all(running);
    },
  };
}

/** The second connection: asked for by the first when a batch was full, until it finds little to do. */
class Helper {
  readonly signal = new Signal();
  /** It has every other shard; the first leaves those alone. */
  busy = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Shops whose settings its batches changed. */
  readonly changedSettings: ShopId[] = [];

  ask(): void {
    const now = performance.now();
    if (this.busy || now - this.#askedAt < askAgainMs) return;
    this.#askedAt = now;
    this.busy = true;
    this.signal.raise();
  }
}

/** `first`: raised at the end, for what came to the helper's shards meanwhile. */
async function help(options: ApplierOptions, first: Signal, helper: Helper, stopping: AbortSignal): Promise<void> {
  const tools = toolsOf(options);
  const shards = tools.shards.filter((shard) => shard % 2 === 1);
  while (!stopping.aborted) {
    if (!helper.busy) await helper.signal.wait(lookAgainMs, true);
    helper.signal.lower();
    if (!helper.busy || stopping.aborted) continue;
    const client = options.connect();
    client.on('error', () => undefined);
    try {
      await prepare(client);
      const plans = new Plans();
      while (!stopping.aborted) {
        const { items, changedSettings } = await applyBatch(client, { ...tools, shards }, batchLimit);
        helper.changedSettings.push(...changedSettings);
        if (items > 0) options.onApplied?.(items);
        if (items < batchLimit / 2) break;
        await plans.grew(client, items);
      }
    } catch (error) {
      options.onFault(isLost(error) ? 'apply.database_lost' : 'apply.fault', error);
      tools.days.clear();
    } finally {
      helper.busy = false;
      first.raise();
      await client.end().catch(() => undefined);
    }
  }
}

function toolsOf(options: ApplierOptions): BatchTools {
  return {
    ...applyTools(options.keys),
    claims: options.claims,
    shards: Array.from({ length: options.shards }, (_, shard) => shard),
    days: new Set(),
    onFault: options.onFault,
  };
}

async function prepare(client: pg.Client): Promise<void> {
  await client.connect();
  for (const setting of planSettings) await client.query(`set ${setting}`);
}

/** When a connection's plans are made again. */
class Plans {
  #applied = 0;
  #renewAt = firstReplan;

  async grew(client: pg.Client, items: number): Promise<void> {
    this.#applied += items;
    if (this.#applied < this.#renewAt) return;
    this.#renewAt = this.#applied + Math.min(this.#applied, replanEvery);
    await this.renew(client);
  }

  async renew(client: pg.Client): Promise<void> {
    await client.query('discard plans');
  }
}

async function run(options: ApplierOptions, signal: Signal, helper: Helper, stopping: AbortSignal): Promise<void> {
  const tools = toolsOf(options);
  let hastened = false;
  while (!stopping.aborted) {
    const client = options.connect();
    // a lost connection rejects the query in hand; its event alone must not end the process
    client.on('error', () => signal.raise());
    client.on('notification', () => signal.raise());
    try {
      await prepare(client);
      await client.query(`listen ${intakeChannel}`);
      if (!hastened) await hastenParked(client);
      hastened = true;
      await work(client, tools, options, { signal, helper, stopping });
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
  { signal, helper, stopping }: { signal: Signal; helper: Helper; stopping: AbortSignal },
): Promise<void> {
  const plans = new Plans();
  const firstShards = tools.shards.filter((shard) => shard % 2 === 0);
  const sweeps = new Set<ShopId>(await shopsHolding(client, tools.shards, options.shards));
  const failed = new Set<ShopId>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  while (!stopping.aborted) {
    signal.lower();
    const mine = helper.busy ? { ...tools, shards: firstShards } : tools;
    const { items, changedSettings } = await applyBatch(client, mine, batchLimit);
    for (const shop of [...changedSettings, ...helper.changedSettings.splice(0)]) sweeps.add(shop);
    if (items > 0) options.onApplied?.(items);
    if (items >= batchLimit / 2 && options.shards > 1) helper.ask();
    await plans.grew(client, items);
    await sweep(client, tools, options.shards, sweeps, failed);
    if (performance.now() - lookedAt > lookAgainMs) {
      lookedAt = performance.now();
      await plans.renew(client);
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
