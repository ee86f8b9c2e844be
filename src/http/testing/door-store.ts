/** For tests: what happens at a shop, as webhooks of its WooCommerce. */
import { createHmac, randomUUID } from 'node:crypto';
import { type Event, hour, start } from '#domain/testing/events.ts';
import { createConnection } from '#store/connection.ts';
import type { PeopleDoors } from './door-people.ts';
import type { Told } from './door-tells.ts';
import type { TestDoors } from './doors.ts';

export const storeName = 'woo';

/** Of an order: its status, and whether it was paid. */
const states: Readonly<Record<string, readonly [status: string, paid: boolean]>> = {
  '0': ['cancelled', false],
  '10': ['on-hold', false],
  '20': ['processing', true],
  '50': ['completed', true],
  odd: ['a-status-of-a-plugin', false],
};

/** Orders and customers; the other things that happen have no webhook. */
export async function openStore(doors: TestDoors, now: () => number): Promise<PeopleDoors> {
  const secret = 'a webhook secret';
  const made = { platform: 'woocommerce', store: storeName, name: storeName, secret, createdBy: 'tests' };
  const { source } = await createConnection(doors.database.pool, doors.keys, doors.shop.shopId, made, now());
  return { tell: (_doors, event) => tell(event), after: async () => undefined, close: async () => undefined };

  function tell(event: Event): Promise<Told> | null {
    if (event.does === 'order') return send(`order.${event.creating ? 'created' : 'updated'}`, orderOf(event));
    const isCustomer = event.does === 'account' && event.who.id !== undefined;
    return isCustomer ? send(`customer.${event.creating ? 'created' : 'updated'}`, customerOf(event)) : null;
  }

  function send(topic: string, said: object): Promise<Told> {
    const payload = JSON.stringify(said);
    return doors.app.inject({
      method: 'POST',
      url: `/ingest/${source}`,
      headers: {
        'content-type': 'application/json',
        'x-wc-webhook-topic': topic,
        'x-wc-webhook-signature': createHmac('sha256', secret).update(payload).digest('base64'),
        'x-wc-webhook-delivery-id': randomUUID(),
      },
      payload,
    });
  }
}

function orderOf(event: Event): object {
  const [status, paid] = states[event.state ?? '10'] ?? ['on-hold', false];
  return {
    ...{ id: numberOf(event.order), number: `N${numberOf(event.order)}`, status, currency: 'EUR' },
    ...{ total: String(event.total ?? 10), customer_id: numberOf(event.who.id), ...times(event) },
    billing: { email: event.who.email ?? '', phone: event.who.mobile ?? '' },
    date_paid_gmt: paid ? times(event).date_created_gmt : null,
  };
}

function customerOf(event: Event): object {
  return { id: numberOf(event.who.id), email: event.who.email ?? '', billing: {}, ...times(event) };
}

/** Made as it arrives, or long before the shop was connected. */
function times({ arrives, own, creating }: Event): {
  readonly date_created_gmt: string;
  readonly date_modified_gmt?: string;
} {
  const gmt = (at: number): string => new Date(at).toISOString().slice(0, 19);
  return {
    date_created_gmt: gmt(creating ? start + arrives * hour : start - 1_000 * hour),
    ...(own === undefined ? {} : { date_modified_gmt: gmt(start + own * hour) }),
  };
}

/** The platform's ids are numbers: `12-o3` is 1203; 0 is nobody. */
function numberOf(id: string | undefined): number {
  const [, history, one] = /^(\d+)-\D*(\d+)$/.exec(id ?? '') ?? [];
  return history === undefined || one === undefined ? 0 : Number(history) * 100 + Number(one);
}
