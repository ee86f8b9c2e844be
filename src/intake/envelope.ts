import type { Instant, Source } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';

/** One received item as appended: the raw bytes untouched, and what the door knew about their sender. */
export interface Envelope {
  readonly shopId: ShopId;
  /** A `WireFormat` (wire/decoded.ts); intake does not know what formats mean. */
  readonly format: string;
  readonly arrivedAt: Instant;
  readonly source: Source;
  /** Host of Origin or Referer of a browser call; null: absent or `null`. */
  readonly pageHost: string | null;
  readonly mayRead: boolean;
  readonly test: boolean;
  /** Named headers only, never credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Already cut to /24 or /48. */
  readonly ip: string | null;
  /** The token the door minted while answering (RegenCookie). */
  readonly minted: string | null;
  readonly door: 'accepted' | 'rejected';
  readonly deliveryKey: string | null;
  readonly raw: Uint8Array;
}

const formatVersion = 1;
const batchHeader = 3;
/** Bytes of an item before its texts: length 4, shop 4, arrival 8, flags 1, source kind 1, header count 1. */
const fixedPart = 19;
const sourceKinds = ['browser', 'server', 'store', 'pull', 'import', 'api', 'staff', 'person', 'system'] as const;
const flag = { mayRead: 1, test: 2, rejected: 4, pageHost: 8, ip: 16, minted: 32, deliveryKey: 64 } as const;

/** Most items a micro-batch may hold: `seq` leaves 1,024 places, and a flush takes 500 (house: Intake). */
export const batchItemLimit = 500;

/** One item, length first. Layout: fixed part, texts (u16 length + UTF-8), raw bytes to the end. Throws on texts over 64 KB. */
export function encodeEnvelope(envelope: Envelope): Buffer {
  const texts = textsOf(envelope);
  let size = fixedPart + envelope.raw.byteLength;
  for (const text of texts) size += 2 + Buffer.byteLength(text);
  const item = Buffer.allocUnsafe(size);
  item.writeUInt32LE(size, 0);
  item.writeUInt32LE(envelope.shopId, 4);
  item.writeDoubleLE(envelope.arrivedAt, 8);
  item[16] = flagsOf(envelope);
  item[17] = sourceKinds.indexOf(envelope.source.kind);
  item[18] = Object.keys(envelope.headers).length;
  let at = fixedPart;
  for (const text of texts) {
    const written = item.write(text, at + 2);
    item.writeUInt16LE(written, at);
    at += 2 + written;
  }
  item.set(envelope.raw, at);
  return item;
}

/** Joins encoded items into the body of one intake row. */
export function joinBatch(items: readonly Buffer[]): Buffer {
  const header = Buffer.allocUnsafe(batchHeader);
  header[0] = formatVersion;
  header.writeUInt16LE(items.length, 1);
  return Buffer.concat([header, ...items]);
}

export function encodeBatch(envelopes: readonly Envelope[]): Buffer {
  return joinBatch(envelopes.map(encodeEnvelope));
}

/** The envelopes of an intake row, in the order of their places. `raw` is a view into `body`. Throws when the body is not one. */
export function decodeBatch(body: Buffer): Envelope[] {
  if (body.length < batchHeader || body[0] !== formatVersion) throw new Error('not a micro-batch');
  const count = body.readUInt16LE(1);
  const envelopes: Envelope[] = [];
  let at = batchHeader;
  for (let i = 0; i < count; i++) {
    const size = body.readUInt32LE(at);
    if (size < fixedPart || at + size > body.length) throw new Error('micro-batch cut short');
    envelopes.push(decodeEnvelope(body.subarray(at, at + size)));
    at += size;
  }
  if (at !== body.length) throw new Error('micro-batch has a tail');
  return envelopes;
}

/** Inverse of `encodeEnvelope`: what `parked.envelope` keeps. */
export function decodeEnvelope(item: Buffer): Envelope {
  const flags = item.readUInt8(16);
  let at = fixedPart;
  const text = (): string => {
    const length = item.readUInt16LE(at);
    const end = at + 2 + length;
    if (end > item.length) throw new Error('envelope cut short');
    const value = item.toString('utf8', at + 2, end);
    at = end;
    return value;
  };
  const format = text();
  const source = toSource(item.readUInt8(17), text());
  const pageHost = flags & flag.pageHost ? text() : null;
  const ip = flags & flag.ip ? text() : null;
  const minted = flags & flag.minted ? text() : null;
  const deliveryKey = flags & flag.deliveryKey ? text() : null;
  const headers: Record<string, string> = {};
  for (let left = item.readUInt8(18); left > 0; left--) {
    const name = text();
    headers[name] = text();
  }
  return {
    shopId: shopId(item.readUInt32LE(4)),
    format,
    arrivedAt: item.readDoubleLE(8),
    source,
    pageHost,
    mayRead: (flags & flag.mayRead) !== 0,
    test: (flags & flag.test) !== 0,
    headers,
    ip,
    minted,
    door: flags & flag.rejected ? 'rejected' : 'accepted',
    deliveryKey,
    raw: item.subarray(at),
  };
}

function textsOf(envelope: Envelope): string[] {
  const texts = [envelope.format, sourceText(envelope.source)];
  if (envelope.pageHost !== null) texts.push(envelope.pageHost);
  if (envelope.ip !== null) texts.push(envelope.ip);
  if (envelope.minted !== null) texts.push(envelope.minted);
  if (envelope.deliveryKey !== null) texts.push(envelope.deliveryKey);
  for (const name in envelope.headers) texts.push(name, envelope.headers[name] ?? '');
  return texts;
}

function flagsOf(envelope: Envelope): number {
  return (
    (envelope.mayRead ? flag.mayRead : 0) |
    (envelope.test ? flag.test : 0) |
    (envelope.door === 'rejected' ? flag.rejected : 0) |
    (envelope.pageHost !== null ? flag.pageHost : 0) |
    (envelope.ip !== null ? flag.ip : 0) |
    (envelope.minted !== null ? flag.minted : 0) |
    (envelope.deliveryKey !== null ? flag.deliveryKey : 0)
  );
}

function sourceText(source: Source): string {
  switch (source.kind) {
    case 'store':
    case 'pull':
      return source.store;
    case 'import':
      return source.importId;
    case 'staff':
      return source.userId;
    default:
      return '';
  }
}

function toSource(kind: number, text: string): Source {
  const name = sourceKinds[kind];
  switch (name) {
    case 'store':
    case 'pull':
      return { kind: name, store: text };
    case 'import':
      return { kind: name, importId: text };
    case 'staff':
      return { kind: name, userId: text };
    case undefined:
      throw new Error('envelope of an unknown source');
    default:
      return { kind: name };
  }
}
