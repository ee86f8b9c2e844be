import { FormatRegistry } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WebhookMessage, webhookData } from '#contract/webhook-events.ts';
import { type AnnouncementKind, announcementKinds } from '#domain/announcement.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { createEndpoint } from '#store/webhook-endpoint.ts';
import { AppliedShop, arrival, keys } from './testing/applied-shop.ts';

let base: TestDatabase;

beforeAll(async () => {
  FormatRegistry.Set('date-time', (text) => new Date(text).toISOString() === text);
  base = await testDatabase();
});
afterAll(() => base.close());

async function listening(...kinds: readonly AnnouncementKind[]): Promise<AppliedShop & { endpoint: number }> {
  const shop = await AppliedShop.open(base);
  const values = { name: 'ERP', url: 'https://erp.example/', kinds };
  const { id } = await createEndpoint(base.pool, keys, shop.id, values, arrival);
  return Object.assign(shop, { endpoint: id });
}

async function bodies(shop: AppliedShop): Promise<WebhookMessage[]> {
  return ((await shop.rows('webhook_delivery', 'body', 'id')) as string[]).map((body) => JSON.parse(body));
}

test('what happened is to be sent, in its order, in the schema that is promised', async () => {
  const shop = await listening(...announcementKinds);
  await shop.append([
    shop.order('1', {}, 10),
    shop.order('1', {}, 20),
    shop.order('1', { format: 'v1/UpdateOrder' }, 0),
  ]);
  await shop.apply();
  const messages = await bodies(shop);
  expect(messages.map(({ type }) => type)).toEqual([
    'profile.created',
    'consent.accepted',
    'order.validated',
    'order.cancelled',
  ]);
  for (const message of messages) {
    expect([...Value.Errors(webhookData[message.type], message.data)]).toEqual([]);
    expect(message.timestamp).toBe(new Date(arrival).toISOString());
  }
  expect(messages[2]?.data).toMatchObject({
    order: { key: '1', totalMinor: 1000, currency: 'EUR', validated: true, cancelled: false },
    profile: { email: 'p1@example.test' },
  });
  const [profile] = await shop.rows('profile', 'id');
  expect(await shop.rows('webhook_delivery', 'distinct lane')).toEqual([profile]);
  await shop.close();
});

test('only what an endpoint asks for, and each endpoint under the same id', async () => {
  const shop = await listening('order.validated');
  const values = {
    name: 'Mails',
    url: 'https://mails.example/',
    kinds: ['order.validated', 'profile.created'] as const,
  };
  await createEndpoint(base.pool, keys, shop.id, values, arrival);
  await shop.append([shop.order('1')]);
  await shop.apply();
  const rows = (await shop.rows('webhook_delivery', 'kind, endpoint_id, message_id', 'id')) as [
    string,
    number,
    string,
  ][];
  expect(rows.map(([kind]) => kind)).toEqual(['profile.created', 'order.validated', 'order.validated']);
  expect(rows[1]?.[2]).toBe(rows[2]?.[2]);
  expect(rows[1]?.[2]).toMatch(/^msg_[0-9a-f-]{36}$/);
  await shop.close();
});

test('a shop without endpoints writes nothing; a repeat, a test and an item at fault write nothing twice', async () => {
  const silent = await AppliedShop.open(base);
  await silent.append([silent.order('1')]);
  await silent.apply();
  expect(await bodies(silent)).toEqual([]);
  const shop = await listening(...announcementKinds);
  const batch = await shop.append([shop.order('1')]);
  await shop.apply();
  const first = await bodies(shop);
  await shop.append([shop.order('1')], batch);
  await shop.append([shop.order('1'), shop.order('2', { test: true })]);
  await shop.append([{ ...shop.order('3'), format: 'no such format' }, shop.order('1')]);
  await shop.apply();
  expect(await bodies(shop)).toEqual(first);
  await Promise.all([silent.close(), shop.close()]);
});

test('any cut of a stream into batches tells the same', async () => {
  const told: string[] = [];
  for (const cut of [1, 2, 5]) {
    const shop = await listening(...announcementKinds);
    const stream = [
      shop.order('1', {}, 10),
      shop.order('2', {}, 20),
      shop.order('1', {}, 20),
      shop.order('2', { format: 'v1/UpdateOrder' }, 0),
      shop.order('1', { format: 'v1/UpdateOrder' }, 0),
    ];
    for (let start = 0; start < stream.length; start += cut) {
      await shop.append(stream.slice(start, start + cut));
      await shop.apply();
    }
    const messages = await bodies(shop);
    told.push(
      messages
        .map(({ type, data }) => `${type} ${'order' in data ? JSON.stringify({ ...data.order, id: 0 }) : ''}`)
        .join('\n'),
    );
    await shop.close();
  }
  expect(told[1]).toBe(told[0]);
  expect(told[2]).toBe(told[0]);
  expect(told[0]).toContain('order.cancelled');
});
