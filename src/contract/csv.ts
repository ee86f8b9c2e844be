/** Cells of a CSV that spreadsheets open without harm. */

export type CsvSeparator = ',' | ';';

/** Quoted where it must be; a text that a spreadsheet would run as a formula is disarmed by an apostrophe, a plain number is none. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d[\d .,]*$/.test(text) ? `'${text}` : text;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvRow(cells: readonly string[], separator: CsvSeparator): string {
  return `${cells.map(csvCell).join(separator)}\r\n`;
}
