import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Seen } from '#store/sighting.ts';
import { Flushing } from './flushing.ts';

const flushMs = 2_000;
/** A shop's pages are noted once in so long: the check-list needs no more. */
const againMs = 30_000;

/** The script speaks from a page: noted for the check-list, once in a while, without a query in the call. */
export class PageSightings extends Flushing {
  readonly #save: (seen: readonly Seen[]) => Promise<void>;
  readonly #onFault: (event: string, error: unknown) => void;
  readonly #noted = new Map<string, Instant>();
  #fresh: Seen[] = [];

  constructor(save: (seen: readonly Seen[]) => Promise<void>, onFault: (event: string, error: unknown) => void) {
    super(flushMs);
    this.#save = save;
    this.#onFault = onFault;
  }

  /** `signal`: the page says that its visitor answered; the legacy calls cannot say it. */
  saw(shop: ShopId, test: boolean, at: Instant, signal: boolean): void {
    const key = `${shop} ${test} ${signal}`;
    if (at - (this.#noted.get(key) ?? Number.NEGATIVE_INFINITY) < againMs) return;
    this.#noted.set(key, at);
    this.#fresh.push({ shop, what: 'script', at, test }, { shop, what: 'page', at, test });
    if (!signal) this.#fresh.push({ shop, what: 'no-signal', at, test });
  }

  async flush(): Promise<void> {
    const fresh = this.#fresh;
    if (fresh.length === 0) return;
    this.#fresh = [];
    try {
      await this.#save(fresh);
    } catch (error) {
      // Noted again with the next page.
      this.#noted.clear();
      this.#onFault('sightings.flush', error);
    }
  }
}
