/** How the views of people, orders and bases are asked. */

import { defaultSettings, type Purpose } from '#domain/settings.ts';
import { findBasis, listBases, listBasisPeople } from '#views/basis-list.ts';
import { listCartsOfOrder, listCartsOfProfile } from '#views/cart-list.ts';
import { findProof } from '#views/consent-proof.ts';
import { countExpired, listExpired, listExpiringBases } from '#views/expiring.ts';
import { findLedger, listHeads, verifySlice } from '#views/ledger-check.ts';
import { answerContact } from '#views/may-contact.ts';
import { exportObjections, listObjections } from '#views/objection-list.ts';
import { findOrderHistory, findOrderIds, listOrders, listOrdersOfProfile, orderRowsOf } from '#views/order-list.ts';
import { findOrderPage } from '#views/order-page.ts';
import { findProfiles, listProfiles } from '#views/profile-list.ts';
import { findProfilePage } from '#views/profile-page.ts';
import { findTimeline } from '#views/profile-timeline.ts';
import { findV2CustomerConsents } from '#views/v2-consents.ts';
import { findV2Customer, listV2Customers } from '#views/v2-customers.ts';
import type { V2TimeFilter } from '#views/v2-filter.ts';
import { findV2Order, listV2Orders } from '#views/v2-orders.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import type { Asking, ScreenCase, ScreenCases } from './asking.ts';

const dayMs = 86_400_000;
/** Who has the most orders. */
const buyers = [1, 2, 3, 4, 5, 6, 7];
const asked = 10_000;
/** Sign-up: of the filled shop's bases the one that expires. */
const expiring = { basisId: 5, days: 400, byOrders: true };
const anyTime: V2TimeFilter = { createdAfter: null, createdBefore: null, modifiedAfter: null, modifiedBefore: null };
const anyCustomer = { ...anyTime, email: null, externalId: null, namespaces: ['default'] };
const anyOrder = { ...anyTime, customerId: null };
const page = { startAt: 0, maxResults: 50, after: null };

