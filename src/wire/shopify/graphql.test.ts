import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { writeShopItem } from '../shop-item.ts';
import { decodeStore, keepStoreObject } from '../store.ts';

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });

const order = {
  id: 'gid://shopify/Order/9007199254740993',
  name: '#1001',
  email: 'Ada@client.example',
  phone: null,
  createdAt: '2025-03-01T10:00:00Z',
  processedAt: '2025-03-01T10:00:00Z',
  updatedAt: '2025-03-02T10:00:00Z',
  cancelledAt: null,
  currencyCode: 'EUR',
  customerAcceptsMarketing: true,
  customerLocale: 'fr',
  displayFinancialStatus: 'PARTIALLY_REFUNDED',
  displayFulfillmentStatus: 'PARTIALLY_FULFILLED',
  taxesIncluded: false,
  totalPriceSet: money('50.00'),
  currentTotalPriceSet: money('40.00'),
  billingAddress: {
    firstName: 'Ada',
    lastName: 'Lovelace',
    address1: '1 rue',
    zip: '75001',
    city: 'Paris',
    countryCodeV2: 'FR',
  },
  customer: { id: 'gid://shopify/Customer/191167', firstName: 'Ada', lastName: 'Lovelace', note: 'a secret' },
  refunds: [
    { id: 'gid://shopify/Refund/1', createdAt: '2025-03-02T09:00:00Z', totalRefundedSet: money('10.00') },
    { id: 'gid://shopify/Refund/2', createdAt: '2025-03-02T10:00:00Z', totalRefundedSet: money('5.00') },
    { id: 'gid://shopify/Refund/3', createdAt: '2025-03-02T10:00:00Z', totalRefundedSet: money('0.0') },
  ],
  transactions: [
    { id: 'gid://shopify/OrderTransaction/1', kind: 'SALE', status: 'SUCCESS', amountSet: money('50.00') },
    { id: 'gid://shopify/OrderTransaction/2', kind: 'REFUND', status: 'SUCCESS', amountSet: money('10.00') },
    { id: 'gid://shopify/OrderTransaction/3', kind: 'REFUND', status: 'PENDING', amountSet: money('5.00') },
  ],
  lineItems: [
    {
      id: 'gid://shopify/LineItem/1',
      sku: 'S1',
      title: 'Shirt',
      quantity: 2,
      product: { id: 'gid://shopify/Product/7' },
      variant: null,
      originalUnitPriceSet: money('22.00'),
      discountAllocations: [{ allocatedAmountSet: money('4.00') }],
      taxLines: [{ priceSet: money('8.00') }],
    },
  ],
  statusPageUrl: 'https://opens.example/order',
};

function decoded(topic: string, body: unknown): unknown {
  const kept = keepStoreObject('shopify', topic, body as Json);
  const text = writeShopItem({ topic, occurredAt: null, zone: null, currency: null, body: kept });
  expect(text).not.toMatch(/opens\.example|a secret/);
  const said = decodeStore('shopify', Buffer.from(text));
  return said.word === 'read' ? said.facts[0] : said;
}

test('an order says in GraphQL what it says in a webhook', () => {
  expect(decoded('graphql/order', order)).toMatchObject({
    type: 'order',
    creating: true,
    createdAt: { at: Date.parse('2025-03-01T10:00:00Z') },
    ownTime: { at: Date.parse('2025-03-02T10:00:00Z') },
    person: {
      externalId: '191167',
      email: 'Ada@client.example',
      fields: { name: 'Lovelace', firstname: 'Ada', city: 'Paris', country: 'FR', lang: 'fr' },
    },
    order: {
      key: '9007199254740993',
      number: '#1001',
      total: { amount: '50.00', currency: 'EUR' },
      state: { payment: 'paid', fulfilment: 'part-shipped', cancelled: false },
      // the second is not given back yet, the third moved no money
      refunds: [
        { id: '1', money: { amount: '10', currency: 'EUR' }, status: 'succeeded' },
        { id: '2', money: { amount: '5', currency: 'EUR' }, status: 'pending' },
      ],
      items: [{ key: '7', variant: null, sku: 'S1', name: 'Shirt', quantity: 2, unit: { amount: '24' } }],
    },
    // a box ticked long ago may have been taken back since
    optIns: [],
  });
});

test('lines that were not read are not stated; an order cancelled or edited says so', () => {
  const { lineItems: _, ...without } = order;
  expect(decoded('graphql/order', without)).toMatchObject({ order: { items: null } });
  expect(
    decoded('graphql/order', {
      ...order,
      refunds: [],
      transactions: [],
      cancelledAt: '2025-03-03T10:00:00Z',
      displayFinancialStatus: 'VOIDED',
    }),
  ).toMatchObject({ order: { state: { payment: 'none', cancelled: true }, total: { amount: '50.00' } } });
  expect(
    decoded('graphql/order', { ...order, refunds: [], transactions: [], displayFinancialStatus: 'PAID' }),
  ).toMatchObject({ order: { total: { amount: '40.00' } } });
  expect(decoded('graphql/order', { ...order, id: null })).toMatchObject({ word: 'rejected', field: 'object.id' });
});

test('a customer carries the flags of both channels as records, and no more than is asked for', () => {
  const customer = {
    id: 'gid://shopify/Customer/191167',
    firstName: 'Ada',
    lastName: 'Lovelace',
    createdAt: '2024-01-01T00:00:00Z',
    updatedAt: '2025-01-01T00:00:00Z',
    defaultEmailAddress: {
      emailAddress: 'ada@client.example',
      marketingState: 'SUBSCRIBED',
      marketingUpdatedAt: '2024-02-01T00:00:00Z',
    },
    defaultPhoneNumber: { phoneNumber: '+33612345678', marketingState: 'UNSUBSCRIBED', marketingUpdatedAt: null },
    defaultAddress: null,
  };
  expect(decoded('graphql/customer', customer)).toMatchObject({
    type: 'account',
    person: { externalId: '191167', email: 'ada@client.example', fields: { name: 'Lovelace', phone: '+33612345678' } },
    optIns: [
      { channel: 'email', value: 1, kind: 'record', at: { at: Date.parse('2024-02-01T00:00:00Z') } },
      { channel: 'sms', value: 0, kind: 'record' },
    ],
  });
  expect(
    decoded('graphql/customer', { ...customer, defaultEmailAddress: null, defaultPhoneNumber: null }),
  ).toMatchObject({
    optIns: [],
  });
});
