/** Magento 1 (OpenMage), 2 and Adobe Commerce: orders as their APIs and events write them. Times are UTC without saying so. */
import type { Fact, StatedItem, StateParts } from '#domain/facts.ts';
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
} from '../shop-values.ts';

/** One decoder for both: `of` only says how an event's object is called. */
export function decodeMagento(item: ShopItem): Decoded {
  const body = objectOf(item.body);
  if (item.topic === 'consent.set') return decodeConsentSet(item);
  if (item.topic.includes('newsletter_subscriber'))
    return decodeSubscriber(objectOf(body.subscriber ?? body.data_object), item);
  if (item.topic === 'cart.upsert' || item.topic.includes('sales_quote'))
    return decodeQuote(objectOf(body.quote ?? body.data_object ?? body), item);
  if (item.topic === 'customer.upsert' || item.topic.includes('customer_'))
    return decodeCustomer(objectOf(body.customer ?? body.data_object ?? body), item);
  if (item.topic.includes('order_payment_pay')) return decodePayment(body, item);
  if (item.topic === 'order.upsert' || /sales_order|checkout_submit/.test(item.topic)) return decodeOrders(body, item);
  return ignored('wire.topic_ignored', item.topic);
}

function decodeOrders(body: JsonObject, item: ShopItem): Decoded {
  const orders =
    Array.isArray(body.items) && body.increment_id === undefined && !isObject(body.order) ? listOf(body.items) : [body];
  const facts: Fact[] = [];
  for (const one of orders) {
    const order = isObject(one.order) ? one.order : one;
    // an invoice or a credit memo looks like an order; what it is about is its order_id
    if (order.order_id !== undefined) return ignored('wire.states_nothing');
    const fact = decodeOrder(order, isObject(one.order) ? one.items : order.items, item);
    if (typeof fact === 'string') return missing(`object.${fact}`);
    facts.push(fact);
  }
  return facts.length === 0 ? ignored('wire.states_nothing') : read(...facts);
}

function decodeOrder(said: JsonObject, rows: Json | undefined, item: ShopItem): Fact | string {
  const key = idOf(said.entity_id);
  if (key === null) return 'entity_id';
  const currency = firstText(said.order_currency_code, said.base_currency_code, item.currency);
  const total = moneyOf(said.grand_total, currency);
  if (total === null) return 'grand_total';
  const createdAt = exactTime(said.created_at, 'UTC');
  const billing = objectOf(said.billing_address);
  const refunded = moneyOf(said.total_refunded, currency);
  return orderFact({
    key,
    number: textOf(said.increment_id),
    createdAt,
    ownTime: exactTime(said.updated_at, 'UTC') ?? item.occurredAt ?? createdAt,
    person: personOf(idOf(said.customer_id), textOf(said.customer_email), {
      ...fieldsOf({ name: said.customer_lastname, firstname: said.customer_firstname }),
      ...addressFields(billing),
    }),
    total,
    state: stateOf(said),
    refundTotal: refunded !== null && Number(refunded.amount) > 0 ? refunded : null,
    items: Array.isArray(rows) ? toItems(rows, currency) : null,
    cartKey: idOf(said.quote_id),
  });
}

/** Paid: nothing is due, or nothing is said to be due and the total is paid. `complete` is shipped. */
function stateOf(said: JsonObject): StateParts {
  const state = textOf(said.state);
  const number = (value: Json | undefined) => (textOf(value) === null ? null : Number(textOf(value)));
  const [total, due, paid] = [number(said.grand_total) ?? 0, number(said.total_due), number(said.total_paid)];
  const isPaid = due === null ? paid !== null && paid >= total : due <= 0;
  return {
    payment: isPaid ? 'paid' : paid !== null && paid > 0 ? 'part-paid' : 'none',
    fulfilment: state === 'complete' ? 'shipped' : 'none',
    cancelled: state === 'canceled',
  };
}

