/** What SPREAD's track call and its v1 bodies share: the same fields, with or without a `customer_` before them. */
import { emailNormal } from '#domain/email.ts';
import type { ProfileField, StatedConsent, StatedOptIn, StatedOrder, StatedPerson } from '#domain/facts.ts';
import { eachOrderText, isDayText, type OrderText } from '#domain/order-text.ts';
import type { Note } from './decoded.ts';
import { type FormNode, type FormValue, nodeAt, textAt, textsOf } from './php-form.ts';
import { cut } from './text.ts';
import { currency, flag, gender, isDate, money, statedTime } from './values.ts';

export interface Reading {
  readonly data: FormNode;
  /** What precedes a person's fields: nothing on track, `customer_` on v1. */
  readonly prefix: '' | 'customer_';
  readonly notes: Note[];
}

const maxText = 250;
const maxTags = 100;

const personFields: readonly (readonly [string, ProfileField])[] = [
  ['name', 'name'],
  ['firstname', 'firstname'],
  ['birthday', 'birthday'],
  ['gender', 'gender'],
  ['address', 'address'],
  ['address_2', 'address2'],
  ['address2', 'address2'],
  ['address_3', 'address3'],
  ['address3', 'address3'],
  ['cp', 'zip'],
  ['city', 'city'],
  ['country', 'country'],
  ['tel', 'phone'],
  ['mobile', 'mobile'],
  ['fonction', 'job'],
  ['company', 'company'],
  ['lang', 'lang'],
];

export function readPerson(reading: Reading): StatedPerson {
  const { data, prefix } = reading;
  const fields: { [Field in ProfileField]?: string } = {};
  for (const [name, field] of personFields) {
    const value = cleanField(reading, `${prefix}${name}`, field);
    if (value !== null) fields[field] = value;
  }
  const group = cleanText(reading, 'group');
  if (group !== null) fields.group = group;
  return {
    externalId: stated(textAt(data, 'external_id')),
    email: stated(textAt(data, `${prefix}email`))?.trim() || null,
    token: stated(textAt(data, 'customer_cookie')),
    fields,
    addTags: tags(reading, 'add_tag'),
    delTags: tags(reading, 'del_tag'),
    custom: readCustom(reading),
  };
}

/** Anything a person could be known by: an id, a possible e-mail, or a browser's token. */
export function isNamed(person: StatedPerson): boolean {
  return (
    person.externalId !== null || person.token !== null || (person.email !== null && emailNormal(person.email) !== null)
  );
}

/** The order of a call; null when it gives no reference. `prefix`: `order_` on v1. */
export function readOrder(reading: Reading, prefix: '' | 'order_', reference: string | null): StatedOrder | null {
  if (reference === null) return null;
  const { data, notes } = reading;
  const amount = stated(textAt(data, `${prefix}amount`));
  const total = amount === null || amount.trim() === '' ? null : money(amount);
  const stating = currency(stated(textAt(data, `${prefix}currency`) ?? textAt(data, 'currency')));
  if (amount !== null && amount.trim() !== '' && total === null)
    notes.push({ reason: 'order.amount_invalid', field: `${prefix}amount` });
  const state = stated(textAt(data, `${prefix}state`))?.trim() || null;
  const date = stated(textAt(data, 'date') ?? textAt(data, 'order_date'));
  const placed = date === null ? null : statedTime(date);
  if (placed === 'invalid') notes.push({ reason: 'time.invalid', field: 'date' });
  return {
    key: reference,
    number: null,
    placedAt: placed === 'invalid' ? null : placed,
    total: total === null ? null : { amount: total.amount, currency: stating ?? total.currency },
    state: state === null ? null : { code: cut(state, maxText) },
    refunds: [],
    refundTotal: null,
    ...eachOrderText((name) => readOrderText(reading, name)),
    addTags: tags(reading, 'add_order_tag'),
    delTags: tags(reading, 'del_order_tag'),
    attributes: readAttributes(data),
    items: null,
    cartKey: null,
  };
}

/** What SPREAD calls an order's texts, in every spelling known. */
const orderTextNames: { readonly [Text in OrderText]: readonly string[] } = {
  invoiceNumber: ['order_num', 'ordernum', 'facturation_number', 'facturationNumber'],
  serviceStart: ['order_start_service'],
  serviceEnd: ['order_end_service'],
};

function readOrderText(reading: Reading, text: OrderText): string | null {
  const read = isDayText(text) ? readDate : cleanText;
  return orderTextNames[text].reduce<string | null>((found, name) => found ?? read(reading, name), null);
}

/** Stored flags re-sent (rules §4): the e-mail's where `withEmail`, and the mobile's. `-1` and nothing state nothing. */
export function readOptIns(
  reading: Reading,
  names: { readonly email: string | null; readonly sms: string },
): readonly StatedOptIn[] {
  const email = names.email === null ? null : readFlag(reading, names.email);
  const sms = readFlag(reading, names.sms);
  return [
    ...(email === null ? [] : [{ channel: 'email', value: email, kind: 'record' } as const]),
    ...(sms === null ? [] : [{ channel: 'sms', value: sms, kind: 'record' } as const]),
  ];
}

