import { expect, test } from 'vitest';
import { type Event, EventShop } from './testing/events.ts';

const kind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };
const anna = { email: 'a@x.fr', id: '1' };
const order = (arrives: number, more: Partial<Event> = {}): Event => ({
  does: 'order',
  by: 'server',
  who: anna,
  order: 'o1',
  creating: true,
  total: 10,
  arrives,
  ...more,
});
const consent = (arrives: number, status: 'accepted' | 'refused' | 'unknown', more: Partial<Event> = {}): Event => ({
  does: 'consent',
  by: 'staff',
  who: anna,
  basis: 1,
  status,
  reason: 'asked by phone',
  arrives,
  ...more,
});

function told(events: readonly Event[], of = kind): string[] {
  const shop = new EventShop(of);
  for (const event of events) shop.tell(event);
  const last = shop.outcomes.at(-1)?.announcements ?? [];
  return last.map((one) => ('move' in one ? `${one.kind} ${one.basis.id}` : one.kind));
}

const created = 'profile.created';
const cases: readonly (readonly [string, readonly Event[], readonly string[]])[] = [
  ['a new paid order of a new person', [order(0, { state: '20' })], [created, 'consent.accepted 4', 'order.validated']],
  ['a new order that is not paid', [order(0)], [created, 'consent.accepted 4']],
  ['the same again', [order(0, { state: '20' }), order(1, { state: '20' })], []],
  ['paid later', [order(0), order(1, { state: '20', creating: false })], ['order.validated']],
  ['cancelled', [order(0, { state: '20' }), order(1, { state: '0', creating: false })], ['order.cancelled']],
  ['cancelled from the first', [order(0, { state: '0' })], [created, 'order.cancelled']],
  ['refunded in part', [order(0, { state: '20' }), order(1, { creating: false, refund: 3 })], ['order.refunded']],
  ['a consent given', [order(0), consent(1, 'accepted')], ['consent.accepted 1']],
  ['a consent taken', [order(0), consent(1, 'accepted'), consent(2, 'refused')], ['consent.refused 1']],
  [
    'a consent unknown again',
    [order(0), consent(1, 'accepted'), consent(2, 'unknown', { by: 'api' })],
    ['consent.updated 1'],
  ],
  ['a refusal again', [order(0), consent(1, 'refused'), consent(2, 'refused')], []],
  ['a pulled order', [order(0, { by: 'pull', state: '20' })], []],
  ['an imported consent', [order(0), consent(1, 'refused', { by: 'import' })], ['consent.refused 1']],
  [
    'an abandoned cart',
    [
      { does: 'cart', by: 'server', who: anna, cart: 'c1', total: 5, arrives: 0 },
      { does: 'abandons', by: 'system', who: {}, arrives: 2 },
    ],
    ['cart.abandoned'],
  ],
  [
    'a cart abandoned before',
    [
      { does: 'cart', by: 'server', who: anna, cart: 'c1', total: 5, arrives: 0 },
      { does: 'abandons', by: 'system', who: {}, arrives: 2 },
      { does: 'abandons', by: 'system', who: {}, arrives: 3 },
    ],
    [],
  ],
];

test.each(cases)('%s', (_what, events, announced) => {
  expect(told(events)).toEqual(announced);
});

test('a double opt-in announces that it waits', () => {
  const optIn: Event = { does: 'newsletter', by: 'server', who: anna, optIn: 1, arrives: 1 };
  expect(told([order(0), optIn], { ...kind, doubleOptIn: true, consentTargets: true })).toEqual([
    'consent.to_confirm 1',
  ]);
});

test('a refusal by address is announced for each holder', () => {
  const other = { email: 'a@x.fr', id: '2' };
  const refusal = consent(2, 'refused', { by: 'person', who: { email: 'a@x.fr' } });
  expect(told([order(0), order(1, { who: other, order: 'o2' }), refusal])).toEqual([
    'consent.refused 1',
    'consent.refused 1',
  ]);
});

test('an announcement keeps what stood then', () => {
  const shop = new EventShop(kind);
  const [, , first] = shop.tell(order(0, { state: '20' })).announcements;
  shop.tell(order(1, { state: '0', creating: false }));
  expect(first).toMatchObject({ kind: 'order.validated', order: { validated: true }, profile: { email: 'a@x.fr' } });
});

test('nobody who listens, nothing announced', () => {
  const shop = new EventShop(kind);
  Object.assign(shop.world, { listening: new Set() });
  expect(shop.tell(order(0, { state: '20' })).announcements).toEqual([]);
});
