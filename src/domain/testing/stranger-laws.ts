/** For tests: what a stranger's browser says changes nothing that a server stated (rules §6, §9). */
import type { ProfileId } from '../ids.ts';
import type { Profile } from '../profile.ts';
import type { Event, EventShop, ShopKind } from './events.ts';
import { type Breach, play } from './history-play.ts';

/** The same history with and without a stranger's browser: whatever a server stated is the same. */
export function strangerBreach(
  kind: ShopKind,
  shop: readonly Event[],
  browser: readonly Event[],
  places: Iterable<number>,
): Breach {
  const alone = play(kind, shop);
  const mixed = mix(shop, browser, places);
  const crowded = play(kind, mixed);
  for (const order of alone.world.orders.values()) {
    const same = [...crowded.world.orders.values()].find(
      (other) => other.key === order.key && other.stated.state[2] !== undefined,
    );
    if (order.stated.state[2] === undefined) continue;
    if (same === undefined) return `order ${order.key} is gone`;
    for (const field of ['payment', 'fulfilment', 'cancelled'] as const) {
      if (same[field] !== order[field]) return `${field} of ${order.key}: ${order[field]} became ${same[field]}`;
    }
    if (order.stated.total[2] !== undefined && same.netMinor !== order.netMinor) return `net of ${order.key} changed`;
    const owners = [ownerName(alone, order.ownerId), ownerName(crowded, same.ownerId)];
    if (order.stated.owner[2] !== undefined && owners[0] !== owners[1])
      return `owner of ${order.key}: ${owners.join(' → ')}`;
  }
  for (const profile of alone.world.profiles.values()) {
    const same = counterpart(crowded, profile);
    if (same === null) return `profile ${nameOf(profile)} is gone`;
    if (same.emailNorm !== profile.emailNorm) return `e-mail of ${nameOf(profile)} became ${same.emailNorm}`;
    if (profile.mobileE164 !== null && same.mobileE164 !== profile.mobileE164)
      return `phone of ${nameOf(profile)} changed`;
    for (const row of alone.world.basesOf(profile.id)) {
      const other = crowded.world.basis(same.id, row.basisId);
      const [was, now] = [row.standing.status, other?.standing.status ?? 'unknown'];
      const raised = was === 'unknown' && now !== 'refused';
      // while it waits for the link, no api or import may accept it (rules §10)
      const waits = kind.doubleOptIn && now === 'to confirm';
      // a stranger's sign-up mailed a link, and its button was pressed: the act of whoever reads the mailbox
      const pressed = kind.doubleOptIn && now === 'accepted' && shop.some((event) => event.link === true);
      if (was !== now && !raised && !waits && !pressed)
        return `basis ${row.basisId} of ${nameOf(profile)}: ${was} became ${now}`;
      const untouched = was === 'accepted' && row.standing.since === other?.standing.since;
      if (untouched && other.activityAt !== row.activityAt)
        return `basis ${row.basisId} of ${nameOf(profile)} was prolonged`;
    }
  }
  for (const [token, binding] of crowded.world.tokens) {
    const before = alone.world.tokens.get(token);
    if (binding.verified && before?.verified !== true) return `${token} speaks`;
  }
  for (const profile of crowded.world.profiles.values()) {
    const bases = crowded.world.basesOf(profile.id);
    const known = profile.externalIds.some(({ rank }) => rank > 1) || profile.emailRank > 1;
    if (!known && bases.some(({ standing }) => standing.status === 'refused') && shop.every(refusesNothing)) {
      return `a stranger refused for ${nameOf(profile)}`;
    }
  }
  return null;
}

function refusesNothing(event: Event): boolean {
  return (
    event.status !== 'refused' &&
    event.optIn !== 0 &&
    event.sms !== 0 &&
    !event.consents?.some(([, value]) => value === 0)
  );
}

function mix(shop: readonly Event[], browser: readonly Event[], places: Iterable<number>): readonly Event[] {
  const mixed = [...shop];
  const place = places[Symbol.iterator]();
  for (const event of browser) mixed.splice(Number(place.next().value ?? 0) % (mixed.length + 1), 0, event);
  return mixed;
}

function counterpart(shop: EventShop, profile: Profile): Profile | null {
  const id = profile.externalIds.find(({ rank }) => rank > 1);
  for (const other of shop.world.profiles.values()) {
    if (
      id !== undefined &&
      other.externalIds.some(
        ({ value, namespace, rank }) => rank > 1 && value === id.value && namespace === id.namespace,
      )
    )
      return other;
    const alone = id === undefined && other.emailNorm === profile.emailNorm && other.emailRank > 1;
    if (alone && other.externalIds.every(({ rank }) => rank === 1)) return other;
  }
  return null;
}

function ownerName(shop: EventShop, owner: ProfileId | null): string {
  const profile = owner === null ? undefined : shop.world.profiles.get(owner);
  return profile === undefined ? 'nobody' : nameOf(profile);
}

function nameOf(profile: Profile): string {
  const ids = profile.externalIds.filter(({ rank }) => rank > 1).map(({ namespace, value }) => `${namespace}:${value}`);
  return ids.sort().join(' ') || (profile.emailNorm ?? '');
}
