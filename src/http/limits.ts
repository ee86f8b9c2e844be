import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { isLoopback, limitKey } from './client-address.ts';

const tenSeconds = 10_000;
const keysKept = 50_000;

/** When a caller over a limit of calls may come again. */
export const retrySeconds = tenSeconds / 1000;

/**
 * Calls of each key (a shop, a pair of keys) over a sliding window, of ten seconds unless told. Memory is bounded: with too many keys the
 * count starts anew.
 */
export class CallLimit {
  readonly #perWindow: number;
  readonly #windowMs: number;
  #windowStart = 0;
  #current = new Map<string | number, number>();
  #previous = new Map<string | number, number>();

  /** null: no limit. */
  constructor(perSecond: number | null, windowMs = tenSeconds) {
    this.#windowMs = windowMs;
    this.#perWindow = perSecond === null ? Number.POSITIVE_INFINITY : perSecond * (windowMs / 1000);
  }

  take(key: string | number, now: Instant): boolean {
    this.#turn(now);
    const count = (this.#current.get(key) ?? 0) + 1;
    const share = 1 - (now - this.#windowStart) / this.#windowMs;
    if (count + (this.#previous.get(key) ?? 0) * share > this.#perWindow) return false;
    if (this.#current.size >= keysKept) this.#current.clear();
    this.#current.set(key, count);
    return true;
  }

  #turn(now: Instant): void {
    const passed = now - this.#windowStart;
    if (passed >= 0 && passed < this.#windowMs) return;
    this.#previous = passed >= this.#windowMs && passed < 2 * this.#windowMs ? this.#current : new Map();
    this.#current = new Map();
    this.#windowStart = now - (now % this.#windowMs);
  }
}

/** The machine itself is not counted: behind a proxy that is not in TRUSTED_PROXIES everyone would share one count. */
export class AddressLimit {
  readonly #calls: CallLimit;

  constructor(perSecond: number) {
    this.#calls = new CallLimit(perSecond);
  }

  take(address: string | undefined, now: Instant): boolean {
    return isLoopback(address) || this.#calls.take(limitKey(address), now);
  }
}

const dayMs = 86_400_000;

/** Bytes a shop may send in a UTC day, per web process. */
export class ShopBudget {
  readonly #bytesPerDay: number;
  #day = 0;
  #used = new Map<ShopId, number>();

  constructor(bytesPerDay: number) {
    this.#bytesPerDay = bytesPerDay;
  }

  take(shop: ShopId, bytes: number, now: Instant): boolean {
    const day = Math.floor(now / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      this.#used.clear();
    }
    const used = (this.#used.get(shop) ?? 0) + bytes;
    if (used > this.#bytesPerDay) return false;
    this.#used.set(shop, used);
    return true;
  }
}
