import { expect, it } from 'vitest';
import { rhythmOf } from './rhythm.ts';

const hourMs = 3_600_000;
const start = Date.parse('2026-05-04T00:00:00Z');
/** Ten days of eight to twenty o'clock, ten items an hour. */
const daytime = Array.from({ length: 10 }, (_, day) =>
  Array.from({ length: 12 }, (_, hour) => ({ hour: start + (day * 24 + 8 + hour) * hourMs, count: 10 })),
).flat();
const last = start + (9 * 24 + 19.5) * hourMs;

it('a night as long as every night is no silence', () => {
  expect(rhythmOf(daytime, last, last + 13 * hourMs)).toEqual({
    perBusyHour: 10,
    longestPauseHours: 12,
    silentHours: null,
  });
});

it('a pause far longer than any before is one, and tells its hours', () => {
  expect(rhythmOf(daytime, last, last + 20 * hourMs).silentHours).toBe(20);
});

it('a busy shop is silent after three hours, not before', () => {
  const always = Array.from({ length: 100 }, (_, hour) => ({ hour: start + hour * hourMs, count: 500 }));
  const at = start + 99.9 * hourMs;
  expect(rhythmOf(always, at, at + 2.9 * hourMs).silentHours).toBeNull();
  expect(rhythmOf(always, at, at + 3.1 * hourMs).silentHours).toBe(3);
});

it('a shop that has just begun has no rhythm, and is silent after a day', () => {
  const few = daytime.slice(0, 3);
  const at = start + 11 * hourMs;
  expect(rhythmOf(few, at, at + 23 * hourMs)).toEqual({
    perBusyHour: null,
    longestPauseHours: null,
    silentHours: null,
  });
  expect(rhythmOf(few, at, at + 25 * hourMs).silentHours).toBe(25);
});
