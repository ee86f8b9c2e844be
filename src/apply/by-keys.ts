/** Look-ups by many keys at once. */
import type { ClientBase } from 'pg';
import { binaryArray, type Element, type ElementType } from './binary-array.ts';

/** Rows of (shop, key) pairs: `text` selects from `k(i, shop_id, key…)`. */
export async function byKeys<Place extends { readonly rows: { readonly shopId: number } }>(
  client: ClientBase,
  name: string,
  asked: readonly Place[],
  keys: readonly (readonly [ElementType, (asked: Place) => Element])[],
  text: string,
): Promise<(Record<string, unknown> & { i: number })[]> {
  if (asked.length === 0) return [];
  const { rows } = await client.query({
    name,
    text,
    values: [
      binaryArray(
        'int4',
        asked.map((_, place) => place),
      ),
      binaryArray(
        'int4',
        asked.map(({ rows: shop }) => shop.shopId),
      ),
      ...keys.map(([type, value]) => binaryArray(type, asked.map(value))),
    ],
  });
  return rows;
}
