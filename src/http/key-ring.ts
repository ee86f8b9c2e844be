import { timingSafeEqual } from 'node:crypto';
import type { Instant } from '#domain/facts.ts';
import { hashPrivateKey, type Keys } from '#store/secret.ts';
import type { ShopKey } from '#store/shop-key.ts';

const refreshMs = 10_000;
const askAgainMs = 1_000;
const loadMs = 3_000;

/**
 * All pairs in memory, so that the hot doors make no query: renewed when the database says that one changed (`renew`), every ten seconds
 * in case that word was lost, and when an unknown key comes, at most once a second.
 */
export class KeyRing {
  readonly #load: () => Promise<ShopKey[]>;
  readonly #now: () => Instant;
  #pairs = new Map<string, ShopKey>();
  #loadedAt = 0;
  #loading: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(load: () => Promise<ShopKey[]>, now: () => Instant) {
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

  /** Rejects when the database is away; the pairs known before stay. */
  refresh(): Promise<void> {
    this.#loading ??= inTime(this.#load())
      .then((pairs) => {
        this.#pairs = new Map(pairs.map((pair) => [pair.publicKey, pair]));
      })
      .finally(() => {
        this.#loadedAt = this.#now();
        this.#loading = null;
      });
    return this.#loading;
  }

  /** After a change: what is being read may have begun before it. */
  async renew(): Promise<void> {
    await this.#loading?.catch(() => undefined);
    await this.refresh();
  }

  find(publicKey: string): ShopKey | null {
    const pair = this.#pairs.get(publicKey);
    return pair === undefined || this.#isOver(pair) ? null : pair;
  }

  /** A pair whose end is past, so that its callers are told why. */
  findEnded(publicKey: string): ShopKey | null {
    const pair = this.#pairs.get(publicKey);
    return pair !== undefined && this.#isOver(pair) ? pair : null;
  }

  /** For a key `find` does not know: it may be seconds old. */
  async findAgain(publicKey: string): Promise<ShopKey | null> {
    if (publicKey === '') return null;
    if (Math.abs(this.#now() - this.#loadedAt) > askAgainMs) await this.refresh().catch(() => {});
    return this.find(publicKey);
  }

  #isOver({ expiresAt }: ShopKey): boolean {
    return expiresAt !== null && expiresAt <= this.#now();
  }
}

/** A database that hangs must not hold up calls that name an unknown key, nor every later refresh. */
function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the database did not answer in time')), loadMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const nobody = Buffer.alloc(32);

/** Compares in constant time, an unknown pair (null) too. */
export function privateKeyMatches(keys: Keys, pair: ShopKey | null, privateKey: string): boolean {
  const same = timingSafeEqual(hashPrivateKey(keys, privateKey), pair?.privateHash ?? nobody);
  return same && pair !== null;
}
