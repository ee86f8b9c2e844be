import type { Instant } from '#domain/facts.ts';
import type { KeyUse } from '#store/key-use.ts';
import type { ShopKey } from '#store/shop-key.ts';
import { UseCounts, type UseCountsOptions, utcDay } from './use-counts.ts';

/** Counts the calls of pairs that have an end, so that it can be said who still has to change theirs. */
export class KeyUses extends UseCounts<KeyUse> {
  constructor(save: UseCountsOptions<KeyUse>['save'], onFault: UseCountsOptions<KeyUse>['onFault']) {
    super({ event: 'keys.flush', save, onFault, keyOf: ({ keyId, day }) => `${keyId} ${day}`, sum });
  }

  saw({ shopId, id, expiresAt }: ShopKey, at: Instant): void {
    if (expiresAt !== null) this.add({ shop: shopId, keyId: id, day: utcDay(at), calls: 1, lastAt: at });
  }
}

function sum(known: KeyUse, use: KeyUse): KeyUse {
  return { ...use, calls: known.calls + use.calls, lastAt: Math.max(use.lastAt, known.lastAt) };
}
