import { timingSafeEqual } from 'node:crypto';
import type { Instant } from '#domain/facts.ts';
import { hashPrivateKey, type Keys } from '#store/secret.ts';
import type { ShopKey } from '#store/shop-key.ts';
import { Ring } from './ring.ts';

/** All pairs in memory. */
export class KeyRing extends Ring<ShopKey> {
  constructor(load: () => Promise<ShopKey[]>, now: () => Instant) {
    super(load, ({ publicKey }) => publicKey, now);
  }

  find(publicKey: string): ShopKey | null {
    const pair = this.get(publicKey);
    return pair === undefined || this.#isOver(pair) ? null : pair;
  }

  /** A pair whose end is past, so that its callers are told why. */
  findEnded(publicKey: string): ShopKey | null {
    const pair = this.get(publicKey);
    return pair !== undefined && this.#isOver(pair) ? pair : null;
  }

  /** For a key `find` does not know. */
  async findAgain(publicKey: string): Promise<ShopKey | null> {
    if (publicKey === '') return null;
    await this.lookAgain(publicKey);
    return this.find(publicKey);
  }

  #isOver({ expiresAt }: ShopKey): boolean {
    return expiresAt !== null && expiresAt <= this.now();
  }
}

const nobody = Buffer.alloc(32);

/** Compares in constant time, an unknown pair (null) too. */
export function privateKeyMatches(keys: Keys, pair: ShopKey | null, privateKey: string): boolean {
  const same = timingSafeEqual(hashPrivateKey(keys, privateKey), pair?.privateHash ?? nobody);
  return same && pair !== null;
}
