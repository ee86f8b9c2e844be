/** `POST /api/v3/automations/trigger|stop/{techName}`: forms as PHP's `http_build_query` writes them (docs/wire/spread-v3.md). */
import { emailNormal } from '#domain/email.ts';
import type { Kept, KeptData, StatedCart, StatedItem, StatedPerson } from '#domain/facts.ts';
import type { Decoded, Note } from '../decoded.ts';
import { type FormNode, type FormValue, nodeAt, parseForm, textAt, textsOf } from '../php-form.ts';
import { stated } from '../spread-fields.ts';
import { cut } from '../text.ts';
import { amountText, currency, money } from '../values.ts';

export type V3Call = 'trigger' | 'stop';

const maxKey = 250;
const maxItems = 200;
/** Characters of JSON. */
const maxData = 32_000;
const known = new Set(['key', 'customerEmail', 'external_id', 'techName']);

/** Raw bytes: the body as sent, and after it `&techName=…`, which the door takes from the path. */
export function decodeV3(call: V3Call, raw: Uint8Array): Decoded {
  const form = parseForm(raw);
  if ('fault' in form) return { word: 'unreadable', reason: form.fault, field: null };
  const name = stated(textAt(form, 'techName'))?.trim() ?? '';
  if (name === '') return { word: 'rejected', reason: 'wire.missing_field', field: 'techName' };
  const notes: Note[] = [];
  const key = readKey(form);
  if (key !== null && key.length > maxKey) return { word: 'rejected', reason: 'field.too_long', field: 'key' };
  const email = stated(textAt(form, 'customerEmail'))?.trim() || null;
  const externalId = stated(textAt(form, 'external_id'));
  const named = externalId !== null || (email !== null && emailNormal(email) !== null);
  if (!named && (call === 'trigger' || key === null)) {
    const reason = email === null ? 'wire.no_identity' : 'identity.email_invalid';
    return { word: 'rejected', reason, field: 'customerEmail' };
  }
  const person: StatedPerson = {
    externalId,
    email,
    token: null,
    fields: {},
    addTags: [],
    delTags: [],
    custom: {},
  };
  const said = { store: null, ownTime: null, person } as const;
  const data = readData(form, notes);
  if (!isCart(name)) {
    const fact = { type: 'automation', ...said, call, name: cut(name, maxKey), key, data } as const;
    return { word: 'read', notes, facts: [fact] };
  }
  const state = call === 'trigger' ? 'filled' : 'emptied';
  return { word: 'read', notes, facts: [{ type: 'cart', ...said, state, cart: readCart(form, key, data, notes) }] };
}

/** Reserved by SPREAD for carts; shops with several sites put something behind it. */
function isCart(name: string): boolean {
  return name.startsWith('abandoned_cart');
}

/** The value of a map of one entry (`key[cartId]=12345`), or a plain one. */
function readKey(form: FormNode): string | null {
  const node = nodeAt(form, 'key');
  const text = node === null ? textAt(form, 'key') : (textsOf(node)[0] ?? null);
  return stated(text)?.trim() || null;
}

function readCart(form: FormNode, key: string | null, data: KeptData, notes: Note[]): StatedCart {
  const code = currency(stated(textAt(form, 'cart_currency_code')));
  const amount = stated(textAt(form, 'cart_grandTotal'));
  const total = amount === null ? null : money(amount);
  if (amount !== null && total === null) notes.push({ reason: 'order.amount_invalid', field: 'cart_grandTotal' });
  const count = stated(textAt(form, 'cart_items_qty')) ?? stated(textAt(form, 'cart_items_count'));
  const items = nodeAt(form, 'items');
  return {
    key,
    total: total === null ? null : { amount: total.amount, currency: code ?? total.currency },
    count: count === null ? null : wholeNumber(count),
    items: items === null ? null : readItems(items, code),
    data,
  };
}

function readItems(node: FormNode, code: string | null): readonly StatedItem[] {
  const items: StatedItem[] = [];
  for (const item of [...node.values()].slice(0, maxItems)) {
    if (typeof item === 'string') continue;
    const text = (name: string) => {
      const value = stated(textAt(item, name))?.trim();
      return value ? cut(value, maxKey) : null;
    };
    const price = text('price');
    const unit = price === null ? null : money(price);
    items.push({
      key: text('unique_id') ?? text('idProduct'),
      sku: text('idProduct'),
      name: text('name'),
      quantity: wholeNumber(text('quantity') ?? '1') ?? 1,
      unit: unit === null ? null : { amount: unit.amount, currency: code ?? unit.currency },
    });
  }
  return items;
}

/** Everything else as it came; what exceeds the limit is left out, the last first. */
function readData(form: FormNode, notes: Note[]): KeptData {
  const entries: [string, Kept][] = [];
  let size = 2;
  for (const [name, value] of form) {
    if (known.has(name)) continue;
    const kept = keep(value);
    size += JSON.stringify(name).length + JSON.stringify(kept).length + 2;
    if (size > maxData) {
      notes.push({ reason: 'field.too_long', field: cut(name, maxKey) });
      break;
    }
    entries.push([name, kept]);
  }
  return Object.fromEntries(entries);
}

function keep(value: FormValue): Kept {
  return typeof value === 'string' ? value : Object.fromEntries([...value].map(([name, below]) => [name, keep(below)]));
}

/** Up to nine digits; `2.000000`, as Magento writes quantities, is 2. */
function wholeNumber(text: string): number | null {
  const amount = amountText(text.trim());
  const whole = amount === null ? null : /^\d{1,9}(?=$|\.)/.exec(amount)?.[0];
  return whole ? Number(whole) : null;
}
