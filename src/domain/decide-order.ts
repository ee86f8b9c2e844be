/** An order stated: its person, the order itself, its owner, and the bases it gives (rules §3, §5). */
import { setOrderActsVoid } from './acts.ts';
import { endCarts } from './decide-cart.ts';
import { takeActivity } from './expiry.ts';
import type { OrderFact, StatedOrder } from './facts.ts';
import type { ProfileId } from './ids.ts';
import { differs, newOrder, type Order, type OrderStatement, stateOrder } from './order.ts';
import { findOrder } from './order-find.ts';
import type { OrderEffect } from './outcome.ts';
import { statePerson } from './person.ts';
import { isHistory, namespaceOf, sourceKeyOf, sourceName } from './source.ts';
import { instantOf } from './time.ts';
import { type Turn, type When, whenOf } from './turn.ts';
import { giveAutomatic, type OptInContext, takeConsents, takeOptIns } from './uplift.ts';

const hourMs = 3_600_000;

export function decideOrder(turn: Turn, fact: OrderFact): void {
  const { world } = turn;
  const when = whenOf(turn, fact.ownTime);
  const found = statePerson(turn, fact.person, fact.store, 'contact', when);
  const context: OptInContext = { when, speaks: found?.speaks ?? false, order: null, byOrder: true };
  if (fact.order === null) {
    turn.reasons.add('order.no_reference');
    if (found === null) turn.refused = 'rejected';
    else takeChoices(turn, fact, found.profile.id, context);
    return;
  }
  if (fact.known === true && !isKnownOrder(turn, fact, fact.order)) {
    turn.reasons.add('order.unknown');
    turn.refused = 'ignored';
    return;
  }
  const { order, becameNew } = keepOrder(turn, fact, fact.order, found?.profile.id ?? null, when);
  endCarts(turn, order, { key: fact.order.cartKey, token: fact.person.token, ended: becameNew, when });
  if (found === null) return;
  const owned = order.ownerId === found.profile.id;
  takeChoices(turn, fact, found.profile.id, { ...context, order: { id: order.id, owned } });
  if (owned && becameNew && (turn.rank > 1 || found.speaks)) {
    takeActivity(turn, found.profile.id, 'order', when.at);
  }
  world.profile(found.profile.id);
}

/** True when the fact makes an object new: a creating call, or a platform object created since an hour before the installation (rules §5, §10). */
export function isNewObject(turn: Turn, fact: Pick<OrderFact, 'creating' | 'createdAt' | 'uplift'>): boolean {
  const { installedAt, settings } = turn.world;
  if (isHistory(turn.statement.source)) return fact.uplift === true;
  if (fact.createdAt === null) return fact.creating;
  const from = (installedAt ?? turn.statement.arrivedAt) - hourMs;
  return instantOf(fact.createdAt, turn.statement.arrivedAt, settings.zone, 'start') >= from;
}

function isKnownOrder(turn: Turn, fact: OrderFact, stated: StatedOrder): boolean {
  const { source } = turn.statement;
  const namespace = namespaceOf(source, fact.store, turn.world.settings);
  return findOrder(turn, stated, namespace, namesStore(turn, fact)).order !== null;
}

/** A connected store speaks, so the key is its own. */
function namesStore(turn: Turn, { store }: OrderFact): boolean {
  const { kind } = turn.statement.source;
  return store !== null || kind === 'store' || kind === 'pull';
}

interface KeptOrder {
  readonly order: Order;
  /** By this very statement. */
  readonly becameNew: boolean;
}

function keepOrder(
  turn: Turn,
  fact: OrderFact,
  stated: StatedOrder,
  personId: ProfileId | null,
  when: When,
): KeptOrder {
  const { world, statement } = turn;
  const { source } = statement;
  const named = namesStore(turn, fact);
  const said: OrderStatement = {
    order: stated,
    ownerId: personId,
    contactEmail: fact.person.email?.trim() || null,
    rank: turn.rank,
    at: when.at,
    own: when.own,
    arrivedAt: statement.arrivedAt,
    creating: fact.creating,
    isNew: isNewObject(turn, fact),
    named,
    sourceKey: sourceKeyOf(source),
  };
  const { order: found, namespace } = findOrder(turn, stated, namespaceOf(source, fact.store, world.settings), named);
  const before = found ?? newOrder(world.supply.orderId(), namespace, stated.key, said, world.settings);
  const result = stateOrder(before, said, world.settings);
  for (const reason of result.reasons) turn.reasons.add(reason);
  const order = moveOwner(turn, before, result.order, when);
  world.putOrder(order);
  turn.orders.push([found, order]);
  if (found === null || differs(before, order)) turn.changed = true;
  if (found === null || changedState(before, order)) recordState(turn, order, when);
  if (found === null && !order.isNew) turn.reasons.add('uplift.history');
  turn.order = effectOf(order, found, turn.order);
  // a browser that named the order first does not make the server's creating call a repeat
  const becameNew = before.stated.fields.new?.[0] !== order.stated.fields.new?.[0];
  return { order, becameNew };
}

/**
 * Another owner: what rested only on the order at the former one is corrected, what rested on it at the new one stands
 * again. Then the uplift, once per owner, the first time a new order is good and its owner known.
 */
function moveOwner(turn: Turn, before: Order, order: Order, when: When): Order {
  if (before.ownerId !== order.ownerId) {
    if (before.ownerId !== null) setOrderActsVoid(turn, before.ownerId, order.id, true);
    if (before.ownerId !== null && order.ownerId !== null) setOrderActsVoid(turn, order.ownerId, order.id, false);
  }
  if (!order.isNew || order.cancelled || order.ownerId === null || order.uplifted.includes(order.ownerId)) return order;
  const owner = turn.world.profile(order.ownerId);
  if (owner === null) return order;
  giveAutomatic(turn, owner, turn.world.settings.uplift.order, order.id, when);
  return { ...order, uplifted: [...order.uplifted, order.ownerId] };
}

function takeChoices(turn: Turn, fact: OrderFact, profileId: ProfileId, context: OptInContext): void {
  const profile = turn.world.profile(profileId);
  if (profile === null) return;
  const known = takeOptIns(turn, profile, fact.optIns, context);
  takeConsents(turn, known, fact.consents, context);
}

function changedState(before: Order, after: Order): boolean {
  return (
    before.payment !== after.payment ||
    before.fulfilment !== after.fulfilment ||
    before.cancelled !== after.cancelled ||
    before.legacyState !== after.legacyState
  );
}

function recordState(turn: Turn, order: Order, when: When): void {
  turn.world.addOrderHistory({
    orderId: order.id,
    seq: turn.statement.seq,
    n: turn.n++,
    at: when.at,
    arrivedAt: turn.statement.arrivedAt,
    source: sourceName(turn.statement.source),
    payment: order.payment,
    fulfilment: order.fulfilment,
    cancelled: order.cancelled,
    legacyState: order.legacyState,
  });
}

function effectOf(order: Order, before: Order | null, earlier: OrderEffect | null): OrderEffect {
  return {
    id: order.id,
    key: order.key,
    created: before === null || (earlier?.created ?? false),
    state: stateOf(order),
    before: before === null ? null : stateOf(before),
    validated: order.validated,
    totalMinor: order.totalMinor,
    currency: order.currency,
  };
}

function stateOf(order: Order): OrderEffect['state'] {
  const { payment, fulfilment, cancelled, legacyState: legacy } = order;
  return { payment, fulfilment, cancelled, legacy };
}
