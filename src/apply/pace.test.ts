import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('while live calls come, little of the bulk lane is taken at once', () => {
  let now = 0;
  const pace = new Pace(() => now);
  pace.saw([{ lane: 'bulk' }]);
  expect(pace.bulkLimit(1_000)).toBe(500);
  pace.saw([{ lane: 'live' }, { lane: 'bulk' }]);
  expect(pace.bulkLimit(1_000)).toBe(100);
  now = 1_900;
  pace.saw([{ lane: 'bulk' }]);
  expect(pace.bulkLimit(1_000)).toBe(100);
  now = 2_000;
  expect(pace.bulkLimit(1_000)).toBe(500);
});
