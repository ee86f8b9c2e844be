import type { Act } from './basis.ts';
import type { Cart } from './cart.ts';
import type { Instant } from './facts.ts';
import type { OrderId, ProfileId, Seq } from './ids.ts';
import type { Profile } from './profile.ts';
import type { ShopSettings } from './settings.ts';
import type { HistoryRow, OrderHistoryRow, StubKey } from './world-rows.ts';

/** What a world has changed so far: nothing (`WorldChanges`, as the world itself writes it). */
export function noChanges() {
  return {
    profiles: new Set<ProfileId>(),
    newProfiles: new Set<ProfileId>(),
    merges: new Map<ProfileId, boolean>(),
    orders: new Set<OrderId>(),
    newOrders: new Set<OrderId>(),
    bases: new Set<string>(),
    tokens: new Set<string>(),
    former: new Set<string>(),
    refusals: new Set<string>(),
    dropped: new Set<string>(),
    objections: new Set<string>(),
    stubs: new Set<StubKey>(),
    erased: new Map<ProfileId, Profile>(),
    carts: new Map<string, Cart>(),
    acts: [] as Act[],
    voided: [] as Act[],
    history: [] as HistoryRow[],
    orderHistory: [] as OrderHistoryRow[],
    settings: [] as { settings: ShopSettings; seq: Seq; at: Instant; by: string }[],
  };
}

/** Remembers whether a profile stood for itself before the first of its changes that merged it into another, or parted it again. */
export function noteMerge(merges: Map<ProfileId, boolean>, before: Profile | undefined, after: Profile): void {
  if (before === undefined || merges.has(after.id)) return;
  const stood = before.mergedInto === null;
  if (stood !== (after.mergedInto === null)) merges.set(after.id, stood);
}
