import { expect, test } from 'vitest';
import { nextDue } from './schedule.ts';

const zone = 'Europe/Paris';
const next = (every: 'hour' | 'day' | 'week', after: string, hour = 3, weekday = 1) =>
  new Date(nextDue({ every, hour, weekday }, zone, Date.parse(after))).toISOString();

test('each hour, each day at the hour of the shop’s clock, each week on its day', () => {
  expect(next('hour', '2026-01-15T10:20:00Z')).toBe('2026-01-15T11:00:00.000Z');
  expect(next('hour', '2026-01-15T11:00:00Z')).toBe('2026-01-15T12:00:00.000Z');
  // 03:00 in Paris is 02:00 UTC in winter, 01:00 in summer
  expect(next('day', '2026-01-15T01:59:59Z')).toBe('2026-01-15T02:00:00.000Z');
  expect(next('day', '2026-01-15T02:00:00Z')).toBe('2026-01-16T02:00:00.000Z');
  expect(next('day', '2026-07-15T23:30:00Z')).toBe('2026-07-16T01:00:00.000Z');
  // a Thursday: the next Monday, then the Sunday of the same week
  expect(next('week', '2026-01-15T10:00:00Z')).toBe('2026-01-19T02:00:00.000Z');
  expect(next('week', '2026-01-15T10:00:00Z', 20, 7)).toBe('2026-01-18T19:00:00.000Z');
  expect(next('week', '2026-01-19T02:00:00Z')).toBe('2026-01-26T02:00:00.000Z');
});

test('a day whose clock changes has its run once', () => {
  // 29 March 2026: 02:00 does not exist in Paris; 25 October: it is there twice
  const days = (from: string) => {
    const found = [];
    for (let at = Date.parse(from); found.length < 3; ) {
      at = nextDue({ every: 'day', hour: 2, weekday: 1 }, zone, at);
      found.push(new Date(at).toISOString().slice(0, 10));
    }
    return found;
  };
  expect(days('2026-03-28T00:00:00Z')).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
  expect(days('2026-10-23T12:00:00Z')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
});
