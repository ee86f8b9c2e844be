import type { Instant } from './facts.ts';
import { dayOf, instantOf } from './time.ts';

/** The end of the same day so many months later, or of that month's last day (GDPR article 12.3: one month, three when extended). */
export function monthsAfter(at: Instant, months: number, zone: string): Instant {
  const [year = 1970, month = 1, day = 1] = dayOf(at, zone).split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  const date = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(day, last.getUTCDate())));
  return instantOf({ date: date.toISOString().slice(0, 10) }, at, zone, 'end');
}
