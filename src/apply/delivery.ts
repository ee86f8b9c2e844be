/** Exactly once: an item whose delivery key was applied before changes nothing (rules §6.9). */
import type { ClientBase } from 'pg';
import { binaryArray } from './binary-array.ts';
import type { DecidedItem, Item } from './items.ts';
import { insertStatement, type Row, send } from './set-write.ts';

const keys = insertStatement(
  'delivery_key',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'key', type: 'text' },
    { name: 'seq', type: 'int8' },
    { name: 'received_at', type: 'timestamptz' },
  ],
  'do nothing',
);

/**
 * The items that repeat an earlier one, of a batch before or of this one. The shard's lock makes the look-up and the later write one
 * act; an item decided again under its own number is no repeat.
 */
export async function findRepeats(client: ClientBase, items: readonly Item[]): Promise<ReadonlySet<Item>> {
  const keyed = items.filter(({ envelope }) => envelope.deliveryKey !== null);
  if (keyed.length === 0) return new Set();
  const { rows } = await client.query<{ shop_id: number; key: string; seq: string }>({
    name: 'find delivery keys',
    text: `select d.shop_id, d.key, d.seq::text as seq from unnest($1::int4[], $2::text[]) k(shop_id, key)
      join delivery_key d on d.shop_id = k.shop_id and d.key = k.key`,
    values: [
      binaryArray(
        'int4',
        keyed.map(({ envelope }) => envelope.shopId),
      ),
      binaryArray(
        'text',
        keyed.map(({ envelope }) => envelope.deliveryKey),
      ),
    ],
  });
  const first = new Map(rows.map((row) => [`${row.shop_id} ${row.key}`, BigInt(row.seq)]));
  const repeats = new Set<Item>();
  for (const item of keyed) {
    const key = `${item.envelope.shopId} ${item.envelope.deliveryKey}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, item.seq);
    else if (known !== item.seq) repeats.add(item);
  }
  return repeats;
}

/** Remembers the keys of decided items, in their transaction. */
export function writeDeliveryKeys(client: ClientBase, items: readonly DecidedItem[]): Promise<unknown>[] {
  const rows = items.flatMap(({ item: { seq, envelope }, repeated }): Row[] =>
    envelope.deliveryKey === null || repeated ? [] : [[envelope.shopId, envelope.deliveryKey, seq, envelope.arrivedAt]],
  );
  return send(client, keys, rows);
}
