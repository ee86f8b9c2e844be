/** Pages of a store's own objects, one after the other, from a place that survives a restart. Limits are obeyed by who calls. */
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { readPrestaShopPage } from './prestashop-pages.ts';
import type { StoreSilent } from './store-call.ts';
import { readWooCommercePage } from './woocommerce-pages.ts';

/** One object as the platform wrote it, under a topic of the envelope. */
export interface PulledObject {
  readonly topic: string;
  /** The resource and the object's id. */
  readonly name: string;
  /** JSON. */
  readonly text: string;
}

export interface StorePage {
  readonly objects: readonly PulledObject[];
  /** Where the next page begins; null: there is none. */
  readonly cursor: string | null;
  /** How many there are in all, where the store says so. */
  readonly expected: number | null;
}

export interface PageQuestion {
  readonly cursor: string | null;
  /** Milliseconds since 1970; null: from the beginning. */
  readonly since: number | null;
}

/** null: this platform is not asked for pages. */
export function readStorePage(
  guarded: GuardedFetch,
  platform: string,
  api: StoreApi,
  question: PageQuestion,
): Promise<StorePage | StoreSilent> | null {
  switch (platform) {
    case 'woocommerce':
      return readWooCommercePage(guarded, api, question);
    case 'prestashop':
      return readPrestaShopPage(guarded, api, question);
    default:
      return null;
  }
}
