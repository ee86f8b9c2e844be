/** PrestaShop 1.7 to 9: its webservice's objects, which our module sends too, and its hooks. Quirks: fixtures/README.md. */
import type { Fact, StatedItem, StatedOptIn, StatedState, StateParts } from '#domain/facts.ts';
import type { Decoded } from '../decoded.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import {
  accountFact,
  cartFact,
  decodeConsentSet,
  ignored,
  missing,
  newsletterFact,
  orderFact,
  personOf,
  read,
} from '../shop-facts.ts';
import type { ShopItem } from '../shop-item.ts';
import {
  exactTime,
  fieldsOf,
  firstText,
  flagOf,
  idOf,
  listOf,
  moneyOf,
  objectOf,
  quantityOf,
  textOf,
  unsigned,
} from '../shop-values.ts';
import { decodeHook } from './hooks.ts';

export function decodePrestaShop(item: ShopItem): Decoded {
  const { topic } = item;
  if (topic === 'consent.set') return decodeConsentSet(item);
  const body = objectOf(item.body);
  if (topic.startsWith('action') || topic.startsWith('display')) return decodeHook(item, objectOf(body.params));
  if (!/^(order|customer|cart|refund|newsletter)\.upsert$/.test(topic)) return ignored('wire.topic_ignored', topic);
  const facts: Fact[] = [];
  for (const [names, one] of readers) {
    for (const said of names.flatMap((name) => objectsOf(body[name]))) {
      // beside an order the customer and the cart are its context
      if (facts.length > 0 && isObject(body.order) && (names[0] === 'customer' || names[0] === 'cart')) continue;
      const fact = one(said, item, body);
      if (typeof fact === 'string') return missing(`object.${names[0]}.${fact}`);
      facts.push(fact);
    }
  }
  return facts.length === 0 ? ignored('wire.states_nothing') : read(...facts);
}

type Reader = (said: JsonObject, item: ShopItem, body: JsonObject) => Fact | string;

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return listOf(value);
  return isObject(value) ? [value] : [];
}

const readers: readonly (readonly [readonly string[], Reader])[] = [
  [['order', 'orders'], decodeOrder],
  [['order_slip', 'order_slips'], decodeSlip],
  [['order_histories'], decodeHistory],
  [['order_details'], decodeDetail],
  [['customer', 'customers'], decodeCustomer],
  [['cart', 'carts'], decodeCart],
  [['subscribers'], decodeSubscriber],
];

function decodeOrder(said: JsonObject, item: ShopItem, body: JsonObject): Fact | string {
  const key = idOf(said.id);
  if (key === null) return 'id';
  const currency = firstText(objectOf(body.currency).iso_code, item.currency);
  const total = moneyOf(said.total_paid_tax_incl, currency);
  if (total === null) return 'total_paid_tax_incl';
  const createdAt = exactTime(said.date_add, item.zone);
  const rows = objectOf(said.associations).order_rows;
  return orderFact({
    key,
    number: textOf(said.reference),
    createdAt,
    ownTime: exactTime(said.date_upd, item.zone) ?? item.occurredAt ?? createdAt,
    person: personOf(idOf(said.id_customer), textOf(objectOf(body.customer).email), personFields(body)),
    total,
    state: stateOf(said.current_state, objectOf(body.order_state)),
    items: Array.isArray(rows) ? listOf(rows).map((row) => toItem(row, currency)) : null,
    cartKey: idOf(said.id_cart),
    optIns: boxesOf(body, item),
  });
}

/** Boxes our module put into the order form: acts of that moment. */
function boxesOf(body: JsonObject, item: ShopItem): StatedOptIn[] {
  const at = exactTime(body.optin_at, item.zone);
  return (['email', 'sms'] as const).flatMap((channel): StatedOptIn[] =>
    flagOf(body[`${channel}_optin`]) === 1 ? [{ channel, value: 1, kind: 'act', ...(at === null ? {} : { at }) }] : [],
  );
}

/**
 * A state is a number the merchant and payment modules make: what the merchant chose in our module counts, then the shop's own map, else the flags that came with it. Without flags
 * only the map knows.
 */
export function stateOf(id: Json | undefined, flags: JsonObject): StatedState | null {
  const code = idOf(id);
  if (code === null) return null;
  const mapped = mappedStates[textOf(flags.mapped) ?? ''];
  if (mapped !== undefined) return mapped;
  if (flagOf(flags.paid) === null && flagOf(flags.shipped) === null) return { code };
  const template = textOf(flags.template) ?? textOf(listOf(flags.template)[0]?.value) ?? '';
  const otherwise: StateParts = {
    payment: flagOf(flags.paid) === 1 ? 'paid' : 'none',
    fulfilment: flagOf(flags.shipped) === 1 ? 'shipped' : 'none',
    cancelled: /^(order_canceled|payment_error|refund)$/.test(template),
  };
  return { code, otherwise };
}

