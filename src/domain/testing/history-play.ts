/** For tests: a history told to a shop, and how a law says that it broke. */
import type { Instant } from '../facts.ts';
import { type Event, EventShop, hour, type ShopKind, start } from './events.ts';

/** A breach, as a sentence; null: the law holds. */
export type Breach = string | null;

export function play(kind: ShopKind, history: readonly Event[]): EventShop {
  const shop = new EventShop(kind);
  for (const event of history) shop.tell(event);
  return shop;
}

export function hours(at: Instant | null): string {
  return at === null ? '?' : `${(at - start) / hour}h`;
}
