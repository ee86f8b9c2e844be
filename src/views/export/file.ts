/** A file with data of many people, made while it is read: memory does not grow with it. */
import type { Kysely } from 'kysely';
import type { ExportFormat, ExportScope } from '#contract/export-kinds.ts';
import type { ExportFilter } from '#contract/exports.ts';
import { type Language, speak } from '#contract/messages/speak.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from '../v2-shop.ts';
import type { Cell, ExportTable, ExportVoice } from './cell.ts';
import { exportConsents } from './consents.ts';
import { exportJournal } from './journal.ts';
import { exportOrders } from './orders.ts';
import { exportProfiles } from './profiles.ts';
import { csvFile, ndjsonFile } from './text-file.ts';
import { workbookFile } from './workbook.ts';

export interface AskedExport {
  readonly shop: ShopId;
  readonly asked: ExportFilter;
  readonly format: ExportFormat;
  readonly scope: ExportScope;
  readonly lang: Language;
}

export const exportTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ndjson: 'application/x-ndjson',
};

export interface ExportDeps {
  readonly db: Kysely<Database>;
  readonly keys: Keys;
}

/** The file in pieces; `onRows` is told how many rows each slice had. Throws when the shop is not there. */
export async function exportFile(
  deps: ExportDeps,
  { shop, asked, format, scope, lang }: AskedExport,
  onRows: (rows: number) => void = () => undefined,
): Promise<AsyncGenerator<Buffer>> {
  const found = await findShopSettings(deps.db, shop);
  if (found === null) throw new Error(`shop ${shop} is not there`);
  const speech: ExportVoice = { voice: speak(lang), settings: found.settings };
  const { columns, slices } = await tableOf(deps, shop, asked, scope, speech);
  const table = { columns, slices: counted(slices, onRows) };
  if (format === 'csv') return encoded(csvFile(table, speech));
  if (format === 'ndjson') return encoded(ndjsonFile(table));
  return workbookFile(table, speech, speech.voice.say(`exports.kind.${asked.kind}`));
}

async function tableOf(
  { db, keys }: ExportDeps,
  shop: ShopId,
  asked: ExportFilter,
  scope: ExportScope,
  speech: ExportVoice,
): Promise<ExportTable> {
  if (asked.kind === 'orders') return exportOrders(db, shop, asked.filter, scope, speech);
  if (scope !== 'full') throw new Error(`a file of ${asked.kind} is made of personal data`);
  if (asked.kind === 'profiles') return exportProfiles(db, shop, asked.filter, speech);
  if (asked.kind === 'consents') return exportConsents(db, shop, asked.filter, speech);
  return exportJournal(db, keys, shop, asked.filter, speech);
}

async function* counted(
  slices: ExportTable['slices'],
  onRows: (rows: number) => void,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for await (const rows of slices) {
    // before its bytes, of which the last may leave in a piece at once
    onRows(rows.length);
    yield rows;
  }
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text);
}
