/**
 * The tracker's own words, for pages written in TypeScript: save this file beside yours, and `spread(…)` is known. It may be called
 * before the script is there, with the stub
 * `window.spread = window.spread || function () { (spread.q = spread.q || []).push(arguments) };`
 * Nothing it does throws into the page. Times are milliseconds since 1970 UTC unless said otherwise; amounts are decimal, in the
 * currency's units.
 */

/** Whether this visitor may be followed. `pending`: not known yet, events wait in memory; `denied`: nothing is kept or sent. */
export type SpreadConsent = 'granted' | 'denied' | 'pending';

/** A decimal amount in the currency's units, not in cents: `89.9` or `"89.90"`. */
export type SpreadAmount = number | string;

/**
 * What the script's own tag may say. Example:
 * `<script async src="https://spread.example.com/js/tracker.js" data-key="333fee…" data-consent="pending" data-with="banners"></script>`
 */
export interface SpreadTag {
  /** The shop's public key. Example: `data-key="333fee…"`. */
  'data-key': string;
  /** What holds before anybody answered; default `pending`. Example, for a shop that asks nobody: `data-consent="granted"`. */
  'data-consent'?: SpreadConsent;
  /**
   * What is loaded beside it, spaces between; default nothing. `banners`: hears the consent banner; `datalayer`: reads GA4's events;
   * `pages`: single-page navigation and schema.org's Product; `debug`: tells everything in the console. Example: `data-with="banners datalayer"`.
   */
  'data-with'?: string;
  /** What the banner calls us: a service, a vendor or a category; default by banner, see the guide. Example: `data-banner="C0002"`. */
  'data-banner'?: string;
  /** The page's data layer; default `dataLayer`. Example: `data-layer="gtmLayer"`. */
  'data-layer'?: string;
  /** `false`: no cookie at all, anywhere. Default: after consent one, `sbt`, for 93 days. Example: `data-cookie="false"`. */
  'data-cookie'?: 'true' | 'false';
  /** The server, with a slash at its end, where the script comes from elsewhere. Example: `data-host="https://spread.example.com/"`. */
  'data-host'?: string;
}

/** A person, as far as the page knows. Texts have at most 250 characters. Example: `{ email: 'camille@client.example', externalId: 37, firstname: 'Camille' }`. */
export interface SpreadCustomer {
  /** Finds the person unless `externalId` is given. Example: `'camille@client.example'`. */
  email?: string;
  /** The shop's own customer id, compared exactly. Example: `37` or `'C-37'`. */
  externalId?: string | number;
  /** Family name. Example: `'Martin'`. */
  name?: string;
  /** Given name. Example: `'Camille'`. */
  firstname?: string;
  /** A day, `YYYY-MM-DD`. Example: `'1990-02-28'`. */
  birthday?: string;
  /** `male` or `female`, or a form of address in several languages. Example: `'female'` or `'Mme'`. */
  gender?: string;
  /** Street and number. Example: `'12 rue de la Paix'`. */
  address?: string;
  /** Second line of the address. Example: `'Bâtiment B'`. */
  address2?: string;
  /** Third line of the address. Example: `'3e étage'`. */
  address3?: string;
  /** Postal code. Example: `'75002'`; a number loses its leading zeros. */
  zip?: string | number;
  /** Town. Example: `'Paris'`. */
  city?: string;
  /** ISO 3166, two letters. Example: `'FR'`. */
  country?: string;
  /** Landline, national or with its prefix. Example: `'+33 1 23 45 67 89'`. */
  phone?: string;
  /** Mobile number; an SMS opt-in needs one. Example: `'06 12 34 56 78'`. */
  mobile?: string;
  /** Example: `'Acheteuse'`. */
  job?: string;
  /** Example: `'Miel & Co'`. */
  company?: string;
  /** Language, with or without its country. Example: `'fr'` or `'fr_FR'`. */
  lang?: string;
  /** The shop's customer group. Example: `'pro'`. */
  group?: string;
  /** Added to the person's; at most 100 of 100 characters. Example: `['vip', 'b2b']`. */
  tags?: string[];
  /** Taken away from the person's. Example: `['prospect']`. */
  removeTags?: string[];
  /** Custom fields by their numeric id, as the Tracker page lists them. Example: `{ 327: 'bleu' }`. */
  custom?: {
    [id: string]: string | number | boolean | Array<string | number>;
  };
}

