/** Shopify: its webhooks (2024-10 to 2026-04) and what its APIs answer in the same form. Quirks: fixtures/README.md. */
import type { Fact, StatedOptIn, StatedState, StateParts } from '#domain/facts.ts';
import type { Decoded } from '../decoded.ts';
import type { Json, JsonObject } from '../json.ts';
import { decodeConsentSet, ignored, missing, orderFact, read } from '../shop-facts.ts';
import type { ShopItem } from '../shop-item.ts';
import { exactTime, firstText, listOf, moneyOf, objectOf, textOf } from '../shop-values.ts';
import { customerFromGraphql, orderFromGraphql } from './graphql.ts';
import { decodeCart, decodeConsent, decodeCustomer } from './people.ts';
import { contactOf, exactId, toItems, toRefunds } from './values.ts';

export function decodeShopify(item: ShopItem): Decoded {
  switch (item.topic) {
    case 'orders/create':
    case 'orders/updated':
    case 'orders/edited':
    case 'orders/paid':
    case 'orders/partially_fulfilled':
    case 'orders/fulfilled':
    case 'orders/cancelled':
    case 'order.upsert':
      return decodeOne(item, decodeOrder);
    case 'graphql/order':
      return decodeOne(item, (said) => decodeOrder(orderFromGraphql(said), item));
    case 'graphql/customer':
      return decodeOne(item, (said) => decodeCustomer(customerFromGraphql(said), item));
    case 'orders/delete':
      return decodeOne(item, decodeDeleted);
    case 'refunds/create':
    case 'refund.upsert':
      return decodeOne(item, decodeRefund);
    case 'order_transactions/create':
      return decodeOne(item, decodeTransaction);
    case 'customers/create':
    case 'customers/update':
    case 'customers/enable':
    case 'customers/disable':
    case 'customer.upsert':
      return decodeOne(item, decodeCustomer);
    case 'customers/delete':
      return ignored('wire.account_closed');
    case 'customers_email_marketing_consent/update':
      return decodeOne(item, (said) => decodeConsent(said, item, 'email'));
    case 'customers_marketing_consent/update':
      return decodeOne(item, (said) => decodeConsent(said, item, 'sms'));
    case 'cart.upsert':
    case 'carts/create':
    case 'carts/update':
    case 'checkouts/create':
    case 'checkouts/update':
      return decodeOne(item, decodeCart);
    case 'consent.set':
      return decodeConsentSet(item);
    default:
      return ignored('wire.topic_ignored', item.topic);
  }
}

/** A fact, null where the object states nothing, or the name of the field without which it cannot mean anything. */
type One = (said: JsonObject, item: ShopItem) => Fact | null | string;

function decodeOne(item: ShopItem, one: One): Decoded {
  const fact = one(objectOf(item.body), item);
  if (fact === null) return ignored('wire.states_nothing');
  return typeof fact === 'string' ? missing(`object.${fact}`) : read(fact);
}

function decodeOrder(said: JsonObject, item: ShopItem): Fact | string {
  const key = exactId(said, 'id');
  if (key === null) return 'id';
  const currency = firstText(said.currency, item.currency);
  const total = moneyOf(totalOf(said), currency);
  if (total === null) return 'total_price';
  const createdAt = exactTime(said.created_at, null) ?? exactTime(said.processed_at, null);
  if (createdAt === null) return 'created_at';
  const refunds = listOf(said.refunds).flatMap((refund) => toRefunds(refund, currency));
  return orderFact({
    key,
    number: firstText(said.name, said.order_number),
    createdAt,
    ownTime: exactTime(said.updated_at, null) ?? item.occurredAt ?? createdAt,
    person: contactOf(said),
    total,
    state: stateOf(said),
    refunds,
    items: Array.isArray(said.line_items) ? toItems(said, currency) : null,
    cartKey: textOf(said.cart_token),
    optIns: boxOf(said, createdAt),
  });
}

/** The box of Shopify's own checkout is the person's act at the order; unticked it means nothing. */
function boxOf(said: JsonObject, at: StatedOptIn['at']): StatedOptIn[] {
  if (said.buyer_accepts_marketing !== true) return [];
  return [{ channel: 'email', value: 1, kind: 'act', ...(at === undefined ? {} : { at }) }];
}

/** An order edited to cost less has a new total; what a refund or a cancellation takes off is none. */
function totalOf(said: JsonObject): Json | undefined {
  const [original, current] = [
    Number(textOf(said.total_price)),
    Number(textOf(said.current_total_price) ?? Number.NaN),
  ];
  const edited = listOf(said.refunds).length === 0 && !isCancelled(said) && current < original;
  return edited && current > 0 ? said.current_total_price : said.total_price;
}

function isCancelled(said: JsonObject): boolean {
  return textOf(said.cancelled_at) !== null || said.financial_status === 'voided';
}

const payments: Readonly<Record<string, NonNullable<StateParts['payment']>>> = {
  pending: 'none',
  unpaid: 'none',
  expired: 'none',
  voided: 'none',
  authorized: 'authorised',
  partially_paid: 'part-paid',
  paid: 'paid',
  partially_refunded: 'paid',
  refunded: 'paid',
};

/** A field the answer does not have states nothing. */
function stateOf(said: JsonObject): StatedState | null {
  const financial = textOf(said.financial_status);
  const known = financial !== null && Object.hasOwn(payments, financial) ? (payments[financial] ?? null) : null;
  const state: StateParts = {
    payment: known,
    fulfilment: fulfilmentOf(said),
    cancelled: said.cancelled_at === undefined && financial === null ? null : isCancelled(said),
  };
  if (financial === null && state.fulfilment === null && state.cancelled === null) return null;
  return financial !== null && known === null ? { code: financial, otherwise: state } : state;
}

function fulfilmentOf(said: JsonObject): StateParts['fulfilment'] {
  if (said.fulfillment_status === undefined) return null;
  if (said.fulfillment_status === 'fulfilled') return 'shipped';
  return said.fulfillment_status === 'partial' ? 'part-shipped' : 'none';
}

function decodeDeleted(said: JsonObject, item: ShopItem): Fact | string {
  const key = exactId(said, 'id');
  if (key === null) return 'id';
  const state: StateParts = { payment: null, fulfilment: null, cancelled: true };
  return orderFact({ key, ownTime: item.occurredAt, state, known: true });
}

/** The money is what its successful transactions gave back, not the rows it names. */
function decodeRefund(said: JsonObject, item: ShopItem): Fact | null | string {
  const key = exactId({ id: said.order_id ?? null }, 'id');
  if (key === null) return 'order_id';
  const refunds = toRefunds(said, item.currency);
  if (refunds.length === 0) return null;
  return orderFact({ key, ownTime: exactTime(said.created_at, null) ?? item.occurredAt, refunds });
}

/** An authorization moves no money. What was paid in all is the order's own word, so a sale alone marks nothing paid. */
function decodeTransaction(said: JsonObject, item: ShopItem): Fact | null | string {
  const key = exactId({ id: said.order_id ?? null }, 'id');
  if (key === null) return 'order_id';
  if (said.kind !== 'authorization' || said.status !== 'success') return null;
  const state: StateParts = { payment: 'authorised', fulfilment: null, cancelled: null };
  return orderFact({ key, ownTime: exactTime(said.created_at, null) ?? item.occurredAt, state });
}
