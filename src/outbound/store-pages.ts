/** Pages of a store's own objects, one after the other, from a place that survives a restart. Limits are obeyed by who calls. */
import { createHash } from 'node:crypto';
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { readPrestaShopPage } from './prestashop-pages.ts';
import { readShopifyPages } from './shopify-pages.ts';
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
  /** The next page is not there before. */
  readonly waitMs?: number;
  /** Some of it must be new: the place before was somewhere else in the same order. */
  readonly moves?: boolean;
  /** They will come again, more of each: they are not counted. */
  readonly again?: boolean;
}

export interface PageQuestion {
  readonly cursor: string | null;
  /** Milliseconds since 1970; null: from the beginning. */
  readonly since: number | null;
  /** IANA: of times that come without one. */
  readonly zone: string;
}

export type StorePages = AsyncGenerator<StorePage | StoreSilent, void>;
type ReadPage = (guarded: GuardedFetch, api: StoreApi, question: PageQuestion) => Promise<StorePage | StoreSilent>;

/** After a fault the same page again. null: this platform is not asked for pages. */
export function readStorePages(
  guarded: GuardedFetch,
  platform: string,
  api: StoreApi,
  question: PageQuestion,
): StorePages | null {
  switch (platform) {
    case 'woocommerce':
      return eachPage(readWooCommercePage, guarded, api, question);
    case 'prestashop':
      return eachPage(readPrestaShopPage, guarded, api, question);
    case 'shopify':
      return readShopifyPages(guarded, api, question);
    default:
      return null;
  }
}

/** Pages overlap, and some hosts answer one twice: what came lately is not handed on again. */
const remembered = 5_000;

async function* eachPage(
  read: ReadPage,
  guarded: GuardedFetch,
  api: StoreApi,
  { cursor, since, zone }: PageQuestion,
): StorePages {
  const lately = new Set<string>();
  for (let place = cursor; ; ) {
    const page = await read(guarded, api, { cursor: place, since, zone });
    if ('fault' in page) {
      yield page;
      continue;
    }
    const fresh = page.objects.filter(({ name, text }) => {
      const hash = createHash('sha256').update(name).update(text).digest('base64url');
      return !lately.has(hash) && lately.add(hash);
    });
    // a cache, or a host that answers its last page for ever: what stands here is not known
    if (page.moves === true && fresh.length === 0) {
      yield { fault: 'pages_repeat', afterMs: null };
      continue;
    }
    for (const old of lately) {
      if (lately.size <= remembered) break;
      lately.delete(old);
    }
    yield { ...page, objects: fresh };
    if (page.cursor === null) return;
    place = page.cursor;
  }
}
