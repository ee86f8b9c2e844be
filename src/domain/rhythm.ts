/** Whether a shop is silent against its own rhythm: what the Tracker page and the alarm say about it. */
import type { Instant } from './facts.ts';

const hourMs = 3_600_000;
/** How far back a rhythm is read, and the least number of busy hours that make one. */
export const rhythmDays = 14;
const leastHours = 12;
/** A silence shorter than this is never one. */
const leastSilenceMs = 3 * hourMs;

export interface Rhythm {
  /** Items an hour while the shop is busy, rounded; null while there is too little to tell. */
  readonly perBusyHour: number | null;
  /** The longest pause of the last days, in hours; null while there is too little to tell. */
  readonly longestPauseHours: number | null;
  /** Hours since the last item, when that is far longer than the shop's own pauses. */
  readonly silentHours: number | null;
}

/**
 * `hours`: starts (ms) of the hours of the last `rhythmDays` in which something came, with how much, in order. Silent: longer than one and
 * a half times the longest pause so far, and never less than three hours; a shop without a rhythm yet is silent after a day.
 */
export function rhythmOf(
  hours: readonly { readonly hour: Instant; readonly count: number }[],
  lastAt: Instant,
  now: Instant,
): Rhythm {
  const quiet = now - lastAt;
  const whole = Math.floor(quiet / hourMs);
  if (hours.length < leastHours) {
    return { perBusyHour: null, longestPauseHours: null, silentHours: quiet > 24 * hourMs ? whole : null };
  }
  let longest = 0;
  let total = 0;
  let before: Instant | null = null;
  for (const { hour, count } of hours) {
    if (before !== null) longest = Math.max(longest, hour - before - hourMs);
    before = hour;
    total += count;
  }
  const silence = Math.max(leastSilenceMs, 1.5 * (longest + hourMs));
  return {
    perBusyHour: Math.max(1, Math.round(total / hours.length)),
    longestPauseHours: Math.ceil(longest / hourMs),
    silentHours: quiet > silence ? whole : null,
  };
}
