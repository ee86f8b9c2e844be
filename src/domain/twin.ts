/** Orders that look like one purchase told twice, by the page and by the server (rules §6.3). */
import type { Instant } from './facts.ts';

export interface TwinOrder {
  readonly id: number;
  readonly key: string;
  readonly email: string | null;
  readonly totalMinor: number;
  readonly currency: string;
  readonly placedAt: Instant;
  /** A server stated it; else only browsers did. */
  readonly server: boolean;
}

const apartMs = 10 * 60_000;

/** Pairs of a browser's and a server's order: same amount and e-mail within ten minutes, different references. Each order is in one pair. */
export function findTwins(orders: readonly TwinOrder[]): (readonly [TwinOrder, TwinOrder])[] {
  const groups = Map.groupBy(
    orders.filter(({ email, totalMinor }) => email !== null && totalMinor > 0),
    ({ email, totalMinor, currency }) => `${email?.trim().toLowerCase()} ${totalMinor} ${currency}`,
  );
  const pairs: (readonly [TwinOrder, TwinOrder])[] = [];
  for (const group of groups.values()) {
    const servers = group.filter(({ server }) => server);
    const taken = new Set<number>();
    for (const browser of group.filter(({ server }) => !server)) {
      const twin = servers.find(
        (one) => !taken.has(one.id) && one.key !== browser.key && Math.abs(one.placedAt - browser.placedAt) <= apartMs,
      );
      if (twin === undefined) continue;
      taken.add(twin.id);
      pairs.push([browser, twin]);
    }
  }
  return pairs;
}
