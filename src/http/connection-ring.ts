import type { Instant } from '#domain/facts.ts';
import type { KnownConnection } from '#store/connection.ts';

const refreshMs = 10_000;
const askAgainMs = 1_000;
const loadMs = 3_000;

/** All connections in memory, so that a delivery makes no query; renewed as the ring of keys is (`key-ring.ts`). */
export class ConnectionRing {
  readonly #load: () => Promise<KnownConnection[]>;
  readonly #now: () => Instant;
  #connections = new Map<string, KnownConnection>();
  #loadedAt = 0;
  #loading: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(load: () => Promise<KnownConnection[]>, now: () => Instant) {
    this.#load = load;
    this.#now = now;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.refresh().catch(() => {}), refreshMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Rejects when the database is away; the connections known before stay. */
  refresh(): Promise<void> {
    this.#loading ??= inTime(this.#load())
      .then((list) => {
        this.#connections = new Map(list.map((one) => [one.source, one]));
      })
      .finally(() => {
        this.#loadedAt = this.#now();
        this.#loading = null;
      });
    return this.#loading;
  }

  async renew(): Promise<void> {
    await this.#loading?.catch(() => undefined);
    await this.refresh();
  }

  /** One not known yet may be seconds old: asked for at most once a second. */
  async find(source: string): Promise<KnownConnection | null> {
    const known = this.#connections.get(source);
    if (known !== undefined || !/^[0-9a-f]{32}$/.test(source)) return known ?? null;
    if (Math.abs(this.#now() - this.#loadedAt) > askAgainMs) await this.refresh().catch(() => {});
    return this.#connections.get(source) ?? null;
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the database did not answer in time')), loadMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
