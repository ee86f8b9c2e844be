/** WooCommerce: its webhooks (7.9 to 9.4 were recorded), what its REST API answers, and our plugin's carts. Quirks: fixtures/README.md. */
import type {
  Fact,
  StatedItem,
  StatedOptIn,
  StatedRefund,
  StatedState,
  StatedTime,
  StateParts,
} from '#domain/facts.ts';
import type { Decoded } from '../decoded.ts';
import type { Json, JsonObject } from '../json.ts';
import { accountFact, cartFact, decodeConsentSet, ignored, missing, orderFact, personOf, read } from '../shop-facts.ts';
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
  shareOf,
  textOf,
  unsigned,
} from '../shop-values.ts';

export function decodeWooCommerce(item: ShopItem): Decoded {
  switch (item.topic) {
    case 'order.created':
    case 'order.updated':
    case 'order.restored':
    case 'order.upsert':
      return decodeOne(item, decodeOrder);
    case 'order.deleted':
      return decodeOne(item, decodeDeleted);
    case 'customer.created':
    case 'customer.updated':
    case 'customer.upsert':
      return decodeOne(item, decodeCustomer);
    case 'customer.deleted':
      return ignored('wire.account_closed');
    case 'refund.upsert':
      return decodeOne(item, decodeRefund);
    case 'cart.upsert':
      return decodeOne(item, decodeCart);
    case 'consent.set':
      return decodeConsentSet(item);
    default:
      return ignored('wire.topic_ignored', item.topic);
  }
}

/** A fact, or the name of the field without which it cannot mean anything. */
type One = (said: JsonObject, item: ShopItem) => Fact | string;

function decodeOne(item: ShopItem, one: One): Decoded {
  const fact = one(objectOf(item.body), item);
  return typeof fact === 'string' ? missing(`object.${fact}`) : read(fact);
}

function decodeOrder(said: JsonObject, item: ShopItem): Fact | string {
  const key = idOf(said.id);
  if (key === null) return 'id';
  // the checkout block keeps unfinished drafts as orders
  if (said.status === 'checkout-draft' || said.status === 'auto-draft') return 'status';
  const currency = firstText(said.currency, item.currency);
  const total = moneyOf(said.total, currency);
  if (total === null) return 'total';
  const createdAt = gmt(said, 'date_created');
  const billing = objectOf(said.billing);
  const optIns = metaOptIns(said, 'order');
  const number = textOf(said.number);
  return orderFact({
    key,
    number,
    createdAt,
    ownTime: gmt(said, 'date_modified') ?? item.occurredAt ?? createdAt,
    person: personOf(idOf(said.customer_id), textOf(billing.email), {
      ...addressFields(billing),
      ...mobileOf(billing, optIns),
    }),
    total,
    state: stateOf(said),
    refunds: listOf(said.refunds).flatMap((refund) => toRefund(refund, refund.total, currency)),
    items: listOf(said.line_items).map((line) => toItem(line, currency)),
    cartKey: textOf(said.cart_key),
    optIns,
  });
}

/** An order put in the bin for good: its id is all that is said. */
function decodeDeleted(said: JsonObject, item: ShopItem): Fact | string {
  const key = idOf(said.id);
  if (key === null) return 'id';
  const state: StateParts = { payment: null, fulfilment: null, cancelled: true };
  return orderFact({ key, ownTime: item.occurredAt, state, known: true });
}

function decodeCustomer(said: JsonObject, item: ShopItem): Fact | string {
  const externalId = idOf(said.id);
  if (externalId === null) return 'id';
  const billing = objectOf(said.billing);
  const createdAt = gmt(said, 'date_created');
  return accountFact({
    person: personOf(externalId, firstText(said.email, billing.email), {
      ...addressFields(billing),
      ...fieldsOf({ name: said.last_name, firstname: said.first_name }),
    }),
    createdAt,
    ownTime: gmt(said, 'date_modified') ?? item.occurredAt ?? createdAt,
    optIns: metaOptIns(said, 'customer'),
  });
}

/** A refund read by itself names its order only in its links; its amount is positive, unlike `refunds[].total` of the order. */
function decodeRefund(said: JsonObject, item: ShopItem): Fact | string {
  const [up] = listOf(objectOf(said._links).up);
  const linked = /\/orders\/(\d{1,30})(?:[/?]|$)/.exec(textOf(up?.href) ?? '')?.[1];
  const key = idOf(said.order_id) ?? idOf(said.parent_id) ?? linked ?? null;
  if (key === null) return 'order_id';
  const refunds = toRefund(said, said.amount, firstText(said.currency, item.currency));
  if (refunds.length === 0) return 'amount';
  return orderFact({ key, ownTime: gmt(said, 'date_created') ?? item.occurredAt, refunds });
}

