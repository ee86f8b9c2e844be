/** What stands in a cell of an exported file, before it is written as text, as a spreadsheet's value or as JSON. */
import type { Voice } from '#contract/messages/speak.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopSettings } from '#domain/settings.ts';

export type Cell =
  | null
  | string
  | number
  | boolean
  /** Epoch ms. */
  | { readonly at: Instant }
  | { readonly minor: number; readonly currency: string }
  /** One of a closed list: its code in JSON, the word people read elsewhere. */
  | { readonly code: string; readonly word: string }
  | readonly string[]
  | { readonly json: unknown };

export interface Column {
  /** In JSON; points make objects of objects: `bases.4.status`. */
  readonly name: string;
  /** The header people read, which an import of ours recognises. */
  readonly head: string;
}

/** A file's columns, and its rows in slices: never more than one slice in memory. */
export interface ExportTable {
  readonly columns: readonly Column[];
  readonly slices: AsyncIterable<readonly (readonly Cell[])[]>;
}

/** What makes the words and times of a file. */
export interface ExportVoice {
  readonly voice: Voice;
  readonly settings: ShopSettings;
}

/** Rows of one slice. */
export const sliceRows = 1_000;

/** One column: how it is headed, and what stands in it for a row. */
export interface ColumnOf<Row> extends Column {
  readonly cell: (row: Row) => Cell;
}

/** Pages of rows made into slices of cells. */
export async function* cellsOf<Row>(
  columns: readonly ColumnOf<Row>[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Cell[][]> {
  for await (const rows of pages) yield rows.map((row) => columns.map(({ cell }) => cell(row)));
}

/**
 * Page after page until one is not full. `find` answers the rows after a place, in the order of its index; `placeOf` says where a row stands.
 */
export async function* paged<Row, Place>(
  find: (after: Place | null) => Promise<readonly Row[]>,
  placeOf: (row: Row) => Place,
): AsyncGenerator<readonly Row[]> {
  for (let after: Place | null = null; ; ) {
    const rows = await find(after);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < sliceRows) return;
    after = placeOf(last);
  }
}

/** Arrays have an `at` of their own: lists are told first. */
export function isList(cell: Cell): cell is readonly string[] {
  return Array.isArray(cell);
}

export function timeCell(at: Date | null): Cell {
  return at === null ? null : { at: at.getTime() };
}
