/** For tests: nothing is accepted that nobody stated, and a refused legal basis is left by a reset alone (rules §9). */
import { basisDefinition, byOwnTime } from '../acts.ts';
import { step, unknownStanding } from '../basis.ts';
import { judgeRecords } from '../records.ts';
import { type Event, EventShop, type ShopKind } from './events.ts';
import { type Breach, play } from './history-play.ts';

export function unstatedAcceptance(kind: ShopKind, history: readonly Event[]): Breach {
  const { world } = play(kind, history);
  for (const row of world.bases.values()) {
    if (row.standing.status !== 'accepted') continue;
    const states = (world.actsOf(row.profileId) ?? []).some(
      (act) =>
        act.basisId === row.basisId &&
        !act.void &&
        act.toward === 'accepted' &&
        act.kind !== 'withdraw' &&
        act.at === row.standing.since,
    );
    if (!states) return `profile ${row.profileId} is accepted in ${row.basisId}, and nothing states it`;
    const auto = world.settings.bases.find(({ id }) => id === row.basisId)?.kind === 'consent';
    const acts = (world.actsOf(row.profileId) ?? []).filter(({ basisId: id }) => id === row.basisId);
    if (auto && acts.every((act) => act.cause === 'auto')) return `a consent accepted by uplift alone`;
  }
  return null;
}

/** Along every profile's acts in order of own time, and along its statuses as the facts arrived. */
export function legalLeft(kind: ShopKind, history: readonly Event[]): Breach {
  const shop = new EventShop(kind);
  const before = new Map<string, string>();
  for (const event of history) {
    shop.tell(event);
    for (const [key, row] of shop.world.bases) {
      const was = before.get(key);
      before.set(key, row.standing.status);
      if (basisDefinition(shop.world.settings, row.basisId)?.kind !== 'legal') continue;
      if (was !== 'refused' || row.standing.status === 'refused') continue;
      const acts = (shop.world.actsOf(row.profileId) ?? []).filter(({ basisId: id }) => id === row.basisId);
      if (!acts.some((act) => act.flags.reset && act.cause === 'import'))
        return `${key} left refused by ${JSON.stringify(event)}`;
    }
  }
  for (const profile of shop.world.profiles.keys()) {
    const acts = [...(shop.world.actsOf(profile) ?? [])].sort(byOwnTime);
    const { edges } = judgeRecords(acts);
    for (const { id } of shop.world.settings.bases.filter(({ kind: ground }) => ground === 'legal')) {
      let standing = unknownStanding;
      for (const act of acts.filter(({ basisId: of }) => of === id)) {
        const after = step(standing, act, edges.get(act) ?? null, 'legal').standing;
        const left = standing.status === 'refused' && after.status !== 'refused';
        if (left && (after.status !== 'unknown' || !act.flags.reset)) return `refused ${id} became ${after.status}`;
        standing = after;
      }
    }
  }
  return null;
}
