/** Lines of imports that were applied: one bit each, in blocks (rules §6.9, §8). */
import type { ClientBase } from 'pg';
import { lineOfKey } from '#intake/import-key.ts';
import { binaryArray } from './binary-array.ts';
import type { DecidedItem, Item } from './items.ts';
import { insertStatement, type Row, send } from './set-write.ts';

const blockLines = 4_096;

const applied = insertStatement(
  'import_applied',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'import_id', type: 'text', cast: 'uuid' },
    { name: 'block', type: 'int4' },
    { name: 'lines', type: 'text', cast: `bit(${blockLines})` },
  ],
  '(shop_id, import_id, block) do update set lines = import_applied.lines | excluded.lines',
);

interface Place {
  readonly shopId: number;
  readonly importId: string;
  readonly block: number;
  /** Within the block. */
  readonly bit: number;
}

/** Where the line of an import is kept; null: the item is none. */
export function placeOfLine({ envelope: { shopId, source, deliveryKey } }: Item): Place | null {
  const line = source.kind === 'import' ? lineOfKey(deliveryKey) : null;
  if (source.kind !== 'import' || line === null) return null;
  return { shopId, importId: source.importId, block: Math.floor(line / blockLines), bit: line % blockLines };
}

/** Adds to `repeats` the lines that were applied before, or come a second time in these items, or are `onTheirWay`. */
export async function findAppliedLines(
  client: ClientBase,
  items: readonly Item[],
  onTheirWay: readonly Item[],
  repeats: Set<Item>,
): Promise<void> {
  const placed = items.flatMap((item) => {
    const place = placeOfLine(item);
    return place === null ? [] : [{ item, place, name: nameOf(place) }];
  });
  if (placed.length === 0) return;
  const asked = [...new Map(placed.map(({ name, place }) => [name, place])).values()];
  const { rows } = await client.query<{ shop_id: number; import_id: string; block: number; lines: string }>({
    name: 'find applied lines',
    text: `select a.shop_id, a.import_id, a.block, a.lines
      from unnest($1::int4[], $2::text[], $3::int4[]) k(shop_id, import_id, block)
      join import_applied a on a.shop_id = k.shop_id and a.import_id = k.import_id::uuid and a.block = k.block`,
    values: [
      binaryArray(
        'int4',
        asked.map((place) => place.shopId),
      ),
      binaryArray(
        'text',
        asked.map((place) => place.importId),
      ),
      binaryArray(
        'int4',
        asked.map((place) => place.block),
      ),
    ],
  });
  const known = new Map(
    rows.map((row) => [nameOf({ shopId: row.shop_id, importId: row.import_id, block: row.block }), row.lines]),
  );
  const seen = new Set<string>();
  for (const item of onTheirWay) {
    const place = placeOfLine(item);
    if (place !== null) seen.add(`${nameOf(place)} ${place.bit}`);
  }
  for (const { item, place, name } of placed) {
    const line = `${name} ${place.bit}`;
    if (known.get(name)?.[place.bit] === '1' || seen.has(line)) repeats.add(item);
    seen.add(line);
  }
}

/** Remembers the lines of decided items, in their transaction. */
export function writeAppliedLines(client: ClientBase, items: readonly DecidedItem[]): Promise<unknown>[] {
  const blocks = new Map<string, { place: Place; bits: Uint8Array }>();
  for (const { item, repeated } of items) {
    const place = repeated ? null : placeOfLine(item);
    if (place === null) continue;
    const name = nameOf(place);
    const block = blocks.get(name) ?? { place, bits: new Uint8Array(blockLines).fill(zero) };
    block.bits[place.bit] = zero + 1;
    blocks.set(name, block);
  }
  const rows = [...blocks.values()].map(
    ({ place, bits }): Row => [place.shopId, place.importId, place.block, Buffer.from(bits).toString('latin1')],
  );
  return send(client, applied, rows);
}

const zero = '0'.charCodeAt(0);

function nameOf({ shopId, importId, block }: Omit<Place, 'bit'>): string {
  return `${shopId} ${importId} ${block}`;
}
