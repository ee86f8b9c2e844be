import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import { type Decoded, type WireFormat, wireFormats } from './decoded.ts';
import { type FormValue, parseForm } from './php-form.ts';
import { amountText, isDate, money, statedTime } from './values.ts';

const runs = { numRuns: 1000 };
const format = fc.constantFrom(...wireFormats);
const names = fc.oneof(
  fc.constantFrom(
    ...['email', 'action', 'idorder', 'amount', 'state', 'optin', 'external_id', 'add_tag', 'custom_fields[1]'],
    ...[
      'data[customer_email]',
      'data[order_idorder]',
      'data[order_amount]',
      'data[date]',
      'data[action]',
      'data[data][a]',
    ],
    ...['key[cartId]', 'customerEmail', 'techName', 'items[0][price]', 'cart_grandTotal', 'cart_items_qty'],
    ...['consents[NewsEmail]', 'data[consents][x]', 'product_attributes[0][0]', '__proto__[a]', 'data[__proto__]'],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const values = fc.oneof(
  fc.constantFrom(
    'a@b.fr',
    'order',
    'signup',
    'newsletter',
    '1e999',
    '0000-00-00',
    '275760-09-13',
    '-1',
    '1',
    'undefined',
    'abandoned_cart',
    '%',
    '%00',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const form = fc
  .array(fc.tuple(names, values, fc.boolean()), { maxLength: 20 })
  .map((pairs) =>
    pairs
      .map(([name, value, escaped]) => (escaped ? `${formEscape(name)}=${formEscape(value)}` : `${name}=${value}`))
      .join('&'),
  );

test('any bytes have an answer, the same each time', () => {
  fc.assert(
    fc.property(format, fc.uint8Array({ maxLength: 600 }), (name, bytes) => {
      const decoded = decode(name, bytes, null);
      checkStorable(decoded);
      expect(decode(name, bytes, null)).toEqual(decoded);
    }),
    runs,
  );
});

test('any form has an answer that a table can hold', () => {
  fc.assert(
    fc.property(format, form, (name, text) => checkStorable(decode(name, Buffer.from(text), 'MINTED'))),
    runs,
  );
});

test('any JSON has an answer that a table can hold', () => {
  const bodies = fc.json({ maxDepth: 6 }).map((json) => Buffer.from(json));
  const consents = fc.json().map((json) => Buffer.from(`{"body":{"consent":${json}},"customerId":1}`));
  const facts = fc.json().map((json) => Buffer.from(`{"facts":[${json}]}`));
  const events = fc
    .record({ type: fc.constantFrom('order', 'signup', 'newsletter', 'page'), key: fc.json(), data: fc.json() })
    .map(({ type, key, data }) =>
      Buffer.from(
        `{"sentAt":5,"event":{"id":"e","type":"${type}","at":${key},"data":{"key":${key},"customer":${data},"items":[${data}],"total":${key}}}}`,
      ),
    );
  fc.assert(
    fc.property(
      fc.constantFrom<WireFormat>('own', 'v2/customers-consents', 'collect', 'ingest'),
      fc.oneof(bodies, consents, facts, events),
      (name, raw) => checkStorable(decode(name, raw, null)),
    ),
    runs,
  );
});

test('any object of any topic of any platform has an answer that a table can hold', () => {
  const platform = fc.constantFrom<WireFormat>(...wireFormats.filter((name) => name.startsWith('store/')));
  const topic = fc.constantFrom(
    ...[
      'order.upsert',
      'order.created',
      'customer.updated',
      'refund.upsert',
      'cart.upsert',
      'consent.set',
      'orders/create',
    ],
    ...[
      'refunds/create',
      'checkouts/update',
      'customers_marketing_consent/update',
      'actionValidateOrder',
      'addHistory',
    ],
    ...['sales_order_save_commit_after', 'newsletter_subscriber_save_commit_after', 'order_placed', '__proto__'],
  );
  const inner = fc.dictionary(
    fc.constantFrom(
      ...['id', 'order', 'orders', 'customer', 'cart', 'total', 'total_price', 'grand_total', 'refunds', 'line_items'],
      ...['billing', 'date_modified_gmt', 'created_at', 'meta_data', 'transactions', 'params', 'associations', 'items'],
      ...['email', 'customer_id', 'entity_id', 'state', 'channel', 'value', 'products', 'order_id', '__proto__'],
    ),
    fc.jsonValue({ maxDepth: 4 }),
    { maxKeys: 12 },
  );
  const body = fc.oneof(inner, fc.array(inner, { maxLength: 3 }), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(platform, topic, body, (name, said, value) => {
      const raw = Buffer.from(
        JSON.stringify({ topic: said, occurredAt: null, zone: 'x', currency: 'EUR', body: value }),
      );
      checkStorable(decode(name, raw, null));
      expect(decode(name, raw, null)).toEqual(decode(name, raw, null));
    }),
    runs,
  );
});

test('what PHP writes is what is read', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abc_é0'), minLength: 1, maxLength: 6 });
  const leaf = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.toWellFormed().replaceAll('\0', ''));
  const { tree } = fc.letrec<{ tree: Tree; value: string | Tree }>((tie) => ({
    tree: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('tree')),
  }));
  fc.assert(
    fc.property(tree, (given) => {
      const read = parseForm(Buffer.from(write(given)));
      expect('fault' in read ? read : plain(read)).toEqual(given);
    }),
    runs,
  );
});

test('an amount read is canonical, and a canonical amount is read as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE €') }), (text) => {
      expect(amountText(text) ?? '0').toMatch(/^-?\d+(\.\d+)?$/);
      expect(money(text)?.amount ?? '0').toMatch(/^-?\d+(\.\d+)?$/);
    }),
    runs,
  );
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(99), (whole, cents) => {
      const text = `${whole}.${String(cents).padStart(2, '0')}`;
      expect(amountText(text)).toBe(text);
      expect(amountText(text.replace('.', ','))).toBe(text);
    }),
    runs,
  );
});

