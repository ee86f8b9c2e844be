import type { Fact } from '#domain/facts.ts';
import type { Reason } from '#domain/reasons.ts';

/**
 * What a decoder makes of one received item. Pure: the same bytes give the same answer, at the door and again in apply.
 *
 * `read`: facts, with `notes` for values that were left out and why (`field.invalid`, `order.amount_invalid`, …).
 * `rejected`: readable, but it cannot mean anything (no identity, a missing field, an unknown action).
 * `ignored`: understood, and nothing of it concerns us (an unknown topic, an object that states nothing).
 * `unreadable`: not the format at all.
 */
export type Decoded =
  | { readonly word: 'read'; readonly facts: readonly Fact[]; readonly notes: readonly Note[] }
  | { readonly word: 'rejected' | 'ignored' | 'unreadable'; readonly reason: Reason; readonly field: string | null };

export interface Note {
  readonly reason: Reason;
  readonly field: string;
}

/** The formats an envelope may carry: `track` and `v1/*` are SPREAD's (raw = query string, form body); `own`, `collect` (pages), `ingest` (servers) and `import` (a line of a file) are ours; `store/*` is what connected stores send. */
export const wireFormats = [
  'track',
  'v1/CreateOrder',
  'v1/UpdateOrder',
  'v1/CreateAccount',
  'v1/UpdateAccount',
  'v1/RegenCookie',
  'v2/customers-consents',
  'v2/cagnottes',
  'v3/trigger',
  'v3/stop',
  'own',
  'collect',
  'ingest',
  'import',
  'store/woocommerce',
  'store/prestashop',
  'store/shopify',
  'store/magento1',
  'store/magento2',
  'store/opencart',
  'store/sylius',
  'store/evershop',
] as const;
export type WireFormat = (typeof wireFormats)[number];

/** For what is stored as text. */
export function isWireFormat(text: string): text is WireFormat {
  return wireFormats.some((format) => format === text);
}
