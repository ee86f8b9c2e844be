/** Stores with a history, as their APIs answer: orders that share a second, dates without a zone, some nobody can read. */

import { fakeShopify } from '../src/outbound/testing/fake-shopify.ts';
import { fakePrestaShop, fakeWooCommerce } from '../src/outbound/testing/fake-stores.ts';
import type { Behaviour } from '../src/outbound/testing/receiver.ts';

export interface StoreWithHistory {
  readonly platform: 'woocommerce' | 'prestashop' | 'shopify';
  readonly secret: string | null;
  readonly credentials: Readonly<Record<string, string>>;
  readonly behave: Behaviour;
  /** Objects it has, and those of them that cannot be read. */
  readonly objects: number;
  readonly broken: number;
  /** A question that is asked when half of it was read. */
  readonly middle: RegExp;
}

const people = 3_000;
/** Forty orders share each second. */
const second = (place: number) => new Date(Date.parse('2024-01-01T00:00:00Z') + Math.floor(place / 40) * 1000);
/** One in so many has a total that is none; they come beside the others. */
const brokenEach = 5_000;

function brokenOf(orders: number): number {
  return Math.max(3, Math.floor(orders / brokenEach));
}

export function wooCommerceWith(orders: number): StoreWithHistory {
  const store = fakeWooCommerce();
  const broken = brokenOf(orders);
  store.orders = Array.from({ length: orders + broken }, (_, place) => {
    const at = second(place).toISOString().slice(0, 19);
    return {
      ...{ id: place + 1, number: `W${place + 1}`, status: 'completed', currency: 'EUR', customer_id: 0 },
      total: place >= orders ? 'gratuit' : `${10 + (place % 90)}.50`,
      billing: { email: `w${place % people}@client.example`, first_name: 'Ada', last_name: `L${place % people}` },
      ...{ date_created_gmt: at, date_modified_gmt: at, date_paid_gmt: at, line_items: [], refunds: [] },
    };
  });
  store.customers = Array.from({ length: 250 }, (_, place) => ({
    ...{ id: place + 1, email: `w${place}@client.example`, first_name: 'Ada' },
    date_created_gmt: '2023-01-01T00:00:00',
  }));
  const { key, secret, behave } = store;
  const middle = new RegExp(`/orders\\?.*offset=${offsetNear(orders / 2)}&`);
  return {
    platform: 'woocommerce',
    secret: null,
    credentials: { key, secret },
    behave,
    objects: orders + broken + 250,
    broken,
    middle,
  };
}

export function prestaShopWith(orders: number): StoreWithHistory {
  const store = fakePrestaShop();
  const broken = brokenOf(orders);
  // in the clock of the shop's server, without a zone
  const local = (place: number) => second(place).toISOString().slice(0, 19).replace('T', ' ');
  store.resources.customers = Array.from({ length: 400 }, (_, place) => ({
    ...{ id: place + 1, email: `c${place}@client.example`, firstname: 'Ada', lastname: 'L', newsletter: '0' },
    ...{ date_add: local(0), date_upd: local(0), passwd: '$2y$10$hash' },
  }));
  store.resources.orders = Array.from({ length: orders + broken }, (_, place) => ({
    ...{ id: place + 1, reference: `P${place + 1}`, id_customer: String((place % 400) + 1), current_state: '2' },
    total_paid_tax_incl: place >= orders ? 'gratuit' : `${10 + (place % 90)}.500000`,
    ...{ date_add: local(place), date_upd: local(place), associations: { order_rows: [] } },
  }));
  store.resources.order_states = [{ id: 2, paid: '1', shipped: '0', template: 'payment' }];
  const objects = orders + broken + 400;
  // a page ends at each fiftieth id
  const half = Math.floor(orders / 100) * 50;
  const middle = new RegExp(`/orders\\?.*filter%5Bid%5D=%3E%5B${half}%5D`);
  return {
    platform: 'prestashop',
    secret: null,
    credentials: { key: store.key },
    behave: store.behave,
    objects,
    broken,
    middle,
  };
}

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });
/** Beyond 2^53: two neighbours round to one number. */
const far = 9_007_199_254_740_993n;

export function shopifyWith(orders: number): StoreWithHistory {
  const store = fakeShopify();
  const broken = brokenOf(orders);
  store.orders = Array.from({ length: orders + broken }, (_, place) => {
    const key = far + BigInt(place);
    const at = second(place).toISOString();
    return {
      ...{ id: `gid://shopify/Order/${key}`, name: `#${place + 1}`, email: `s${place % people}@client.example` },
      ...{ createdAt: at, updatedAt: at, cancelledAt: null, currencyCode: 'EUR', taxesIncluded: true },
      ...{ displayFinancialStatus: 'PAID', displayFulfillmentStatus: 'UNFULFILLED', refunds: [], transactions: [] },
      totalPriceSet: money(place >= orders ? 'gratuit' : `${10 + (place % 90)}.50`),
      lineItems: [1, 2].map((line) => ({
        ...{ id: `gid://shopify/LineItem/${key}${line}`, sku: `SKU${place}-${line}`, title: 'Article', quantity: 1 },
        ...{ originalUnitPriceSet: money('5.25'), discountAllocations: [], taxLines: [] },
      })),
    };
  });
  store.customers = Array.from({ length: 500 }, (_, place) => ({
    ...{ id: `gid://shopify/Customer/${place + 1}`, firstName: 'Ada', createdAt: '2023-01-01T00:00:00Z' },
    ...{ updatedAt: '2023-01-01T00:00:00Z', defaultEmailAddress: { emailAddress: `s${place}@client.example` } },
  }));
  store.endings.push({ polls: 1 }, { polls: 2 });
  const objects = orders + broken + 500;
  const credentials = { token: store.token };
  // the file of the orders, after that of the customers was taken
  const middle = /\/bulk\/2\//;
  return {
    platform: 'shopify',
    secret: 'client-secret-of-the-app',
    credentials,
    behave: store.behave,
    objects,
    broken,
    middle,
  };
}

/** Pages of a hundred overlap by five. */
function offsetNear(place: number): number {
  return Math.floor(place / 95) * 95;
}
