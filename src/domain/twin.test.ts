import { expect, it } from 'vitest';
import { findTwins, type TwinOrder } from './twin.ts';

const at = Date.parse('2026-05-01T10:00:00Z');
const order = (id: number, more: Partial<TwinOrder> = {}): TwinOrder => ({
  id,
  key: `K${id}`,
  email: 'lea@b.example',
  totalMinor: 4250,
  currency: 'EUR',
  placedAt: at,
  server: false,
  ...more,
});
const keys = (orders: readonly TwinOrder[]) => findTwins(orders).map((pair) => pair.map(({ key }) => key));

it('a page and a server that told the same purchase under two references are twins', () => {
  const server = order(2, { server: true, placedAt: at + 600_000, email: 'LEA@b.example' });
  expect(keys([order(1), server])).toEqual([['K1', 'K2']]);
});

it.each([
  ['later than ten minutes', { placedAt: at + 600_001 }],
  ['another amount', { totalMinor: 4251 }],
  ['another currency', { currency: 'CHF' }],
  ['another person', { email: 'tom@b.example' }],
  ['the same reference', { key: 'K1' }],
  ['told by a page too', { server: false }],
] as const)('%s is no twin', (_, more) => {
  expect(keys([order(1), order(2, { server: true, ...more })])).toEqual([]);
});

it('free orders and orders of nobody have no twins', () => {
  expect(keys([order(1, { totalMinor: 0 }), order(2, { server: true, totalMinor: 0 })])).toEqual([]);
  expect(keys([order(1, { email: null }), order(2, { server: true, email: null })])).toEqual([]);
});

it('an order has one twin at most', () => {
  expect(keys([order(1), order(3), order(2, { server: true })])).toEqual([['K1', 'K2']]);
});
