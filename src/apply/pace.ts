/** How much of the bulk lane an applier takes at once: whoever calls live meanwhile waits behind what is in hand. */

/** Live items a second from which on both cores are left to them whenever a batch is done. */
const busyRate = 50;
/** What one live item leaves of itself after two seconds: until then another is expected. */
const quietRate = Math.exp(-2);

export class Pace {
  readonly #clock: () => number;
  /** Live items of the last second, about: each fades with time. */
  #rate = 0;
  #at: number;

  /** `clock`: milliseconds of one that never steps back. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#at = clock();
  }

  /** Items of the bulk lane to claim with the next batch of at most `limit`: half of it, beside live calls a tenth. */
  bulkLimit(limit: number): number {
    return limit / (this.#present() > quietRate ? 10 : 2);
  }

  /** Batches of the bulk lane may follow each other without a pause. */
  mayRun(): boolean {
    return this.#present() < busyRate;
  }

  /** Live items came, here or where another thread applies. */
  saw(live: number): void {
    this.#rate = this.#present() + live;
    this.#at = this.#clock();
  }

  #present(): number {
    return this.#rate * Math.exp((this.#at - this.#clock()) / 1_000);
  }
}
