import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Envelope } from '#intake/envelope.ts';
import { forgetDeliveryKeys } from '#store/journal-day.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { AppliedShop, arrival } from './testing/applied-shop.ts';

let base: TestDatabase;
let shop: AppliedShop;

beforeAll(async () => {
  base = await testDatabase();
  shop = await AppliedShop.open(base, ['shop.example']);
});
afterAll(async () => {
  await shop.close();
  await base.close();
});

const browser = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36';

function collected(id: string, key: string, more: Partial<Envelope> = {}): Envelope {
  const event = { id, type: 'order', at: 500, data: { key, total: 10, state: 'paid', customer: { email: 'a@b.fr' } } };
  return {
    ...shop.order(key),
    format: 'collect',
    source: { kind: 'browser' },
    pageHost: 'shop.example',
    mayRead: false,
    headers: { 'user-agent': browser },
    deliveryKey: `page:${id}`,
    raw: Buffer.from(JSON.stringify({ sentAt: 60_500, token: null, event })),
    ...more,
  };
}

const outcomes = () => shop.rows('journal', "outcome || ' ' || array_to_string(reasons, ',')", 'seq');

test('the same event is applied once: within a batch, in a later one, and by whichever process', async () => {
  await shop.append([collected('e1', 'A'), collected('e1', 'A'), collected('e2', 'B')]);
  await shop.apply();
  await shop.append([collected('e1', 'A')]);
  await shop.reconnect();
  await shop.apply();
  expect(await outcomes()).toEqual([
    'applied ',
    'unchanged delivery.repeated',
    'applied ',
    'unchanged delivery.repeated',
  ]);
  expect(await shop.rows('order_state_history', 'count(*)::int')).toEqual([2]);
  expect(await shop.rows('delivery_key', 'key')).toEqual(['page:e1', 'page:e2']);
  // a minute before the sending is a minute before the arrival, whatever the sender's clock shows
  expect(await shop.rows('orders', 'extract(epoch from placed_at)::int8 * 1000 - 0', 'key')).toEqual([
    arrival - 60_000,
    arrival - 60_000,
  ]);
});

test('keys of servers and of pages never meet', async () => {
  await shop.append([
    collected('e3', 'C'),
    { ...collected('e3', 'C'), deliveryKey: 'api:e3', source: { kind: 'api' } },
  ]);
  await shop.apply();
  expect((await outcomes()).slice(-2)).not.toContain('unchanged delivery.repeated');
});

test('what is held for its host keeps its key, so that its repeat is not held too', async () => {
  const elsewhere = { pageHost: 'elsewhere.example' };
  await shop.append([collected('e4', 'D', elsewhere), collected('e4', 'D', elsewhere)]);
  await shop.apply();
  expect((await outcomes()).slice(-2)).toEqual(['ignored browser.origin', 'unchanged delivery.repeated']);
  expect(await shop.rows('held_origin', 'host')).toEqual(['elsewhere.example']);
});

test('a browser that says it is a program is recorded and counts nothing', async () => {
  const headers = { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' };
  await shop.append([collected('e5', 'E', { headers }), collected('e6', 'F', { headers, pageHost: 'other.example' })]);
  await shop.apply();
  expect((await outcomes()).slice(-2)).toEqual(['ignored browser.bot', 'ignored browser.bot']);
  expect(await shop.rows('orders', 'key', 'key')).not.toContain('E');
  expect(await shop.rows('held_origin', 'host')).toEqual(['elsewhere.example']);
});

test('an item that failed keeps its key for its own next try', async () => {
  const bytes = collected('e7', 'G');
  await shop.append([{ ...bytes, format: 'of-tomorrow' }, bytes]);
  await shop.apply();
  expect((await outcomes()).slice(-2)).toEqual(['failed fault.parked', 'applied ']);
});

test('keys past their time are forgotten', async () => {
  expect(await forgetDeliveryKeys(base.pool, arrival)).toBe(0);
  expect(await forgetDeliveryKeys(base.pool, arrival + 1)).toBeGreaterThan(0);
  expect(await shop.rows('delivery_key', 'key')).toEqual([]);
});
