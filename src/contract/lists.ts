/** Lists and limits that screens need at run time, apart from the schemas: those would bring TypeBox into the first load. */
import { type AlarmKind, alarmKinds } from '#domain/alarm.ts';
import { type AuditKind, auditKinds } from '#domain/audit.ts';
import { orderTexts } from '#domain/order-text.ts';

export const alarmNames: readonly AlarmKind[] = alarmKinds;
export const auditKindNames: readonly AuditKind[] = auditKinds;
/** Texts of an order a page shows by their labels `orderText.<name>`. */
export const orderFields = orderTexts;
/** Bytes of a received item that are shown. */
export const rawLimit = 16_384;
/** A count on the list of shops stops here: "more than". */
export const countLimit = 1000;
/** Bytes of one piece of an import file's upload. */
export const largestPiece = 2 ** 20;
/** Developers invited at once. */
export const mostInvited = 10;
/** Periods of the whole installation. */
export const instanceRetentionKinds = ['rawDays', 'unreadDays', 'importDays', 'auditDays'] as const;
/** Platforms whose own objects are understood (`wire/store.ts`), in the order they are offered. */
export const storePlatforms = [
  'woocommerce',
  'prestashop',
  'shopify',
  'magento2',
  'magento1',
  'opencart',
  'sylius',
  'evershop',
] as const;
/** Those whose API can be asked: checked, subscribed to, and read. */
export const askedPlatforms = ['woocommerce', 'prestashop', 'shopify'] as const;

/** Calls put aside are counted up to this, of each host. */
export const heldCountedUpTo = 1_000;
