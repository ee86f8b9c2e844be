import { describe, expect, it } from 'vitest';
import type { StatedTime } from './facts.ts';
import { dayOf, instantOf, ownTime } from './time.ts';

const paris = 'Europe/Paris';
const utc = (text: string) => Date.parse(text);

describe('stated times', () => {
  it.each<[string, StatedTime, string, 'start' | 'end', string]>([
    ['an instant is itself', { at: utc('2026-03-01T10:00:00Z') }, paris, 'start', '2026-03-01T10:00:00.000Z'],
    ['winter in Paris', { local: '2026-01-15T12:00:00' }, paris, 'start', '2026-01-15T11:00:00.000Z'],
    ['summer in Paris', { local: '2026-07-15T12:00:00' }, paris, 'start', '2026-07-15T10:00:00.000Z'],
    ['the hour that spring skips', { local: '2026-03-29T02:30:00' }, paris, 'start', '2026-03-29T01:30:00.000Z'],
    ['the hour that autumn repeats', { local: '2026-10-25T02:30:00' }, paris, 'start', '2026-10-25T00:30:00.000Z'],
    ['just before the change', { local: '2026-03-29T01:59:59' }, paris, 'start', '2026-03-29T00:59:59.000Z'],
    ['just after it', { local: '2026-03-29T03:00:00' }, paris, 'start', '2026-03-29T01:00:00.000Z'],
    ['west of Greenwich', { local: '2026-01-15T23:00:00' }, 'America/New_York', 'start', '2026-01-16T04:00:00.000Z'],
    [
      'a quarter of an hour off',
      { local: '2026-01-15T00:00:00' },
      'Asia/Kathmandu',
      'start',
      '2026-01-14T18:15:00.000Z',
    ],
    ['a day starts in its zone', { date: '2026-01-15' }, paris, 'start', '2026-01-14T23:00:00.000Z'],
    ['a day ends in its zone', { date: '2026-01-15' }, paris, 'end', '2026-01-15T22:59:59.999Z'],
    ['the short day ends', { date: '2026-03-29' }, paris, 'end', '2026-03-29T21:59:59.999Z'],
    ['the long day starts', { date: '2026-10-25' }, paris, 'start', '2026-10-24T22:00:00.000Z'],
    ['the last of a month', { date: '2028-02-29' }, 'UTC', 'end', '2028-02-29T23:59:59.999Z'],
    ['the last of a year', { date: '2026-12-31' }, 'UTC', 'end', '2026-12-31T23:59:59.999Z'],
  ])('%s', (_, stated, zone, edge, expected) => {
    expect(new Date(instantOf(stated, 0, zone, edge)).toISOString()).toBe(expected);
  });

  it('gives the day of an instant in the zone of the shop', () => {
    expect(dayOf(utc('2026-03-28T22:59:59Z'), paris)).toBe('2026-03-28');
    expect(dayOf(utc('2026-03-28T23:00:00Z'), paris)).toBe('2026-03-29');
    expect(dayOf(utc('2026-03-29T22:00:00Z'), paris)).toBe('2026-03-30');
    expect(dayOf(utc('2026-01-01T00:30:00Z'), 'America/New_York')).toBe('2025-12-31');
  });
});

describe('own time (rules §1)', () => {
  const arrived = utc('2026-01-15T12:00:00Z');

  it('is the arrival where none is stated', () => {
    expect(ownTime(null, arrived, paris, 'start')).toEqual({ at: arrived, own: false, cut: false });
  });

  it('is never later than arrival, and says when it was cut', () => {
    expect(ownTime({ at: arrived + 1 }, arrived, paris, 'start')).toEqual({ at: arrived, own: true, cut: true });
    expect(ownTime({ at: arrived }, arrived, paris, 'start')).toEqual({ at: arrived, own: true, cut: false });
  });

  it('cuts the end of the present day to arrival without a word: the day itself is no mistake', () => {
    expect(ownTime({ date: '2026-01-15' }, arrived, paris, 'end')).toEqual({ at: arrived, own: true, cut: false });
    for (const edge of ['start', 'end'] as const)
      expect(ownTime({ date: '2026-01-16' }, arrived, paris, edge)).toEqual({ at: arrived, own: true, cut: true });
  });
});
