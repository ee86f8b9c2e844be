import { expect, test } from 'vitest';
import { monthsAfter } from './deadline.ts';

test.each([
  ['2026-01-31T10:00:00Z', 1, '2026-02-28T22:59:59.999Z'],
  ['2024-01-31T10:00:00Z', 1, '2024-02-29T22:59:59.999Z'],
  ['2026-03-15T23:30:00Z', 1, '2026-04-16T21:59:59.999Z'],
  ['2026-12-05T08:00:00Z', 3, '2027-03-05T22:59:59.999Z'],
])('%s and %i months: %s in Paris', (from, months, to) => {
  expect(new Date(monthsAfter(Date.parse(from), months, 'Europe/Paris')).toISOString()).toBe(to);
});
