import type { Instant } from '#domain/facts.ts';
import type { KnownConnection } from '#store/connection.ts';
import type { ConnectionUse } from '#store/connection-use.ts';
import { UseCounts, type UseCountsOptions, utcDay } from './use-counts.ts';

export type Use =
  | { readonly what: 'received'; readonly topic: string; readonly lagMs: number | null }
  | { readonly what: 'refused'; readonly why: string }
  | { readonly what: 'ping' };

/** Counts what stores deliver. */
export class ConnectionUses extends UseCounts<ConnectionUse> {
  constructor(save: UseCountsOptions<ConnectionUse>['save'], onFault: UseCountsOptions<ConnectionUse>['onFault']) {
    super({ event: 'connections.flush', save, onFault, keyOf: (use) => `${use.connectionId} ${use.day}`, sum });
  }

  saw({ shopId: shop, id: connectionId }: KnownConnection, use: Use, at: Instant): void {
    const nothing = { received: 0, refused: 0, pings: 0, lastAt: null, lastTopic: null, lastLagMs: null };
    const empty = { shop, connectionId, day: utcDay(at), ...nothing, refusedAt: null, refusedWhy: null };
    switch (use.what) {
      case 'received':
        this.add({ ...empty, received: 1, lastAt: at, lastTopic: use.topic, lastLagMs: use.lagMs });
        break;
      case 'refused':
        this.add({ ...empty, refused: 1, refusedAt: at, refusedWhy: use.why });
        break;
      case 'ping':
        this.add({ ...empty, pings: 1 });
        break;
    }
  }
}

function sum(known: ConnectionUse, use: ConnectionUse): ConnectionUse {
  const [older, newer] = (known.lastAt ?? 0) <= (use.lastAt ?? 0) ? [known, use] : [use, known];
  const [before, after] = (known.refusedAt ?? 0) <= (use.refusedAt ?? 0) ? [known, use] : [use, known];
  return {
    ...use,
    received: known.received + use.received,
    refused: known.refused + use.refused,
    pings: known.pings + use.pings,
    lastAt: newer.lastAt ?? older.lastAt,
    lastTopic: newer.lastTopic ?? older.lastTopic,
    lastLagMs: newer.lastAt === null ? older.lastLagMs : newer.lastLagMs,
    refusedAt: after.refusedAt ?? before.refusedAt,
    refusedWhy: after.refusedWhy ?? before.refusedWhy,
  };
}
