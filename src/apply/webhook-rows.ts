/** What a shop's endpoints are to be told, written in the very transaction that makes it true. */
import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { Announcement, AnnouncementKind } from '#domain/announcement.ts';
import type { ShopId } from '#domain/ids.ts';
import { writeMessage } from '#wire/webhook/write-message.ts';
import type { DecidedItem } from './items.ts';
import { insertStatement, type Row, send } from './set-write.ts';
import type { Listener } from './shop-rows.ts';
import type { DecidedShop } from './write.ts';

const deliveries = insertStatement('webhook_delivery', [
  { name: 'shop_id', type: 'int4' },
  { name: 'endpoint_id', type: 'int4' },
  { name: 'message_id', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'lane', type: 'int8' },
  { name: 'profile_id', type: 'int8' },
  { name: 'order_id', type: 'int8' },
  { name: 'created_at', type: 'timestamptz' },
  { name: 'body', type: 'text' },
  { name: 'next_try_at', type: 'timestamptz' },
]);

/** One row an endpoint, in the order things happened: the numbers that rows get here are the order they are sent in. */
export function writeDeliveries(
  client: ClientBase,
  items: readonly DecidedItem[],
  shops: readonly DecidedShop[],
): Promise<unknown>[] {
  const listeners = new Map<ShopId, readonly Listener[]>();
  for (const { rows } of shops) if (rows.listeners.length > 0) listeners.set(rows.shopId, rows.listeners);
  if (listeners.size === 0) return [];
  const made: Row[] = [];
  for (const { item, outcome } of items) {
    const { shopId, test } = item.envelope;
    if (test) continue;
    for (const announced of outcome?.announcements ?? []) {
      made.push(...rowsOf(shopId, announced, listeners.get(shopId) ?? []));
    }
  }
  return send(client, deliveries, made);
}

export function listenedTo(listeners: readonly Listener[]): ReadonlySet<AnnouncementKind> {
  return new Set(listeners.flatMap(({ kinds }) => kinds));
}

/** Every endpoint gets the message under the same id. */
function rowsOf(shop: ShopId, announced: Announcement, listeners: readonly Listener[]): Row[] {
  const { kind, at, profile } = announced;
  const wanting = listeners.filter(({ kinds }) => kinds.includes(kind));
  if (wanting.length === 0) return [];
  const messageId = `msg_${randomUUID()}`;
  const body = JSON.stringify(writeMessage(shop, announced));
  const order = 'order' in announced ? announced.order.id : null;
  const lane = profile?.id ?? -(order ?? 0);
  return wanting.map(({ id }) => [...[shop, id, messageId, kind, lane, profile?.id ?? null, order], ...[at, body, at]]);
}
