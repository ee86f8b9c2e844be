/** When a message is tried again, and when nobody tries any more. Pure. */
import type { Instant } from '#domain/facts.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
/** After the first failure, the second, …; the last one for all that follow. */
const pauses = [5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour];
const longest = 8 * hour;

/** Without success for so long, an endpoint is paused and people are told. */
export const patienceMs = 72 * hour;

/** So many failures in a row, of whatever messages, and the endpoint counts as down: one message at a time asks whether it is back. */
export const downAfter = 5;

/**
 * Pause after the `failures`-th failure in a row, in ms: growing, a fifth more or less by `chance` (0 to 1), so that what failed
 * together is not tried together. A receiver's `Retry-After` is kept where it asks for more, up to eight hours.
 */
export function pauseAfter(failures: number, chance: number, retryAfterMs: number | null): number {
  const base = pauses[Math.min(Math.max(failures, 1), pauses.length) - 1] ?? longest;
  const jittered = base * (0.8 + 0.4 * chance);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, longest)));
}

/** The endpoint's own pause after its `failures`-th failure in a row; null: it is not down. */
export function endpointPause(failures: number, chance: number, retryAfterMs: number | null): number | null {
  return failures < downAfter ? null : pauseAfter(failures - downAfter + 1, chance, retryAfterMs);
}

/** True when a message first tried, or an endpoint without success, since `since` has had its three days. */
export function isSpent(since: Instant | null, now: Instant): boolean {
  return since !== null && now - since >= patienceMs;
}

/** `Retry-After` in seconds or as a date; null: it says nothing. */
export function readRetryAfter(header: string | undefined, now: Instant): number | null {
  if (header === undefined) return null;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) * second : Date.parse(header) - now;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
