import type { Instant } from '#domain/facts.ts';
import { type Seq, seq } from '#domain/ids.ts';

const epoch = Date.UTC(2026, 0, 1);
const counterSpan = 32;
const instanceSpan = 128;
const tick = counterSpan * instanceSpan;

/** Web processes that may append at one time. */
export const instanceLimit = instanceSpan;

/**
 * Ids of micro-batches, made without the database: milliseconds since 2026 (41 bits), leased instance number (7), counter (5).
 * They always grow, also when the clock steps back or more than 32 are made in a millisecond; `after` is an id known to be used.
 */
export class BatchIds {
  readonly #instance: number;
  #time: number;
  #counter = 0;

  constructor(instance: number, after: number) {
    if (!Number.isInteger(instance) || instance < 0 || instance >= instanceSpan)
      throw new RangeError('instance number');
    this.#instance = instance;
    this.#time = Math.floor(after / tick) + 1;
  }

  next(now: Instant): number {
    const time = Math.max(now - epoch, this.#time);
    if (time > this.#time) {
      this.#time = time;
      this.#counter = 0;
    } else if (this.#counter === counterSpan) {
      this.#time += 1;
      this.#counter = 0;
    }
    const id = this.#time * tick + this.#instance * counterSpan + this.#counter;
    this.#counter += 1;
    return id;
  }
}

/** When a micro-batch was made, by its id. */
export function batchTime(batchId: number): Instant {
  return Math.floor(batchId / tick) + epoch;
}

/** Journal sequence of an item: batch id × 1024 + position. */
export function seqOf(batchId: number, position: number): Seq {
  return seq(BigInt(batchId) * 1024n + BigInt(position));
}