/** SPREAD's codes, by which our module lets a merchant map states by hand. */
const mappedStates: Readonly<Record<string, StateParts>> = {
  '0': { payment: null, fulfilment: null, cancelled: true },
  '10': { payment: 'none', fulfilment: 'none', cancelled: false },
  '20': { payment: 'paid', fulfilment: 'none', cancelled: false },
  '50': { payment: 'paid', fulfilment: 'shipped', cancelled: false },
};

function decodeSlip(said: JsonObject, item: ShopItem, body: JsonObject): Fact | string {
  const [key, id] = [idOf(said.id_order), idOf(said.id)];
  if (key === null || id === null) return key === null ? 'id_order' : 'id';
  const money = moneyOf(said.amount, firstText(objectOf(body.currency).iso_code, item.currency));
  if (money === null) return 'amount';
  return orderFact({
    key,
    ownTime: exactTime(said.date_add, item.zone) ?? item.occurredAt,
    person: personOf(idOf(said.id_customer), null, {}),
    refunds: [{ id, money: unsigned(money), status: 'succeeded' }],
  });
}

function decodeHistory(said: JsonObject, item: ShopItem): Fact | string {
  const key = idOf(said.id_order);
  if (key === null) return 'id_order';
  return orderFact({ key, ownTime: exactTime(said.date_add, item.zone), state: stateOf(said.id_order_state, {}) });
}

/** Rows of one order. A body with rows of several states them one by one, so only a single row is a whole list. */
function decodeDetail(said: JsonObject, item: ShopItem, body: JsonObject): Fact | string {
  const key = idOf(said.id_order);
  if (key === null) return 'id_order';
  const rows = listOf(body.order_details).filter(({ id_order }) => idOf(id_order) === key);
  return orderFact({ key, ownTime: item.occurredAt, items: rows.map((row) => toItem(row, item.currency)) });
}

/** `newsletter` is the shop's own; `optin` is for partners and never ours. */
function decodeCustomer(said: JsonObject, item: ShopItem, body: JsonObject): Fact | string {
  const externalId = idOf(said.id);
  if (externalId === null) return 'id';
  const createdAt = exactTime(said.date_add, item.zone);
  const ownTime = exactTime(said.date_upd, item.zone) ?? item.occurredAt ?? createdAt;
  const value = flagOf(said.newsletter);
  const at = value === 1 ? (exactTime(said.newsletter_date_add, item.zone) ?? ownTime) : ownTime;
  const optIn: StatedOptIn[] =
    value === null ? [] : [{ channel: 'email', value, kind: 'record', ...(at === null ? {} : { at }) }];
  return accountFact({
    person: personOf(externalId, textOf(said.email), personFields({ ...body, customer: said })),
    // who orders as a guest made no account
    createdAt: flagOf(said.is_guest) === 1 ? null : createdAt,
    ownTime,
    optIns: optIn,
  });
}

function decodeCart(said: JsonObject, item: ShopItem, body: JsonObject): Fact | string {
  const key = idOf(said.id);
  if (key === null) return 'id';
  const currency = firstText(objectOf(body.currency).iso_code, item.currency);
  const items = listOf(objectOf(said.associations).cart_rows).map(
    (row): StatedItem => ({
      key: idOf(row.id_product),
      variant: textOf(row.id_product_attribute),
      sku: textOf(row.product_reference),
      name: textOf(row.product_name),
      quantity: quantityOf(row.quantity),
      unit: moneyOf(row.unit_price_tax_incl, currency),
    }),
  );
  const url = textOf(said.url);
  return cartFact({
    key,
    person: personOf(idOf(said.id_customer), textOf(objectOf(body.customer).email), personFields(body)),
    total: moneyOf(said.total, currency),
    items,
    state: items.length === 0 ? 'emptied' : 'filled',
    ownTime: exactTime(said.date_upd, item.zone) ?? item.occurredAt,
    ...(url === null ? {} : { data: { url } }),
  });
}

/** A row of the newsletter block's table: whoever stands there subscribed at that moment. */
function decodeSubscriber(said: JsonObject, item: ShopItem): Fact | string {
  const email = textOf(said.email);
  const at = exactTime(said.newsletter_date_add, item.zone);
  if (email === null || at === null) return email === null ? 'email' : 'newsletter_date_add';
  return newsletterFact(personOf(null, email, {}), 1, at);
}

function toItem(row: JsonObject, currency: string | null): StatedItem {
  return {
    key: idOf(row.product_id),
    variant: textOf(row.product_attribute_id),
    sku: textOf(row.product_reference),
    name: textOf(row.product_name),
    quantity: quantityOf(row.product_quantity),
    unit: moneyOf(row.unit_price_tax_incl, currency),
  };
}

function personFields(body: JsonObject): ReturnType<typeof fieldsOf> {
  const [customer, address] = [objectOf(body.customer), objectOf(body.address)];
  return fieldsOf({
    name: customer.lastname,
    firstname: customer.firstname,
    birthday: customer.birthday,
    gender: customer.id_gender,
    company: firstText(customer.company, address.company),
    address: address.address1,
    address2: address.address2,
    zip: address.postcode,
    city: address.city,
    country: address.country_iso,
    phone: address.phone,
    mobile: address.phone_mobile,
    lang: objectOf(body.language).iso_code,
  });
}
