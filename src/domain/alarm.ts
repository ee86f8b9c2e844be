/** What people may be told of by mail, and when an error is a wave of them. */
import type { Instant } from './facts.ts';

export const alarmKinds = ['silent', 'errors', 'old_key', 'store'] as const;
export type AlarmKind = (typeof alarmKinds)[number];

const hourMs = 3_600_000;
/** Fewer refused items than this are no wave, however few came. */
const leastRefused = 10;
const leastShare = 0.2;
/** How far above the shop's own share of the days before. */
const timesUsual = 3;
/** A wave is over below half of what made it one: a share that swings around the limit is one wave, not ten. */
const overBelow = 0.5;

export interface ArrivalHour {
  /** Start of the hour. */
  readonly hour: Instant;
  readonly count: number;
  readonly refused: number;
}

/**
 * Percent of what came in this hour and the one before that could not be used, when that is a wave of errors: at least ten items, a fifth of
 * everything, and three times the share of the days before. `standing`: told already, and not over yet. null: no wave.
 */
export function errorWaveOf(hours: readonly ArrivalHour[], now: Instant, standing: boolean): number | null {
  const since = Math.floor(now / hourMs) * hourMs - hourMs;
  const recent = sum(hours.filter(({ hour }) => hour >= since));
  const before = sum(hours.filter(({ hour }) => hour < since));
  if (recent.refused < leastRefused) return null;
  const share = recent.refused / recent.count;
  const usual = before.count === 0 ? 0 : before.refused / before.count;
  const limit = Math.max(leastShare, Math.min(1, timesUsual * usual)) * (standing ? overBelow : 1);
  return share >= limit ? Math.round(share * 100) : null;
}

function sum(hours: readonly ArrivalHour[]): { readonly count: number; readonly refused: number } {
  return hours.reduce((all, { count, refused }) => ({ count: all.count + count, refused: all.refused + refused }), {
    count: 0,
    refused: 0,
  });
}

const dayMs = 24 * hourMs;

export interface ReplacedPair {
  readonly replacedAt: Instant;
  /** When it opens nothing any more. */
  readonly endsAt: Instant;
  readonly lastUseAt: Instant | null;
}

/**
 * Whether a replaced pair of keys is still used although there was time to put the new one everywhere: a day, or half of the time it lives
 * on, whichever is shorter. A pair nobody used for a day, or that has ended, is none.
 */
export function isOldKeyLate({ replacedAt, endsAt, lastUseAt }: ReplacedPair, now: Instant): boolean {
  const grace = Math.min(dayMs, (endsAt - replacedAt) / 2);
  return now < endsAt && lastUseAt !== null && lastUseAt > replacedAt + grace && now - lastUseAt < dayMs;
}
