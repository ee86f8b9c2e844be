/** Rows of a table made into lines that travel: cells under their columns, an order's rows together. */
import type { Reason } from '#domain/reasons.ts';
import { type Column, type ImportKind, isItemColumn } from './columns.ts';
import type { Cells, ImportLine } from './line.ts';
import type { ImportSetup } from './setup.ts';
import { type Encoding, misreadFinder } from './sniff.ts';

export interface Row {
  readonly number: number;
  readonly cells: readonly string[];
}

export interface FileLine {
  /** The row it begins at, as a spreadsheet counts. */
  readonly number: number;
  readonly line: ImportLine;
}

/** Beyond so many orders nobody remembers whether one came before: a file that large is sorted by order. */
const mostOrders = 4_000_000;

export class FileLines {
  readonly #kind: ImportKind;
  readonly #setup: ImportSetup;
  readonly #misread: (cells: readonly string[]) => boolean;
  #header: string | null = null;
  #open: { number: number; key: string; cells: Cells; items: Cells[] } | null = null;
  readonly #closed = new Set<string>();

  /** `encoding`: what the file was read as. */
  constructor(kind: ImportKind, setup: ImportSetup, encoding: Encoding) {
    this.#kind = kind;
    this.#setup = setup;
    this.#misread = misreadFinder(encoding);
  }

  /** The lines that are whole now that this row was read. */
  take({ number, cells }: Row): FileLine[] {
    if (number === 1 && this.#setup.header) {
      this.#header = cells.join('\u001f');
      return [];
    }
    if (cells.every((cell) => cell.trim() === '')) return [];
    const fault = this.#faultOf(cells);
    if (fault !== null) return [...this.#close(), this.#line(number, {}, null, fault)];
    const named = this.#name(cells);
    return this.#setup.grouped ? this.#group(number, named) : [this.#line(number, named, null)];
  }

  end(): FileLine[] {
    return this.#close();
  }

  #faultOf(cells: readonly string[]): Reason | null {
    if (this.#header !== null && cells.join('\u001f') === this.#header) return 'import.header_again';
    if (cells.slice(this.#setup.columns.length).some((cell) => cell.trim() !== '')) return 'import.columns_changed';
    if (cells.some((cell) => cell.includes('\ufffd') || cell.includes('\0'))) return 'import.not_encoding';
    return this.#misread(cells) ? 'import.not_encoding' : null;
  }

  #name(cells: readonly string[]): Cells {
    const named: Record<string, string> = {};
    this.#setup.columns.forEach((column: Column | null, place) => {
      const cell = armed(cells[place]?.trim() ?? '');
      if (column !== null && cell !== '') named[column] = cell;
    });
    return named;
  }

  #group(number: number, cells: Cells): FileLine[] {
    const key = cells.key ?? '';
    const item = Object.fromEntries(Object.entries(cells).filter(([column]) => isItemColumn(column)));
    if (this.#open !== null && key !== '' && this.#open.key === key) {
      this.#open.items.push(item);
      // what only a later row of the order says is said of the order
      this.#open.cells = { ...cells, ...this.#open.cells };
      return [];
    }
    const done = this.#close();
    if (this.#closed.has(key)) return [...done, this.#line(number, {}, null, 'import.order_split')];
    this.#open = { number, key, cells, items: [item] };
    return done;
  }

  #close(): FileLine[] {
    if (this.#open === null) return [];
    const { number, key, cells, items } = this.#open;
    this.#open = null;
    if (this.#closed.size < mostOrders) this.#closed.add(key);
    return [this.#line(number, cells, items)];
  }

  #line(number: number, cells: Cells, items: readonly Cells[] | null, fault?: Reason): FileLine {
    const line = { kind: this.#kind, rules: this.#setup.rules, cells, items };
    return { number, line: fault === undefined ? line : { ...line, fault } };
  }
}

/** Without the apostrophe by which careful exports, ours too, keep spreadsheets from running a text. */
function armed(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}
