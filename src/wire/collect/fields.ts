/** Values of our own JSON in the forms facts have; what cannot be read is left out and noted. */
import type {
  ProfileField,
  StatedConsent,
  StatedFields,
  StatedItem,
  StatedMoney,
  StatedOptIn,
  StatedPerson,
  StatedState,
  StatedTime,
} from '#domain/facts.ts';
import { profileFields } from '#domain/facts.ts';
import type { Reason } from '#domain/reasons.ts';
import type { Note } from '../decoded.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { cut } from '../text.ts';
import { amountText, currency, gender, isDate, statedTime } from '../values.ts';

export interface Reading {
  readonly data: JsonObject;
  readonly notes: Note[];
  /** Said by a server: it may erase a field by an explicit null (rules §2.8), and its clock counts. */
  readonly byServer: boolean;
  /** The sender's clock when it sent, milliseconds; null: it did not say. */
  readonly sentAt: number | null;
}

export const maxText = 250;
const maxTags = 100;
const maxItems = 200;

export function readCustomer(reading: Reading, token: string | null): StatedPerson {
  const json = isObject(reading.data.customer) ? reading.data.customer : {};
  const text = (name: string): string | null => readText(reading, json[name], `customer.${name}`);
  return {
    externalId: plain(json.externalId),
    email: text('email'),
    token,
    fields: readFields(reading, json),
    addTags: readTags(reading, json.tags, 'customer.tags'),
    delTags: readTags(reading, json.removeTags, 'customer.removeTags'),
    custom: readCustom(json.custom),
  };
}

function readFields(reading: Reading, json: JsonObject): StatedFields {
  const fields: { [Field in ProfileField]?: string | null } = {};
  for (const name of profileFields) {
    const value = json[name];
    if (value === undefined) continue;
    if (value === null) {
      if (reading.byServer) fields[name] = null;
      continue;
    }
    const text = readText(reading, value, `customer.${name}`);
    const clean = text === null ? null : cleanField(name, text);
    if (clean !== null) fields[name] = clean;
    else if (text !== null) reading.notes.push({ reason: 'field.invalid', field: `customer.${name}` });
  }
  return fields;
}

function cleanField(name: ProfileField, text: string): string | null {
  if (name === 'birthday') return isDate(text.slice(0, 10)) ? text.slice(0, 10) : null;
  if (name === 'gender') return gender(text);
  return name === 'country' && text.length === 2 ? text.toUpperCase() : text;
}

export function readText(reading: Reading, value: Json | undefined, field: string): string | null {
  const text = plain(value);
  if (text === null) {
    const unreadable = value !== undefined && value !== null && typeof value === 'object';
    if (unreadable || typeof value === 'boolean') reading.notes.push({ reason: 'field.invalid', field });
    return null;
  }
  if (text.length <= maxText) return text;
  reading.notes.push({ reason: 'field.too_long', field });
  return cut(text, maxText);
}

/** A day of the calendar, `YYYY-MM-DD`. */
export function readDay(reading: Reading, value: Json | undefined, field: string): string | null {
  const text = readText(reading, value, field);
  if (text === null || isDate(text)) return text;
  reading.notes.push({ reason: 'time.invalid', field });
  return null;
}

/** Text or a number, trimmed; null for nothing and for anything else. */
export function plain(value: Json | undefined): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' ? value.trim() || null : null;
}

export function readFlag(reading: Reading, value: Json | undefined, field: string): 0 | 1 | null {
  if (value === true || value === 1 || value === '1') return 1;
  if (value === false || value === 0 || value === '0') return 0;
  if (value !== undefined && value !== null && value !== -1 && value !== '-1' && value !== '')
    reading.notes.push({ reason: 'field.invalid', field });
  return null;
}

/** Stored flags re-sent (rules §4). `email`: null where the call itself is about the e-mail opt-in. */
export function readOptIns(reading: Reading, withEmail: boolean): readonly StatedOptIn[] {
  const email = withEmail ? readFlag(reading, reading.data.optin, 'optin') : null;
  const sms = readFlag(reading, reading.data.smsOptin, 'smsOptin');
  return [
    ...(email === null ? [] : [{ channel: 'email', value: email, kind: 'record' } as const]),
    ...(sms === null ? [] : [{ channel: 'sms', value: sms, kind: 'record' } as const]),
  ];
}

