import { expect, test } from 'vitest';
import { endpointPause, isSpent, patienceMs, pauseAfter, readRetryAfter } from './webhook-retry.ts';

const hour = 3_600_000;

test.each([
  [1, 5_000],
  [2, 30_000],
  [3, 120_000],
  [6, hour],
  [9, 8 * hour],
  [50, 8 * hour],
])('after failure %i the pause is %i ms, a fifth more or less', (failures, ms) => {
  expect(pauseAfter(failures, 0.5, null)).toBe(ms);
  expect(pauseAfter(failures, 0, null)).toBe(ms * 0.8);
  expect(pauseAfter(failures, 1, null)).toBe(ms * 1.2);
});

test('a receiver may ask for more, up to eight hours, and not for less', () => {
  expect(pauseAfter(1, 0.5, 60_000)).toBe(60_000);
  expect(pauseAfter(1, 0.5, 90 * hour)).toBe(8 * hour);
  expect(pauseAfter(6, 0.5, 1_000)).toBe(hour);
});

test('an endpoint is down after five failures in a row', () => {
  expect(endpointPause(4, 0.5, null)).toBeNull();
  expect(endpointPause(5, 0.5, null)).toBe(5_000);
  expect(endpointPause(6, 0.5, null)).toBe(30_000);
});

test('three days are the end', () => {
  expect(isSpent(null, 0)).toBe(false);
  expect(isSpent(0, patienceMs - 1)).toBe(false);
  expect(isSpent(0, patienceMs)).toBe(true);
});

test('a message gets about twenty attempts in three days', () => {
  let at = 0;
  let failures = 0;
  while (!isSpent(0, at)) at += pauseAfter(++failures, 0.5, null);
  expect(failures).toBeGreaterThan(14);
  expect(failures).toBeLessThan(25);
});

test.each([
  [undefined, null],
  ['120', 120_000],
  [new Date(10_000).toUTCString(), 9_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', null],
])('Retry-After %s is %s', (header, ms) => {
  expect(readRetryAfter(header, 1_000)).toBe(ms);
});
