/** A first look at a file: how it is written, its first rows, and what its columns seem to mean. */
import type { Pool } from 'pg';
import type { ImportLook } from '#contract/imports.ts';
import { type ImportRow, readPieces } from '#store/import-file.ts';
import type { Column, ImportKind } from '#wire/import/columns.ts';
import { fittingOrders } from '#wire/import/dates.ts';
import { proposeColumns, type ShopNames } from '#wire/import/headers.ts';
import { plainRules } from '#wire/import/line.ts';
import { type ImportSetup, mostColumns } from '#wire/import/setup.ts';
import { looksLikeHeader, sniffDecimal } from '#wire/import/sniff.ts';
import { FileFault } from './fault.ts';
import { type Table, type TableRow, type Writing, withTable } from './table.ts';

/** Rows a judgement on dates and amounts rests on, and rows that are shown. */
const judgedRows = 5_000;
const shownRows = 51;
const longestCell = 300;

export interface Looked {
  readonly look: ImportLook;
  readonly setup: ImportSetup;
}

/** `writing`: what the merchant corrected. The file's columns are proposed anew. */
export async function lookAt(
  pool: Pool,
  file: ImportRow,
  kind: ImportKind,
  writing: Writing,
  shop: ShopNames,
): Promise<Looked> {
  const pieces = readPieces(pool, file.shopId, file.id);
  return withTable(pieces, file.size, writing, async (table) =>
    judge(kind, table, await firstRows(table), writing, shop),
  );
}

async function firstRows(table: Table): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const slice of table.slices) {
    rows.push(...slice);
    if (rows.length >= judgedRows) break;
  }
  if (rows.length === 0) throw new FileFault('import.empty');
  return rows;
}

function judge(kind: ImportKind, table: Table, rows: readonly TableRow[], writing: Writing, shop: ShopNames): Looked {
  const first = rows[0]?.cells ?? [];
  const header = looksLikeHeader(first);
  const named = header ? [first] : rows.slice(0, shownRows).map(({ cells }) => cells);
  const width = Math.min(mostColumns, Math.max(...named.map((cells) => cells.length)));
  const names = Array.from({ length: width }, (_, place) => (header ? shown(first[place] ?? '') : ''));
  const columns = proposeColumns(kind, names, shop);
  const values = rows.slice(header ? 1 : 0);
  const texts = (wanted: (column: Column) => boolean): string[] =>
    columns.flatMap((column, place) =>
      column !== null && wanted(column)
        ? values.map(({ cells }) => cells[place]?.trim() ?? '').filter((text) => text !== '')
        : [],
    );
  const orders = fittingOrders(texts(isTime));
  const grouped =
    kind === 'orders' &&
    columns.some((column) => column === 'sku' || column === 'itemName') &&
    repeats(texts((column) => column === 'key'));
  return {
    look: {
      file: table.kind,
      encoding: table.encoding,
      separator: table.separator,
      headers: names,
      rows: rows.slice(0, shownRows).map(({ cells }) => cells.slice(0, width).map(shown)),
      datesUnclear: orders.includes('dmy') && orders.includes('mdy') && !orders.includes('ymd'),
    },
    setup: {
      encoding: writing.encoding,
      separator: writing.separator,
      header,
      columns,
      grouped,
      rules: {
        ...plainRules,
        dates: orders[0] ?? 'dmy',
        decimal: sniffDecimal(texts((column) => column === 'total' || column === 'unitPrice' || column === 'refunded')),
      },
    },
  };
}

/** As a table can hold it: what no text may contain is shown as a sign. */
function shown(cell: string): string {
  return cell.slice(0, longestCell).replaceAll('\0', '\u2400').toWellFormed();
}

function isTime(column: Column): boolean {
  return /^(birthday|placedAt|stateAt|saidAt|serviceStart|serviceEnd|basisDate:)/.test(column);
}

/** Two lines in a row of one order: an item each. */
function repeats(keys: readonly string[]): boolean {
  return keys.some((key, place) => place > 0 && key === keys[place - 1]);
}
