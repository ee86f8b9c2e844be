import { minorDigits } from '#domain/money.ts';
import type { OrderTexts } from '#domain/order-text.ts';
import { zonedTime } from './write-time.ts';

/** An order as this wire shows it. */
export interface OrderRow extends OrderTexts {
  readonly id: number;
  /** The merchant's reference. */
  readonly key: string;
  readonly profileId: number | null;
  readonly placedAt: Date;
  readonly updatedAt: Date;
  readonly totalMinor: number;
  readonly currency: string;
  readonly legacyState: number;
  readonly tags: readonly string[];
  readonly attributes: unknown;
}

/** Times on the shop's clocks (`zone`: IANA). */
export function writeOrder(order: OrderRow, zone: string): Record<string, unknown> {
  return {
    ...writeOrderItem(order, zone),
    tags: order.tags,
    attributes: Array.isArray(order.attributes) ? order.attributes : [],
  };
}

export function writeOrderItem(order: OrderRow, zone: string): Record<string, unknown> {
  return {
    id: String(order.id),
    createdAt: zonedTime(order.placedAt, zone),
    updatedAt: zonedTime(order.updatedAt, zone),
    amount: amountText(order.totalMinor, order.currency),
    customerId: order.profileId === null ? '' : String(order.profileId),
    orderId: order.key,
    facturationNumber: order.invoiceNumber ?? '',
    status: String(order.legacyState),
    startService: order.serviceStart ?? '',
    endService: order.serviceEnd ?? '',
  };
}

/** Minor units as decimal text: 5400 EUR is `54.00`. */
export function amountText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
