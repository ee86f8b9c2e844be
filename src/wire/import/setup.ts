/** How a file is to be understood, as the wizard or a template says it. */
import { isObject, type Json } from '../json.ts';
import { type Column, type ImportKind, isColumn, neededColumns } from './columns.ts';
import { type FileRules, readRules } from './line.ts';
import { type Encoding, encodings, type Separator, separators } from './sniff.ts';

export interface ImportSetup {
  /** null: as its bytes tell. */
  readonly encoding: Encoding | null;
  readonly separator: Separator | null;
  /** The first row names the columns. */
  readonly header: boolean;
  /** What each column of the file states; null: it is left out. */
  readonly columns: readonly (Column | null)[];
  /** Lines that follow each other with one reference are one order, an item each. */
  readonly grouped: boolean;
  readonly rules: FileRules;
}

export type SetupFault = 'shape' | 'column_unknown' | 'column_twice' | 'column_missing' | 'date_without_value';

export const mostColumns = 500;

/** From JSON of anybody. */
export function readSetup(kind: ImportKind, json: Json): ImportSetup | SetupFault {
  if (!isObject(json) || !Array.isArray(json.columns) || json.columns.length > mostColumns) return 'shape';
  const encoding = json.encoding == null ? null : encodings.find((known) => known === json.encoding);
  const separator = json.separator == null ? null : separators.find((known) => known === json.separator);
  const rules = readRules(json.rules ?? undefined);
  if (encoding === undefined || separator === undefined || rules === null) return 'shape';
  const columns: (Column | null)[] = [];
  for (const name of json.columns) {
    if (name === null) columns.push(null);
    else if (typeof name === 'string' && isColumn(kind, name)) columns.push(name);
    else return 'column_unknown';
  }
  const fault = faultOf(kind, columns);
  if (fault !== null) return fault;
  return {
    encoding,
    separator,
    header: json.header !== false,
    columns,
    grouped: kind === 'orders' && json.grouped === true,
    rules,
  };
}

function faultOf(kind: ImportKind, columns: readonly (Column | null)[]): SetupFault | null {
  const used = columns.filter((column) => column !== null);
  if (new Set(used).size < used.length) return 'column_twice';
  if (!neededColumns(kind).every((one) => one.some((column) => used.includes(column)))) return 'column_missing';
  if (kind === 'consents' && !used.some((column) => column.startsWith('basis:'))) return 'column_missing';
  const dates = used.filter((column) => column.startsWith('basisDate:'));
  return dates.every((column) => used.some((one) => one === `basis:${column.slice('basisDate:'.length)}`))
    ? null
    : 'date_without_value';
}
