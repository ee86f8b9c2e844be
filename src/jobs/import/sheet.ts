/** The first sheet of a workbook (XLSX), row by row: text as shown, numbers plain, dates as `YYYY-MM-DD[ HH:MM:SS]`. */
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { Zip, ZipEntry } from './archive.ts';
import { FileFault } from './fault.ts';

/** Characters of shared texts kept in memory, each with some for itself; a workbook with more should come as CSV. */
const mostText = 48 * 2 ** 20;
const textItself = 16;
const mostColumns = 1_000;
/** As Excel has them: rows of a sheet, characters of a cell, styles of cells. */
const mostRows = 1_048_576;
const mostCell = 32_767;
const mostStyles = 65_536;
/** Characters of one text or tag, and tags within each other, that a workbook may have: the parser keeps them until they end. */
const mostUnended = 4 * 2 ** 20;
const mostDepth = 100;

export function isWorkbook(zip: Zip): boolean {
  return zip.entries.some(({ name }) => name === 'xl/workbook.xml');
}

export async function* sheetRows(zip: Zip): AsyncGenerator<readonly string[]> {
  const { sheet, from1904 } = await firstSheet(zip);
  const texts = await sharedTexts(zip);
  const dates = await dateStyles(zip);
  const reader = new SheetReader(texts, dates, from1904);
  for await (const _ of parsed(sheet, reader)) yield* reader.take();
}

interface Listeners {
  open?(tag: SaxesTagPlain): void;
  text?(text: string): void;
  close?(tag: SaxesTagPlain): void;
}

/** Parses an entry; answers after each piece. What would never end is `import.sheet_too_large`, what nests too deep is broken. */
async function* parsed(entry: ZipEntry, listeners: Listeners): AsyncGenerator<void> {
  const parser = new SaxesParser();
  let depth = 0;
  let unended = 0;
  parser.on('error', (error) => {
    throw new FileFault('import.sheet_broken', { cause: error });
  });
  parser.on('opentag', (tag) => {
    unended = 0;
    depth += 1;
    if (depth > mostDepth) throw new FileFault('import.sheet_broken');
    listeners.open?.(tag);
  });
  parser.on('text', (text) => listeners.text?.(text));
  parser.on('closetag', (tag) => {
    unended = 0;
    depth -= 1;
    listeners.close?.(tag);
  });
  const decoder = new TextDecoder('utf-8');
  for await (const piece of entry.open()) {
    unended += piece.length;
    parser.write(decoder.decode(piece, { stream: true }));
    if (unended > mostUnended) throw new FileFault('import.sheet_too_large');
    yield;
  }
  parser.close();
  yield;
}

async function parseWhole(zip: Zip, name: string, listeners: Listeners): Promise<void> {
  const entry = zip.entries.find((known) => known.name === name);
  if (entry !== undefined) for await (const _ of parsed(entry, listeners));
}

async function firstSheet(zip: Zip): Promise<{ sheet: ZipEntry; from1904: boolean }> {
  let relation: string | null = null;
  let from1904 = false;
  await parseWhole(zip, 'xl/workbook.xml', {
    open({ name, attributes }) {
      if (local(name) === 'workbookPr') from1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      if (local(name) === 'sheet' && relation === null && attributes.state !== 'hidden')
        relation = attributes['r:id'] ?? null;
    },
  });
  let target: string | null = null;
  await parseWhole(zip, 'xl/_rels/workbook.xml.rels', {
    open({ name, attributes }) {
      if (local(name) === 'Relationship' && attributes.Id === relation) target = attributes.Target ?? null;
    },
  });
  const path = pathOf(target);
  const sheet = zip.entries.find(({ name }) => name === path);
  if (sheet === undefined) throw new FileFault('import.sheet_broken');
  return { sheet, from1904 };
}

function pathOf(target: string | null): string {
  if (target === null) return 'xl/worksheets/sheet1.xml';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

async function sharedTexts(zip: Zip): Promise<readonly string[]> {
  const texts: string[] = [];
  let kept = 0;
  let current: string | null = null;
  let inText = false;
  let phonetic = 0;
  await parseWhole(zip, 'xl/sharedStrings.xml', {
    open({ name }) {
      if (local(name) === 'si') current = '';
      if (local(name) === 'rPh') phonetic++;
      inText = local(name) === 't' && phonetic === 0;
    },
    text(text) {
      if (!inText || current === null) return;
      current += text;
      if (kept + current.length > mostText) throw new FileFault('import.sheet_too_large');
    },
    close({ name }) {
      inText = false;
      if (local(name) === 'rPh') phonetic--;
      if (local(name) !== 'si') return;
      kept += (current?.length ?? 0) + textItself;
      if (kept > mostText) throw new FileFault('import.sheet_too_large');
      texts.push(current ?? '');
      current = null;
    },
  });
  return texts;
}

/** For each cell style whether it shows a date, and a time. */
async function dateStyles(zip: Zip): Promise<readonly ('date' | null)[]> {
  const formats = new Map<number, string>();
  const styles: ('date' | null)[] = [];
  let inCells = false;
  await parseWhole(zip, 'xl/styles.xml', {
    open({ name, attributes }) {
      if (local(name) === 'numFmt') formats.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      if (local(name) === 'cellXfs') inCells = true;
      if (inCells && local(name) === 'xf')
        styles.push(isDateFormat(Number(attributes.numFmtId), formats) ? 'date' : null);
      if (styles.length > mostStyles || formats.size > mostStyles) throw new FileFault('import.sheet_broken');
    },
    close({ name }) {
      if (local(name) === 'cellXfs') inCells = false;
    },
  });
  return styles;
}

/** The built-in date formats of the standard (ECMA-376 §18.8.30), and codes that show a day, a month or a year. */
function isDateFormat(id: number, formats: ReadonlyMap<number, string>): boolean {
  if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 58)) return true;
  const code = (formats.get(id) ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '');
  return /[dy]|m.*[/-]|[/-].*m|h:m/i.test(code) && !/^(general|0|#)/i.test(code);
}

