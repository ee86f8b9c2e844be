/** A file as uploaded, row by row, however it was packed and written. One piece of it is in memory at a time. */
import { CsvError, CsvRows } from '#wire/import/csv-rows.ts';
import { type Encoding, type Separator, sniffEncoding, sniffSeparator } from '#wire/import/sniff.ts';
import { containerOf, gunzip, openZip, type Zip, type ZipEntry } from './archive.ts';
import { FileFault } from './fault.ts';
import { isWorkbook, sheetRows } from './sheet.ts';

export type FileKind = 'csv' | 'xlsx';

/** How a text file is written; null: what its beginning tells. */
export interface Writing {
  readonly encoding: Encoding | null;
  readonly separator: Separator | null;
}

export interface TableRow {
  /** As a spreadsheet counts: the first row is 1. */
  readonly number: number;
  readonly cells: readonly string[];
}

export interface Table {
  readonly kind: FileKind;
  /** As used: recognised, or as told. */
  readonly encoding: Encoding;
  readonly separator: Separator;
  /** Rows in slices of some hundreds. */
  readonly slices: AsyncIterable<readonly TableRow[]>;
}

const sampleBytes = 256 * 1024;
const sliceRows = 500;
/** Bytes of a workbook, packed as it is. */
const mostWorkbook = 200 * 2 ** 20;

/** Opens the pieces of a file of `size` bytes and hands its table to `use`; whatever was opened is closed at its end. */
export async function withTable<Result>(
  pieces: AsyncIterable<Buffer>,
  size: number,
  writing: Writing,
  use: (table: Table) => Promise<Result>,
): Promise<Result> {
  const { head, all } = await peek(pieces);
  switch (containerOf(head)) {
    case 'plain':
      return use(await textTable(all, writing));
    case 'gzip':
      return unpackedTable(gunzip(all, size), size, writing, use);
    case 'zip': {
      await using zip = await openZip(all, size);
      if (isWorkbook(zip)) return await use(workbookTable(zip, size));
      const entry = onlyFile(zip);
      return /\.xlsx$/i.test(entry.name)
        ? await unpackedTable(entry.open(), size, writing, use)
        : await use(await textTable(entry.open(), writing));
    }
  }
}

/** What came out of an archive: a text, or a workbook. */
async function unpackedTable<Result>(
  bytes: AsyncIterable<Buffer>,
  size: number,
  writing: Writing,
  use: (table: Table) => Promise<Result>,
): Promise<Result> {
  const { head, all } = await peek(bytes);
  if (containerOf(head) !== 'zip') return use(await textTable(all, writing));
  await using zip = await openZip(all, size);
  if (!isWorkbook(zip)) throw new FileFault('import.zip_files');
  return await use(workbookTable(zip, size));
}

function workbookTable(zip: Zip, size: number): Table {
  if (size > mostWorkbook) throw new FileFault('import.sheet_too_large');
  return { kind: 'xlsx', encoding: 'utf-8', separator: ';', slices: sliced(numbered(sheetRows(zip))) };
}

function onlyFile(zip: Zip): ZipEntry {
  const files = zip.entries.filter(({ name }) => /\.(csv|tsv|txt|xlsx)$/i.test(name) && !name.startsWith('__MACOSX/'));
  const [only, ...others] = files;
  if (only === undefined || others.length > 0) throw new FileFault('import.zip_files');
  return only;
}

async function textTable(bytes: AsyncIterable<Buffer>, writing: Writing): Promise<Table> {
  const { head, all } = await peek(bytes);
  if (head.length === 0) throw new FileFault('import.empty');
  const encoding = writing.encoding ?? sniffEncoding(head, head.length >= sampleBytes);
  const start = new TextDecoder(encoding).decode(head, { stream: true });
  if (zerosIn(start) > start.length / 10) throw new FileFault('import.not_text');
  const separator = writing.separator ?? sniffSeparator(start);
  return { kind: 'csv', encoding, separator, slices: csvSlices(all, encoding, separator) };
}

function zerosIn(text: string): number {
  let zeros = 0;
  for (let at = text.indexOf('\0'); at >= 0; at = text.indexOf('\0', at + 1)) zeros++;
  return zeros;
}

async function* csvSlices(
  bytes: AsyncIterable<Buffer>,
  encoding: Encoding,
  separator: Separator,
): AsyncGenerator<readonly TableRow[]> {
  const reader = new CsvRows(separator);
  let waiting: TableRow[] = [];
  let number = 0;
  const take = (found: readonly string[][]) => {
    for (const cells of found) waiting.push({ number: ++number, cells });
  };
  try {
    for await (const text of decoded(bytes, encoding)) {
      take(reader.push(text));
      let at = 0;
      for (; waiting.length - at >= sliceRows; at += sliceRows) yield waiting.slice(at, at + sliceRows);
      if (at > 0) waiting = waiting.slice(at);
    }
    take(reader.end());
    for (let at = 0; at < waiting.length; at += sliceRows) yield waiting.slice(at, at + sliceRows);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FileFault(error.fault === 'row_too_long' ? 'import.row_too_long' : 'import.quotes', { cause: error });
  }
}

/** Bytes that are none of the encoding become U+FFFD: the line that holds them is refused, not the file. */
async function* decoded(bytes: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

async function* numbered(rows: AsyncIterable<readonly string[]>): AsyncGenerator<TableRow> {
  let number = 0;
  for await (const cells of rows) yield { number: ++number, cells };
}

async function* sliced(rows: AsyncIterable<TableRow>): AsyncGenerator<readonly TableRow[]> {
  let slice: TableRow[] = [];
  for await (const row of rows) {
    slice.push(row);
    if (slice.length < sliceRows) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** The first bytes, and all of them again. */
async function peek(pieces: AsyncIterable<Buffer>): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  const taken: Buffer[] = [];
  let length = 0;
  while (length < sampleBytes) {
    const { done, value } = await iterator.next();
    if (done) break;
    taken.push(value);
    length += value.length;
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield* taken;
      taken.length = 0;
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(taken).subarray(0, sampleBytes), all: all() };
}
