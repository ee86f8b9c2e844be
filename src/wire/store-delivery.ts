/** How connected stores sign and name their deliveries: the platforms' own headers, and our envelope's (docs/wire/envelope.md). */

import type { StatedTime } from '#domain/facts.ts';
import type { Reason } from '#domain/reasons.ts';
import type { Json } from './json.ts';
import { isObject } from './json.ts';
import { parseExact } from './shop-item.ts';
import { exactTime, textOf } from './shop-values.ts';
import { keepStoreObject, readStoreObject, type StorePlatform } from './store.ts';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SignedDelivery {
  /** `envelope`: ours, from a plugin; `native`: the platform's own webhook. */
  readonly kind: 'envelope' | 'native';
  readonly topic: string;
  /** What repeats of it share; null: the platform gives none that is unique. */
  readonly id: string | null;
  /** Signatures over `prefix` and the raw bytes; one of them must be right. */
  readonly signatures: readonly string[];
  readonly encoding: 'hex' | 'base64';
  readonly prefix: string;
  /** Seconds since 1970, where the sender's clock is signed too. */
  readonly timestamp: number | null;
  /** When it happened, as its headers say. */
  readonly triggeredAt: string | null;
}

/** `ping`: WooCommerce's first call, which nobody signs. null: nothing signs this. */
export function readDelivery(
  platform: StorePlatform,
  headers: Headers,
  raw: Uint8Array,
): SignedDelivery | { readonly kind: 'ping' } | null {
  const header = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const value = headers[name];
      if (typeof value === 'string' && value !== '') return value.slice(0, 1000);
    }
    return null;
  };
  const ours = header('x-tracker-signature');
  if (ours !== null) return envelopeOf(ours, header);
  if (platform === 'woocommerce') {
    const signature = header('x-wc-webhook-signature');
    if (signature === null) return isPing(raw) ? { kind: 'ping' } : null;
    // its delivery id counts seconds: two bodies may share it, so the bytes decide what is a repeat
    return native(signature, header('x-wc-webhook-topic'), null, null);
  }
  if (platform === 'shopify') {
    const signature = header('x-shopify-hmac-sha256', 'shopify-hmac-sha256');
    if (signature === null) return null;
    const topic = header('x-shopify-topic', 'shopify-topic');
    const id = header('x-shopify-webhook-id', 'shopify-webhook-id');
    return native(signature, topic, id, header('x-shopify-triggered-at', 'shopify-triggered-at'));
  }
  return null;
}

function native(signature: string, topic: string | null, id: string | null, at: string | null): SignedDelivery {
  return {
    kind: 'native',
    topic: topicOf(topic),
    id: idOf(id),
    signatures: [signature],
    encoding: 'base64',
    prefix: '',
    timestamp: null,
    triggeredAt: at,
  };
}

function envelopeOf(signature: string, header: (...names: readonly string[]) => string | null): SignedDelivery {
  const timestamp = header('x-tracker-timestamp') ?? '';
  return {
    kind: 'envelope',
    topic: topicOf(header('x-tracker-topic')),
    id: idOf(header('x-tracker-delivery')),
    signatures: signature.split(/[,\s]+/).flatMap((one) => /^v1=([0-9a-f]{64})$/.exec(one)?.[1] ?? []),
    encoding: 'hex',
    prefix: `${timestamp}.`,
    timestamp: /^\d{9,11}$/.test(timestamp) ? Number(timestamp) : 0,
    triggeredAt: null,
  };
}

function topicOf(topic: string | null): string {
  return topic !== null && /^[\w./-]{1,100}$/.test(topic) ? topic : '';
}

function idOf(id: string | null): string | null {
  return id !== null && /^[\w.:-]{1,100}$/.test(id) ? id : null;
}

function isPing(raw: Uint8Array): boolean {
  return raw.byteLength < 60 && /^webhook_id=\d{1,20}$/.test(String.fromCharCode(...raw));
}

/** What a believed delivery says. */
export interface DeliveredObject {
  readonly zone: string | null;
  readonly currency: string | null;
  readonly occurredAt: string | null;
  /** Of the visitor whose request caused it. */
  readonly token: string | null;
  /** The object as sent, and what is kept of it. */
  readonly object: Json;
  readonly kept: Json;
}

export function readDelivered(
  platform: StorePlatform,
  delivery: SignedDelivery,
  raw: Uint8Array,
): DeliveredObject | { readonly fault: Reason; readonly field: string | null } {
  if (delivery.kind === 'native') {
    const read = readStoreObject(platform, delivery.topic, raw);
    if ('fault' in read) return { ...read, field: null };
    const { value: object, kept } = read;
    return { zone: null, currency: null, occurredAt: delivery.triggeredAt, token: null, object, kept };
  }
  const read = parseExact(raw);
  if ('fault' in read) return { ...read, field: null };
  const body = read.value;
  if (!isObject(body)) return { fault: 'wire.missing_field', field: 'object' };
  if (body.platform !== platform) return { fault: 'wire.unknown_format', field: 'platform' };
  if (delivery.topic === '') return { fault: 'wire.missing_field', field: 'X-Tracker-Topic' };
  if (body.object === undefined && delivery.topic !== 'ping') return { fault: 'wire.missing_field', field: 'object' };
  const shop = isObject(body.shop) ? body.shop : {};
  const object = body.object ?? null;
  return {
    zone: textOf(shop.timezone),
    currency: textOf(shop.currency)?.toUpperCase() ?? null,
    occurredAt: textOf(body.occurred_at),
    token: tokenOf(body.visitor),
    object,
    kept: keepStoreObject(platform, delivery.topic, object),
  };
}

function tokenOf(visitor: Json | undefined): string | null {
  const token = isObject(visitor) ? textOf(visitor.token) : null;
  return token !== null && /^[\w.-]{8,512}$/.test(token) ? token : null;
}

/** Milliseconds since 1970 of a time a header or an envelope states. */
export function instantIn(text: string | null): number | null {
  const time: StatedTime | null = exactTime(text, null);
  return time !== null && 'at' in time ? time.at : null;
}
