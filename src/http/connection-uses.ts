import type { Instant } from '#domain/facts.ts';
import type { KnownConnection } from '#store/connection.ts';
import type { ConnectionUse } from '#store/connection-use.ts';

const flushMs = 2_000;

export type Use =
  | { readonly what: 'received'; readonly topic: string; readonly lagMs: number | null }
  | { readonly what: 'refused'; readonly why: string }
  | { readonly what: 'ping' };

/** Counts deliveries without a query in the call. */
export class ConnectionUses {
  readonly #save: (uses: readonly ConnectionUse[]) => Promise<void>;
  readonly #onFault: (event: string, error: unknown) => void;
  #counted = new Map<string, ConnectionUse>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    save: (uses: readonly ConnectionUse[]) => Promise<void>,
    onFault: (event: string, error: unknown) => void,
  ) {
    this.#save = save;
    this.#onFault = onFault;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.flush();
  }

  saw({ shopId: shop, id: connectionId }: KnownConnection, use: Use, at: Instant): void {
    const day = new Date(at).toISOString().slice(0, 10);
    const nothing = { received: 0, refused: 0, pings: 0, lastAt: null, lastTopic: null, lastLagMs: null };
    const empty = { shop, connectionId, day, ...nothing, refusedAt: null, refusedWhy: null };
    switch (use.what) {
      case 'received':
        this.#add({ ...empty, received: 1, lastAt: at, lastTopic: use.topic, lastLagMs: use.lagMs });
        break;
      case 'refused':
        this.#add({ ...empty, refused: 1, refusedAt: at, refusedWhy: use.why });
        break;
      case 'ping':
        this.#add({ ...empty, pings: 1 });
        break;
    }
  }

  /** What could not be saved is counted with the next. */
  async flush(): Promise<void> {
    const counted = [...this.#counted.values()];
    if (counted.length === 0) return;
    this.#counted = new Map();
    try {
      await this.#save(counted);
    } catch (error) {
      for (const use of counted) this.#add(use);
      this.#onFault('connections.flush', error);
    }
  }

  #add(use: ConnectionUse): void {
    const key = `${use.connectionId} ${use.day}`;
    const known = this.#counted.get(key);
    if (known === undefined) {
      this.#counted.set(key, use);
      return;
    }
    const [older, newer] = (known.lastAt ?? 0) <= (use.lastAt ?? 0) ? [known, use] : [use, known];
    const [before, after] = (known.refusedAt ?? 0) <= (use.refusedAt ?? 0) ? [known, use] : [use, known];
    this.#counted.set(key, {
      ...use,
      received: known.received + use.received,
      refused: known.refused + use.refused,
      pings: known.pings + use.pings,
      lastAt: newer.lastAt ?? older.lastAt,
      lastTopic: newer.lastTopic ?? older.lastTopic,
      lastLagMs: newer.lastAt === null ? older.lastLagMs : newer.lastLagMs,
      refusedAt: after.refusedAt ?? before.refusedAt,
      refusedWhy: after.refusedWhy ?? before.refusedWhy,
    });
  }
}
