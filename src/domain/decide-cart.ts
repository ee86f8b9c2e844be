/** Carts stated, ordered, emptied and abandoned (rules §3.8); calls to automations, which are kept and run nowhere here. */
import { abandonCart, type Cart, cartDiffers, cartRef, orderCart, stateCart } from './cart.ts';
import { emailNormal } from './email.ts';
import { takeActivity } from './expiry.ts';
import type { AbandonFact, AutomationFact, CartFact } from './facts.ts';
import type { Order } from './order.ts';
import type { CartEffect } from './outcome.ts';
import { statePerson, visitorOf } from './person.ts';
import { isHistory, namespaceOf } from './source.ts';
import { type Turn, type When, whenOf } from './turn.ts';

export function decideCart(turn: Turn, fact: CartFact): void {
  const { world, statement } = turn;
  const when = whenOf(turn, fact.ownTime);
  const found = statePerson(turn, fact.person, fact.store, 'contact', when);
  const name = {
    namespace: namespaceOf(statement.source, fact.store, world.settings),
    key: fact.cart.key,
    ownerId: found?.profile.id ?? null,
    token: visitorOf(turn, fact.person.token),
  };
  // a browser that merely names a person speaks for its own cart, not for that person's
  const keyless = turn.rank === 1 && found !== null && !found.speaks && name.token !== null;
  const ref = cartRef(keyless ? { ...name, ownerId: null } : name);
  if (ref === null) {
    turn.reasons.add('identity.missing');
    turn.refused = 'rejected';
    return;
  }
  const before = world.cart(ref, ref.startsWith('profile:') ? name.ownerId : null);
  const said = { ...name, state: fact.state, cart: fact.cart, rank: turn.rank, at: when.at };
  const result = stateCart(before, ref, { ...said, arrivedAt: statement.arrivedAt }, world.settings);
  for (const reason of result.reasons) turn.reasons.add(reason);
  keep(turn, before, result.cart);
  if (result.cart === before || found === null || fact.state !== 'filled') return;
  if (turn.rank > 1 || found.speaks) takeActivity(turn, found.profile.id, 'cart', when.at);
}

export interface CartEnd {
  /** The cart the order names. */
  readonly key: string | null;
  readonly token: string | null;
  /** The order is new by this statement: it ends what its owner, or this browser, had in hand. */
  readonly ended: boolean;
  readonly when: When;
}

/** Ends the cart an order names, and those of the person who ordered; a cart that comes after its order is ended already. */
export function endCarts(turn: Turn, order: Order, { key, token, ended, when }: CartEnd): void {
  const { world, rank, statement } = turn;
  if (order.cancelled) return;
  const by = { orderId: order.id, rank, at: when.at };
  if (key !== null) {
    const { namespace } = order;
    const name = { namespace, key, ownerId: order.ownerId, token: null };
    const ref = cartRef(name) ?? '';
    const before = world.cart(ref);
    const cart = { key, total: null, count: null, items: null, data: {} };
    const said = { ...name, state: 'filled', cart, rank, at: when.at, arrivedAt: statement.arrivedAt } as const;
    const known = before ?? stateCart(null, ref, said, world.settings).cart;
    keep(turn, before, orderCart(known, { ...by, byKey: true }));
  }
  if (!ended || isHistory(statement.source)) return;
  for (const cart of world.liveCarts(order.ownerId, visitorOf(turn, token))) {
    keep(turn, cart, orderCart(cart, { ...by, byKey: false }));
  }
}

/** What a sweep found untouched for long enough; somebody may have come back since. */
export function decideAbandon(turn: Turn, fact: AbandonFact): void {
  const before = turn.world.cart(fact.ref);
  if (before === null || turn.statement.source.kind !== 'system') {
    turn.refused = 'ignored';
    return;
  }
  if (before.ownerId !== null) turn.profile = { id: before.ownerId, created: false };
  keep(turn, before, abandonCart(before, whenOf(turn, fact.ownTime).at, turn.world.settings));
}

/** Shown with whom it names, if they are known; it makes nobody known. */
export function decideAutomation(turn: Turn, fact: AutomationFact): void {
  const { email, externalId } = fact.person;
  const normal = email === null ? null : emailNormal(email);
  const [known] = [
    ...(externalId === null ? [] : turn.world.holdersOfExternal(externalId)),
    ...(normal === null ? [] : turn.world.holdersOfEmail(normal)),
  ];
  if (known !== undefined) turn.profile = { id: known.id, created: false };
  turn.reasons.add('automation.none');
  turn.refused = 'ignored';
}

function keep(turn: Turn, before: Cart | null, after: Cart): void {
  turn.cart = effectOf(after, before);
  if (after === before) return;
  turn.world.putCart(after);
  turn.carts.push([before, after]);
  if (before === null || cartDiffers(before, after)) turn.changed = true;
}

function effectOf(cart: Cart, before: Cart | null): CartEffect {
  const { ref, key, status, totalMinor, currency, count } = cart;
  return { ref, key, status, before: before?.status ?? null, totalMinor, currency, count };
}