/** Rows of a configurable product come twice: the parent counts. */
function toItems(rows: Json, currency: string | null): readonly StatedItem[] {
  return listOf(rows)
    .filter((row) => idOf(row.parent_item_id) === null)
    .map((row) => ({
      key: idOf(row.product_id),
      sku: textOf(row.sku),
      name: textOf(row.name),
      quantity: quantityOf(row.qty_ordered ?? row.qty),
      unit: moneyOf(row.price_incl_tax ?? row.price, currency),
    }));
}

/** Fires inside the transaction; the order itself comes after it. */
function decodePayment(body: JsonObject, item: ShopItem): Decoded {
  const payment = objectOf(body.payment);
  const key = idOf(payment.parent_id);
  if (key === null) return missing('object.payment.parent_id');
  const currency = firstText(objectOf(body.invoice).order_currency_code, item.currency);
  const total = moneyOf(payment.amount_ordered, currency);
  const whole = Number(textOf(payment.amount_paid) ?? 0) >= Number(textOf(payment.amount_ordered) ?? Number.NaN);
  const state: StateParts = { payment: whole ? 'paid' : 'part-paid', fulfilment: null, cancelled: null };
  return read(orderFact({ key, ownTime: item.occurredAt, total, state }));
}

function decodeQuote(said: JsonObject, item: ShopItem): Decoded {
  const key = idOf(said.entity_id ?? said.id);
  if (key === null) return missing('object.entity_id');
  const currency = firstText(said.quote_currency_code, item.currency);
  const rows = said.items;
  const orderedAs = textOf(said.reserved_order_id);
  const active = said.is_active === undefined || flagOf(said.is_active) === 1;
  const empty = textOf(said.items_count) === '0';
  return read(
    cartFact({
      key,
      person: personOf(idOf(said.customer_id), textOf(said.customer_email), {
        ...fieldsOf({ name: said.customer_lastname, firstname: said.customer_firstname }),
      }),
      total: moneyOf(said.grand_total, currency),
      items: Array.isArray(rows) ? toItems(rows, currency) : null,
      state: !active && orderedAs !== null ? 'ordered' : empty ? 'emptied' : 'filled',
      ownTime: exactTime(said.updated_at, 'UTC') ?? item.occurredAt,
      ...(orderedAs === null ? {} : { data: { orderedAs } }),
    }),
  );
}

/** 1 subscribed, 3 unsubscribed; 2 and 4 wait. Nothing in it says when: it is an act at its arrival. */
function decodeSubscriber(said: JsonObject, item: ShopItem): Decoded {
  const person = personOf(idOf(said.customer_id), textOf(said.subscriber_email), {});
  const status = textOf(said.subscriber_status);
  if (person.email === null && person.externalId === null)
    return { word: 'rejected', reason: 'wire.no_identity', field: 'object.subscriber_email' };
  if (status !== '1' && status !== '3') return ignored('wire.states_nothing');
  return read(newsletterFact(person, status === '1' ? 1 : 0, item.occurredAt));
}

function decodeCustomer(said: JsonObject, item: ShopItem): Decoded {
  const externalId = idOf(said.entity_id ?? said.id);
  if (externalId === null) return missing('object.id');
  const createdAt = exactTime(said.created_at, 'UTC');
  const value = flagOf(objectOf(said.extension_attributes).is_subscribed);
  const [address] = listOf(said.addresses);
  return read(
    accountFact({
      person: personOf(externalId, textOf(said.email), {
        ...addressFields(address ?? {}),
        ...fieldsOf({ name: said.lastname, firstname: said.firstname, birthday: said.dob, gender: said.gender }),
      }),
      createdAt,
      ownTime: exactTime(said.updated_at, 'UTC') ?? item.occurredAt ?? createdAt,
      optIns: value === null ? [] : [{ channel: 'email', value, kind: 'record' }],
    }),
  );
}

function addressFields(said: JsonObject): ReturnType<typeof fieldsOf> {
  const street = Array.isArray(said.street) ? said.street : [said.street ?? null];
  return fieldsOf({
    company: said.company,
    address: street[0],
    address2: street[1],
    zip: said.postcode,
    city: said.city,
    country: said.country_id,
    phone: said.telephone,
  });
}
