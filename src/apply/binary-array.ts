/** PostgreSQL's binary array format: arrays of ten thousand values as one parameter, without text on either side. */

export type ElementType = 'int2' | 'int4' | 'int8' | 'bool' | 'text' | 'json' | 'jsonb' | 'bytea' | 'timestamptz';
/** timestamptz: milliseconds UTC. json and jsonb: any value. */
export type Element = number | bigint | boolean | string | Uint8Array | object | null | undefined;

const oids: Readonly<Record<ElementType, number>> = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  timestamptz: 1184,
  json: 114,
  jsonb: 3802,
};
const header = 20;

/** Milliseconds from 1970 to PostgreSQL's year 2000. */
const epochMs = 946_684_800_000;
const int32Span = 4_294_967_296;

/** Arrays are written here and cut out: their sizes are known only afterwards. Grows to the largest array so far. */
let scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** One-dimensional array of `type`; null and undefined become NULL. */
export function binaryArray(type: ElementType, values: readonly Element[]): Buffer {
  return write(type, values.length, (place) => values[place]);
}

/** The same of one column of rows. */
export function binaryColumn(type: ElementType, rows: readonly (readonly Element[])[], column: number): Buffer {
  return write(type, rows.length, (place) => rows[place]?.[column]);
}

function write(type: ElementType, count: number, valueAt: (place: number) => Element): Buffer {
  let nulls = 0;
  let at = header;
  for (let place = 0; place < count; place++) {
    const value = valueAt(place);
    if (at + 16 > scratch.length) reserve(at, 16);
    if (value === null || value === undefined) {
      nulls = 1;
      at = scratch.writeInt32BE(-1, at);
      continue;
    }
    const end = writeElement(at + 4, type, value);
    scratch.writeInt32BE(end - at - 4, at);
    at = end;
  }
  scratch.writeInt32BE(1, 0);
  scratch.writeInt32BE(nulls, 4);
  scratch.writeInt32BE(oids[type], 8);
  scratch.writeInt32BE(count, 12);
  scratch.writeInt32BE(1, 16);
  return Buffer.from(scratch.subarray(0, at));
}

function writeElement(at: number, type: ElementType, value: Exclude<Element, null | undefined>): number {
  switch (type) {
    case 'bool':
      return scratch.writeUInt8(value ? 1 : 0, at);
    case 'int2':
      return scratch.writeInt16BE(value as number, at);
    case 'int4':
      return scratch.writeInt32BE(value as number, at);
    case 'int8':
      return typeof value === 'bigint' ? scratch.writeBigInt64BE(value, at) : writeInt64(at, value as number);
    case 'timestamptz':
      return writeInt64(at, Math.round((value as number) - epochMs) * 1000);
    case 'bytea': {
      const bytes = value as Uint8Array;
      reserve(at, bytes.byteLength);
      scratch.set(bytes, at);
      return at + bytes.byteLength;
    }
    case 'jsonb':
      scratch[at] = 1;
      return writeText(at + 1, jsonText(value));
    case 'json':
      return writeText(at, jsonText(value));
    case 'text':
      return writeText(at, storableText(String(value)));
  }
}

/** Throws for what is no safe integer, as the other writers do. */
function writeInt64(at: number, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError('no int8');
  const high = Math.floor(value / int32Span);
  scratch.writeInt32BE(high, at);
  return scratch.writeUInt32BE(value - high * int32Span, at + 4);
}

function writeText(at: number, text: string): number {
  // a UTF-16 unit takes three bytes at most
  reserve(at, text.length * 3);
  return at + scratch.write(text, at);
}

function storableText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

function jsonText(value: Element): string {
  const text = JSON.stringify(value);
  return text.includes('\\u') && unstorable.test(text) ? JSON.stringify(value, storable) : text;
}

/** What JSON may say and PostgreSQL may not hold: NUL and halves of surrogate pairs. */
const unstorable = /\\u(0000|d[89a-f])/i;

function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
}

function reserve(at: number, more: number): void {
  if (at + more <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, at + more));
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}
