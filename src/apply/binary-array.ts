/** PostgreSQL's binary array format: arrays of ten thousand values as one parameter, without text on either side. */

export type ElementType = 'int2' | 'int4' | 'int8' | 'bool' | 'text' | 'jsonb' | 'bytea' | 'timestamptz';
/** timestamptz: milliseconds UTC. jsonb: any value, or its JSON text where `json` was called already. */
export type Element = number | bigint | boolean | string | Uint8Array | object | null | undefined;

const oids: Readonly<Record<ElementType, number>> = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  timestamptz: 1184,
  jsonb: 3802,
};
const fixed: Readonly<Partial<Record<ElementType, number>>> = { bool: 1, int2: 2, int4: 4, int8: 8, timestamptz: 8 };

/** Milliseconds from 1970 to PostgreSQL's year 2000. */
const epochMs = 946_684_800_000;

/** One-dimensional array of `type`; null and undefined become NULL. */
export function binaryArray(type: ElementType, values: readonly Element[]): Buffer {
  const prepared = type === 'text' || type === 'jsonb' ? values.map((value) => textOf(type, value)) : values;
  let size = 20;
  for (const value of prepared) size += 4 + sizeOf(type, value);
  const buffer = Buffer.allocUnsafe(size);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(prepared.some((value) => value === null || value === undefined) ? 1 : 0, 4);
  buffer.writeInt32BE(oids[type], 8);
  buffer.writeInt32BE(prepared.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = 20;
  for (const value of prepared) at = writeElement(buffer, at, type, value);
  return buffer;
}

function textOf(type: ElementType, value: Element): string | null {
  if (value === null || value === undefined) return null;
  if (type === 'text') return String(value).replaceAll('\0', '');
  const text = JSON.stringify(value);
  return unstorable.test(text) ? JSON.stringify(value, storable) : text;
}

/** What JSON may say and jsonb may not hold: NUL and halves of surrogate pairs. */
const unstorable = /\\u(0000|d[89a-f])/i;

function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
}

function sizeOf(type: ElementType, value: Element): number {
  if (value === null || value === undefined) return 0;
  const known = fixed[type];
  if (known !== undefined) return known;
  if (type === 'bytea') return (value as Uint8Array).byteLength;
  return Buffer.byteLength(value as string) + (type === 'jsonb' ? 1 : 0);
}

function writeElement(buffer: Buffer, start: number, type: ElementType, value: Element): number {
  if (value === null || value === undefined) return buffer.writeInt32BE(-1, start);
  const size = sizeOf(type, value);
  const at = buffer.writeInt32BE(size, start);
  switch (type) {
    case 'bool':
      return buffer.writeUInt8(value ? 1 : 0, at);
    case 'int2':
      return buffer.writeInt16BE(value as number, at);
    case 'int4':
      return buffer.writeInt32BE(value as number, at);
    case 'int8':
      return buffer.writeBigInt64BE(BigInt(value as number | bigint), at);
    case 'timestamptz':
      return buffer.writeBigInt64BE(BigInt(Math.round((value as number) - epochMs)) * 1000n, at);
    case 'bytea':
      buffer.set(value as Uint8Array, at);
      return at + size;
    case 'jsonb':
      buffer.writeUInt8(1, at);
      buffer.write(value as string, at + 1);
      return at + size;
    default:
      buffer.write(value as string, at);
      return at + size;
  }
}
