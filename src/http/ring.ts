import type { Instant } from '#domain/facts.ts';

const refreshMs = 10_000;
const askAgainMs = 1_000;
const loadMs = 3_000;

/**
 * All of a kind in memory by name, so that the hot doors make no query: renewed when the database says that one changed (`renew`), every
 * ten seconds in case that word was lost, and when an unknown one comes: once a second, and once more for those who came while it was
 * being read, never more than twice in two seconds.
 */
export class Ring<One> {
  readonly #load: () => Promise<One[]>;
  readonly #nameOf: (one: One) => string;
  protected readonly now: () => Instant;
  #known = new Map<string, One>();
  #loadedAt = 0;
  #loading: Promise<void> | null = null;
  /** For those who joined what had begun before them. */
  #onceMore: Promise<void> | null = null;
  /** The last two times somebody unknown made us look. */
  #looks: readonly [Instant, Instant] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  #timer: NodeJS.Timeout | null = null;

  constructor(load: () => Promise<One[]>, nameOf: (one: One) => string, now: () => Instant) {
    this.#load = load;
    this.#nameOf = nameOf;
    this.now = now;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.refresh().catch(() => {}), refreshMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Rejects when the database is away; those known before stay. */
  refresh(): Promise<void> {
    this.#loading ??= inTime(this.#load())
      .then((list) => {
        this.#known = new Map(list.map((one) => [this.#nameOf(one), one]));
      })
      .finally(() => {
        this.#loadedAt = this.now();
        this.#loading = null;
      });
    return this.#loading;
  }

  /** After a change: what is being read may have begun before it. */
  async renew(): Promise<void> {
    await this.#loading?.catch(() => undefined);
    await this.refresh();
  }

  protected get(name: string): One | undefined {
    return this.#known.get(name);
  }

  /** For a name that is not known: it may be seconds old. */
  protected async lookAgain(name: string): Promise<void> {
    const underWay = this.#loading;
    if (underWay === null) {
      if (Math.abs(this.now() - this.#loadedAt) > askAgainMs) await this.#look();
      return;
    }
    await underWay.catch(() => {});
    if (this.#known.has(name)) return;
    // It began before this call: what is asked for may have come in between.
    this.#onceMore ??= this.#look().finally(() => {
      this.#onceMore = null;
    });
    await this.#onceMore;
  }

  async #look(): Promise<void> {
    const [before, last] = this.#looks;
    const now = this.now();
    if (Math.abs(now - before) <= 2 * askAgainMs) return;
    this.#looks = [last, now];
    await this.refresh().catch(() => {});
  }
}

/** A database that hangs must not hold up calls that name an unknown one, nor every later refresh. */
function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the database did not answer in time')), loadMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