/** As our plugin states it: WooCommerce has no topic for carts. */
function decodeCart(said: JsonObject, item: ShopItem): Fact | string {
  const key = textOf(said.key);
  const person = personOf(idOf(said.customer_id), textOf(said.email), addressFields(said));
  if (key === null && person.externalId === null && person.email === null) return 'key';
  const currency = firstText(said.currency, item.currency);
  const items = listOf(said.items).map(
    (line): StatedItem => ({
      ...itemBase(line),
      unit: moneyOf(shareOf([line.line_total, line.line_tax], quantityOf(line.quantity)) ?? undefined, currency),
    }),
  );
  return cartFact({
    key,
    person,
    total: moneyOf(said.total, currency),
    items,
    state: said.emptied === true || items.length === 0 ? 'emptied' : 'filled',
    ownTime: exactTime(said.updated_at_gmt, 'UTC') ?? item.occurredAt,
  });
}

/** `completed` is shipped, whatever the payment; paid is `date_paid_gmt`: cash on delivery is `processing` and unpaid. */
function stateOf(said: JsonObject): StatedState {
  const status = (textOf(said.status) ?? '').replace(/^wc-/, '');
  const paid = firstText(said.date_paid_gmt, said.date_paid) !== null;
  const state: StateParts = {
    payment: paid ? 'paid' : 'none',
    fulfilment: status === 'completed' ? 'shipped' : 'none',
    cancelled: status === 'cancelled' || status === 'failed' || status === 'trash',
  };
  return ownStates.has(status) ? state : { code: status, otherwise: state };
}

const ownStates: ReadonlySet<string> = new Set([
  ...['pending', 'on-hold', 'processing', 'completed', 'cancelled', 'refunded', 'failed', 'trash', ''],
]);

function toRefund(said: JsonObject, amount: Json | undefined, currency: string | null): StatedRefund[] {
  const id = idOf(said.id);
  const money = moneyOf(amount, currency);
  return id === null || money === null ? [] : [{ id, money: unsigned(money), status: 'succeeded' }];
}

function toItem(line: JsonObject, currency: string | null): StatedItem {
  // `price` is without tax; line totals are after discounts, their tax beside them
  const unit = shareOf([line.total, line.total_tax], quantityOf(line.quantity));
  return { ...itemBase(line), unit: moneyOf(unit ?? undefined, currency) };
}

function itemBase(line: JsonObject): Omit<StatedItem, 'unit'> {
  return {
    key: idOf(line.product_id),
    variant: idOf(line.variation_id),
    sku: textOf(line.sku),
    name: textOf(line.name),
    quantity: quantityOf(line.quantity),
  };
}

function addressFields(said: JsonObject): ReturnType<typeof fieldsOf> {
  return fieldsOf({
    name: said.last_name,
    firstname: said.first_name,
    company: said.company,
    address: said.address_1,
    address2: said.address_2,
    zip: said.postcode,
    city: said.city,
    country: said.country,
    phone: said.phone,
  });
}

/** WooCommerce asks for one number: who ticks the box for text messages gives it for them. */
function mobileOf(billing: JsonObject, optIns: readonly StatedOptIn[]): ReturnType<typeof fieldsOf> {
  return optIns.some(({ channel, value }) => channel === 'sms' && value === 1)
    ? fieldsOf({ mobile: billing.phone })
    : {};
}

/** `_gmt` fields are UTC without saying so; the others are the site's. */
function gmt(said: JsonObject, name: string): StatedTime | null {
  return exactTime(said[`${name}_gmt`], 'UTC') ?? exactTime(said[name], null);
}

/**
 * WooCommerce itself has no opt-in. Our plugin's boxes, on an order or on the account that was made, are acts of their moment; what
 * Mailchimp's keeps on a customer is a stored flag.
 */
function metaOptIns(said: JsonObject, of: 'order' | 'customer'): StatedOptIn[] {
  const meta = new Map(listOf(said.meta_data).map((one) => [textOf(one.key), one.value]));
  const at = exactTime(meta.get('_tracker_optin_at'), 'UTC') ?? (of === 'order' ? gmt(said, 'date_created') : null);
  const optIns: StatedOptIn[] = [];
  for (const [channel, own, mailchimp] of channels) {
    const ours = flagOf(meta.get(own));
    const value = ours ?? flagOf(meta.get(mailchimp));
    // a box that was left is no refusal
    if (value === null || (value === 0 && (of === 'order' || ours !== null))) continue;
    const kind = ours === null ? 'record' : 'act';
    optIns.push({ channel, value, kind, ...(at === null ? {} : { at }) });
  }
  return optIns;
}

const channels = [
  ['email', '_tracker_email_optin', 'mailchimp_woocommerce_is_subscribed'],
  ['sms', '_tracker_sms_optin', 'mailchimp_woocommerce_sms_subscribed'],
] as const;
