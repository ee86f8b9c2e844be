import type { Instant } from '#domain/facts.ts';
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
  readonly maxQueuedItems?: number;
  readonly maxQueuedBytes?: number;
  /** Longest wait for a flush to start; who waited longer is told to come again. Default 10 s. */
  readonly maxWaitMs?: number;
  /** Milliseconds of a clock that never steps back. */
  readonly clock?: () => number;
}

interface Waiting {
  readonly item: Buffer;
  readonly shard: number;
  readonly lane: Lane;
  readonly arrivedAt: Instant;
  readonly since: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

const flushBytes = 256 * 1024;

/**
 * Self-clocked micro-batches (house: Intake): a flush starts when none is in flight and takes what has gathered meanwhile, at most
 * 500 items or 256 KB; a larger item travels alone. No timer.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #maxWaitMs: number;
  readonly #clock: () => number;
  #queue: Waiting[] = [];
  #head = 0;
  #bytes = 0;
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
    if (this.#length() >= this.#maxItems || this.#bytes >= this.#maxBytes) return Promise.reject(new OverCapacity(2));
    const item = encodeEnvelope(envelope);
    const shard = shardOf(envelope.shopId, this.#options.shards);
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, shard, lane, arrivedAt: envelope.arrivedAt, since: this.#clock(), resolve, reject });
      this.#bytes += item.length;
      this.#start();
    });
  }

  pressure(): number {
    return this.#stopped ? 1 : Math.min(1, Math.max(this.#length() / this.#maxItems, this.#bytes / this.#maxBytes));
  }

  /** Takes nothing more; resolves when everything taken is committed or failed. */
  stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#flushing) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #length(): number {
    return this.#queue.length - this.#head;
  }

  #start(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    // The end of this turn of the event loop: requests read from the sockets together travel together.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#length() > 0) {
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
    for (;;) {
      const next = this.#queue[this.#head];
      if (next === undefined || next.since >= oldest) return;
      this.#head += 1;
      this.#bytes -= next.item.length;
      next.reject(new OverCapacity(5));
    }
  }

  #take(): Waiting[] {
    const taken: Waiting[] = [];
    let bytes = 0;
    while (taken.length < batchItemLimit) {
      const next = this.#queue[this.#head];
      if (next === undefined || (taken.length > 0 && bytes + next.item.length > flushBytes)) break;
      taken.push(next);
      bytes += next.item.length;
      this.#head += 1;
    }
    this.#bytes -= bytes;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head > 4096) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return taken;
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

function groupByRow(taken: readonly Waiting[]): [Waiting, ...Waiting[]][] {
  const groups = new Map<number, [Waiting, ...Waiting[]]>();
  for (const waiting of taken) {
    const key = waiting.shard * 2 + (waiting.lane === 'bulk' ? 1 : 0);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [waiting]);
    else group.push(waiting);
  }
  return [...groups.values()];
}