test('a date is one of the calendar, a time is on the clock', () => {
  const digits = fc.stringMatching(/^[012]\d{3}-[01]\d-[0-3]\d([T ][0-2]\d:[0-6]\d(:[0-6]\d)?(Z|[+-]\d\d:?\d\d)?)?$/);
  fc.assert(
    fc.property(digits, (text) => {
      const time = statedTime(text);
      if (time === null || time === 'invalid') return;
      if ('at' in time) expect(Number.isFinite(time.at)).toBe(true);
      if ('date' in time) expect(isDate(time.date)).toBe(true);
      if ('local' in time) expect(new Date(`${time.local}Z`).toISOString().slice(0, 19)).toBe(time.local);
    }),
    runs,
  );
});

test.each([
  ['brackets 10,000 deep', `a${'[a]'.repeat(10_000)}=1`, 'wire.too_deep'],
  ['brackets never closed', `a${'['.repeat(60_000)}=1`, null],
  ['a million separators', '&'.repeat(1_000_000), null],
  ['a name of 1 MB', 'a'.repeat(1_000_000), null],
  ['a value of 1 MB', `email=${'a'.repeat(1_000_000)}`, null],
  ['an amount of 1 MB', `email=a%40b.fr&idorder=1&amount=${'9'.repeat(1_000_000)}`, null],
  ['a tag list of 1 MB', `email=a%40b.fr&idorder=1&add_tag=${'a,'.repeat(500_000)}`, null],
  ['100,000 fields', 'a=1&'.repeat(100_000), 'wire.too_many_fields'],
  ['2,000 unnumbered', `email=a%40b.fr&${'a[]=1&'.repeat(1999)}`, null],
])('%s: an answer of a bounded size', (_what, text, reason) => {
  const decoded = decode('track', Buffer.from(text), null);
  if (reason !== null) expect(decoded).toMatchObject({ word: 'unreadable', reason });
  expect(JSON.stringify({ ...decoded, facts: [] }).length).toBeLessThan(1000);
  // An identity is kept as it came, however long: rules say why it is none.
  if (decoded.word === 'read') expect(JSON.stringify(decoded.facts).length).toBeLessThan(text.length + 20_000);
});

test('a text is cut between characters, not inside one', () => {
  const long = encodeURIComponent('🌸'.repeat(600));
  const texts = [
    `name=a${long}`,
    `add_tag=a${long}`,
    `state=a${long}`,
    `custom_fields[1]=a${long}`,
    `consents[a${long}]=1`,
  ];
  const more = ['product_attributes[0][0]', 'name', 'company'].map((name) => `${name}=${long}`);
  for (const text of [...texts, ...more]) {
    checkStorable(decode('track', Buffer.from(`email=a%40b.fr&idorder=1&${text}`), null));
  }
});

interface Tree {
  [key: string]: string | Tree;
}

function write(tree: Tree, prefix = ''): string {
  return Object.entries(tree)
    .map(([key, value]) => {
      const name = prefix === '' ? key : `${prefix}[${key}]`;
      return typeof value === 'string' ? `${formEscape(name)}=${formEscape(value)}` : write(value, name);
    })
    .join('&');
}

function plain(value: FormValue): unknown {
  return typeof value === 'string' ? value : Object.fromEntries([...value].map(([key, below]) => [key, plain(below)]));
}

/** As `http_build_query`: spaces are `+`. */
function formEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');
}

function checkStorable(decoded: Decoded): void {
  const text = JSON.stringify(decoded);
  expect(text).not.toContain('\\u0000');
  expect(text).not.toMatch(/\\ud[89a-f]/);
}
