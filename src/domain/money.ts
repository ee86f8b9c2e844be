import type { StatedMoney } from './facts.ts';

export interface Money {
  /** Integer, in the currency's minor units. */
  readonly minor: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** A stated amount in minor units of its currency, else the shop's, halves rounded away from zero (rules §1); null when it is no amount. */
export function toMoney(stated: StatedMoney, shopCurrency: string): Money | null {
  const currency = stated.currency ?? shopCurrency;
  const match = /^(-?)(\d{1,13})(?:\.(\d+))?$/.exec(stated.amount);
  if (match === null) return null;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const digits = minorDigits(currency);
  const padded = fraction.padEnd(digits + 1, '0');
  let minor = Number(whole + padded.slice(0, digits));
  if (padded.charCodeAt(digits) >= 53) minor += 1;
  if (!Number.isSafeInteger(minor)) return null;
  return { minor: sign === '-' && minor !== 0 ? -minor : minor, currency };
}

/** ISO 4217 minor units, where they are not 2. Kept here because what Intl answers changes with its data. */
const otherDigits: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** Digits after the decimal mark: 2 for EUR, 0 for JPY, 3 for KWD; 2 for a currency nobody knows. */
export function minorDigits(currency: string): number {
  return otherDigits[currency] ?? 2;
}
