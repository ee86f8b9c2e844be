/** A line of an import file (docs/wire/import.md): its cells are read under the file's rules, or the whole line is refused. */
import { emailNormal } from '#domain/email.ts';
import {
  type ConsentSubject,
  type Fact,
  type ProfileField,
  profileFields,
  type StatedItem,
  type StatedMoney,
  type StatedOrder,
  type StatedPerson,
  type StatedState,
  type StatedStatus,
  type StatedTime,
} from '#domain/facts.ts';
import { basisId } from '#domain/ids.ts';
import { eachOrderText, isDayText } from '#domain/order-text.ts';
import type { Reason } from '#domain/reasons.ts';
import type { Decoded, Note } from '../decoded.ts';
import { parseJson } from '../json.ts';
import { cut } from '../text.ts';
import { currency, gender, money } from '../values.ts';
import { importTime } from './dates.ts';
import { type Cells, type FileRules, type ImportLine, readLine } from './line.ts';
import { stateOf } from './state-words.ts';
import { statusOf } from './status-words.ts';

const maxText = 250;
const maxTags = 100;
const maxItems = 200;

/** Raw bytes: what `writeLine` gives. */
export function decodeImport(raw: Uint8Array): Decoded {
  const json = parseJson(raw);
  if ('fault' in json) return { word: 'unreadable', reason: json.fault, field: null };
  const line = readLine(json.value);
  return line === null ? { word: 'unreadable', reason: 'wire.missing_field', field: null } : decodeLine(line);
}

/** The same, of a line that did not travel yet: previews and dry runs. */
export function decodeLine(line: ImportLine): Decoded {
  if (line.fault !== undefined) return { word: 'rejected', reason: line.fault, field: null };
  const reading = new Reading(line.cells, line.rules);
  try {
    const facts = factsOf(line, reading);
    return { word: 'read', facts, notes: reading.notes };
  } catch (refusal) {
    if (refusal instanceof Refusal) return { word: 'rejected', reason: refusal.reason, field: refusal.field };
    throw refusal;
  }
}

/** The value of this cell decides; what cannot be read of it refuses the line. */
class Refusal extends Error {
  readonly reason: Reason;
  readonly field: string;

  constructor(reason: Reason, field: string) {
    super(reason);
    this.reason = reason;
    this.field = field;
  }
}

class Reading {
  readonly notes: Note[] = [];
  readonly cells: Cells;
  readonly rules: FileRules;

  constructor(cells: Cells, rules: FileRules) {
    this.cells = cells;
    this.rules = rules;
  }

  /** Trimmed; null: the cell is empty or not there, and states nothing. */
  text(column: string): string | null {
    const text = this.cells[column]?.trim();
    return text === undefined || text === '' ? null : text;
  }

  /** Cut, with a note, where it is too long to keep. */
  short(column: string): string | null {
    const text = this.text(column);
    if (text === null || text.length <= maxText) return text;
    this.notes.push({ reason: 'field.too_long', field: column });
    return cut(text, maxText);
  }

  time(column: string): StatedTime | null {
    const text = this.text(column);
    const time = text === null ? null : importTime(text, this.rules.dates);
    if (time === 'invalid') throw new Refusal('time.invalid', column);
    return time;
  }

  /** The line's own time, else the one the whole file was true at. */
  saidAt(column: string): StatedTime | null {
    const stated = this.time(column);
    if (stated !== null || this.rules.asOf === null) return stated;
    const time = importTime(this.rules.asOf, 'ymd');
    return time === 'invalid' ? null : time;
  }

  money(column: string): StatedMoney | null {
    const text = this.text(column);
    if (text === null) return null;
    const read = money(plainAmount(text, this.rules.decimal));
    if (read === null) throw new Refusal('order.amount_invalid', column);
    const stated = currency(this.text('currency'));
    return { amount: read.amount, currency: stated ?? read.currency ?? this.rules.currency };
  }