/**
 * What `action=newsletter` says: 1 or 0, 1 where the field is absent; null where it says `-1` or nothing readable:
 * an acceptance is not guessed.
 */
export function readNewsletter(reading: Reading, name: string): 0 | 1 | null {
  const text = stated(textAt(reading.data, name))?.trim();
  return text === undefined || text === '' ? 1 : readFlag(reading, name);
}

function readFlag(reading: Reading, name: string): 0 | 1 | null {
  return readFlagText(reading, name, textAt(reading.data, name));
}

function readFlagText(reading: Reading, field: string, said: string | null): 0 | 1 | null {
  const text = stated(said)?.trim() ?? '';
  const value = flag(text);
  if (value === null && text !== '' && text !== '-1') reading.notes.push({ reason: 'field.invalid', field });
  return value;
}

/** `consents[techName]`: 1 accepts, 0 refuses, anything else states nothing. */
export function readConsents(reading: Reading): readonly StatedConsent[] {
  const node = nodeAt(reading.data, 'consents');
  if (node === null) return [];
  const consents: StatedConsent[] = [];
  for (const [techName, value] of [...node].slice(0, maxTags)) {
    const status =
      typeof value === 'string' ? readFlagText(reading, `consents[${cut(techName, maxText)}]`, value) : null;
    if (status !== null) consents.push({ basis: { techName: cut(techName, maxText) }, value: status });
  }
  return consents;
}

/** Longer ones are none: two that differ only at the end must not become one order. */
export const maxReference = maxText;

/** The first reference a call gives, trimmed; null when it gives none. */
export function reference(...texts: readonly (string | null)[]): string | null {
  for (const text of texts) {
    const clean = stated(text)?.trim();
    if (clean) return clean;
  }
  return null;
}

/** The literal `undefined` is what a browser's script writes for nothing. */
export function stated(text: string | null): string | null {
  return text === null || text === '' || text === 'undefined' ? null : text;
}

function cleanField(reading: Reading, name: string, field: ProfileField): string | null {
  const value = cleanText(reading, name);
  if (value === null) return null;
  if (field === 'birthday') {
    if (value.startsWith('0000-00-00')) return null;
    const date = value.slice(0, 10);
    if (isDate(date)) return date;
    reading.notes.push({ reason: 'field.invalid', field: name });
    return null;
  }
  if (field === 'gender') {
    const known = gender(value);
    if (known === null) reading.notes.push({ reason: 'field.invalid', field: name });
    return known;
  }
  return field === 'country' && value.length === 2 ? value.toUpperCase() : value;
}

function cleanText(reading: Reading, name: string): string | null {
  const text = stated(textAt(reading.data, name))?.trim();
  if (!text) return null;
  if (text.length <= maxText) return text;
  reading.notes.push({ reason: 'field.too_long', field: name });
  return cut(text, maxText);
}

function readDate(reading: Reading, name: string): string | null {
  const text = stated(textAt(reading.data, name))?.trim();
  if (!text || text.startsWith('0000-00-00')) return null;
  if (isDate(text.slice(0, 10))) return text.slice(0, 10);
  reading.notes.push({ reason: 'time.invalid', field: name });
  return null;
}

/** Arrays, maps and comma strings alike. */
function tags(reading: Reading, name: string): readonly string[] {
  const value = reading.data.get(name);
  if (value === undefined || value === '') return [];
  const texts = typeof value === 'string' ? value.split(',') : textsOf(value);
  const clean = texts.map((tag) => cut((stated(tag) ?? '').trim(), 100)).filter((tag) => tag !== '');
  if (clean.length > maxTags) reading.notes.push({ reason: 'field.too_long', field: name });
  return [...new Set(clean)].slice(0, maxTags);
}

const legacyCustom = /^customer_((?:txt|num|date|bool)[1-4])$/;

/** `custom_fields[<id>]`, and the sixteen fields of SPREAD's first version. */
function readCustom(reading: Reading): Readonly<Record<string, string>> {
  const custom: Record<string, string> = {};
  const keep = (key: string, value: FormValue): void => {
    const text = (typeof value === 'string' ? value : textsOf(value).join(', ')).trim();
    if (text !== '' && text !== 'undefined') custom[key.slice(0, 100)] = cut(text, 1000);
  };
  for (const [key, value] of nodeAt(reading.data, 'custom_fields') ?? []) if (/^\d{1,18}$/.test(key)) keep(key, value);
  for (const [key, value] of reading.data) {
    const match = key.length <= 14 && key.startsWith('customer_') ? legacyCustom.exec(key) : null;
    if (match?.[1] !== undefined) keep(match[1], value);
  }
  return custom;
}

/** Groups of texts; a flat list is one group. */
function readAttributes(data: FormNode): readonly (readonly string[])[] | null {
  const node = nodeAt(data, 'product_attributes');
  if (node === null || node.size === 0) return null;
  const groups = [...node.values()].filter((value) => typeof value !== 'string').map(textsOf);
  const flat = textsOf(node);
  const all = flat.length === 0 ? groups : [flat, ...groups];
  return all.slice(0, 200).map((group) => group.slice(0, 50).map((text) => cut(text, maxText)));
}
