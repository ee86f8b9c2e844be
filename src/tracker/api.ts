/**
 * The tracker's own words, for pages written in TypeScript. `spread(…)` may be called before the script is there, with the stub
 * `window.spread = window.spread || function () { (spread.q = spread.q || []).push(arguments) };`
 * Nothing it does throws into the page.
 */

/** Whether this visitor may be followed. `pending`: not known yet, events wait in memory; `denied`: nothing is kept or sent. */
export type SpreadConsent = 'granted' | 'denied' | 'pending';

/** A decimal amount in the currency's units: `89.9` or `"89.90"`. */
export type SpreadAmount = number | string;

/** A person, as far as the page knows. Example: `{ email: 'camille@client.example', externalId: 37, firstname: 'Camille' }`. */
export interface SpreadCustomer {
  /** Finds the person unless `externalId` is given. */
  email?: string;
  /** The shop's own customer id, at most 250 characters. */
  externalId?: string | number;
  /** Family name. */
  name?: string;
  firstname?: string;
  /** `YYYY-MM-DD`. */
  birthday?: string;
  /** `male` or `female`, or a form of address (`Mme`, `Herr`, …). */
  gender?: string;
  address?: string;
  address2?: string;
  address3?: string;
  zip?: string | number;
  city?: string;
  /** ISO 3166, two letters: `FR`. */
  country?: string;
  phone?: string;
  /** Mobile number; an SMS opt-in needs one. */
  mobile?: string;
  job?: string;
  company?: string;
  /** `fr` or `fr_FR`. */
  lang?: string;
  group?: string;
  /** At most 100 tags of 100 characters. */
  tags?: string[];
  /** Custom fields by their numeric id: `{ 327: 'bleu' }`. */
  custom?: { [id: string]: string | number | boolean | Array<string | number> };
}

/** What the person chose on this page. Leave out what the page does not ask. */
export interface SpreadChoices {
  /** The e-mail box: true ticked, false not. */
  optin?: boolean;
  /** The SMS box. */
  smsOptin?: boolean;
  /** Choices by a basis' tech name: `{ NewsEmail: true }`. */
  consents?: { [techName: string]: boolean };
}

export interface SpreadItem {
  /** The shop's id of the product. */
  key?: string | number;
  sku?: string;
  name?: string;
  /** Units; default 1. */
  quantity?: number;
  /** Price of one unit, tax included. */
  price?: SpreadAmount;
}

/** Example: `spread('order', { key: '1042', total: 89.9, currency: 'EUR', state: 'paid', customer: { email: '…' } })`. */
export interface SpreadOrder extends SpreadChoices {
  /** What never changes about the order. */
  key: string | number;
  /** The number people see, where it differs. */
  number?: string;
  /** Everything paid: tax and shipping included. */
  total?: SpreadAmount;
  /** ISO 4217, three letters; default: the shop's. */
  currency?: string;
  /** `placed`, `authorised`, `paid`, `shipped`, `cancelled`, or a code of the shop's own (mapped on the Tracker page). */
  state?: string | number;
  /** ISO 8601. */
  placedAt?: string;
  /** Total refunded so far. */
  refunded?: SpreadAmount;
  /** At most 200. */
  items?: SpreadItem[];
  cartKey?: string | number;
  tags?: string[];
  /** True: an order known before. */
  update?: boolean;
  customer?: SpreadCustomer;
}

/** Example: `spread('cart', { total: 25, items: [{ sku: 'miel', quantity: 2, price: 12.5 }] })`; `items: []` empties it. */
export interface SpreadCart {
  key?: string | number;
  total?: SpreadAmount;
  currency?: string;
  items?: SpreadItem[];
  emptied?: boolean;
  customer?: SpreadCustomer;
}

/** Example: `spread('signup', { customer: { email: '…' }, optin: true })`. */
export interface SpreadPerson extends SpreadChoices {
  customer: SpreadCustomer;
}

/** An event on its way: what handlers of `on` receive. */
export interface SpreadEvent {
  id: string;
  type: string;
  /** Milliseconds, by this browser's clock. */
  at: number;
  data?: unknown;
}

export interface Spread {
  (command: 'order', order: SpreadOrder): void;
  (command: 'signup' | 'newsletter', person: SpreadPerson): void;
  /** Who is signed in: goes along with what this page sends from here on. */
  (command: 'identify', customer: SpreadCustomer): void;
  (command: 'cart', cart: SpreadCart): void;
  /** A product or a page was seen: counted, never kept about a person. */
  (command: 'product' | 'page', data?: object): void;
  /** What the visitor answered; obeyed at once. */
  (command: 'consent', state: SpreadConsent): void;
  /** The visitor signed out: forgets the person and the token. */
  (command: 'reset'): void;
  /** `sent`, `waiting`, `held`, `dropped`, `refused`, `handed` (events, status, seconds), `consent` (state); `*`: all, the name first. */
  (command: 'on', what: string, handler: (...details: unknown[]) => void): void;
  /** Says in the console what is sent, what the server answered and what consent holds back. */
  (command: 'debug'): void;
  /** Calls made before the script was there. */
  q?: ArrayLike<unknown>[];
}

declare global {
  interface Window {
    spread: Spread;
  }
}
