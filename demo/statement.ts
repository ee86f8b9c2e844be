/** What the shop tells the collector, in the browser's words and in the server's (legacy wire §1.4, §2.3, §2.4). */
import type { Buyer, Order } from './shop-state.ts';

export type FormData = { readonly [key: string]: string | FormData };

export function orderPush(order: Order): Readonly<Record<string, string>> {
  return {
    action: 'order',
    idorder: order.reference,
    amount: decimal(order.amountMinor),
    state: '10',
    ...buyerPush(order.buyer),
    lang: locale(order.language),
  };
}

export function accountPush(buyer: Buyer, language: string): Readonly<Record<string, string>> {
  return { action: 'signup', ...buyerPush(buyer), lang: locale(language) };
}

export function newsletterPush(email: string, language: string): Readonly<Record<string, string>> {
  return { action: 'newsletter', email, optin: '1', lang: locale(language) };
}

/** CreateOrder and UpdateOrder: the order's reference stands under `request` too, as PHP modules send it. */
export function orderForm(order: Order): FormData {
  return {
    data: {
      ...buyerFields(order.buyer, order.cookie),
      customer_lang: locale(order.language),
      order_idorder: order.reference,
      order_amount: decimal(order.amountMinor),
      order_state: order.state,
      date: localTime(order.placedAt),
      action: 'order',
    },
    request: { order_idorder: order.reference },
  };
}

export function accountForm(buyer: Buyer, cookie: string | null, language: string): FormData {
  return { data: { ...buyerFields(buyer, cookie), customer_lang: locale(language) } };
}

function buyerPush(buyer: Buyer): Readonly<Record<string, string>> {
  return given({
    email: buyer.email,
    external_id: buyer.externalId,
    name: buyer.name,
    firstname: buyer.firstname,
    optin: buyer.optinEmail ? '1' : '0',
    address: buyer.address,
    cp: buyer.zip,
    city: buyer.city,
    country: 'FR',
    mobile: buyer.mobile,
    mobile_optin: buyer.mobile === '' ? '' : buyer.optinSms ? '1' : '0',
  });
}

function buyerFields(buyer: Buyer, cookie: string | null): Readonly<Record<string, string>> {
  return given({
    customer_email: buyer.email,
    external_id: buyer.externalId,
    customer_name: buyer.name,
    customer_firstname: buyer.firstname,
    customer_isoptin: buyer.optinEmail ? '1' : '0',
    customer_address: buyer.address,
    customer_cp: buyer.zip,
    customer_city: buyer.city,
    customer_country: 'FR',
    customer_mobile: buyer.mobile,
    customer_mobile_optin: buyer.mobile === '' ? '' : buyer.optinSms ? '1' : '0',
    customer_cookie: cookie,
  });
}

function given(values: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  const entries = Object.entries(values).flatMap(([key, value]) =>
    value === null || value === '' ? [] : [[key, value]],
  );
  return Object.fromEntries(entries);
}

function decimal(minor: number): string {
  return (minor / 100).toFixed(2);
}

function locale(language: string): string {
  return language === 'en' ? 'en_GB' : 'fr_FR';
}

/** `YYYY-MM-DD HH:MM:SS` in the shop's zone, as PHP's `date` gives it. */
function localTime(at: number): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Paris',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);
}
