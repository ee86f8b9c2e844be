/** Which profiles hold an address or id, and which orders a reference. */
import type { OrderId, ProfileId } from './ids.ts';
import type { Order } from './order.ts';
import type { Profile } from './profile.ts';

export class WorldIndex {
  readonly byEmail = new Map<string, Set<ProfileId>>();
  readonly byPhone = new Map<string, Set<ProfileId>>();
  readonly byExternal = new Map<string, Set<ProfileId>>();
  readonly byReference = new Map<string, Set<OrderId>>();

  add(profile: Profile): void {
    if (profile.emailNorm !== null) addTo(this.byEmail, profile.emailNorm, profile.id);
    if (profile.phoneE164 !== null) addTo(this.byPhone, profile.phoneE164, profile.id);
    if (profile.mobileE164 !== null) addTo(this.byPhone, profile.mobileE164, profile.id);
    for (const external of profile.externalIds) addTo(this.byExternal, external.value, profile.id);
  }

  remove(profile: Profile): void {
    if (profile.emailNorm !== null) this.byEmail.get(profile.emailNorm)?.delete(profile.id);
    if (profile.phoneE164 !== null) this.byPhone.get(profile.phoneE164)?.delete(profile.id);
    if (profile.mobileE164 !== null) this.byPhone.get(profile.mobileE164)?.delete(profile.id);
    for (const external of profile.externalIds) this.byExternal.get(external.value)?.delete(profile.id);
  }

  addOrder(order: Order): void {
    addTo(this.byReference, order.key, order.id);
    if (order.number !== null) addTo(this.byReference, order.number, order.id);
  }

  removeOrder(order: Order): void {
    this.byReference.get(order.key)?.delete(order.id);
    if (order.number !== null) this.byReference.get(order.number)?.delete(order.id);
  }
}

export function addTo<Key, Value>(index: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([value]));
  else known.add(value);
}

/** False when the act is not there. */
export function replace<Item>(items: Item[], item: Item, by: Item): boolean {
  const place = items.indexOf(item);
  if (place < 0) return false;
  items[place] = by;
  return true;
}
