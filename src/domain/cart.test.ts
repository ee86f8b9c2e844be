import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CartStatus } from './cart.ts';
import { type Event, EventShop, hour, start } from './testing/events.ts';
import { histories, shopKinds, strangers } from './testing/histories.ts';

const kind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };
const anna = { email: 'a@x.fr', id: '1' };
const cart = (arrives: number, more: Partial<Event> = {}): Event => ({
  does: 'cart',
  by: 'server',
  who: anna,
  cart: 'c1',
  total: 12.5,
  arrives,
  ...more,
});
const order = (arrives: number, more: Partial<Event> = {}): Event => ({
  does: 'order',
  by: 'server',
  who: anna,
  order: 'o1',
  creating: true,
  arrives,
  ...more,
});
const night = (arrives: number): Event => ({ does: 'abandons', by: 'system', who: {}, arrives });

function tell(...events: readonly Event[]): EventShop {
  const shop = new EventShop(kind);
  for (const event of events) shop.tell(event);
  return shop;
}

const endings: readonly (readonly [string, CartStatus, readonly Event[]])[] = [
  ['filled', 'open', [cart(0)]],
  ['filled, then emptied', 'emptied', [cart(0), cart(1, { emptied: true })]],
  ['emptied, then filled', 'open', [cart(0), cart(1, { emptied: true }), cart(2)]],
  ['an hour alone', 'abandoned', [cart(0), night(1)]],
  ['less than an hour alone', 'open', [cart(0), night(0.9)]],
  ['touched since the sweep looked', 'open', [cart(0), cart(0.5), night(1)]],
  ['emptied before the hour is over', 'emptied', [cart(0), cart(0.5, { emptied: true }), night(2)]],
  ['come back to', 'open', [cart(0), night(1), cart(2)]],
  ['an order that names it', 'ordered', [cart(0), order(1, { cart: 'c1' })]],
  ['an order of that person', 'ordered', [cart(0), order(1)]],
  ['an order after it was abandoned', 'ordered', [cart(0), night(1), order(2)]],
  ['an order that comes before its cart', 'ordered', [order(0, { cart: 'c1' }), cart(1)]],
  ['more in the ordered cart', 'ordered', [cart(0), order(1, { cart: 'c1' }), cart(2)]],
  ['more after an order of that person', 'open', [cart(0), order(1), cart(2)]],
  ['said late, from before that order', 'ordered', [cart(0), order(2), cart(3, { own: 1 })]],
  ['an update of an old order', 'open', [cart(0), order(1, { creating: false })]],
  ['an imported order', 'open', [cart(0), order(1, { by: 'import' })]],
  ['an order cancelled from the first', 'open', [cart(0), order(1, { state: '0' })]],
  ['an order of someone else', 'open', [cart(0), order(1, { who: { email: 'b@x.fr', id: '2' } })]],
  ['an older word that comes late', 'emptied', [cart(4, { emptied: true }), cart(5, { own: 2 })]],
  ['a browser against the server', 'open', [cart(0), cart(1, { by: 'browser', emptied: true })]],
  ['a browser orders against the server', 'open', [cart(0), order(1, { by: 'browser' })]],
  ['the server after a browser, whenever', 'emptied', [cart(4, { by: 'browser' }), cart(5, { own: 2, emptied: true })]],
];

test.each(endings)('%s: %s', (_what, status, events) => {
  const shop = tell(...events);
  expect([...shop.world.carts.values()].map((one) => [one.key, one.status])).toEqual([['c1', status]]);
});

test('is known by key, else by person, else by browser', () => {
  const refs = (event: Partial<Event>) => [...tell(cart(0, event)).world.carts.keys()];
  expect(refs({})).toEqual(['key:shop c1']);
  expect(refs({ cart: undefined })).toEqual(['profile:1']);
  expect(refs({ cart: undefined, by: 'browser', who: {}, token: 'token:1' })).toEqual(['token:token:1']);
  // who merely types an address speaks for this browser
  expect(refs({ cart: undefined, by: 'browser', token: 'token:1' })).toEqual(['token:token:1']);
  const shop = new EventShop(kind);
  expect(shop.tell(cart(0, { cart: undefined, by: 'browser', who: {} }))).toMatchObject({
    word: 'rejected',
    reasons: ['identity.missing'],
  });
});

