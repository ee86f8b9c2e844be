/** Shopify's customers, consents, carts and checkouts. */
import type { Fact, StatedOptIn } from '#domain/facts.ts';
import type { JsonObject } from '../json.ts';
import { accountFact, cartFact, newsletterFact, personOf } from '../shop-facts.ts';
import type { ShopItem } from '../shop-item.ts';
import { exactTime, fieldsOf, firstText, listOf, moneyOf, objectOf, textOf } from '../shop-values.ts';
import { addressFields, contactOf, exactId, nameFields, toItems } from './values.ts';

export function decodeCustomer(said: JsonObject, item: ShopItem): Fact | string {
  const externalId = exactId(said, 'id');
  if (externalId === null) return 'id';
  const address = objectOf(said.default_address);
  const createdAt = exactTime(said.created_at, null);
  return accountFact({
    person: personOf(externalId, textOf(said.email), {
      ...addressFields(address),
      ...nameFields(said),
      ...fieldsOf({ phone: said.phone }),
    }),
    createdAt,
    ownTime: exactTime(said.updated_at, null) ?? item.occurredAt ?? createdAt,
    optIns: [...emailFlag(said), ...smsFlag(said)],
  });
}

/** The flags a customer object carries (up to 2024-10): records; the new field counts where the old one says otherwise. */
function emailFlag(said: JsonObject): StatedOptIn[] {
  const consent = objectOf(said.email_marketing_consent);
  const value = stored(consent.state);
  if (textOf(consent.state) !== null) return record('email', value, consent.consent_updated_at);
  if (typeof said.accepts_marketing !== 'boolean') return [];
  return record('email', said.accepts_marketing ? 1 : 0, said.accepts_marketing_updated_at);
}

function smsFlag(said: JsonObject): StatedOptIn[] {
  const consent = objectOf(said.sms_marketing_consent);
  return record('sms', stored(consent.state), consent.consent_updated_at);
}

function record(channel: 'email' | 'sms', value: 0 | 1 | null, when: JsonObject[string] | undefined): StatedOptIn[] {
  const at = exactTime(when, null);
  return value === null ? [] : [{ channel, value, kind: 'record', ...(at === null ? {} : { at }) }];
}

function stored(state: JsonObject[string] | undefined): 0 | 1 | null {
  if (state === 'subscribed') return 1;
  return state === 'unsubscribed' || state === 'not_subscribed' ? 0 : null;
}

/** What a person chose, with the time they chose it. `pending` waits for their mail; `not_subscribed` was never asked. */
export function decodeConsent(said: JsonObject, item: ShopItem, channel: 'email' | 'sms'): Fact | null | string {
  const consent = objectOf(channel === 'email' ? said.email_marketing_consent : said.sms_marketing_consent);
  const value = consent.state === 'subscribed' ? 1 : consent.state === 'unsubscribed' ? 0 : null;
  if (value === null) return null;
  const externalId = exactId(said, said.customer_id === undefined ? 'id' : 'customer_id');
  const email = firstText(said.email_address, said.email);
  if (externalId === null && email === null) return 'customer_id';
  const ownTime = exactTime(consent.consent_updated_at, null) ?? item.occurredAt;
  if (channel === 'email') return newsletterFact(personOf(externalId, email, {}), value, ownTime);
  const person = personOf(externalId, email, fieldsOf({ mobile: said.phone }));
  return accountFact({ person, createdAt: null, ownTime, optIns: [{ channel, value, kind: 'act' }] });
}

/** A cart is known by its id, a checkout by its token (its number is gone since 2026-04), and names the cart it came from. */
export function decodeCart(said: JsonObject, item: ShopItem): Fact | null | string {
  const isCart = item.topic.startsWith('carts/');
  const key = isCart ? firstText(said.id, said.token) : textOf(said.token);
  if (key === null) return 'token';
  const [line] = listOf(said.line_items);
  const shopMoney = objectOf(objectOf(line?.price_set).shop_money);
  const currency = firstText(said.currency, shopMoney.currency_code, item.currency);
  const cartKey = textOf(said.cart_token);
  const items = toItems(said, currency);
  const ended = textOf(said.completed_at) !== null || textOf(said.order_id) !== null;
  const times = [exactTime(said.updated_at, null), item.occurredAt, exactTime(said.created_at, null)];
  return cartFact({
    // an order names the cart, not the checkout that came of it: they are one
    key: isCart ? key : (cartKey ?? key),
    person: isCart ? personOf(null, null, {}) : contactOf(said),
    total: moneyOf(said.total_price, currency),
    items,
    state: ended ? 'ordered' : items.length === 0 ? 'emptied' : 'filled',
    ownTime: times.find((time) => time !== null) ?? null,
    ...(isCart ? {} : { data: { checkout: key } }),
  });
}
