/** One line of an import as it travels: the cells under the columns they were given to, and how the file writes its values. */
import { type Reason, reasons } from '#domain/reasons.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { type ImportKind, importKinds, isColumn } from './columns.ts';

/** How a file writes dates: year first, or day or month first. */
export const dateOrders = ['ymd', 'dmy', 'mdy'] as const;
export type DateOrder = (typeof dateOrders)[number];

export const statusWords = ['accepted', 'refused', 'unknown', 'nothing'] as const;
/** What the merchant said a value stands for; `nothing`: it states nothing. */
export type StatusWord = (typeof statusWords)[number];

/** Said once for a whole file, and carried by each line so that it can be read alone. */
export interface FileRules {
  readonly dates: DateOrder;
  /** null: each amount says it by itself. */
  readonly decimal: 'comma' | 'point' | null;
  /** The connected store the file comes from; null: the shop's only one. */
  readonly store: string | null;
  /** Currency of amounts without one (ISO 4217); null: the shop's. */
  readonly currency: string | null;
  /** Values of bases the merchant gave a meaning, as written, in lower case. */
  readonly statuses: Readonly<Record<string, StatusWord>>;
  /** Order states the merchant gave a meaning, as written, in lower case. */
  readonly states: Readonly<Record<string, string>>;
  /** When what the file says was so, for lines that do not say it: `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`; null: when it is imported. */
  readonly asOf: string | null;
  /** The box "reset refused legal bases" is ticked, for this written reason (rules §8). */
  readonly reset: string | null;
  /** Orders and accounts of the file give the shop's automatic bases, as new ones do; else none (rules §8). */
  readonly uplift: boolean;
}

export const plainRules: FileRules = {
  dates: 'ymd',
  decimal: null,
  store: null,
  currency: null,
  statuses: {},
  states: {},
  asOf: null,
  reset: null,
  uplift: false,
};

export type Cells = Readonly<Record<string, string>>;

export interface ImportLine {
  readonly kind: ImportKind;
  readonly rules: FileRules;
  readonly cells: Cells;
  /** Item cells of an order that takes several lines; null: those of `cells`. */
  readonly items: readonly Cells[] | null;
  /** Why the row could not become a line; its cells are empty then. */
  readonly fault?: Reason;
}

/** JSON without what is the default: 450,000 of them travel in a minute. */
export function writeLine({ kind, rules, cells, items, fault }: ImportLine): string {
  const more = { items: items ?? undefined, fault };
  const tail = items === null && fault === undefined ? '}' : `,${JSON.stringify(more).slice(1)}`;
  return `{"kind":"${kind}","rules":${textOf(rules)},"cells":${JSON.stringify(cells)}${tail}`;
}

/** Rules are said once for a file, and written with each of its lines. */
const texts = new WeakMap<FileRules, string>();

function textOf(rules: FileRules): string {
  const known = texts.get(rules);
  if (known !== undefined) return known;
  const said = Object.entries(rules).filter(([name, value]) => {
    const usual = plainRules[name as keyof FileRules];
    return value !== usual && !(isObject(value) && Object.keys(value).length === 0);
  });
  const text = JSON.stringify(Object.fromEntries(said));
  texts.set(rules, text);
  return text;
}

/** null: not a line this release wrote. */
export function readLine(json: Json): ImportLine | null {
  if (!isObject(json)) return null;
  const kind = importKinds.find((known) => known === json.kind);
  const rules = readRules(json.rules);
  const cells = kind === undefined ? null : readCells(kind, json.cells);
  if (kind === undefined || rules === null || cells === null) return null;
  const fault = reasons.find((known) => known === json.fault);
  if (fault !== undefined) return { kind, rules, cells, items: null, fault };
  if (json.items === undefined) return { kind, rules, cells, items: null };
  if (!Array.isArray(json.items)) return null;
  const items = json.items.map((item) => readCells(kind, item));
  return items.some((item) => item === null)
    ? null
    : { kind, rules, cells, items: items.filter((item) => item !== null) };
}

function readCells(kind: ImportKind, json: Json | undefined): Cells | null {
  if (!isObject(json)) return null;
  const cells: Record<string, string> = {};
  for (const column of Object.keys(json)) {
    const value = json[column];
    if (typeof value !== 'string' || !isColumn(kind, column)) return null;
    cells[column] = value;
  }
  return cells;
}

/** What a file says of itself, from JSON; null when a part is no such thing. */
export function readRules(json: Json | undefined): FileRules | null {
  if (json === undefined) return plainRules;
  if (!isObject(json)) return null;
  const dates = json.dates === undefined ? plainRules.dates : dateOrders.find((known) => known === json.dates);
  const decimal = json.decimal ?? null;
  const statuses = readWords(json.statuses);
  const states = readWords(json.states);
  if (dates === undefined || statuses === null || states === null) return null;
  if (decimal !== null && decimal !== 'comma' && decimal !== 'point') return null;
  const known: Record<string, StatusWord> = {};
  for (const [said, meaning] of Object.entries(statuses)) {
    const word = statusWords.find((status) => status === meaning);
    if (word === undefined) return null;
    known[said] = word;
  }
  const text = (value: Json | undefined): string | null =>
    typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  return {
    dates,
    decimal,
    store: text(json.store),
    currency: text(json.currency),
    statuses: known,
    states,
    asOf: text(json.asOf),
    reset: text(json.reset),
    uplift: json.uplift === true,
  };
}

function readWords(json: Json | undefined): Record<string, string> | null {
  if (json === undefined) return {};
  if (!isObject(json)) return null;
  const words: JsonObject = json;
  return Object.values(words).every((word) => typeof word === 'string') ? (words as Record<string, string>) : null;
}
