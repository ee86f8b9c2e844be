/** For tests: what happens at a shop, as calls of the doors that name people by what they are known by. */
import { randomUUID } from 'node:crypto';
import { defaultSettings } from '#domain/settings.ts';
import { type Event, hour, start } from '#domain/testing/events.ts';
import { envelopeOf } from '#jobs/import/lines.ts';
import type { ImportRow } from '#store/import-file.ts';
import { type Cells, type ImportLine, plainRules } from '#wire/import/line.ts';
import type { TestDoors } from './doors.ts';

/** What was answered. */
export interface Told {
  readonly statusCode: number;
}

/** An event as one call; null: this door has no words for it. */
export type Tell = (doors: TestDoors, event: Event) => Promise<Told> | null;

export const tellTrack: Tell = (doors, event) => {
  const action = { order: 'order', account: 'signup', newsletter: 'newsletter' }[event.does as string];
  if (action === undefined) return null;
  const query = new URLSearchParams({ site: doors.shop.publicKey, action, ...flat(event) });
  return doors.app.inject({ url: `/track?${query}` });
};

export const tellV1: Tell = (doors, event) => {
  const call = { order: 'Order', account: 'Account' }[event.does as string];
  if (call === undefined) return null;
  const { email, external_id, mobile, idorder, amount, state, optin } = flat(event);
  const fields: Record<string, string | undefined> = {
    customer_email: email,
    external_id,
    customer_mobile: mobile,
    order_idorder: idorder,
    order_amount: amount,
    order_state: state,
    customer_isoptin: optin,
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(`data[${name}]`, value);
  for (const [basis, value] of event.consents ?? []) form.set(`data[consents][${techName(basis)}]`, String(value));
  return tellForm(doors, `/api/${event.creating ? 'Create' : 'Update'}${call}`, form);
};

export const tellCollect: Tell = (doors, event) => tellJson(doors, event, `/collect?key=${doors.shop.publicKey}`, {});

export const tellIngest: Tell = (doors, event) =>
  tellJson(doors, event, '/ingest', { authorization: doors.shop.basic });

/** The objection list's door; what is none goes through v1. */
export const tellObjections: Tell = (doors, event) => {
  const { email, mobile } = event.who;
  const address = event.sms === undefined ? { email } : { phone: mobile };
  if (event.does !== 'objection' || (address.email ?? address.phone) === undefined) return tellV1(doors, event);
  const objection = { ...address, channel: event.sms === undefined ? 'email' : 'sms' };
  return doors.app.inject({
    method: 'POST',
    url: '/api/objections',
    headers: { authorization: doors.shop.basic, 'content-type': 'application/json' },
    payload: JSON.stringify({ objections: [objection] }),
  });
};

/** Carts, as SPREAD's automations hear of them; what is none goes through v1. */
export const tellV3: Tell = (doors, event) => {
  const { who, cart, total, emptied } = event;
  const named = emptied === true ? cart : (who.email ?? who.id);
  if (event.does !== 'cart' || named === undefined) return tellV1(doors, event);
  const form = new URLSearchParams();
  if (cart !== undefined) form.set('key[cart_id]', cart);
  if (who.email !== undefined) form.set('customerEmail', who.email);
  if (who.id !== undefined) form.set('external_id', who.id);
  if (total !== undefined) form.set('cart_grandTotal', String(total));
  return tellForm(doors, `/api/v3/automations/${emptied === true ? 'stop' : 'trigger'}/abandoned_cart`, form);
};

const importId = randomUUID();
let importLine = 0;

/** A line of a file, as the run of an import hands it on. */
export const tellImport: Tell = (doors, event) => {
  const line = lineOf(event);
  if (line === null) return null;
  importLine += 1;
  const file = { shopId: doors.shop.shopId, id: importId } as ImportRow;
  const envelope = envelopeOf(file, { number: importLine, line }, start + event.arrives * hour);
  return doors.engine.append(envelope, 'bulk').then(() => ({ statusCode: 200 }));
};

function lineOf(event: Event): ImportLine | null {
  const { who, order, total, state, basis = 1, status = 'accepted', reset = false, reason } = event;
  const kind = { order: 'orders', account: 'profiles', consent: 'consents' }[event.does as string];
  if (kind !== 'orders' && kind !== 'profiles' && kind !== 'consents') return null;
  const at =
    event.day === undefined
      ? event.own === undefined
        ? undefined
        : new Date(start + event.own * hour).toISOString().slice(0, 19)
      : new Date(start + event.day * 24 * hour).toISOString().slice(0, 10);
  const cells: Record<string, string | undefined> = {
    email: who.email,
    externalId: who.id,
    ...(kind === 'consents' ? { [`basis:${basis}`]: status, [`basisDate:${basis}`]: at } : { mobile: who.mobile }),
    ...(kind === 'profiles' ? { saidAt: at } : {}),
    ...(kind === 'orders' ? { key: order, total: String(total ?? 10), state, stateAt: at } : {}),
  };
  const given = Object.entries(cells).filter((cell): cell is [string, string] => cell[1] !== undefined);
  const rules = { ...plainRules, reset: reset ? (reason ?? 'reset') : null };
  return { kind, rules, cells: Object.fromEntries(given) as Cells, items: null };
}

function tellForm(doors: TestDoors, url: string, form: URLSearchParams): Promise<Told> {
  return doors.app.inject({
    method: 'POST',
    url,
    headers: { authorization: doors.shop.basic, 'content-type': 'application/x-www-form-urlencoded' },
    payload: form.toString(),
  });
}

function tellJson(doors: TestDoors, event: Event, url: string, headers: Record<string, string>): Promise<Told> | null {
  const { who, order, total, state, optIn, sms, creating, consents } = event;
  const customer = { email: who.email, externalId: who.id, mobile: who.mobile };
  const chosen = {
    ...(optIn === undefined ? {} : { optin: optIn === 1 }),
    ...(sms === undefined ? {} : { smsOptin: sms === 1 }),
    ...(consents === undefined
      ? {}
      : { consents: Object.fromEntries(consents.map(([id, on]) => [techName(id), on === 1])) }),
  };
  const data = {
    order: { key: order, total, state, customer, update: creating !== true, ...chosen },
    account: { customer, ...chosen },
    newsletter: { customer, optin: optIn !== 0 },
  }[event.does as 'order'];
  if (data === undefined) return null;
  const type = { order: 'order', account: creating ? 'signup' : 'identify', newsletter: 'newsletter' }[
    event.does as 'order'
  ];
  const one = { id: randomUUID(), type, data };
  return doors.app.inject({ method: 'POST', url, headers, payload: JSON.stringify({ events: [one] }) });
}

function flat({ who, order, total, state, optIn, sms }: Event): Record<string, string> {
  const fields = {
    email: who.email,
    external_id: who.id,
    mobile: who.mobile,
    idorder: order,
    amount: total === undefined ? undefined : String(total),
    state,
    optin: optIn === undefined ? undefined : String(optIn),
    mobile_optin: sms === undefined ? undefined : String(sms),
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function techName(basis: number): string {
  return defaultSettings.bases.find(({ id }) => id === basis)?.techName ?? 'NewsEmail';
}
