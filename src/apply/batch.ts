/** One batch: claim, decide, write, remove; all of it or nothing. */
import type { ClientBase } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import { seqOf } from '#intake/batch-id.ts';
import type { Claimed, IntakeEngine, Lane } from '#intake/engine.ts';
import { decodeBatch } from '#intake/envelope.ts';
import { appliedChannel } from '#intake/settle.ts';
import { isLost } from '#store/db.ts';
import { ensureJournalDays } from '#store/journal-day.ts';
import { applyInTurn } from './ahead.ts';
import { type ApplyTools, type Item, readItem } from './items.ts';
import type { Pace } from './pace.ts';
import { applyAlone, type Placed, parkBatch } from './parked.ts';
import { inTransaction, tryLockShards } from './transaction.ts';
import { byErasures } from './write-batch.ts';

export interface BatchTools extends ApplyTools {
  readonly claims: Pick<IntakeEngine, 'claim' | 'remove'>;
  readonly shards: readonly number[];
  /** UTC days whose journal partitions are known to be there. */
  readonly days: Set<number>;
  readonly pace: Pace;
  readonly onFault: (event: string, error: unknown) => void;
}

export interface BatchResult {
  readonly items: number;
  /** Of the live lane. */
  readonly live: number;
  /** About as much was there as is taken at once: there may be more. */
  readonly isFull: boolean;
  /** Shops whose settings changed: what was held or counted under the old ones is looked at again. */
  readonly changedSettings: readonly ShopId[];
}

const dayMs = 86_400_000;
/** How long a transaction takes up more of the bulk lane: longer, and whoever waits for its end would notice. */
const runMs = 1_000;

/** Applies the oldest items of the shards nobody else is applying, at most about `limit`. */
export async function applyBatch(client: ClientBase, tools: BatchTools, limit: number): Promise<BatchResult> {
  try {
    return await inTransaction(client, () => applyTogether(client, tools, limit));
  } catch (error) {
    // partitions made in the failed transaction are gone with it
    tools.days.clear();
    if (isLost(error)) throw error;
    tools.onFault('apply.batch', error);
    return inTransaction(client, () => applyOneByOne(client, tools, limit));
  }
}

async function applyTogether(client: ClientBase, tools: BatchTools, limit: number): Promise<BatchResult> {
  const shards = await tryLockShards(client, tools.shards);
  const run = new BulkRun(client, { ...tools, shards }, limit);
  const changedSettings = new Set<ShopId>();
  await applyInTurn(
    client,
    () => run.next(),
    tools,
    'new',
    ({ shops }) => {
      for (const { rows, world } of shops) if (world.changes.settings.length > 0) changedSettings.add(rows.shopId);
    },
  );
  await run.end();
  return { items: run.items, live: run.live, isFull: run.isFull, changedSettings: [...changedSettings] };
}

/** Batches of one transaction: more than one only of the bulk lane, while it is full and nothing live waits. */
class BulkRun {
  readonly #client: ClientBase;
  readonly #tools: BatchTools;
  readonly #limit: number;
  readonly #until = performance.now() + runMs;
  readonly #shops = new Set<ShopId>();
  readonly #removed: Promise<void>[] = [];
  #parts: Item[][] = [];
  #goesOn = true;
  items = 0;
  live = 0;
  /** Its last batch was. */
  isFull = false;

  constructor(client: ClientBase, tools: BatchTools, limit: number) {
    this.#client = client;
    this.#tools = tools;
    this.#limit = limit;
  }

