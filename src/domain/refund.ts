/** Refunds of an order: each by its id, or a snapshot's total that replaces their sum (rules §3.6). */
import type { Instant, StatedOrder } from './facts.ts';
import { toMoney } from './money.ts';

interface Refund {
  readonly minor: number;
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly at: Instant;
}

export interface Refunds {
  readonly byId: Readonly<Record<string, Refund>>;
  readonly snapshot: { readonly minor: number; readonly at: Instant } | null;
}

export const noRefunds: Refunds = { byId: {}, snapshot: null };

/** Takes in what one statement says about refunds; the newer word about an id, and the newer snapshot, stay. */
export function stateRefunds(before: Refunds, order: StatedOrder, at: Instant, shopCurrency: string): Refunds {
  if (order.refunds.length === 0 && order.refundTotal === null) return before;
  const byId: Record<string, Refund> = { ...before.byId };
  for (const refund of order.refunds) {
    const money = toMoney(refund.money, order.total?.currency ?? shopCurrency);
    const known = byId[refund.id];
    if (money === null || (known !== undefined && known.at > at)) continue;
    byId[refund.id] = { minor: Math.abs(money.minor), status: refund.status, at };
  }
  const total = order.refundTotal === null ? null : toMoney(order.refundTotal, order.total?.currency ?? shopCurrency);
  const newer = total !== null && (before.snapshot === null || before.snapshot.at <= at);
  return { byId, snapshot: newer ? { minor: Math.abs(total.minor), at } : before.snapshot };
}

/** What was given back, in minor units: of a snapshot and refunds with ids the newer statement wins (rules §10). */
export function refundedMinor(refunds: Refunds): number {
  let sum = 0;
  let newest = Number.NEGATIVE_INFINITY;
  for (const refund of Object.values(refunds.byId)) {
    if (refund.status === 'succeeded') sum += refund.minor;
    newest = Math.max(newest, refund.at);
  }
  return refunds.snapshot !== null && refunds.snapshot.at >= newest ? refunds.snapshot.minor : sum;
}
