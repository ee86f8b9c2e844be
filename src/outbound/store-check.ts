/** Asks a store whether we may read it and whether its subscriptions stand, in its platform's own way. */
import type { StoreCheck } from '#contract/connections.ts';
import { askedPlatforms } from '#contract/lists.ts';
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { checkPrestaShop } from './prestashop.ts';
import { checkShopify } from './shopify.ts';
import { checkWooCommerce, type Hook } from './woocommerce.ts';

/** Makes the subscriptions that are missing and wakes those the store ended. */
export function checkStore(guarded: GuardedFetch, platform: string, api: StoreApi, hook: Hook): Promise<StoreCheck> {
  switch (askedPlatforms.find((asked) => asked === platform)) {
    case 'woocommerce':
      return checkWooCommerce(guarded, api, hook);
    case 'prestashop':
      return checkPrestaShop(guarded, api);
    case 'shopify':
      return checkShopify(guarded, api, hook.url);
    case undefined:
      return Promise.resolve({ ok: false, missing: ['not_the_api'], version: null, webhooks: null });
  }
}
