/** Carries out what waits in intake: claims, applies, sweeps, until it is stopped. */
import type pg from 'pg';
import type { ShopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { intakeChannel, shardOf } from '#intake/engine.ts';
import { isLost } from '#store/db.ts';
import type { Keys } from '#store/secret.ts';
import { Plans, prepare } from './applier-connection.ts';
import { applyBatch, type BatchTools } from './batch.ts';
import { releaseHeld, shopsHolding } from './held.ts';
import type { Helper } from './helper.ts';
import { applyTools } from './items.ts';
import { Pace } from './pace.ts';
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
  /** Asked when a batch is full. */
  readonly helper?: Pick<Helper, 'help' | 'saw'>;
  /** Told after each batch. */
  readonly onApplied?: (items: number) => void;
  /** Where the helper's live items are told, too. */
  readonly pace?: Pace;
}

export interface Applier {
  /** Finishes the batch in hand. */
  stop(): Promise<void>;
}

export const batchLimit = 1000;
/** A small batch is followed by this pause, so that the next one is larger (a batch costs as much as forty facts). */
export const pauseMs = 25;
const idleMs = 1_000;
/** How often it looks for what is parked and due, and for background work that another applier left. */
const lookAgainMs = 15_000;
const reconnectMs = 500;
/** How soon a helper that ended is asked again. */
const askAgainMs = 1_000;
/**
 * Starts applying. While more waits than one thread carries, the helper takes every other shard of those that wait. Faults are told and survived: a lost
 * database is waited for, an item at fault is parked.
 */
export function startApplier(options: ApplierOptions): Applier {
  const signal = new Signal();
  const help = new Help(options, signal);
  const stopping = new AbortController();
  const running = run(options, signal, help, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      signal.raise();
      await running;
    },
  };
}

/** Asks the helper when a batch was full, and knows which shards it has. */
class Help {
  readonly #options: ApplierOptions;
  readonly #signal: Signal;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** The first leaves these alone. */
  shards: readonly number[] = [];
  /** Shops whose settings its batches changed. */
  readonly changedSettings: ShopId[] = [];

  constructor(options: ApplierOptions, signal: Signal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Live items that it may not see: its batches of the bulk lane leave them time, too. */
  saw(live: number): void {
    if (this.shards.length > 0) this.#options.helper?.saw(live);
  }

  /** Of one shard alone the helper takes it: the first's thread has jobs to do as well, as the one that reads an import's file. */
  async ask(client: pg.Client): Promise<void> {
    const now = performance.now();
    const { helper, shards, onFault } = this.#options;
    if (helper === undefined || shards < 2 || this.shards.length > 0 || now - this.#askedAt < askAgainMs) return;
    this.#askedAt = now;
    this.shards = (await waitingShards(client, shards)).filter((_, place) => place % 2 === 0);
    if (this.shards.length === 0) return;
    helper
      .help(this.shards)
      .then((changed) => this.changedSettings.push(...changed))
      .catch((error) => onFault('apply.helper', error))
      .finally(() => {
        this.shards = [];
        // for what came to its shards meanwhile
        this.#signal.raise();
      });
  }
}

async function waitingShards(client: pg.Client, count: number): Promise<number[]> {
  const { rows } = await client.query<{ shard: number }>({
    name: 'waiting shards',
    text: `select s.shard from generate_series(0, $1::int - 1) s(shard)
      where exists (select from intake i where i.shard = s.shard) order by s.shard`,
    values: [count],
  });
  return rows.map(({ shard }) => shard);
}

export function toolsOf(options: Pick<ApplierOptions, 'claims' | 'shards' | 'keys' | 'onFault' | 'pace'>): BatchTools {
  return {
    ...applyTools(options.keys),
    claims: options.claims,
    shards: Array.from({ length: options.shards }, (_, shard) => shard),
    days: new Set(),
    pace: options.pace ?? new Pace(),
    onFault: options.onFault,
  };
}

async function run(options: ApplierOptions, signal: Signal, help: Help, stopping: AbortSignal): Promise<void> {
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
      await work(client, tools, options, { signal, help, stopping });
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
  { signal, help, stopping }: { signal: Signal; help: Help; stopping: AbortSignal },
): Promise<void> {
  const plans = new Plans();
  const sweeps = new Set<ShopId>(await shopsHolding(client, tools.shards, options.shards));
  const failed = new Set<ShopId>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  while (!stopping.aborted) {
    signal.lower();
    const mine = tools.shards.filter((shard) => !help.shards.includes(shard));
    const { items, live, isFull, changedSettings } = await applyBatch(client, { ...tools, shards: mine }, batchLimit);
    for (const shop of [...changedSettings, ...help.changedSettings.splice(0)]) sweeps.add(shop);
    if (items > 0) options.onApplied?.(items);
    if (live > 0) help.saw(live);
    if (isFull) await help.ask(client);
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
