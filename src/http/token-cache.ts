import type { ShopId } from '#domain/ids.ts';
import type { Keys } from '#store/secret.ts';
import { readToken, type Token } from '#store/token.ts';

const generationSize = 20_000;

/** Tokens whose signature was checked lately: a visitor's next page costs no HMAC. Only genuine ones are kept; two generations bound the memory. */
export class TokenCache {
  readonly #keys: Keys;
  #young = new Map<string, Token>();
  #old = new Map<string, Token>();

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  read(shop: ShopId, value: string): Token | null {
    const key = `${shop} ${value}`;
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const token = this.#old.get(key) ?? readToken(this.#keys, shop, value);
    if (token !== null) this.#keep(key, token);
    return token;
  }

  #keep(key: string, token: Token): void {
    if (this.#young.size >= generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, token);
  }
}
