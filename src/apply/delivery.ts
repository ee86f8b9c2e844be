/** Exactly once: an item whose delivery key was applied before changes nothing (rules §6.9). */
import type { ClientBase } from 'pg';
import { findAppliedLines, placeOfLine } from './applied-lines.ts';
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
 * act; an item decided again under its own number is no repeat. `onTheirWay`: items of this transaction that may not be written yet.
 */
export async function findRepeats(
  client: ClientBase,
  items: readonly Item[],
  onTheirWay: readonly Item[] = [],
): Promise<ReadonlySet<Item>> {
  const repeats = new Set<Item>();
  await Promise.all([
    findKeys(client, items.filter(isKeyed), onTheirWay.filter(isKeyed), repeats),
    findAppliedLines(client, items, onTheirWay, repeats),
  ]);
  return repeats;
}

/** By a key of its own: lines of imports are remembered otherwise. */
function isKeyed(item: Item): boolean {
  return item.envelope.deliveryKey !== null && placeOfLine(item) === null;
}

async function findKeys(
  client: ClientBase,
  keyed: readonly Item[],
  onTheirWay: readonly Item[],
  repeats: Set<Item>,
): Promise<void> {
  if (keyed.length === 0) return;
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
  for (const { seq, envelope } of onTheirWay) {
    const key = `${envelope.shopId} ${envelope.deliveryKey}`;
    if (!first.has(key)) first.set(key, seq);
  }
  for (const item of keyed) {
    const key = `${item.envelope.shopId} ${item.envelope.deliveryKey}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, item.seq);
    else if (known !== item.seq) repeats.add(item);
  }
}

/** Remembers the keys of decided items, in their transaction. */
export function writeDeliveryKeys(client: ClientBase, items: readonly DecidedItem[]): Promise<unknown>[] {
  const rows = items.flatMap(({ item, repeated }): Row[] => {
    const { seq, envelope } = item;
    return repeated || !isKeyed(item) ? [] : [[envelope.shopId, envelope.deliveryKey, seq, envelope.arrivedAt]];
  });
  return send(client, keys, rows);
}
