/**
 * What a connected store sends, as it is kept: the platform's own object less what no platform should have sent, with the topic it came
 * under. Webhooks, plugins and pulls all become this (docs/wire/envelope.md).
 */
import type { StatedTime } from '#domain/facts.ts';
import { type Reason, reasons } from '#domain/reasons.ts';
import { isObject, type Json } from './json.ts';
import { exactTime } from './shop-values.ts';
import { utf8 } from './text.ts';

export interface ShopItem {
  /** The platform's own word for what happened, or one of the envelope's (`order.upsert`, …). */
  readonly topic: string;
  /** When it happened, where the delivery says so. */
  readonly occurredAt: StatedTime | null;
  /** IANA zone of times without one; null: the shop's. */
  readonly zone: string | null;
  /** Currency of amounts without one; null: the shop's. */
  readonly currency: string | null;
  /** Of the visitor whose request caused it. */
  readonly token: string | null;
  readonly body: Json;
}

export interface SentItem {
  readonly topic: string;
  readonly occurredAt: string | null;
  readonly zone: string | null;
  readonly currency: string | null;
  readonly token?: string;
  readonly body: Json;
}

/** The bytes that are kept. */
export function writeShopItem(item: SentItem): string {
  return JSON.stringify(item);
}

/** Why a delivery was not believed; nothing else of it is kept. */
export function writeRefusal(reason: 'wire.signature_wrong' | 'wire.timestamp_stale'): string {
  return JSON.stringify({ refused: reason });
}

/** That something came which states nothing we keep: its topic, and why. */
export function writeIgnored(topic: string, reason: Reason): string {
  return JSON.stringify({ topic, ignored: reason });
}

/** The reason of `writeRefusal` or `writeIgnored`; null: the bytes are an item. */
export function readVerdict(
  raw: Uint8Array,
): { readonly word: 'rejected' | 'ignored'; readonly reason: Reason } | null {
  if (raw.byteLength > 400) return null;
  const json = parseExact(raw);
  if ('fault' in json || !isObject(json.value)) return null;
  const { refused, ignored } = json.value;
  const known = reasons.find((reason) => reason === (refused ?? ignored));
  return known === undefined ? null : { word: refused === undefined ? 'ignored' : 'rejected', reason: known };
}

export function readShopItem(raw: Uint8Array): ShopItem | { readonly fault: Reason } {
  const json = parseExact(raw);
  if ('fault' in json) return json;
  const { value } = json;
  if (!isObject(value)) return { fault: 'wire.missing_field' };
  if (typeof value.topic !== 'string' || value.body === undefined) return { fault: 'wire.missing_field' };
  const text = (said: Json | undefined) => (typeof said === 'string' && said !== '' ? said : null);
  const zone = text(value.zone);
  const currency = text(value.currency);
  return {
    topic: value.topic.slice(0, 100),
    occurredAt: exactTime(value.occurredAt, null),
    zone: zone !== null && isZone(zone) ? zone : null,
    currency: currency !== null && /^[A-Z]{3}$/.test(currency) ? currency : null,
    token: text(value.token),
    body: value.body,
  };
}

/**
 * JSON whose whole numbers beyond 2^53 stay what was written, as text: platforms count that far, and two ids that round to the same
 * number are two people.
 */
export function parseExact(raw: Uint8Array): { readonly value: Json } | { readonly fault: Reason } {
  const text = utf8(raw);
  if (text === null) return { fault: 'wire.not_utf8' };
  try {
    return { value: JSON.parse(text, exact) };
  } catch {
    return { fault: 'wire.not_json' };
  }
}

function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) || !Number.isInteger(value)) return Number.isFinite(value) ? value : null;
    return context?.source !== undefined && /^-?\d{1,40}$/.test(context.source) ? context.source : value;
  }
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  return entries.every(([name]) => name === storable(name) && name !== '__proto__')
    ? value
    : Object.fromEntries(entries.filter(([name]) => name !== '__proto__').map(([name, one]) => [storable(name), one]));
}

function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
