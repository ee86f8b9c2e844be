import type { Instant } from '#domain/facts.ts';
import { Flushing } from './flushing.ts';

const flushMs = 2_000;

export interface UseCountsOptions<Use> {
  /** Names the fault of a save in the log. */
  readonly event: string;
  readonly save: (uses: readonly Use[]) => Promise<void>;
  readonly onFault: (event: string, error: unknown) => void;
  /** Uses of one key are counted as one. */
  readonly keyOf: (use: Use) => string;
  readonly sum: (known: Use, use: Use) => Use;
}

/** Counts uses without a query in the call. */
export class UseCounts<Use> extends Flushing {
  readonly #options: UseCountsOptions<Use>;
  #counted = new Map<string, Use>();

  constructor(options: UseCountsOptions<Use>) {
    super(flushMs);
    this.#options = options;
  }

  protected add(use: Use): void {
    const { keyOf, sum } = this.#options;
    const known = this.#counted.get(keyOf(use));
    this.#counted.set(keyOf(use), known === undefined ? use : sum(known, use));
  }

  /** What could not be saved is counted with the next. */
  async flush(): Promise<void> {
    const counted = [...this.#counted.values()];
    if (counted.length === 0) return;
    this.#counted = new Map();
    try {
      await this.#options.save(counted);
    } catch (error) {
      for (const use of counted) this.add(use);
      this.#options.onFault(this.#options.event, error);
    }
  }
}

/** `YYYY-MM-DD`, UTC. */
export function utcDay(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}
