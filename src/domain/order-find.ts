/** Which order a reference means (rules §3.1). */
import type { StatedOrder } from './facts.ts';
import type { Order } from './order.ts';
import { defaultNamespace } from './source.ts';
import type { Turn } from './turn.ts';

/** The order a statement is about; where it is none yet, the namespace and key it would get. */
export interface FoundOrder {
  readonly order: Order | null;
  readonly namespace: string;
}

/**
 * A store names its own key, and adopts the order that an unnamed call stated under that key or number. An unnamed call
 * means the order whose key or number it gives; where two could be meant, neither.
 */
export function findOrder(turn: Turn, stated: StatedOrder, namespace: string, named: boolean): FoundOrder {
  return named ? findNamedOrder(turn, stated, namespace) : findByReference(turn, stated.key, namespace);
}

function findNamedOrder(turn: Turn, stated: StatedOrder, namespace: string): FoundOrder {
  const { world } = turn;
  const exact = world.ordersOf(stated.key).find((order) => order.namespace === namespace && order.key === stated.key);
  if (exact !== undefined) return { order: exact, namespace };
  const known =
    stated.number === null
      ? world.ordersOf(stated.key)
      : [...world.ordersOf(stated.key), ...world.ordersOf(stated.number)];
  const unnamed = new Map(
    known
      .filter((order) => !order.stated.named && (order.namespace === defaultNamespace || order.namespace === namespace))
      .filter((order) => order.key === stated.key || order.key === stated.number)
      .map((order) => [order.id, order]),
  );
  const [one, ...more] = unnamed.values();
  if (more.length > 0) turn.reasons.add('order.reference_ambiguous');
  if (one === undefined || more.length > 0) return { order: null, namespace };
  return { order: { ...one, namespace, key: stated.key }, namespace };
}

function findByReference(turn: Turn, reference: string, namespace: string): FoundOrder {
  const known = turn.world.ordersOf(reference).filter((order) => order.key === reference || order.number === reference);
  const unnamed = known.find((order) => !order.stated.named && order.key === reference);
  const stores = known.filter(
    (order) => order.stated.named && (namespace === defaultNamespace || order.namespace === namespace),
  );
  const [one, ...more] = stores;
  if (more.length > 0) turn.reasons.add('order.reference_ambiguous');
  if (one !== undefined && more.length === 0) return { order: one, namespace: one.namespace };
  if (unnamed !== undefined) return { order: unnamed, namespace: unnamed.namespace };
  return { order: null, namespace: more.length > 0 ? defaultNamespace : namespace };
}
