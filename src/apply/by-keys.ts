/** Look-ups by many keys at once. */
import type { ClientBase } from 'pg';
import { binaryArray, type Element, type ElementType } from './binary-array.ts';
import { setOf } from './set-write.ts';

/** A column of the keys: its name, its type, its value. */
export type KeyColumn<Place> = readonly [string, ElementType, (asked: Place) => Element];

/** Rows of (shop, key) pairs: `text` selects from the keys it is given, a table of `i`, `shop_id` and the columns. */
export async function byKeys<Place extends { readonly rows: { readonly shopId: number } }>(
  client: ClientBase,
  name: string,
  asked: readonly Place[],
  keys: readonly KeyColumn<Place>[],
  text: (keys: string) => string,
): Promise<(Record<string, unknown> & { i: number })[]> {
  if (asked.length === 0) return [];
  const { rows } = await client.query({
    name,
    text: text(
      setOf([
        { name: 'i', type: 'int4' },
        { name: 'shop_id', type: 'int4' },
        ...keys.map(([column, type]) => ({ name: column, type })),
      ]),
    ),
    values: [
      binaryArray(
        'int4',
        asked.map((_, place) => place),
      ),
      binaryArray(
        'int4',
        asked.map(({ rows: shop }) => shop.shopId),
      ),
      ...keys.map(([, type, value]) => binaryArray(type, asked.map(value))),
    ],
  });
  return rows;
}
