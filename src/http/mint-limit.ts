import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';

/** So many of something a shop may have made within a time, per web process. */
export class MintLimit {
  readonly #most: number;
  readonly #windowMs: number;
  #windowStart = 0;
  #made = new Map<ShopId, number>();

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  take(shop: ShopId, now: Instant): boolean {
    if (now < this.#windowStart || now >= this.#windowStart + this.#windowMs) {
      this.#windowStart = now;
      this.#made.clear();
    }
    const made = this.#made.get(shop) ?? 0;
    if (made >= this.#most) return false;
    this.#made.set(shop, made + 1);
    return true;
  }
}
