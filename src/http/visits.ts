import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import { Flushing } from './flushing.ts';

const hourMs = 3_600_000;
const flushMs = 5_000;
const tokensKept = 200_000;
const itemsAtOnce = 200;

/** Which of these token ids are bound by a server, per shop. */
export type FindVerified = (shop: ShopId, tokens: readonly string[]) => Promise<string[]>;

/**
 * Visits folded to one fact per (verified token, hour) (house: Apply). A page view costs one look into a set; what is new is looked up
 * and appended every few seconds. Memory is bounded: beyond 200,000 tokens an hour, visits are not counted.
 */
export class Visits extends Flushing {
  readonly #engine: IntakeEngine;
  readonly #findVerified: FindVerified;
  readonly #now: () => Instant;
  readonly #onFault: (event: string, error: unknown) => void;
  #hour = 0;
  #seen = new Set<string>();
  /** Per shop: token id to value. */
  #fresh = new Map<ShopId, Map<string, string>>();

  constructor(
    engine: IntakeEngine,
    findVerified: FindVerified,
    now: () => Instant,
    onFault: (event: string, error: unknown) => void,
  ) {
    super(flushMs);
    this.#engine = engine;
    this.#findVerified = findVerified;
    this.#now = now;
    this.#onFault = onFault;
  }

  /** `id` of a token that stands, and its `value` as the browser sent it. */
  saw(shop: ShopId, id: string, value: string): void {
    const hour = Math.floor(this.#now() / hourMs);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#seen.clear();
    }
    const key = `${shop}:${id}`;
    if (this.#seen.has(key) || this.#seen.size >= tokensKept) return;
    this.#seen.add(key);
    const fresh = this.#fresh.get(shop);
    if (fresh === undefined) this.#fresh.set(shop, new Map([[id, value]]));
    else fresh.set(id, value);
  }

  async flush(): Promise<void> {
    const fresh = this.#fresh;
    this.#fresh = new Map();
    for (const [shop, tokens] of fresh) {
      try {
        const verified = (await this.#findVerified(shop, [...tokens.keys()])).flatMap((id) => tokens.get(id) ?? []);
        for (let at = 0; at < verified.length; at += itemsAtOnce) {
          const some = verified.slice(at, at + itemsAtOnce);
          await Promise.all(some.map((token) => this.#append(shop, token)));
        }
      } catch (error) {
        // A visit lost only shortens an expiry by the time until the next one.
        this.#onFault('visits.flush', error);
      }
    }
  }

  /** An item each: what is shown, or erased, of one person holds nobody else. */
  async #append(shop: ShopId, token: string): Promise<void> {
    const fact = { type: 'visit', store: null, ownTime: null, token };
    await this.#engine.append(ownEnvelope(shopId(shop), { kind: 'system' }, [fact], this.#now()), 'live');
  }
}
