import { describe, expect, it } from 'vitest';
import { minorDigits, toMoney } from './money.ts';

describe('money', () => {
  it.each([
    ['89.90', 'EUR', 8990],
    ['89.9', 'EUR', 8990],
    ['0', 'EUR', 0],
    ['-0', 'EUR', 0],
    ['-12.34', 'EUR', -1234],
    ['1.005', 'EUR', 101],
    ['-1.005', 'EUR', -101],
    ['1.004', 'EUR', 100],
    ['0.999', 'EUR', 100],
    ['1500', 'JPY', 1500],
    ['1500.5', 'JPY', 1501],
    ['1.2345', 'KWD', 1235],
    ['1', 'ZZZ', 100],
    ['9999999999999', 'EUR', 999999999999900],
  ])('%s %s is %d minor units', (amount, currency, minor) => {
    expect(toMoney({ amount, currency }, 'USD')).toEqual({ minor, currency });
  });

  it('takes the currency of the shop, and its minor units, where none is stated', () => {
    expect(toMoney({ amount: '12.5', currency: null }, 'JPY')).toEqual({ minor: 13, currency: 'JPY' });
  });

  it.each(['', ' ', 'abc', '1,5', '1e3', '.5', '5.', '+5', '12345678901234', 'NaN', '٣'])(
    '%j is no amount',
    (amount) => {
      expect(toMoney({ amount, currency: null }, 'EUR')).toBeNull();
    },
  );

  it('knows the minor units that are not two', () => {
    expect(['EUR', 'JPY', 'TND', 'CLF', 'XXX'].map(minorDigits)).toEqual([2, 0, 3, 4, 2]);
  });
});
