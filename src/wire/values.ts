/** Values as shops write them, in our canonical forms; null where they state nothing or cannot be read. */
import type { StatedMoney, StatedTime } from '#domain/facts.ts';

/** An amount as written, with the currency its sign or code says (`12 €`, `CHF 12.50`); null when it is no amount. */
export function money(text: string): StatedMoney | null {
  const upper = text.slice(0, 60).toUpperCase();
  const code = codes.find((known) => upper.includes(known)) ?? null;
  const amount = amountText(code === null ? text : upper.replace(code, ''));
  if (amount === null) return null;
  return { amount, currency: code ?? (text.includes('€') ? 'EUR' : text.includes('£') ? 'GBP' : null) };
}

/** Three letters as ISO 4217 writes them; null for anything else. */
export function currency(text: string | null): string | null {
  return text !== null && /^[A-Za-z]{3}$/.test(text.trim()) ? text.trim().toUpperCase() : null;
}

const codes = ['EUR', 'USD', 'GBP', 'CHF', 'CAD'];

/** Decimal text `-?\d+(\.\d+)?` from `89,90`, `1 234.56`, `1.234,56`, `12 €`; null when it is no amount. */
export function amountText(text: string): string | null {
  if (text.length > 60) return null;
  const compact = text.replace(/[\s\u00a0\u202f€$£']/g, '');
  if (/^-?\d+(\.\d+)?$/.test(compact)) return compact;
  if (/^-?\d*\.\d+$/.test(compact)) return compact.replace('.', '0.');
  if (/^-?\d+\.$/.test(compact)) return compact.slice(0, -1);
  if (/^-?\d(\.\d+)?[eE][+-]?\d{1,2}$/.test(compact)) return exponential(compact);
  const lastComma = compact.lastIndexOf(',');
  if (lastComma < 0 || !/^-?[\d.,]+$/.test(compact)) return null;
  const lastPoint = compact.lastIndexOf('.');
  const grouped = lastPoint > lastComma || (lastPoint < 0 && /^-?\d{1,3}(,\d{3})+$/.test(compact));
  const plain = grouped ? compact.replaceAll(',', '') : compact.replaceAll('.', '').replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : null;
}

/** PHP's `1.0E+2`, as far as a decimal text holds it. */
function exponential(text: string): string | null {
  const fixed = Number(text).toFixed(4);
  return /^-?\d{1,15}\.\d{4}$/.test(fixed) ? fixed : null;
}

/** `2026-03-31 23:30:00` (the shop's zone), `2026-03-31`, or ISO with a zone; `invalid` for anything else but nothing. */
export function statedTime(text: string): StatedTime | null | 'invalid' {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('0000-00-00')) return null;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(
    trimmed,
  );
  if (match === null) return 'invalid';
  const [, date = '', minutes, seconds = ':00', fraction = '', zone] = match;
  if (!isDate(date)) return 'invalid';
  if (minutes === undefined) return { date };
  const local = `${date}T${minutes}${seconds}`;
  if (zone === undefined) return { local };
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const at = Date.parse(`${local}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(at) ? 'invalid' : { at };
}

/** A calendar date (`YYYY-MM-DD`) that exists, with a year people live or trade in. */
export function isDate(text: string): boolean {
  if (!/^(1[89]|20|21)\d\d-\d\d-\d\d$/.test(text)) return false;
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8));
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(Number(text.slice(0, 4)), month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const male = new Set([
  'm',
  'mr',
  'monsieur',
  'male',
  'homme',
  'h',
  'herr',
  'hr',
  'sr',
  'señor',
  'sig',
  'signor',
  'dhr',
  'man',
  'mister',
  'masculin',
  'masculino',
  'maschio',
  'hombre',
  'uomo',
  'mann',
  'männlich',
  '1',
]);
const female = new Set([
  ...['mme', 'mlle', 'madame', 'mademoiselle', 'female', 'femme', 'f', 'w', 'frau', 'mrs', 'ms', 'miss', 'sra', 'srta'],
  ...['señora', 'señorita', 'sig.ra', 'signora', 'mevr', 'mw', 'woman', '2'],
  ...['mujer', 'donna', 'vrouw', 'fr', 'féminin', 'feminin', 'femenino', 'femmina', 'weiblich'],
]);

/** `male` or `female` from the labels shops use in several languages; null for any other. */
export function gender(text: string): 'male' | 'female' | null {
  const label = text.trim().toLowerCase().replace(/\.$/, '');
  if (male.has(label)) return 'male';
  return female.has(label) ? 'female' : null;
}

/** 1 and 0 (and what PHP makes of booleans); null for `-1`, nothing, and anything else. */
export function flag(said: string | null): 0 | 1 | null {
  const text = said?.trim().toLowerCase();
  if (text === '1' || text === 'true' || text === 'on') return 1;
  return text === '0' || text === 'false' ? 0 : null;
}
