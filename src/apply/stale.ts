/** Whether what was loaded for one batch is still so after the batch before it. */
import type { Cart } from '#domain/cart.ts';
import type { Order } from '#domain/order.ts';
import type { Profile } from '#domain/profile.ts';
import { needKey } from '#domain/world-rows.ts';
import type { ShopRows } from './shop-rows.ts';
import type { DecidedShop } from './write.ts';

/** True when the decided batch may have changed what was loaded of this shop before it was written. */
export function isStale(loaded: ShopRows, { rows, world }: DecidedShop): boolean {
  const { changes } = world;
  if (changes.settings.length > 0 || changes.erased.size > 0 || world.installedAt !== rows.installedAt) return true;
  if (world.erasures !== loaded.erasures || world.settings.version !== loaded.settings.version) return true;
  for (const key of changedKeys({ rows, world })) if (loaded.loaded.has(key)) return true;
  return false;
}

/** Every need whose answer the batch may have changed. */
function* changedKeys({ rows, world }: DecidedShop): Generator<string> {
  const { changes } = world;
  for (const id of changes.profiles) {
    yield needKey({ what: 'profile', id });
    yield* keysOfProfile(rows.profiles.get(id));
    yield* keysOfProfile(world.profiles.get(id));
  }
  for (const id of changes.orders) {
    yield* keysOfOrder(rows.orders.get(id));
    yield* keysOfOrder(world.orders.get(id));
  }
  for (const key of changes.bases) yield `profile ${key.slice(0, key.indexOf(':'))}`;
  for (const { profileId: id } of [...changes.acts, ...changes.voided]) yield needKey({ what: 'acts', id });
  for (const token of changes.tokens) yield needKey({ what: 'token', token });
  for (const email of changes.former) {
    yield needKey({ what: 'email', email });
    for (const { profileId: id } of world.former.get(email) ?? []) yield needKey({ what: 'profile', id });
  }
  for (const keys of [changes.refusals, changes.dropped, changes.objections])
    for (const key of keys) yield `address ${key.slice(0, key.lastIndexOf(' '))}`;
  for (const key of changes.stubs) yield needKey({ what: 'stub', key });
  for (const [ref, cart] of changes.carts) {
    yield needKey({ what: 'cart', ref });
    yield* keysOfCart(rows.carts.get(ref));
    yield* keysOfCart(cart);
  }
}

function* keysOfProfile(profile: Profile | undefined): Generator<string> {
  if (profile === undefined) return;
  if (profile.emailNorm !== null) yield needKey({ what: 'email', email: profile.emailNorm });
  for (const phone of [profile.phoneE164, profile.mobileE164])
    if (phone !== null) yield needKey({ what: 'phone', phone });
  for (const { value } of profile.externalIds) yield needKey({ what: 'external', value });
}

function* keysOfCart(cart: Cart | undefined): Generator<string> {
  if (cart === undefined) return;
  if (cart.token !== null) yield needKey({ what: 'carts', token: cart.token });
  if (cart.ownerId !== null) yield needKey({ what: 'profile', id: cart.ownerId });
}

function* keysOfOrder(order: Order | undefined): Generator<string> {
  if (order === undefined) return;
  yield needKey({ what: 'order', reference: order.key });
  if (order.number !== null) yield needKey({ what: 'order', reference: order.number });
}
