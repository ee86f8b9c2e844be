import { describe, expect, it } from 'vitest';
import type { StatedRefund } from './facts.ts';
import { noRefunds, type Refunds, refundedMinor, stateRefunds } from './refund.ts';
import { orderOf } from './testing/scenario-facts.ts';

function refund(id: string, amount: string, status: StatedRefund['status'] = 'succeeded'): StatedRefund {
  return { id, status, money: { amount, currency: null } };
}

function after(...said: readonly { at: number; refunds?: readonly StatedRefund[]; total?: string }[]): number {
  let refunds: Refunds = noRefunds;
  for (const { at, refunds: stated, total } of said) {
    const order = orderOf('o', {
      refunds: stated ?? [],
      refundTotal: total === undefined ? null : { amount: total, currency: null },
    });
    refunds = stateRefunds(refunds, order, at, 'EUR');
  }
  return refundedMinor(refunds);
}

describe('refunds (rules §3.6)', () => {
  it('sums those that succeeded, each id once', () => {
    expect(
      after({ at: 1, refunds: [refund('a', '10'), refund('b', '5', 'pending'), refund('c', '3', 'failed')] }),
    ).toBe(1000);
    expect(after({ at: 1, refunds: [refund('a', '10')] }, { at: 2, refunds: [refund('a', '10')] })).toBe(1000);
  });

  it('takes the newer word about an id, whenever it came', () => {
    expect(after({ at: 2, refunds: [refund('a', '10', 'failed')] }, { at: 1, refunds: [refund('a', '10')] })).toBe(0);
    expect(after({ at: 1, refunds: [refund('a', '10', 'pending')] }, { at: 2, refunds: [refund('a', '10')] })).toBe(
      1000,
    );
  });

  it('lets a newer snapshot replace the sum, and a newer refund with an id the snapshot (rules §10)', () => {
    expect(after({ at: 1, refunds: [refund('a', '10')] }, { at: 2, total: '25' })).toBe(2500);
    expect(after({ at: 2, total: '25' }, { at: 1, refunds: [refund('a', '10')] })).toBe(2500);
    expect(after({ at: 1, total: '25' }, { at: 2, refunds: [refund('a', '10')] })).toBe(1000);
  });

  it('takes an amount that a shop writes negative as given back', () => {
    expect(after({ at: 1, refunds: [refund('a', '-10')] })).toBe(1000);
  });
});
