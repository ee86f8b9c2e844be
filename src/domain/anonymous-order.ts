import type { Order } from './order.ts';
import { eachOrderText } from './order-text.ts';
import { refundedMinor } from './refund.ts';
import { dayMs, instantOf } from './time.ts';

/**
 * What is kept of an order whose owner was erased: amount, currency, day and states (rules §7). `hide` gives the keyed hash of a
 * reference. What is derived from it again later is the same.
 */
export function anonymousOrder(order: Order, zone: string, hide: (reference: string) => string): Order {
  const { stated } = order;
  const dayStart = instantOf({ date: order.day }, order.placedAt, zone, 'start');
  const arrival = Math.floor(order.createdAt / dayMs) * dayMs;
  const { new: isNew } = stated.fields;
  return {
    ...order,
    key: hide(order.key),
    number: order.number === null ? null : hide(order.number),
    ownerId: null,
    createdAt: arrival,
    placedAt: dayStart,
    validatedAt: order.validatedAt === order.placedAt ? dayStart : order.validatedAt,
    contactEmail: null,
    ...eachOrderText(() => null),
    tags: [],
    attributes: null,
    items: null,
    stated: {
      ...stated,
      firstAt: dayStart,
      owner: {},
      placed: {},
      refunds: { byId: {}, snapshot: { minor: refundedMinor(stated.refunds), at: dayStart } },
      fields: isNew === undefined ? {} : { new: isNew },
    },
    uplifted: [],
  };
}
