/** Sylius 1 and 2: an order is the cart until its checkout is completed; amounts are whole minor units; `tokenValue` opens it and is dropped. */
import type { Fact, Payment, StatedItem, StateParts } from '#domain/facts.ts';
import type { Decoded } from '../decoded.ts';
import type { Json, JsonObject } from '../json.ts';
import { accountFact, decodeConsentSet, ignored, missing, orderFact, personOf, read } from '../shop-facts.ts';
import type { ShopItem } from '../shop-item.ts';
import { fields, keep, type Shape } from '../shop-shape.ts';
import {
  exactTime,
  fieldsOf,
  firstText,
  flagOf,
  fromMinor,
  idOf,
  listOf,
  moneyOf,
  objectOf,
  quantityOf,
  textOf,
} from '../shop-values.ts';

const address = fields('firstName lastName phoneNumber company countryCode street city postcode');
const customer = fields(
  '@id id email firstName lastName phoneNumber gender birthday subscribedToNewsletter createdAt updatedAt',
);
const order = fields(
  'id number currencyCode localeCode checkoutState paymentState shippingState state total createdAt updatedAt checkoutCompletedAt customerIri',
  {
    billingAddress: address,
    shippingAddress: address,
    customer,
    items: [fields('variant productName quantity unitPrice discountedUnitPrice total')],
  },
);

export function keepSylius(topic: string, body: Json): Json {
  if (topic === 'consent.set') return keep(body, fields('channel value email phone customer_id at form page'));
  if (topic === 'customer.upsert') return keep(body, customer);
  if (topic !== 'order.upsert') return null;
  const list: Shape = [order];
  const members = objectOf(body)['hydra:member'];
  if (Array.isArray(members)) return keep(members.map(withIri), list);
  return keep(withIri(body), order);
}

/** A customer is an object, or only its address in the API. */
function withIri(said: Json): Json {
  const iri = objectOf(said).customer;
  return typeof iri === 'string' ? { ...objectOf(said), customer: null, customerIri: iri } : said;
}

export function decodeSylius(item: ShopItem): Decoded {
  if (item.topic === 'consent.set') return decodeConsentSet(item);
  if (item.topic === 'customer.upsert') return decodeCustomer(objectOf(item.body), item);
  if (item.topic !== 'order.upsert') return ignored('wire.topic_ignored', item.topic);
  const said = objectOf(item.body);
  if (said.checkoutState !== 'completed') return ignored('wire.states_nothing');
  const fact = decodeOrder(said, item);
  return typeof fact === 'string' ? missing(`object.${fact}`) : read(fact);
}

const payments: Readonly<Record<string, Payment>> = {
  authorized: 'authorised',
  partially_authorized: 'none',
  partially_paid: 'part-paid',
  paid: 'paid',
  partially_refunded: 'paid',
  refunded: 'paid',
};

function decodeOrder(said: JsonObject, item: ShopItem): Fact | string {
  // what the shop's own pages are answered has no id; its token would open the order
  const key = idOf(said.id) ?? textOf(said.number);
  if (key === null) return 'id';
  const currency = firstText(said.currencyCode, item.currency);
  const money = (value: Json | undefined) => moneyOf(fromMinor(value, currency) ?? undefined, currency);
  const total = money(said.total);
  if (total === null) return 'total';
  const createdAt = exactTime(said.checkoutCompletedAt, null) ?? exactTime(said.createdAt, null);
  const [billing, who] = [objectOf(said.billingAddress), objectOf(said.customer)];
  const payment = textOf(said.paymentState) ?? '';
  const state: StateParts = {
    payment: Object.hasOwn(payments, payment) ? (payments[payment] ?? 'none') : 'none',
    fulfilment:
      said.shippingState === 'shipped'
        ? 'shipped'
        : said.shippingState === 'partially_shipped'
          ? 'part-shipped'
          : 'none',
    cancelled: said.state === 'cancelled',
  };
  return orderFact({
    key,
    number: textOf(said.number),
    createdAt,
    ownTime: exactTime(said.updatedAt, null) ?? item.occurredAt ?? createdAt,
    person: personOf(customerId(said, who), textOf(who.email), {
      ...fieldsOf({
        name: billing.lastName,
        firstname: billing.firstName,
        company: billing.company,
        address: billing.street,
        zip: billing.postcode,
        city: billing.city,
        country: billing.countryCode,
        phone: firstText(billing.phoneNumber, who.phoneNumber, objectOf(said.shippingAddress).phoneNumber),
        lang: said.localeCode,
      }),
    }),
    total,
    state,
    items: Array.isArray(said.items)
      ? listOf(said.items).map(
          (row): StatedItem => ({
            key: textOf(row.variant)?.split('/').at(-1) ?? null,
            sku: null,
            name: textOf(row.productName),
            quantity: quantityOf(row.quantity),
            unit: money(row.discountedUnitPrice ?? row.unitPrice),
          }),
        )
      : null,
  });
}

function customerId(said: JsonObject, who: JsonObject): string | null {
  const iri = firstText(said.customerIri, who['@id']);
  return idOf(who.id) ?? /\/customers\/(\d{1,20})$/.exec(iri ?? '')?.[1] ?? null;
}

function decodeCustomer(said: JsonObject, item: ShopItem): Decoded {
  const externalId = customerId({}, said);
  if (externalId === null) return missing('object.id');
  const value = flagOf(said.subscribedToNewsletter);
  const createdAt = exactTime(said.createdAt, null);
  return read(
    accountFact({
      person: personOf(
        externalId,
        textOf(said.email),
        fieldsOf({
          name: said.lastName,
          firstname: said.firstName,
          phone: said.phoneNumber,
          birthday: said.birthday,
          gender: said.gender,
        }),
      ),
      createdAt,
      ownTime: exactTime(said.updatedAt, null) ?? item.occurredAt ?? createdAt,
      optIns: value === null ? [] : [{ channel: 'email', value, kind: 'record' }],
    }),
  );
}
