import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { seqOf } from './batch-id.ts';
import { type Appended, IntakeUnavailable, type Lane, OverCapacity, shardOf } from './engine.ts';
import { batchItemLimit, type Envelope, encodeEnvelope, joinBatch } from './envelope.ts';

/** One row to write: a micro-batch of one shard and lane. */
export interface BatchRow {
  readonly shard: number;
  readonly lane: Lane;
  readonly batchId: number;
  readonly receivedAt: Instant;
  readonly n: number;
  readonly body: Buffer;
}

export interface BatcherOptions {
  readonly shards: number;
  readonly nextBatchId: () => number;
  /** Resolves after the commit of all rows, rejects when none is known to be there. */
  readonly write: (rows: readonly BatchRow[]) => Promise<void>;
  /** Of all shops; one shop may have two fifths of it. */
  readonly maxQueuedItems?: number;
  readonly maxQueuedBytes?: number;
  /** Longest wait for a flush to start; who waited longer is told to come again. Default 10 s. */
  readonly maxWaitMs?: number;
  /** Milliseconds of a clock that never steps back. */
  readonly clock?: () => number;
}

interface Waiting {
  readonly shopId: ShopId;
  /** Place among all that came. */
  readonly place: number;
  readonly item: Buffer;
  readonly shard: number;
  readonly lane: Lane;
  readonly arrivedAt: Instant;
  readonly since: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

/** What one shop has waiting, oldest first. */
interface ShopQueue {
  items: Waiting[];
  head: number;
  bytes: number;
}

const flushBytes = 256 * 1024;
/** Of a row of the bulk lane, which is claimed whole: live calls wait behind what is in hand. */
const bulkRowItems = 100;
/** Below the half at which doors begin to shed. */
const shopShare = 0.4;

/**
 * Self-clocked micro-batches (house: Intake): a flush starts when none is in flight and takes what has gathered meanwhile, at most
 * 500 items or 256 KB; a larger item travels alone. No timer. Shops take turns, and none may hold more than two fifths of the queue: one that
 * floods waits behind itself.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #maxWaitMs: number;
  readonly #clock: () => number;
  /** In the order of their next turn. */
  readonly #queues = new Map<ShopId, ShopQueue>();
  #items = 0;
  #bytes = 0;
  #places = 0;
  #flushing = false;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#maxItems = options.maxQueuedItems ?? 20_000;
    this.#maxBytes = options.maxQueuedBytes ?? 64 * 1024 * 1024;
    this.#maxWaitMs = options.maxWaitMs ?? 10_000;
    this.#clock = options.clock ?? (() => performance.now());
  }

  append(envelope: Envelope, lane: Lane): Promise<Appended> {
    if (this.#stopped) return Promise.reject(new OverCapacity(5));
    const queue = this.#queues.get(envelope.shopId);
    if (this.#isFull(queue)) return Promise.reject(new OverCapacity(2));
    const item = encodeEnvelope(envelope);
    const shard = shardOf(envelope.shopId, this.#options.shards);
    return new Promise((resolve, reject) => {
      const { shopId, arrivedAt } = envelope;
      const place = ++this.#places;
      this.#add({ shopId, place, item, shard, lane, arrivedAt, since: this.#clock(), resolve, reject }, queue);
      this.#start();
    });
  }

  pressure(): number {
    return this.#stopped ? 1 : Math.min(1, Math.max(this.#items / this.#maxItems, this.#bytes / this.#maxBytes));
  }

  /** Takes nothing more; resolves when everything taken is committed or failed. */
  stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#flushing) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #isFull(own: ShopQueue | undefined): boolean {
    if (this.#items >= this.#maxItems || this.#bytes >= this.#maxBytes) return true;
    if (own === undefined) return false;
    return own.items.length - own.head >= this.#maxItems * shopShare || own.bytes >= this.#maxBytes * shopShare;
  }

  #add(waiting: Waiting, queue: ShopQueue | undefined): void {
    const { length } = waiting.item;
    if (queue === undefined) this.#queues.set(waiting.shopId, { items: [waiting], head: 0, bytes: length });
    else {
      queue.items.push(waiting);
      queue.bytes += length;
    }
    this.#items += 1;
    this.#bytes += length;
  }

  /** The oldest of a shop leaves the queue. */
  #shift(queue: ShopQueue, waiting: Waiting): void {
    queue.head += 1;
    queue.bytes -= waiting.item.length;
    this.#items -= 1;
    this.#bytes -= waiting.item.length;
    if (queue.head === queue.items.length) this.#queues.delete(waiting.shopId);
    else if (queue.head > 4096) {
      queue.items = queue.items.slice(queue.head);
      queue.head = 0;
    }
  }

  #start(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    // The end of this turn of the event loop: requests read from the sockets together travel together.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#items > 0) {
      this.#dropLate();
      const taken = this.#take();
      if (taken.length > 0) await this.#flush(taken);
    }
    this.#flushing = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** A database that hangs must not hold callers for as long as the queue is. */
  #dropLate(): void {
    const oldest = this.#clock() - this.#maxWaitMs;
    for (const queue of this.#queues.values()) {
      for (let next = queue.items[queue.head]; next !== undefined && next.since < oldest; ) {
        this.#shift(queue, next);
        next.reject(new OverCapacity(5));
        next = queue.items[queue.head];
      }
    }
  }

  /** Shops in turn, an equal part of the flush each, until it is full or nothing waits; then in the order they came. */
  #take(): Waiting[] {
    const taken: Waiting[] = [];
    let bytes = 0;
    const part = Math.max(1, Math.floor(batchItemLimit / this.#queues.size));
    while (this.#queues.size > 0) {
      const [turn] = this.#queues;
      if (turn === undefined) break;
      const [shop, queue] = turn;
      for (let n = 0; n < part; n++) {
        const next = queue.items[queue.head];
        if (next === undefined) break;
        if (taken.length === batchItemLimit || (taken.length > 0 && bytes + next.item.length > flushBytes)) {
          return inOrder(taken);
        }
        taken.push(next);
        bytes += next.item.length;
        this.#shift(queue, next);
      }
      // To the end of the row.
      if (this.#queues.delete(shop)) this.#queues.set(shop, queue);
    }
    return inOrder(taken);
  }

  async #flush(taken: readonly Waiting[]): Promise<void> {
    try {
      const groups = groupByRow(taken);
      const rows = groups.map((group) => this.#toRow(group));
      await this.#options.write(rows);
      for (const [r, group] of groups.entries()) {
        const batchId = rows[r]?.batchId ?? 0;
        for (const [i, waiting] of group.entries()) {
          waiting.resolve({ seq: seqOf(batchId, i), receivedAt: waiting.arrivedAt });
        }
      }
    } catch (cause) {
      const error = new IntakeUnavailable(cause);
      for (const waiting of taken) waiting.reject(error);
    }
  }

  #toRow(group: readonly [Waiting, ...Waiting[]]): BatchRow {
    return {
      shard: group[0].shard,
      lane: group[0].lane,
      batchId: this.#options.nextBatchId(),
      receivedAt: group[0].arrivedAt,
      n: group.length,
      body: joinBatch(group.map((waiting) => waiting.item)),
    };
  }
}

function inOrder(taken: Waiting[]): Waiting[] {
  return taken.sort((a, b) => a.place - b.place);
}

function groupByRow(taken: readonly Waiting[]): [Waiting, ...Waiting[]][] {
  const rows: [Waiting, ...Waiting[]][] = [];
  const groups = new Map<number, [Waiting, ...Waiting[]]>();
  for (const waiting of taken) {
    const key = waiting.shard * 2 + (waiting.lane === 'bulk' ? 1 : 0);
    const group = groups.get(key);
    if (group === undefined || (waiting.lane === 'bulk' && group.length === bulkRowItems)) {
      const next: [Waiting, ...Waiting[]] = [waiting];
      groups.set(key, next);
      rows.push(next);
    } else group.push(waiting);
  }
  return rows;
}