export const crmScreens: ScreenCases = {
  'basis-list.ts': {
    listBases: [{ what: 'bases with their counts', ask: ({ db, shop }) => listBases(db, shop) }],
    findBasis: [{ what: 'one basis', ask: ({ db, shop }) => findBasis(db, shop, 6) }],
    listBasisPeople: [
      {
        what: 'who is in it, any page',
        ask: ({ db, shop, person }, n) =>
          listBasisPeople(db, shop, 6, n % 2 === 0 ? 'accepted' : 'refused', { after: person(n), limit: 50 }),
      },
      {
        what: `${asked.toLocaleString('en')} who are in it`,
        mustMs: 300,
        ask: ({ db, shop, person }, n) =>
          listBasisPeople(db, shop, 6, n % 2 === 0 ? 'accepted' : 'refused', {
            after: Math.floor(person(n) / 2),
            limit: asked,
          }),
      },
      {
        what: 'status nobody holds',
        ask: ({ db, shop }) => listBasisPeople(db, shop, 6, 'to confirm', { after: 0, limit: 50 }),
      },
    ],
  },
  'cart-list.ts': {
    listCartsOfOrder: [
      { what: 'carts of an order', ask: ({ db, shop, order }, n) => listCartsOfOrder(db, shop, order(n).id) },
    ],
    listCartsOfProfile: [
      { what: 'carts of a person', ask: ({ db, shop, person }, n) => listCartsOfProfile(db, shop, [person(n)]) },
    ],
  },
  'consent-proof.ts': {
    findProof: [{ what: 'proof of a basis', ask: ({ db, shop, person }, n) => findProof(db, shop, person(n), 1, 300) }],
    chained: 'puts a row in the shape that is hashed',
  },
  'expiring.ts': {
    listExpiringBases: [{ what: 'bases that expire', ask: ({ pool }) => listExpiringBases(pool) }],
    listExpired: [
      {
        what: 'next slice of people, a tenth of all due',
        ask: ({ pool, shop, now, person }, n) => {
          const after = { heldDay: new Date(now - dayMs * 400).toISOString().slice(0, 10), profileId: person(n) };
          return listExpired(pool, { shopId: shop, ...expiring }, now + dayMs * 300, after, 2_000);
        },
      },
      {
        what: 'next slice, nobody due',
        ask: ({ pool, shop, now }) => listExpired(pool, { shopId: shop, ...expiring }, now, null, 2_000),
      },
    ],
    countExpired: [
      {
        what: 'preview, hardly anybody due',
        ask: ({ pool, shop, now }) => countExpired(pool, { shopId: shop, ...expiring }, now),
      },
      {
        what: 'preview, everybody due',
        ask: ({ pool, shop, now }) => countExpired(pool, { shopId: shop, ...expiring }, now + 500 * dayMs),
      },
    ],
  },
  'ledger-check.ts': {
    findLedger: [{ what: 'head of the chain', ask: ({ db, shop }) => findLedger(db, shop, []) }],
    listHeads: [{ what: 'heads of all chains', ask: ({ db }) => listHeads(db) }],
    verifySlice: [
      {
        what: 'slice of the chain hashed again',
        ask: ({ db, keys, shop, chainEnd }, n) => verifySlice(db, keys, shop, ((n + 1) * 104_729) % chainEnd, []),
      },
    ],
  },
  'may-contact.ts': {
    answerContact: [
      {
        what: `${asked.toLocaleString('en')} by e-mail, marketing`,
        mustMs: 300,
        ask: (asking, n) => guard(asking, n, 'marketing', 'email'),
      },
      {
        what: `${asked.toLocaleString('en')} by profile, service`,
        mustMs: 300,
        ask: (asking, n) => guard(asking, n, 'service', 'profile'),
      },
      { what: 'one person', ask: (asking, n) => guard(asking, n, 'marketing', 'email', 1) },
    ],
  },
  'objection-list.ts': {
    listObjections: [{ what: 'newest, and how many', ask: ({ db, shop }) => listObjections(db, shop, null) }],
    exportObjections: [
      {
        what: 'first slice of the export',
        ask: async ({ db, keys, shop }) => (await exportObjections(db, keys, shop).next()).value,
      },
    ],
  },
  'order-list.ts': {
    findOrderIds: [{ what: 'orders of an e-mail', ask: ({ db, shop, email }, n) => findOrderIds(db, shop, email(n)) }],
    inState: 'a condition of the list',
    validatedWord: 'puts a row into words',
    listOrders: [
      { what: 'newest', ask: ({ db, shop }) => listOrders(db, shop, {}) },
      { what: 'newest by placed', ask: ({ db, shop }) => listOrders(db, shop, { sort: 'placed' }) },
      { what: 'page far down', ask: ({ db, shop, order }, n) => listOrders(db, shop, { after: placeOf(order(n)) }) },
      ...(['validated', 'open'] as const).map((counts) => ({
        what: `counts: ${counts}`,
        ask: ({ db, shop, order }: Asking, n: number) => listOrders(db, shop, { counts, after: placeOf(order(n)) }),
      })),
      ...(['placed', 'paid', 'shipped', 'cancelled'] as const).map((state) => ({
        what: `state: ${state}`,
        ask: ({ db, shop, order }: Asking, n: number) => listOrders(db, shop, { state, after: placeOf(order(n)) }),
      })),
      {
        what: 'state no order has, by days',
        ask: ({ db, shop, order }, n) =>
          listOrders(db, shop, {
            state: 'cancelled',
            counts: 'validated',
            sort: 'placed',
            from: dayOf(order(n)),
            to: dayOf(order(n)),
          }),
      },
      { what: 'search: key', ask: ({ db, shop, order }, n) => listOrders(db, shop, { search: order(n).key }) },
      { what: 'search: number', ask: ({ db, shop, order }, n) => listOrders(db, shop, { search: `N${order(n).id}` }) },
      { what: 'search: e-mail', ask: ({ db, shop, email }, n) => listOrders(db, shop, { search: email(n) }) },
      {
        what: 'search: e-mail of who has the most',
        ask: ({ db, shop }, n) => listOrders(db, shop, { search: `person${pick(buyers, n)}.of${shop}@example.com` }),
      },
      { what: 'search: nothing', ask: ({ db, shop }, n) => listOrders(db, shop, { search: `nothing ${n}` }) },
    ],
    listOrdersOfProfile: [
      { what: 'of a person', ask: ({ db, shop, person }, n) => listOrdersOfProfile(db, shop, [person(n)], 'paid') },
    ],
    findOrderHistory: [
      { what: 'states of an order', ask: ({ db, shop, order }, n) => findOrderHistory(db, shop, order(n).id) },
    ],
    orderRowsOf: [
      {
        what: 'one order',
        ask: ({ db, shop, order }, n) =>
          orderRowsOf(db, shop, 'paid', (query) => query.where('orders.id', '=', order(n).id)),
      },
    ],
  },
  'order-page.ts': {
    findOrderPage: [{ what: 'an order', ask: ({ db, shop, order }, n) => findOrderPage(db, shop, order(n).id) }],
  },
  'day-range.ts': { dayRange: 'a condition of the views beside it' },
  'profile-list.ts': {
    holdsBasis: 'a condition of the views beside it',
    listProfiles: [
      { what: 'newest', ask: ({ db, shop }) => listProfiles(db, shop, {}, 'UTC') },
      {
        what: 'page far down',
        ask: ({ db, shop, now }, n) => listProfiles(db, shop, { after: `${now - (400 + n) * dayMs}.1` }, 'UTC'),
      },
      {
        what: 'refused of a basis, far down',
        ask: ({ db, shop, now }, n) =>
          listProfiles(db, shop, { after: `${now - (400 + n) * dayMs}.1`, basis: 1, status: 'refused' }, 'UTC'),
      },
    ],
    findProfiles: [
      { what: 'e-mail', ask: ({ db, shop, email }, n) => findProfiles(db, shop, email(n), 'FR') },
      {
        what: 'mobile',
        ask: ({ db, shop, person }, n) => findProfiles(db, shop, `06${String(person(n)).padStart(8, '0')}`, 'FR'),
      },
      {
        what: 'external id, or our own',
        ask: ({ db, shop, person }, n) => findProfiles(db, shop, String(person(n)), 'FR'),
      },
      { what: 'nothing', ask: ({ db, shop }, n) => findProfiles(db, shop, `nobody ${n}`, 'FR') },
    ],
  },
  'profile-timeline.ts': {
    findTimeline: [
      {
        what: 'what came about a person',
        mustMs: 50,
        ask: ({ db, keys, shop, person }, n) => findTimeline(db, keys, shop, person(n), null),
      },
    ],
  },
  'profile-page.ts': {
    findProfilePage: [
      {
        what: 'a person, with the timeline',
        mustMs: 50,
        ask: ({ db, shop, person, now }, n) => findProfilePage(db, shop, person(n), now),
      },
      {
        what: 'who has the most orders',
        mustMs: 50,
        ask: ({ db, shop, now }, n) => findProfilePage(db, shop, pick(buyers, n), now),
      },
    ],
  },
  'v2-consents.ts': {
    findV2CustomerConsents: [
      { what: 'of a customer', ask: ({ db, shop, person }, n) => findV2CustomerConsents(db, shop, person(n), page) },
    ],
  },
  'v2-customers.ts': {
    listV2Customers: [
      customers('first page', () => ({})),
      customers(
        'page of 500',
        () => ({}),
        () => ({ maxResults: 500 }),
      ),
      customers(
        'page by our own address',
        () => ({}),
        ({ now, person }, n) => ({
          after: { createdAt: new Date(now - (400 + n) * dayMs), id: person(n) },
        }),
      ),
      customers(
        'startAt=10000',
        () => ({}),
        () => ({ startAt: 10_000 }),
      ),
      customers(
        'startAt=500000',
        () => ({}),
        () => ({ startAt: 500_000 }),
      ),
      customers('by e-mail', ({ email }, n) => ({ email: email(n) })),
      customers('by external id', ({ person }, n) => ({ externalId: String(person(n)) })),
      customers('created in a week', ({ now }, n) => ({
        createdAfter: { at: new Date(now - (420 + n) * dayMs) },
        createdBefore: { at: new Date(now - (413 + n) * dayMs) },
      })),
      customers('modified since yesterday', ({ now }) => ({ modifiedAfter: { at: new Date(now - dayMs) } })),
      customers('modified in the last hour', ({ now }) => ({ modifiedAfter: { at: new Date(now - dayMs / 24) } })),
      customers('modified in a past week', ({ now }, n) => ({
        modifiedAfter: { at: new Date(now - (30 + n) * dayMs) },
        modifiedBefore: { at: new Date(now - (23 + n) * dayMs) },
      })),
      customers('modified before there was anything', ({ now }) => ({
        modifiedBefore: { at: new Date(now - 2_000 * dayMs) },
      })),
    ],
    findV2Customer: [{ what: 'one customer', ask: ({ db, shop, person }, n) => findV2Customer(db, shop, person(n)) }],
  },
  'v2-filter.ts': { readMoment: 'reads a text', momentSql: 'writes a piece of a statement' },
  'v2-orders.ts': {
    listV2Orders: [
      orders('first page', () => ({})),
      orders(
        'page of 500',
        () => ({}),
        () => ({ maxResults: 500 }),
      ),
      orders(
        'page by our own address',
        () => ({}),
        ({ order }, n) => ({
          after: { createdAt: new Date(order(n).createdAt), id: order(n).id },
        }),
      ),
      orders(
        'startAt=10000',
        () => ({}),
        () => ({ startAt: 10_000 }),
      ),
      orders(
        'startAt=500000',
        () => ({}),
        () => ({ startAt: 500_000 }),
      ),
      orders('of a customer', ({ person }, n) => ({ customerId: person(n) })),
      orders('created in a day', ({ order }, n) => ({
        createdAfter: { at: new Date(order(n).createdAt) },
        createdBefore: { at: new Date(order(n).createdAt + dayMs) },
      })),
      orders('created since an hour ago', ({ now }) => ({ createdAfter: { at: new Date(now - dayMs / 24) } })),
      orders('modified since yesterday', ({ now }) => ({ modifiedAfter: { at: new Date(now - dayMs) } })),
      orders('modified in the last hour', ({ now }) => ({ modifiedAfter: { at: new Date(now - dayMs / 24) } })),
      orders('modified in a past day', ({ order }, n) => ({
        modifiedAfter: { at: new Date(order(n).createdAt) },
        modifiedBefore: { at: new Date(order(n).createdAt + dayMs) },
      })),
    ],
    findV2Order: [
      { what: 'by key', ask: ({ db, shop, order }, n) => findV2Order(db, shop, ['default'], order(n).key) },
      { what: 'by number', ask: ({ db, shop, order }, n) => findV2Order(db, shop, ['default'], `N${order(n).id}`) },
    ],
  },
  'v2-places.ts': { placesOf: 'asked by the lists' },
  'v2-shop.ts': {
    findShopSettings: [{ what: 'settings', ask: ({ db, shop }) => findShopSettings(db, shop) }],
  },
};