/** What the person chose on this page. Leave out what the page does not ask. */
export interface SpreadChoices {
  /** The e-mail box: ticked or not. Example: `true`. */
  optin?: boolean;
  /** The SMS box: ticked or not. Example: `false`. */
  smsOptin?: boolean;
  /** Choices by a basis' tech name. Example: `{ NewsEmail: true }`. */
  consents?: {
    [techName: string]: boolean;
  };
}

/** A line of an order or of a cart. Example: `{ sku: 'miel', name: 'Miel', quantity: 2, price: 12.5 }`. */
export interface SpreadItem {
  /** The shop's id of the product. Example: `42`. */
  key?: string | number;
  /** Stock keeping unit. Example: `'miel-500'`. */
  sku?: string;
  /** Example: `'Miel de lavande'`. */
  name?: string;
  /** Units; default 1. Example: `2`. */
  quantity?: number;
  /** Price of one unit, tax included. Example: `12.5`. */
  price?: SpreadAmount;
}

/** Example: `spread('order', { key: '1042', total: 89.9, currency: 'EUR', state: 'paid', customer: { email: '…' } })`. */
export interface SpreadOrder extends SpreadChoices {
  /** What never changes about the order, at most 250 characters. Example: `'1042'`. */
  key: string | number;
  /** The number people see, where it differs. Example: `'2026-1042'`. */
  number?: string;
  /** Everything paid: tax and shipping included. Example: `89.9`. */
  total?: SpreadAmount;
  /** ISO 4217, three letters; default: the shop's. Example: `'EUR'`. */
  currency?: string;
  /** `placed`, `authorised`, `paid`, `shipped`, `cancelled`, or a code of the shop's own, mapped on the Tracker page. Example: `'paid'`. */
  state?: string | number;
  /** When it was placed, ISO 8601 or milliseconds; default: now. Example: `'2026-11-25T14:03:00+01:00'`. */
  placedAt?: string | number;
  /** Total refunded so far. Example: `10`. */
  refunded?: SpreadAmount;
  /** Its lines, at most 200. Example: `[{ sku: 'miel', quantity: 2, price: 12.5 }]`. */
  items?: SpreadItem[];
  /** The `key` of the cart that became this order. Example: `'c-77'`. */
  cartKey?: string | number;
  /** Number of its invoice. Example: `'F2026-311'`. */
  invoiceNumber?: string;
  /** First day of what was booked, `YYYY-MM-DD`. Example: `'2026-12-24'`. */
  serviceStart?: string;
  /** Last day of what was booked, `YYYY-MM-DD`. Example: `'2026-12-26'`. */
  serviceEnd?: string;
  /** Added to the order's; at most 100 of 100 characters. Example: `['web']`. */
  tags?: string[];
  /** Taken away from the order's. Example: `['brouillon']`. */
  removeTags?: string[];
  /** True: an order known before; stating it again gives no basis. Example: `true`. */
  update?: boolean;
  /** Who bought; default: who was named by `identify`. Example: `{ email: 'camille@client.example' }`. */
  customer?: SpreadCustomer;
}

