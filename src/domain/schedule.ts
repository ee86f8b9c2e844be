/** When something that recurs is due: each hour, each day at an hour of the shop's zone, or each week. */
import type { Instant } from './facts.ts';
import { dayMs, dayOf, instantOf } from './time.ts';

export const rhythms = ['hour', 'day', 'week'] as const;

export interface Schedule {
  readonly every: (typeof rhythms)[number];
  /** 0 to 23 on the wall clock of the zone; of an hourly one it means nothing. */
  readonly hour: number;
  /** 1 Monday to 7 Sunday, of a weekly one. */
  readonly weekday: number;
}

const hourMs = 3_600_000;

/** The first moment after `after` at which it is due; an hour that a clock change skips falls on the one after it. */
export function nextDue({ every, hour, weekday }: Schedule, zone: string, after: Instant): Instant {
  if (every === 'hour') return (Math.floor(after / hourMs) + 1) * hourMs;
  const today = Date.parse(`${dayOf(after, zone)}T00:00:00Z`);
  for (let ahead = 0; ; ahead++) {
    const day = new Date(today + ahead * dayMs);
    if (every === 'week' && (day.getUTCDay() || 7) !== weekday) continue;
    const local = `${day.toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00`;
    const at = instantOf({ local }, after, zone, 'start');
    if (at > after) return at;
  }
}
