import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('for two seconds after a live call, little of the bulk lane is taken at once', () => {
  let now = 0;
  const pace = new Pace(() => now);
  pace.saw(0);
  expect(pace.bulkLimit(1_000)).toBe(500);
  pace.saw(1);
  expect(pace.bulkLimit(1_000)).toBe(100);
  expect(pace.mayRun()).toBe(true);
  now = 1_900;
  pace.saw(0);
  expect(pace.bulkLimit(1_000)).toBe(100);
  now = 2_000;
  expect(pace.bulkLimit(1_000)).toBe(500);
});

test('while many live calls come, the bulk lane pauses after each batch', () => {
  let now = 0;
  const pace = new Pace(() => now);
  for (; now < 3_000; now += 100) pace.saw(10);
  expect(pace.mayRun()).toBe(false);
  now += 1_000;
  expect(pace.mayRun()).toBe(true);
  expect(pace.bulkLimit(1_000)).toBe(100);
});
