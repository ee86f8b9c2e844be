/** How much of the bulk lane an applier takes at once: whoever calls live meanwhile waits behind what is in hand. */
import type { Claimed } from '#intake/engine.ts';

/** How long after a live call another is expected. */
const expectedMs = 2_000;

export class Pace {
  readonly #clock: () => number;
  #liveAt = Number.NEGATIVE_INFINITY;

  /** `clock`: milliseconds of one that never steps back. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Items of the bulk lane to claim with the next batch of at most `limit`: half of it, beside live calls a tenth. */
  bulkLimit(limit: number): number {
    return limit / (this.#clock() - this.#liveAt < expectedMs ? 10 : 2);
  }

  saw(claimed: readonly Pick<Claimed, 'lane'>[]): void {
    if (claimed.some(({ lane }) => lane === 'live')) this.#liveAt = this.#clock();
  }
}