  async next(): Promise<readonly Item[] | null> {
    while (this.#parts.length === 0 && this.#goesOn) await this.#claim();
    return this.#parts.shift() ?? null;
  }

  /** Resolves when the claimed rows are gone from intake. */
  async end(): Promise<void> {
    await Promise.all([...this.#removed, ...(this.#shops.size > 0 ? [notify(this.#client, this.#shops)] : [])]);
  }

  async #claim(): Promise<void> {
    const { claims, shards, days, pace } = this.#tools;
    const bulkLimit = pace.bulkLimit(this.#limit);
    const claimed = shards.length === 0 ? [] : await claims.claim(this.#client, shards, this.#limit, bulkLimit);
    const removing = claims.remove(this.#client, claimed);
    removing.catch(() => undefined);
    this.#removed.push(removing);
    const placed = fresh(claimed).flatMap(itemsOf);
    for (const { envelope } of placed) this.#shops.add(envelope.shopId);
    await ensureDays(this.#client, placed, days);
    this.items += placed.length;
    const bulkItems = itemsOfLane(claimed, 'bulk');
    const liveItems = itemsOfLane(claimed, 'live');
    pace.saw(liveItems);
    this.live += liveItems;
    this.isFull = placed.length >= this.#limit / 2 || bulkItems >= bulkLimit / 2;
    this.#goesOn = this.isFull && liveItems === 0 && pace.mayRun() && performance.now() < this.#until;
    this.#parts = byErasures(placed.map((item) => readItem(item.seq, item.envelope)));
  }
}

/** After a failure: each item by itself, so that only the one at fault is parked. */
async function applyOneByOne(client: ClientBase, tools: BatchTools, limit: number): Promise<BatchResult> {
  const claimed = await claim(client, tools, limit);
  const placed: Placed[] = [];
  for (const row of fresh(claimed)) {
    try {
      placed.push(...itemsOf(row));
    } catch (error) {
      await parkBatch(client, row, error);
    }
  }
  if (claimed.length === 0) return { items: 0, live: 0, isFull: false, changedSettings: [] };
  await ensureDays(client, placed, tools.days);
  for (const item of placed) await applyAlone(client, item, tools);
  await tools.claims.remove(client, claimed);
  await notify(client, new Set(placed.map(({ envelope }) => envelope.shopId)));
  const shops = placed.filter(({ envelope }) => envelope.format === 'own').map(({ envelope }) => envelope.shopId);
  const live = itemsOfLane(claimed, 'live');
  return { items: placed.length, live, isFull: placed.length >= limit / 2, changedSettings: [...new Set(shops)] };
}

async function claim(client: ClientBase, tools: BatchTools, limit: number): Promise<Claimed[]> {
  const shards = await tryLockShards(client, tools.shards);
  return shards.length === 0 ? [] : tools.claims.claim(client, shards, limit, tools.pace.bulkLimit(limit));
}

function itemsOfLane(claimed: readonly Claimed[], of: Lane): number {
  return claimed.reduce((sum, { lane, n }) => (lane === of ? sum + n : sum), 0);
}

/** A micro-batch known as applied is only removed. */
function fresh(claimed: readonly Claimed[]): Claimed[] {
  return claimed.filter(({ known }) => !known);
}

/** Throws when the body is no micro-batch that this release can read. */
function itemsOf({ batchId, body, shard }: Claimed): Placed[] {
  return decodeBatch(body).map((envelope, place) => ({ seq: seqOf(batchId, place), envelope, shard }));
}

async function ensureDays(client: ClientBase, placed: readonly Placed[], days: Set<number>): Promise<void> {
  for (const { envelope } of placed) {
    const day = Math.floor(envelope.arrivedAt / dayMs);
    if (days.has(day)) continue;
    await ensureJournalDays(client, envelope.arrivedAt, 1);
    days.add(day);
  }
}

/** Whoever waits for outcomes, or watches, hears which shops have new ones. */
async function notify(client: ClientBase, of: ReadonlySet<ShopId>): Promise<void> {
  const shops = [...of];
  // a payload holds 8,000 bytes: with very many shops at once, everybody looks
  const payload = shops.length > 500 ? '{}' : JSON.stringify({ shop: shops });
  await client.query({ name: 'notify applied', text: 'select pg_notify($1, $2)', values: [appliedChannel, payload] });
}
