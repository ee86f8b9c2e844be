import { decodeCollect } from './collect/decode.ts';
import type { Decoded, WireFormat } from './decoded.ts';
import { decodeImport } from './import/decode.ts';
import { decodeOwn } from './own/decode.ts';
import { decodeTrack } from './spread-track/decode.ts';
import { decodeV1 } from './spread-v1/decode.ts';
import { decodeCustomerConsent } from './spread-v2/decode.ts';
import { decodeV3 } from './spread-v3/decode.ts';
import { decodeStore } from './store.ts';

/**
 * What one item's raw bytes say. Pure and total: any bytes give an answer, the same at the door and again in apply.
 * `minted`: the token made at the door for RegenCookie.
 */
export function decode(format: WireFormat, raw: Uint8Array, minted: string | null): Decoded {
  switch (format) {
    case 'track':
      return decodeTrack(raw);
    case 'v1/CreateOrder':
      return decodeV1('CreateOrder', raw, minted);
    case 'v1/UpdateOrder':
      return decodeV1('UpdateOrder', raw, minted);
    case 'v1/CreateAccount':
      return decodeV1('CreateAccount', raw, minted);
    case 'v1/UpdateAccount':
      return decodeV1('UpdateAccount', raw, minted);
    case 'v1/RegenCookie':
      return decodeV1('RegenCookie', raw, minted);
    case 'v2/customers-consents':
      return decodeCustomerConsent(raw);
    case 'v2/cagnottes':
      return { word: 'rejected', reason: 'wire.not_offered', field: null };
    case 'v3/trigger':
      return decodeV3('trigger', raw);
    case 'v3/stop':
      return decodeV3('stop', raw);
    case 'own':
      return decodeOwn(raw);
    case 'collect':
    case 'ingest':
      return decodeCollect(format, raw);
    case 'import':
      return decodeImport(raw);
    case 'store/woocommerce':
      return decodeStore('woocommerce', raw);
    case 'store/prestashop':
      return decodeStore('prestashop', raw);
    case 'store/shopify':
      return decodeStore('shopify', raw);
    case 'store/magento1':
      return decodeStore('magento1', raw);
    case 'store/magento2':
      return decodeStore('magento2', raw);
    case 'store/opencart':
      return decodeStore('opencart', raw);
    case 'store/sylius':
      return decodeStore('sylius', raw);
    case 'store/evershop':
      return decodeStore('evershop', raw);
  }
}
