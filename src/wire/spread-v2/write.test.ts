import { expect, test } from 'vitest';
import { defaultSettings } from '#domain/settings.ts';
import { writeConsent, writeCustomerConsent } from './write-consent.ts';
import { type CustomerRow, writeCustomer, writeCustomerItem } from './write-customer.ts';
import { amountText, type OrderRow, writeOrder, writeOrderItem } from './write-order.ts';

const at = new Date('2018-04-10T14:15:48Z');
const customer: CustomerRow = {
  id: 12,
  createdAt: at,
  updatedAt: at,
  email: 'Camille.Durand@example.com',
  name: null,
  firstname: 'Camille',
  birthday: '1980-02-01',
  gender: 'female',
  address: '12 rue de la Paix',
  address2: null,
  address3: null,
  zip: '75002',
  city: 'Paris',
  country: 'FR',
  phone: null,
  mobile: '0612345678',
  job: 'Acheteuse',
  company: null,
  lang: 'fr_FR',
  tags: ['vip'],
  custom: { 34567: 'Sport:Basket' },
  externalId: 'C-12',
  lastSeen: at,
  orderCount: 2,
  lastOrderAt: at,
};
const order: OrderRow = {
  id: 5,
  key: '0000001',
  profileId: 12,
  placedAt: at,
  updatedAt: at,
  totalMinor: 5400,
  currency: 'EUR',
  legacyState: 10,
  invoiceNumber: null,
  serviceStart: '2018-05-01',
  serviceEnd: null,
  tags: ['x'],
  attributes: [['attr1-groupe1', 'attr2-groupe1']],
};

test('a customer has every documented key, numbers as text', () => {
  expect(writeCustomer(customer)).toEqual({
    id: '12',
    lastName: 'Camille.Durand',
    firstName: 'Camille',
    email: 'Camille.Durand@example.com',
    country: 'FR',
    city: 'Paris',
    address: '12 rue de la Paix',
    address2: '',
    address3: '',
    zip: '75002',
    phone: '',
    mobile: '0612345678',
    lang: 'fr_FR',
    birthday: '1980-02-01',
    gender: 'female',
    createdAt: '2018-04-10T14:15:48+0000',
    updatedAt: '2018-04-10T14:15:48+0000',
    isFan: '0',
    isFollow: '0',
    isFanLinkedin: '0',
    isBuyer: '1',
    actionCount: '2',
    lastActionDt: '2018-04-10T14:15:48+0000',
    lastOrderDt: '2018-04-10T14:15:48+0000',
    cagnotteAmount: '0',
    externalId: 'C-12',
    company: '',
    fonction: 'Acheteuse',
    tags: ['vip'],
    custom_fields: { 34567: 'Sport:Basket' },
    status: '',
  });
  const item = writeCustomerItem({ ...customer, name: 'Durand', email: null, orderCount: 0, lastOrderAt: null });
  expect(item).toMatchObject({ lastName: 'Durand', email: '', isBuyer: '0', lastOrderDt: '' });
  for (const key of ['tags', 'custom_fields', 'status']) expect(item).not.toHaveProperty(key);
});

test('an order shows the shop’s clocks and its amount in its currency', () => {
  expect(writeOrder(order, 'Europe/Paris')).toEqual({
    id: '5',
    createdAt: '2018-04-10 16:15:48',
    updatedAt: '2018-04-10 16:15:48',
    amount: '54.00',
    customerId: '12',
    orderId: '0000001',
    facturationNumber: '',
    status: '10',
    startService: '2018-05-01',
    endService: '',
    tags: ['x'],
    attributes: [['attr1-groupe1', 'attr2-groupe1']],
  });
  expect(writeOrderItem({ ...order, profileId: null }, 'America/New_York')).toMatchObject({
    createdAt: '2018-04-10 10:15:48',
    customerId: '',
  });
  expect(writeOrder({ ...order, attributes: null }, 'Europe/Paris').attributes).toEqual([]);
});

test.each([
  [5400, 'EUR', '54.00'],
  [5, 'EUR', '0.05'],
  [-5, 'EUR', '-0.05'],
  [1200, 'JPY', '1200'],
  [1234, 'KWD', '1.234'],
  [0, 'EUR', '0.00'],
])('%i minor units of %s are %s', (minor, currency, text) => {
  expect(amountText(minor, currency)).toBe(text);
});

test('consents and what a customer said to them', () => {
  const [first] = defaultSettings.bases;
  if (first === undefined) throw new Error('no basis');
  expect(writeConsent(first, at)).toEqual({
    id: '1',
    consentType: 'Default newsletter',
    consentName: 'Informations commerciales par email',
    consentTechName: 'NewsEmail',
    createdAt: '2018-04-10T14:15:48+0000',
    updatedAt: '2018-04-10T14:15:48+0000',
  });
  const row = {
    basisId: 1,
    since: at,
    movedAt: at,
    changedAt: at,
    cause: 'act',
    source: 'server',
    seq: '9007199254740993',
  };
  const statusOf = (status: string) =>
    writeCustomerConsent({ ...row, status }, defaultSettings.bases).customerConsentStatus;
  expect(['accepted', 'refused', 'unknown', 'to confirm'].map(statusOf)).toEqual([
    'accepted',
    'refused',
    'unknown',
    'unknown',
  ]);
  expect(writeCustomerConsent({ ...row, status: 'accepted' }, defaultSettings.bases)).toMatchObject({
    consentId: '1',
    trackId: '9007199254740993',
    consentTechName: 'NewsEmail',
    customerConsentCreatedAt: '2018-04-10T14:15:48+0000',
    customerConsentSource: 'act',
    customerConsentSourceId: 'server',
  });
});
