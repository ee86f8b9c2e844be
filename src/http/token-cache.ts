import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Keys } from '#store/secret.ts';
import { readToken, type Token } from '#store/token.ts';

/** A token whose signature was checked, and when its visit was last counted here. */
export interface KnownToken {
  readonly token: Token;
  countedAt: Instant;
}

const generationSize = 20_000;

/** Tokens checked lately: a visitor's next page costs no HMAC. Only genuine ones are kept; two generations bound the memory. */
export class TokenCache {
  readonly #keys: Keys;
  #young = new Map<string, KnownToken>();
  #old = new Map<string, KnownToken>();

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  read(shop: ShopId, value: string): KnownToken | null {
    const key = `${shop} ${value}`;
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    return this.#keep(key, this.#old.get(key) ?? this.#check(shop, value));
  }

  #check(shop: ShopId, value: string): KnownToken | null {
    const token = readToken(this.#keys, shop, value);
    return token === null ? null : { token, countedAt: 0 };
  }

  #keep(key: string, known: KnownToken | null): KnownToken | null {
    if (known === null) return null;
    if (this.#young.size >= generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, known);
    return known;
  }
}