  state(): StatedState | null {
    const text = this.text('state');
    const state = text === null ? null : stateOf(text, this.rules.states);
    if (text !== null && state === null) throw new Refusal('import.value_unknown', 'state');
    return state;
  }
}

function factsOf({ kind, cells, items }: ImportLine, reading: Reading): readonly Fact[] {
  const { store } = reading.rules;
  if (kind === 'states') {
    const order = orderOf(reading, null);
    const ownTime = reading.saidAt('stateAt');
    return [{ type: 'order', store, ownTime, ...nothingNew, person: nobody, order, ...noOptIns }];
  }
  const uplift = reading.rules.uplift ? ({ uplift: true } as const) : {};
  const person = personOf(reading);
  const consents = consentsOf(reading, person);
  if (kind === 'orders') {
    const order = orderOf(reading, items ?? [cells]);
    // what an order gives, it gave on its day
    const ownTime = reading.saidAt('stateAt') ?? (reading.rules.uplift ? order.placedAt : null);
    return [{ type: 'order', store, ownTime, ...nothingNew, ...uplift, person, order, ...noOptIns }, ...consents];
  }
  if (person.email === null && person.externalId === null) throw new Refusal('wire.no_identity', 'email');
  if (kind === 'consents') {
    if (consents.length === 0) throw new Refusal('wire.missing_field', 'basis');
    return consents;
  }
  const ownTime = reading.saidAt('saidAt');
  return [{ type: 'account', store, ownTime, ...nothingNew, ...uplift, person, ...noOptIns }, ...consents];
}

/** An import tells what was before: it creates nothing anew (rules §5). */
const nothingNew = { creating: false, createdAt: null } as const;
const noOptIns = { optIns: [], consents: [] } as const;
const nobody: StatedPerson = {
  externalId: null,
  email: null,
  token: null,
  fields: {},
  addTags: [],
  delTags: [],
  custom: {},
};

function personOf(reading: Reading): StatedPerson {
  const externalId = reading.text('externalId');
  if (externalId !== null && externalId.length > maxText)
    throw new Refusal('identity.external_id_too_long', 'externalId');
  const fields: { [Field in ProfileField]?: string } = splitName(reading);
  for (const name of profileFields) {
    const value = fieldOf(reading, name);
    if (value !== null) fields[name] = value;
  }
  const custom: Record<string, string> = {};
  for (const column of Object.keys(reading.cells)) {
    const value = column.startsWith('custom:') ? reading.text(column) : null;
    if (value !== null) custom[column.slice('custom:'.length)] = cut(value, 1000);
  }
  return { ...nobody, externalId, email: emailOf(reading), fields, addTags: tagsOf(reading, 'tags'), custom };
}

/** An address, alone or as mail programs write it: `Anna Petit <anna@example.test>`. */
function emailOf(reading: Reading): string | null {
  const text = reading.text('email');
  if (text === null) return null;
  const address = /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
  if (emailNormal(address) === null) throw new Refusal('identity.email_invalid', 'email');
  return address.trim();
}

/** `Petit, Anna` and `Anna Petit`; the columns of their own, where the file has them, replace both. */
function splitName(reading: Reading): { name?: string; firstname?: string } {
  const text = reading.short('fullName');
  if (text === null) return {};
  const comma = text.indexOf(',');
  const space = text.indexOf(' ');
  if (comma > 0) return { name: text.slice(0, comma).trim(), firstname: text.slice(comma + 1).trim() };
  return space < 0 ? { name: text } : { firstname: text.slice(0, space), name: text.slice(space + 1).trim() };
}

function fieldOf(reading: Reading, name: ProfileField): string | null {
  const text = reading.short(name);
  if (text === null) return null;
  if (name === 'birthday') {
    const time = importTime(text, reading.rules.dates);
    if (time !== null && time !== 'invalid') return dayOf(time);
    if (time === 'invalid') reading.notes.push({ reason: 'field.invalid', field: name });
    return null;
  }
  if (name === 'gender') {
    const known = gender(text);
    if (known === null) reading.notes.push({ reason: 'field.invalid', field: name });
    return known;
  }
  return name === 'country' && text.length === 2 ? text.toUpperCase() : text;
}

