/** Exported tables as CSV and as NDJSON, in pieces of text. */
import { type CsvSeparator, csvRow } from '#contract/csv.ts';
import type { Voice } from '#contract/messages/speak.ts';
import { minorDigits } from '#domain/money.ts';
import { zonedText } from '#domain/time.ts';
import { type Cell, type ExportTable, type ExportVoice, isList } from './cell.ts';

/** With the mark by which spreadsheets know UTF-8, and the separator and decimal mark they expect in the language. */
export async function* csvFile({ columns, slices }: ExportTable, speech: ExportVoice): AsyncGenerator<string> {
  const separator: CsvSeparator = speech.voice.language === 'fr' ? ';' : ',';
  yield `\ufeff${csvRow(
    columns.map(({ head }) => head),
    separator,
  )}`;
  for await (const rows of slices)
    yield rows
      .map((cells) =>
        csvRow(
          cells.map((cell) => plainText(cell, speech)),
          separator,
        ),
      )
      .join('');
}

/** What a person reads of a cell; an instant on the shop's clock, with its offset. */
export function plainText(cell: Cell, { voice, settings }: ExportVoice): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return voice.say(cell ? 'common.yes' : 'common.no');
  if (isList(cell)) return cell.join(', ');
  if ('at' in cell) return zonedText(cell.at, settings.zone);
  if ('minor' in cell) return decimal(cell).replace('.', decimalMark(voice));
  return 'code' in cell ? cell.word : JSON.stringify(cell.json);
}

function decimalMark({ language }: Voice): string {
  return language === 'fr' ? ',' : '.';
}

/** Exact, however large. */
export function decimal({ minor, currency }: { readonly minor: number; readonly currency: string }): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = `${text.slice(0, text.length - digits)}${digits === 0 ? '' : `.${text.slice(-digits)}`}`;
  return minor < 0 ? `-${whole}` : whole;
}

/** One JSON object a line: names of ours, codes in place of words, times in UTC, amounts as decimal texts. */
export async function* ndjsonFile({ columns, slices }: ExportTable): AsyncGenerator<string> {
  const paths = columns.map(({ name }) => name.split('.'));
  for await (const rows of slices)
    yield rows.map((cells) => `${JSON.stringify(objectOf(paths, cells.map(jsonValue)))}\n`).join('');
}

type Tree = { [name: string]: unknown };

function objectOf(paths: readonly (readonly string[])[], values: readonly unknown[]): Tree {
  const whole: Tree = {};
  for (const [place, path] of paths.entries()) {
    const parents = path.slice(0, -1);
    const value = values[place];
    if (parents.length > 0 && value === null) continue;
    let within = whole;
    for (const name of parents) {
      within[name] ??= {};
      within = within[name] as Tree;
    }
    within[path.at(-1) ?? ''] = value;
  }
  return whole;
}

function jsonValue(cell: Cell): unknown {
  if (cell === null || typeof cell !== 'object' || isList(cell)) return cell;
  if ('at' in cell) return new Date(cell.at).toISOString();
  if ('minor' in cell) return decimal(cell);
  return 'code' in cell ? cell.code : cell.json;
}
