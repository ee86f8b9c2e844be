import { expect, test } from 'vitest';
import { errorWaveOf, isOldKeyLate } from './alarm.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 25, 17, 20);
const thisHour = Date.UTC(2026, 10, 25, 17);
const calm = Array.from({ length: 48 }, (_, n) => ({ hour: thisHour - (n + 3) * hour, count: 100, refused: 2 }));

test.each([
  ['one in a hundred', 100, 1, null],
  ['nine of ten calls: too few to be a wave', 10, 9, null],
  ['ten of forty', 40, 10, 25],
  ['a fifth', 100, 20, 20],
  ['just below a fifth', 100, 19, null],
  ['all of them', 300, 300, 100],
])('%s', (_, count, refused, expected) => {
  expect(errorWaveOf([...calm, { hour: thisHour, count, refused }], now, false)).toBe(expected);
});

test('this hour and the one before are looked at together', () => {
  const hours = [
    { hour: thisHour - hour, count: 30, refused: 8 },
    { hour: thisHour, count: 10, refused: 4 },
  ];
  expect(errorWaveOf(hours, now, false)).toBe(30);
  expect(errorWaveOf(hours, now + 2 * hour, false)).toBeNull();
});

test('a shop that always has errors is in a wave only far above its own share', () => {
  const usual = calm.map((one) => ({ ...one, refused: 15 }));
  expect(errorWaveOf([...usual, { hour: thisHour, count: 100, refused: 40 }], now, false)).toBeNull();
  expect(errorWaveOf([...usual, { hour: thisHour, count: 100, refused: 45 }], now, false)).toBe(45);
  const broken = calm.map((one) => ({ ...one, refused: 60 }));
  expect(errorWaveOf([...broken, { hour: thisHour, count: 100, refused: 100 }], now, false)).toBe(100);
});

test('a wave told of is over below half of what made it one', () => {
  const of = (refused: number) => errorWaveOf([...calm, { hour: thisHour, count: 100, refused }], now, true);
  expect([of(15), of(10), of(9)]).toEqual([15, 10, null]);
});

test.each([
  ['used within the first day', { after: 12, end: 240, now: 13 }, false],
  ['used on the second day', { after: 25, end: 240, now: 26 }, true],
  ['used on the second day, and not for a day since', { after: 25, end: 240, now: 50 }, false],
  ['used after half of a short grace', { after: 3, end: 4, now: 3.5 }, true],
  ['used before half of it', { after: 1, end: 4, now: 3.5 }, false],
  ['ended since', { after: 3, end: 4, now: 4 }, false],
  ['never used', { after: null, end: 240, now: 48 }, false],
])('a replaced pair: %s', (_, { after, end, now: hours }, late) => {
  const at = (of: number) => now + of * hour;
  const pair = { replacedAt: now, endsAt: at(end), lastUseAt: after === null ? null : at(after) };
  expect(isOldKeyLate(pair, at(hours))).toBe(late);
});