export function readConsents(reading: Reading): readonly StatedConsent[] {
  const json = reading.data.consents;
  if (!isObject(json)) return [];
  return Object.entries(json)
    .slice(0, maxTags)
    .flatMap(([techName, value]): StatedConsent[] => {
      const name = cut(techName, maxText);
      const flag = readFlag(reading, value, `consents.${name}`);
      return flag === null ? [] : [{ basis: { techName: name }, value: flag }];
    });
}

export function readMoney(reading: Reading, value: Json | undefined, field: string): StatedMoney | null {
  const text = plain(value);
  if (text === null) return null;
  const amount = amountText(text);
  if (amount !== null) return { amount, currency: currency(plain(reading.data.currency)) };
  reading.notes.push({ reason: 'order.amount_invalid', field });
  return null;
}

const states: Readonly<Record<string, StatedState>> = {
  placed: { payment: 'none', fulfilment: 'none', cancelled: false },
  authorised: { payment: 'authorised', fulfilment: 'none', cancelled: false },
  paid: { payment: 'paid', fulfilment: 'none', cancelled: false },
  shipped: { payment: 'paid', fulfilment: 'shipped', cancelled: false },
  cancelled: { payment: 'none', fulfilment: 'none', cancelled: true },
};

export function readState(value: Json | undefined): StatedState | null {
  const text = plain(value);
  if (text === null) return null;
  return Object.hasOwn(states, text) ? (states[text] ?? null) : { code: cut(text, maxText) };
}

export function readItems(reading: Reading): readonly StatedItem[] | null {
  const list = reading.data.items;
  if (!Array.isArray(list)) return null;
  if (list.length > maxItems) reading.notes.push({ reason: 'field.too_long', field: 'items' });
  return list.slice(0, maxItems).flatMap((item: Json, place): StatedItem[] => {
    if (!isObject(item)) return [];
    const field = `items[${place}]`;
    const quantity = Number(plain(item.quantity) ?? 1);
    return [
      {
        key: readText(reading, item.key, `${field}.key`),
        sku: readText(reading, item.sku, `${field}.sku`),
        name: readText(reading, item.name, `${field}.name`),
        quantity: Number.isFinite(quantity) && Math.abs(quantity) <= 1e6 ? quantity : 1,
        unit: readMoney(reading, item.price, `${field}.price`),
      },
    ];
  });
}

export function readTags(reading: Reading, value: Json | undefined, field: string): readonly string[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  const clean = list.flatMap((tag: Json) => cut(plain(tag) ?? '', 100) || []);
  if (clean.length > maxTags) reading.notes.push({ reason: 'field.too_long', field });
  return [...new Set(clean)].slice(0, maxTags);
}

function readCustom(json: Json | undefined): Readonly<Record<string, string>> {
  const custom: Record<string, string> = {};
  if (!isObject(json)) return custom;
  for (const [key, value] of Object.entries(json)) {
    if (!/^\d{1,18}$/.test(key)) continue;
    const text = Array.isArray(value)
      ? value.flatMap((part: Json) => plain(part) ?? []).join(', ')
      : typeof value === 'boolean'
        ? String(Number(value))
        : (plain(value) ?? '');
    if (text !== '') custom[key] = cut(text, 1000);
  }
  return custom;
}

/** What a sender may have kept before it sent it: longer ago, its clock is not believed. */
const longestAgo = 35 * 86_400_000;

/** As the shop states it. */
export function readTime(reading: Reading, value: Json | undefined, field: string): StatedTime | null {
  if (value === undefined || value === null || value === '') return null;
  const stated = typeof value === 'number' ? instant(value) : statedTime(typeof value === 'string' ? value : '?');
  return stated === 'invalid' ? noted(reading, 'time.invalid', field) : stated;
}

/** By the sender's own clock: how long before the sending. A browser that does not say when it sent has no clock to believe. */
export function readOwnTime(reading: Reading, value: Json | undefined, field: string): StatedTime | null {
  const stated = readTime(reading, value, field);
  if (stated === null || !('at' in stated)) return reading.byServer ? stated : null;
  if (reading.sentAt === null) return reading.byServer ? stated : null;
  const ago = Math.max(0, Math.round(reading.sentAt - stated.at));
  return ago <= longestAgo || reading.byServer ? { ago } : noted(reading, 'time.invalid', field);
}

function instant(value: number): StatedTime | 'invalid' {
  const at = Math.round(value);
  return at > 0 && at < 8.64e15 ? { at } : 'invalid';
}

function noted(reading: Reading, reason: Reason, field: string): null {
  reading.notes.push({ reason, field });
  return null;
}