test('the cart of a browser ends by an order of that browser', () => {
  const shop = tell(
    cart(0, { cart: undefined, by: 'browser', who: {}, token: 'token:1' }),
    order(1, { by: 'browser', token: 'token:1' }),
  );
  expect([...shop.world.carts.values()]).toMatchObject([{ status: 'ordered', orderId: 1 }]);
});

test('keeps what the last statement said, and when it came to be so', () => {
  const shop = tell(cart(0), cart(2, { total: 30, own: 1.5 }));
  expect([...shop.world.carts.values()]).toMatchObject([
    { totalMinor: 3000, currency: 'EUR', ownerId: 1, since: start, at: start + 1.5 * hour, createdAt: start },
  ]);
  expect(shop.outcomes.at(-1)?.effects.cart).toMatchObject({ status: 'open', before: 'open', totalMinor: 3000 });
  expect(shop.tell(night(9)).effects.cart).toMatchObject({ status: 'abandoned', before: 'open' });
  expect([...shop.world.carts.values()]).toMatchObject([{ since: start + 2.5 * hour }]);
  expect(shop.tell(night(10)).word).toBe('unchanged');
  expect(shop.tell(cart(11, { own: 0 }))).toMatchObject({ word: 'unchanged', reasons: ['cart.superseded'] });
});

test('gives no basis, and prolongs one where the shop says so', () => {
  expect(tell(cart(0), night(5)).world.bases.size).toBe(0);
  const shop = tell(order(0));
  const { settings } = shop.world;
  const expiry = { days: 10, prolongedBy: ['cart'] as const };
  shop.world.settings = { ...settings, bases: settings.bases.map((basis) => ({ ...basis, expiry })) };
  shop.tell(cart(200));
  shop.tell({ does: 'night', by: 'system', who: {}, arrives: 300 });
  expect([...shop.world.bases.values()].find(({ basisId }) => basisId === 4)).toMatchObject({
    standing: { status: 'accepted' },
    activityAt: start + 200 * hour,
  });
});

test('only the sweep abandons', () => {
  const shop = tell(cart(0));
  expect(shop.tell({ ...night(5), by: 'server' })).toMatchObject({ word: 'ignored' });
  expect([...shop.world.carts.values()]).toMatchObject([{ status: 'open' }]);
});

test('in any history: one row a name, an ordered one has its order, and the same again changes nothing', () => {
  fc.assert(
    fc.property(shopKinds, histories, (of, history) => {
      const shop = new EventShop(of);
      for (const event of history) shop.tell(event);
      for (const [ref, one] of shop.world.carts) {
        expect(one.ref).toBe(ref);
        expect(one.orderId === null).toBe(one.status !== 'ordered');
      }
      const last = history.at(-1);
      if (last?.does !== 'cart') return;
      const before = [...shop.world.carts.values()];
      shop.tell(last);
      expect([...shop.world.carts.values()].map(({ updatedAt, ...one }) => one)).toEqual(
        before.map(({ updatedAt, ...one }) => one),
      );
    }),
    { numRuns: 2000 },
  );
});

test('a stranger changes no cart a server stated', () => {
  const browserCarts = fc.array(
    fc.record({
      cart: fc.constantFrom(undefined, 'c1'),
      emptied: fc.boolean(),
      who: fc.constantFrom(anna, { email: 'a@x.fr' }, {}),
      token: fc.constantFrom(undefined, 'forged'),
      order: fc.boolean(),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(browserCarts, strangers, (carts, others) => {
      const shop = tell(cart(0), cart(0, { cart: undefined }));
      const before = [...shop.world.carts.values()];
      for (const event of others) shop.tell(event);
      carts.forEach(({ order: orders, ...said }, place) => {
        shop.tell(orders ? order(place, { ...said, by: 'browser' }) : cart(place, { ...said, by: 'browser' }));
      });
      for (const one of before) expect(shop.world.carts.get(one.ref)).toEqual(one);
    }),
    { numRuns: 1000 },
  );
});