function guard(
  { pool, keys, shop, now, person, email }: Asking,
  n: number,
  purpose: Purpose,
  by: 'email' | 'profile',
  count = asked,
): Promise<unknown> {
  const people = Array.from({ length: count }, (_, one) =>
    by === 'email' ? { email: email(n * asked + one) } : { profile: person(n * asked + one) },
  );
  return answerContact({ pool, keys, settings: defaultSettings, now, spooling: false }, shop, {
    channel: 'email',
    purpose,
    people,
  });
}

function customers(
  what: string,
  filter: (asking: Asking, n: number) => Partial<typeof anyCustomer | Parameters<typeof listV2Customers>[3]>,
  paged: (asking: Asking, n: number) => Partial<Parameters<typeof listV2Customers>[4]> = () => ({}),
): ScreenCase {
  return {
    what,
    ask: (asking, n) =>
      listV2Customers(
        asking.db,
        asking.shop,
        'Europe/Paris',
        { ...anyCustomer, ...filter(asking, n) },
        { ...page, ...paged(asking, n) },
      ),
  };
}

function orders(
  what: string,
  filter: (asking: Asking, n: number) => Partial<Parameters<typeof listV2Orders>[3]>,
  paged: (asking: Asking, n: number) => Partial<Parameters<typeof listV2Orders>[4]> = () => ({}),
): ScreenCase {
  return {
    what,
    ask: (asking, n) =>
      listV2Orders(
        asking.db,
        asking.shop,
        'Europe/Paris',
        { ...anyOrder, ...filter(asking, n) },
        { ...page, ...paged(asking, n) },
      ),
  };
}

function placeOf({ createdAt, id }: { createdAt: number; id: number }): string {
  return `${createdAt}.${id}`;
}

function dayOf({ createdAt }: { createdAt: number }): string {
  return new Date(createdAt).toISOString().slice(0, 10);
}

function pick(values: readonly number[], n: number): number {
  return values[n % values.length] ?? 1;
}