function dayOf(time: StatedTime): string | null {
  if ('date' in time) return time.date;
  return 'local' in time ? time.local.slice(0, 10) : null;
}

function tagsOf(reading: Reading, column: string): readonly string[] {
  const tags = (reading.text(column) ?? '').split(/[,;|]/).map((tag) => cut(tag.trim(), 100));
  const stated = [...new Set(tags.filter((tag) => tag !== ''))];
  if (stated.length > maxTags) reading.notes.push({ reason: 'field.too_long', field: column });
  return stated.slice(0, maxTags);
}

/** `items`: the cells of each of its lines; null: a file without items. */
function orderOf(reading: Reading, items: readonly Cells[] | null): StatedOrder {
  const key = reading.text('key');
  if (key === null) throw new Refusal('order.no_reference', 'key');
  if (key.length > maxText) throw new Refusal('field.too_long', 'key');
  return {
    key,
    number: reading.short('number'),
    placedAt: reading.time('placedAt'),
    total: reading.money('total'),
    state: reading.state(),
    refunds: [],
    refundTotal: reading.money('refunded'),
    ...eachOrderText((name) => {
      const time = isDayText(name) ? reading.time(name) : null;
      return isDayText(name) ? time && dayOf(time) : reading.short(name);
    }),
    addTags: tagsOf(reading, 'orderTags'),
    delTags: [],
    attributes: null,
    items: itemsOf(reading, items ?? []),
    cartKey: null,
  };
}

function itemsOf(reading: Reading, lines: readonly Cells[]): readonly StatedItem[] | null {
  const stated = lines.flatMap((cells): StatedItem[] => {
    const item = new Reading(cells, reading.rules);
    const sku = item.short('sku');
    const name = item.short('itemName');
    if (sku === null && name === null) return [];
    const quantity = Number(plainAmount(item.text('quantity') ?? '1', reading.rules.decimal));
    if (!Number.isFinite(quantity) || quantity < 0 || quantity > 1e9) throw new Refusal('field.invalid', 'quantity');
    return [{ key: sku, sku, name, quantity, unit: item.money('unitPrice') }];
  });
  if (stated.length > maxItems) reading.notes.push({ reason: 'field.too_long', field: 'sku' });
  return stated.length === 0 ? null : stated.slice(0, maxItems);
}

/** Each basis with a value and, where the file has it, a date of its own (rules §8). */
function consentsOf(reading: Reading, person: StatedPerson): Fact[] {
  const facts: Fact[] = [];
  for (const column of Object.keys(reading.cells)) {
    if (!column.startsWith('basis:')) continue;
    const status = statusIn(reading, column);
    if (status === null) continue;
    const id = column.slice('basis:'.length);
    facts.push({
      type: 'consent',
      store: reading.rules.store,
      ownTime: reading.saidAt(`basisDate:${id}`),
      subject: subjectOf(person),
      basis: { id: basisId(Number(id)) },
      status,
      writtenReason: reading.rules.reset,
      reset: reading.rules.reset !== null && status === 'unknown',
      proof: null,
    });
  }
  return facts;
}

function statusIn(reading: Reading, column: string): StatedStatus | null {
  const text = reading.text(column);
  const word = text === null ? 'nothing' : statusOf(text, reading.rules.statuses);
  if (word === null) throw new Refusal('import.value_unknown', column);
  return word === 'nothing' ? null : word;
}

function subjectOf({ email, externalId }: StatedPerson): ConsentSubject {
  if (email === null && externalId === null) throw new Refusal('wire.no_identity', 'email');
  return { email, externalId, phone: null };
}

/** The amount as `money` reads it without doubt, once the file's decimal mark is known. */
function plainAmount(text: string, decimal: FileRules['decimal']): string {
  if (decimal === 'comma') return text.replaceAll('.', '').replaceAll(',', '.');
  return decimal === 'point' ? text.replaceAll(',', '') : text;
}
