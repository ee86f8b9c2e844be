import { setTimeout as pause } from 'node:timers/promises';
import type { BatchRow } from './batcher.ts';
import type { Spool } from './spool.ts';

export interface SpoolingWriterOptions {
  readonly spool: Spool;
  /** Resolves after the commit of all rows. `again`: some may be there already. */
  readonly commit: (rows: readonly BatchRow[], again: boolean) => Promise<void>;
  /** Rejects while the database is away. */
  readonly probe: () => Promise<void>;
  /** Whether waiting cannot mend a fault of `commit`. */
  readonly isOurFault: (error: unknown) => boolean;
  readonly onFault: (event: string, error: unknown) => void;
  readonly now: () => number;
}

/** Rows of one statement of a replay. */
const replayRows = 64;
const retryMs = 250;
const touchMs = 10_000;
/** A fault that stays is told this often. */
const tellMs = 30_000;

/**
 * Where flushes go: to the database; to the spool from the moment it does not answer until all that was spooled is in it, so that
 * everything arrives in order.
 */
export class SpoolingWriter {
  readonly #options: SpoolingWriterOptions;
  readonly #stopping = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #spooling = false;
  #turn: Promise<unknown> = Promise.resolve();
  #replaying: Promise<void> | null = null;

  /** What the spool holds already goes first. */
  constructor(options: SpoolingWriterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), touchMs);
    this.#timer.unref();
    this.#spooling = !options.spool.empty;
    if (this.#spooling) this.#startReplay();
  }

  get spooling(): boolean {
    return this.#spooling;
  }

  async write(rows: readonly BatchRow[]): Promise<void> {
    const { spool, commit, isOurFault, onFault } = this.#options;
    for (let again = false; ; again = true) {
      if (!this.#spooling) {
        try {
          return await commit(rows, again);
        } catch (error) {
          if (isOurFault(error)) throw error;
          this.#spooling = true;
          onFault('spool.begun', error);
        }
      }
      const taken = await this.#exclusive(async () => {
        if (!this.#spooling) return false;
        await spool.append(rows);
        return true;
      });
      this.#startReplay();
      if (taken) return;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#replaying;
    await this.#exclusive(() => this.#options.spool.close());
  }

  #startReplay(): void {
    this.#replaying ??= this.#replay().finally(() => {
      this.#replaying = null;
    });
  }

  /** Ends when the spool is empty. */
  async #replay(): Promise<void> {
    const { signal } = this.#stopping;
    let toldAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const here = await this.#options.probe().then(
        () => true,
        () => false,
      );
      try {
        if (here && (await this.#drain())) return;
      } catch (error) {
        if (performance.now() - toldAt > tellMs) this.#options.onFault('spool.replay', error);
        toldAt = performance.now();
      }
      await pause(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** True when nothing is left and flushes go to the database again. */
  async #drain(): Promise<boolean> {
    const { spool } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const rows = await this.#exclusive(() => spool.next(replayRows));
      if (rows.length === replayRows) {
        await this.#pass(rows);
        continue;
      }
      // Flushes wait for the last few, then go straight on.
      const empty = await this.#exclusive(async () => {
        const last = await spool.next(replayRows);
        if (last.length > 0) {
          await this.#options.commit(last, true);
          await spool.done(last);
        }
        if (!spool.empty) return false;
        await spool.clear();
        this.#spooling = false;
        return true;
      });
      if (empty) return true;
    }
    return false;
  }

  async #pass(rows: readonly BatchRow[]): Promise<void> {
    await this.#options.commit(rows, true);
    await this.#exclusive(() => this.#options.spool.done(rows));
  }

  async #look(): Promise<void> {
    const { spool, now, onFault } = this.#options;
    try {
      const found = await this.#exclusive(async () => {
        await spool.touch();
        return spool.adopt(now());
      });
      if (found > 0) this.#startReplay();
    } catch (error) {
      onFault('spool.look', error);
    }
  }

  /** One at a time, in the order asked. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
