/** Values of platforms' objects in the forms facts have. */
import type { ProfileField, StatedFields, StatedMoney, StatedTime } from '#domain/facts.ts';
import { minorDigits } from '#domain/money.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { cut } from './text.ts';
import { amountText, currency as currencyCode, gender, isDate, statedTime } from './values.ts';

const longest = 250;

/** An id as text, exact digits; null for 0, nothing and what is none. */
export function idOf(value: Json | undefined): string | null {
  const text = textOf(value);
  return text === null || text === '0' || text.length > longest ? null : text;
}

/** A text or number as text, trimmed; null for nothing. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' ? cut(value.trim(), longest) || null : null;
}

/** The first of several that states something. */
export function firstText(...values: readonly (Json | undefined)[]): string | null {
  for (const value of values) {
    const text = textOf(value);
    if (text !== null) return text;
  }
  return null;
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A list, the values of a map (PHP writes some lists so), or a single object as a list of one. */
export function listOf(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return value.filter((one: Json): one is JsonObject => isObject(one));
  return isObject(value) ? Object.values(value).filter((one): one is JsonObject => isObject(one)) : [];
}

/** An amount with the currency that goes with it; null when it is none. */
export function moneyOf(value: Json | undefined, currency: string | null): StatedMoney | null {
  const text = textOf(value);
  const amount = text === null ? null : amountText(text);
  return amount === null ? null : { amount, currency: currencyCode(currency) };
}

/** A time; one without a zone is in `zone`: `UTC`, an IANA zone, or null for the shop's. */
export function exactTime(value: Json | undefined, zone: string | null): StatedTime | null {
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 && value < 8.64e15 ? { at: value } : null;
  if (typeof value !== 'string') return null;
  const stated = statedTime(value);
  if (stated === null || stated === 'invalid') return null;
  if ('at' in stated || 'ago' in stated || zone === null) return stated;
  const local = 'local' in stated ? stated.local : `${stated.date}T00:00:00`;
  return zone === 'UTC' ? { at: Date.parse(`${local}Z`) } : { local, zone };
}

/** 1 or 0 of a stored flag; null where it states nothing. */
export function flagOf(value: Json | undefined): 0 | 1 | null {
  if (value === true || value === 1 || value === '1' || value === 'yes' || value === 'true') return 1;
  return value === false || value === 0 || value === '0' || value === 'no' || value === 'false' ? 0 : null;
}

/** Fields of a profile, each cleaned; those that state nothing are left out. */
export function fieldsOf(said: { readonly [Field in ProfileField]?: Json | undefined }): StatedFields {
  const fields: { [Field in ProfileField]?: string } = {};
  for (const [name, value] of Object.entries(said) as [ProfileField, Json | undefined][]) {
    const text = textOf(value);
    const clean = text === null ? null : cleanField(name, text);
    if (clean !== null) fields[name] = clean;
  }
  return fields;
}

function cleanField(name: ProfileField, text: string): string | null {
  if (name === 'birthday') return isDate(text.slice(0, 10)) ? text.slice(0, 10) : null;
  if (name === 'gender') return gender(text);
  return name === 'country' && text.length === 2 ? text.toUpperCase() : text;
}

const scale = 6;

/** Decimal texts as whole millionths; null when a text is none or has more digits than an amount has. */
function millionths(text: string | null): bigint | null {
  const match = text === null ? null : /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const units = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  return sign === '-' ? -units : units;
}

/** (Σ `amounts`) ÷ `quantity`, as decimal text; null where one of them is no amount. */
export function shareOf(amounts: readonly (Json | undefined)[], quantity: number): string | null {
  let sum = 0n;
  for (const value of amounts) {
    const text = textOf(value);
    const units = text === null ? 0n : millionths(amountText(text));
    if (units === null) return null;
    sum += units;
  }
  if (quantity === 0 || !Number.isFinite(quantity)) return null;
  const parts = BigInt(Math.round(Math.abs(quantity) * 1000));
  if (parts === 0n) return null;
  const negative = sum < 0n !== quantity < 0;
  const share = ((sum < 0n ? -sum : sum) * 1000n * 2n + parts) / (parts * 2n);
  const text = decimalOf(share, scale).replace(/\.?0+$/, '');
  return negative && text !== '0' ? `-${text}` : text;
}

export function quantityOf(value: Json | undefined): number {
  const quantity = Number(textOf(value) ?? 1);
  return Number.isFinite(quantity) && Math.abs(quantity) <= 1e6 ? quantity : 1;
}

/** An amount without its sign. */
export function unsigned(money: StatedMoney): StatedMoney {
  return money.amount.startsWith('-') ? { ...money, amount: money.amount.slice(1) } : money;
}

/** One amount times a rate, as decimal text; null where one of them is none. */
export function timesOf(amount: Json | undefined, rate: Json | undefined): string | null {
  const [a, b] = [amount, rate].map((value) => millionths(amountText(textOf(value) ?? '')));
  if (a == null || b == null) return null;
  return shareOf([decimalOf(a * b, 2 * scale)], 1);
}

/** A whole number of a currency's minor units as decimal text. */
export function fromMinor(value: Json | undefined, currency: string | null): string | null {
  const text = textOf(value);
  return text === null || !/^-?\d{1,15}$/.test(text) ? null : decimalOf(BigInt(text), minorDigits(currency ?? 'EUR'));
}

function decimalOf(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return units < 0n ? `-${whole}` : whole;
}