class SheetReader implements Listeners {
  readonly #texts: readonly string[];
  readonly #dates: readonly ('date' | null)[];
  readonly #from1904: boolean;
  /** Rows, and how many before the next one are not there. */
  #done: (string[] | number)[] = [];
  #row: string[] = [];
  #rowNumber = 0;
  #column = 0;
  #type = 'n';
  #style = 0;
  #value = '';
  #reading = false;

  constructor(texts: readonly string[], dates: readonly ('date' | null)[], from1904: boolean) {
    this.#texts = texts;
    this.#from1904 = from1904;
    this.#dates = dates;
  }

  /** Rows that are not there are empty: line numbers stay those people see. */
  *take(): Generator<readonly string[]> {
    for (const done of this.#done.splice(0)) {
      if (typeof done !== 'number') yield done;
      else for (let missing = 0; missing < done; missing++) yield [];
    }
  }

  text(text: string): void {
    if (this.#reading && this.#value.length <= mostCell) this.#value += text;
  }

  open({ name, attributes }: SaxesTagPlain): void {
    switch (local(name)) {
      case 'row': {
        const number = Number(attributes.r ?? this.#rowNumber + 1);
        if (!(number > this.#rowNumber && number <= mostRows)) throw new FileFault('import.sheet_broken');
        if (number > this.#rowNumber + 1) this.#done.push(number - this.#rowNumber - 1);
        this.#rowNumber = number;
        this.#row = [];
        this.#column = 0;
        break;
      }
      case 'c':
        this.#column = columnOf(attributes.r) ?? this.#column;
        this.#type = attributes.t ?? 'n';
        this.#style = Number(attributes.s ?? 0);
        this.#value = '';
        break;
      case 'v':
      case 't':
        this.#reading = true;
        break;
      default:
        this.#reading = false;
    }
  }

  close(tag: SaxesTagPlain): void {
    const name = local(tag.name);
    if (name === 'v' || name === 't') this.#reading = false;
    if (name === 'c') {
      if (this.#column < mostColumns && this.#value !== '') {
        while (this.#row.length < this.#column) this.#row.push('');
        this.#row[this.#column] = this.#text();
      }
      this.#column++;
    }
    if (name === 'row') this.#done.push(this.#row);
  }

  #text(): string {
    const value = this.#value;
    switch (this.#type) {
      case 's':
        return this.#texts[Number(value)] ?? '';
      case 'b':
        return value === '1' ? '1' : '0';
      case 'e':
        return '';
      case 'n':
        return this.#dates[this.#style] === 'date'
          ? (dateText(Number(value), this.#from1904) ?? value)
          : plainNumber(value);
      case 'd':
        return value.replace('T', ' ').replace(/(\.\d+)?Z?$/, '');
      default:
        return value;
    }
  }
}

/** `1.2345E+10` as people wrote it; 0.1 + 0.2 without its tail. */
function plainNumber(value: string): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  if (/^-?\d{1,15}(\.\d{1,10})?$/.test(value)) return value;
  const short = Number(number.toPrecision(15));
  return Math.abs(short) < 1e21 && !/e/i.test(String(short))
    ? String(short)
    : short.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 10 });
}

/** Days since 1899-12-30 (or 1904-01-01): a day, with its time where it has one. */
function dateText(serial: number, from1904: boolean): string | null {
  if (!Number.isFinite(serial) || serial < 0 || serial > 2_958_466) return null;
  const at = Math.round((serial + (from1904 ? 1_462 : 0) - 25_569) * 86_400) * 1000;
  const text = new Date(at).toISOString();
  return Number.isInteger(serial) ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
}

/** `C` of `C7`, counted from 0. */
function columnOf(reference: string | undefined): number | null {
  const letters = reference === undefined ? undefined : /^[A-Z]{1,3}/.exec(reference)?.[0];
  if (letters === undefined) return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