/** Example: `spread('cart', { total: 25, items: [{ sku: 'miel', quantity: 2, price: 12.5 }] })`; `items: []` empties it. */
export interface SpreadCart {
  /** The shop's own cart id; default: the cart of this person or browser. Example: `'c-77'`. */
  key?: string | number;
  /** What is in it, tax included. Example: `25`. */
  total?: SpreadAmount;
  /** ISO 4217, three letters; default: the shop's. Example: `'EUR'`. */
  currency?: string;
  /** All its lines, at most 200. Example: `[{ sku: 'miel', quantity: 2, price: 12.5 }]`. */
  items?: SpreadItem[];
  /** True: nothing is left in it. Example: `true`. */
  emptied?: boolean;
  /** Whose it is; default: who was named by `identify`. Example: `{ externalId: 37 }`. */
  customer?: SpreadCustomer;
}

/** Example: `spread('signup', { customer: { email: '…' }, optin: true })`. */
export interface SpreadPerson extends SpreadChoices {
  /** Whom it is about. Example: `{ email: 'camille@client.example', firstname: 'Camille' }`. */
  customer: SpreadCustomer;
}

/** An event on its way: what handlers of `on` receive. */
export interface SpreadEvent {
  /** Made in the browser: the same id sent twice is applied once. Example: `'mifg3k2p0.7320508075688772'`. */
  id: string;
  /** The word it was said with. Example: `'order'`. */
  type: string;
  /** Milliseconds, by this browser's clock. Example: `1795651380000`. */
  at: number;
  /** What was said. Example: `{ key: '1042', total: 89.9 }`. */
  data?: unknown;
}

export interface Spread {
  /** An order, at once. Example: `spread('order', { key: '1042', total: 89.9, currency: 'EUR', state: 'paid' })`. */
  (command: 'order', order: SpreadOrder): void;
  /** An account was made, or the newsletter was asked for. Example: `spread('newsletter', { customer: { email: '…' } })`. */
  (command: 'signup' | 'newsletter', person: SpreadPerson): void;
  /** Who is signed in: goes along with what this page sends from here on. Example: `spread('identify', { externalId: 37 })`. */
  (command: 'identify', customer: SpreadCustomer): void;
  /** What is in the cart now. Example: `spread('cart', { total: 25, items: [{ sku: 'miel', quantity: 2, price: 12.5 }] })`. */
  (command: 'cart', cart: SpreadCart): void;
  /** A product or a page was seen: counted, never kept about a person. Example: `spread('product', { key: 42, price: 12.5 })`. */
  (command: 'product' | 'page', data?: object): void;
  /** What the visitor answered; obeyed at once. Example: `spread('consent', 'granted')`. */
  (command: 'consent', state: SpreadConsent): void;
  /** The visitor signed out: forgets the person and the token. Example: `spread('reset')`. */
  (command: 'reset'): void;
  /**
   * Hears what becomes of events: `sent` and `refused` (events, status), `waiting` (events, status or 0, seconds until it is tried
   * again), `held`, `dropped` and `handed` (events).
   * Example: `spread('on', 'sent', (events, status) => console.log(events, status))`.
   */
  (
    command: 'on',
    what: 'sent' | 'refused' | 'waiting' | 'held' | 'dropped' | 'handed',
    handler: (events: SpreadEvent[], status?: number, seconds?: number) => void,
  ): void;
  /** Hears changes of consent. Example: `spread('on', 'consent', (state) => console.log(state))`. */
  (command: 'on', what: 'consent', handler: (state: SpreadConsent) => void): void;
  /** Hears everything. Example: `spread('on', '*', (what, ...details) => console.log(what, details))`. */
  (command: 'on', what: '*', handler: (what: string, ...details: unknown[]) => void): void;
  /** Says in the console what is sent, what the server answered and what consent holds back. Example: `spread('debug')`. */
  (command: 'debug'): void;
  /** Calls made before the script was there: the stub's. Example: `[['order', { key: '1042' }]]`. */
  q?: ArrayLike<unknown>[];
}

declare global {
  interface Window {
    spread: Spread;
  }
  /** The same as `window.spread`. */
  const spread: Spread;
}
