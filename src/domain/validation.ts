/** When an order counts (rules §3.4). This is the one place that decides it. */
import type { Instant } from './facts.ts';
import type { MappedState, Validation } from './settings.ts';

export interface Validity {
  readonly validated: boolean;
  /** The first time the point was reached; null while it is not validated. */
  readonly validatedAt: Instant | null;
}

/** *Validated*: paid, or merely placed, as the shop chose; never when cancelled, failed or fully refunded. */
export function validity(
  state: MappedState,
  fullyRefunded: boolean,
  placedAt: Instant,
  paidAt: Instant | null,
  setting: Validation,
): Validity {
  const reached = setting === 'placed' || state.payment === 'paid';
  if (!reached || state.cancelled || fullyRefunded) return { validated: false, validatedAt: null };
  return { validated: true, validatedAt: setting === 'placed' ? placedAt : (paidAt ?? placedAt) };
}
