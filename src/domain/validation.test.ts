import { describe, expect, it } from 'vitest';
import type { MappedState } from './settings.ts';
import { validity } from './validation.ts';

const paid: MappedState = { payment: 'paid', fulfilment: 'none', cancelled: false };
const placed: MappedState = { payment: 'none', fulfilment: 'none', cancelled: false };

describe('when an order counts (rules §3.4)', () => {
  it.each([
    ['paid, setting Payé', paid, false, 'paid', 20],
    ['placed only, setting Payé', placed, false, 'paid', null],
    ['part-paid, setting Payé', { ...placed, payment: 'part-paid' }, false, 'paid', null],
    ['authorised, setting Payé', { ...placed, payment: 'authorised' }, false, 'paid', null],
    ['shipped but never paid, setting Payé', { ...placed, fulfilment: 'shipped' }, false, 'paid', null],
    ['placed, setting Enregistré', placed, false, 'placed', 10],
    ['paid, setting Enregistré', paid, false, 'placed', 10],
    ['cancelled, setting Enregistré', { ...placed, cancelled: true }, false, 'placed', null],
    ['paid and cancelled', { ...paid, cancelled: true }, false, 'paid', null],
    ['paid and fully refunded', paid, true, 'paid', null],
  ] as const)('%s', (_, state, refunded, setting, since) => {
    expect(validity(state, refunded, 10, 20, setting)).toEqual({ validated: since !== null, validatedAt: since });
  });
});
