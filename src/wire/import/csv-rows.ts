/** Text of a CSV made into rows, piece by piece: strict where it can be, and never worse than linear in what it was given. */

/** A row, or a cell in quotes, longer than this is a file without line ends, or with a quote that is never closed. */
const longestRow = 1_000_000;

export type CsvFault = 'row_too_long' | 'quote_open';

export class CsvError extends Error {
  readonly fault: CsvFault;

  constructor(fault: CsvFault) {
    super(fault);
    this.fault = fault;
  }
}

const quote = '"';
const lf = 10;
const cr = 13;

/**
 * Lines end with LF, CR LF or CR. A cell that begins with a quote ends with the quote before a separator or a line's end; a quote
 * anywhere else is a sign like others. Throws a CsvError.
 */
export class CsvRows {
  readonly #separator: string;
  #rest = '';
  #begun = false;

  constructor(separator: string) {
    this.#separator = separator;
  }

  /** The rows that are whole now. */
  push(text: string): string[][] {
    return this.#read(this.#rest + text, false);
  }

  /** The last row, where no line's end came after it. */
  end(): string[][] {
    return this.#read(this.#rest, true);
  }

  #read(given: string, last: boolean): string[][] {
    const text = this.#begun || !given.startsWith('\ufeff') ? given : given.slice(1);
    if (given !== '') this.#begun = true;
    const rows: string[][] = [];
    let start = 0;
    while (start < text.length) {
      const cells: string[] = [];
      const end = this.#row(text, start, last, cells);
      if (end === null) break;
      rows.push(cells);
      start = end;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > longestRow) throw new CsvError('row_too_long');
    return rows;
  }

  /** Fills the cells of the row that begins at `start`; answers where the next begins, null while it is not whole. */
  #row(text: string, start: number, last: boolean, cells: string[]): number | null {
    for (let at = start; ; ) {
      const cellEnd = text[at] === quote ? this.#quoted(text, at, last, cells) : this.#plain(text, at, cells);
      if (cellEnd === null) return null;
      if (cellEnd - start > longestRow) throw new CsvError('row_too_long');
      const sign = text.charCodeAt(cellEnd);
      if (sign === lf) return cellEnd + 1;
      // a CR at the very end may be half of a line's end
      if (sign === cr && cellEnd + 1 < text.length) return cellEnd + (text.charCodeAt(cellEnd + 1) === lf ? 2 : 1);
      if (cellEnd >= text.length || sign === cr) return last ? text.length : null;
      at = cellEnd + 1;
    }
  }

  #plain(text: string, at: number, cells: string[]): number {
    const separator = this.#separator.charCodeAt(0);
    let end = at;
    for (; end < text.length; end++) {
      const sign = text.charCodeAt(end);
      if (sign === separator || sign === lf || sign === cr) break;
    }
    cells.push(text.slice(at, end));
    return end;
  }

  #quoted(text: string, at: number, last: boolean, cells: string[]): number | null {
    let doubled = false;
    for (let from = at + 1; ; ) {
      const close = text.indexOf(quote, from);
      if (close < 0) {
        if (text.length - at > longestRow) throw new CsvError('row_too_long');
        if (last) throw new CsvError('quote_open');
        return null;
      }
      if (close - at > longestRow) throw new CsvError('row_too_long');
      const next = text[close + 1];
      if (next === undefined && !last) return null;
      if (next === undefined || next === this.#separator || next === '\n' || next === '\r') {
        const inside = text.slice(at + 1, close);
        cells.push(doubled ? inside.replaceAll('""', quote) : inside);
        return close + 1;
      }
      if (next === quote) doubled = true;
      from = close + (next === quote ? 2 : 1);
    }
  }
}
