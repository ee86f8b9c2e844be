import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { BatchRow } from './batcher.ts';

const magic = Buffer.from('SPREAD\x00\x01', 'latin1');
/** Before each record: checksum of what follows, and its length. */
const prefix = 8;
/** Of a record: shard 2, lane 1, batch id 8, received 8, count 2; then the body. */
const fixed = 21;
const windowBytes = 1024 * 1024;
/** No record is larger: a body carries at most one item over 256 KB, and the largest door takes 8 MB. */
const longestRecord = 32 * 1024 * 1024;

/** A file of a spool that is written: one record a row, on the disk before `append` resolves. */
export class SpoolFile {
  readonly #handle: FileHandle;
  #end: number = magic.length;
  #broken = false;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(path: string): Promise<SpoolFile> {
    const handle = await open(path, 'wx', 0o600);
    await handle.write(magic, 0, magic.length, 0);
    return new SpoolFile(handle);
  }

  get end(): number {
    return this.#end;
  }

  /** False after a fault: what the disk holds beyond `end` is not known, so nothing more is written here. */
  get usable(): boolean {
    return !this.#broken;
  }

  async append(rows: readonly BatchRow[]): Promise<void> {
    const records = Buffer.concat(rows.map(encodeRecord));
    try {
      await this.#handle.write(records, 0, records.length, this.#end);
      await this.#handle.datasync();
      this.#end += records.length;
    } catch (error) {
      this.#broken = true;
      await this.#handle.truncate(this.#end).catch(() => undefined);
      throw error;
    }
  }

  /** Whether `path` still is this file: who slept for a minute was taken for dead, and its file may have been taken over. */
  async isAt(ino: number | null): Promise<boolean> {
    return ino !== null && (await this.#handle.stat()).ino === ino;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

export interface RowsRead {
  readonly rows: readonly BatchRow[];
  /** Where the next record begins. */
  readonly next: number;
  /** What stands at `next`: more, nothing whole (the end, or the torn record of a process that was killed), or damage. */
  readonly rest: 'more' | 'end' | 'damage';
}

export const firstRecord = magic.length;

/** Whether the file begins as ours do; a process killed at once leaves an empty one. */
export async function isSpoolFile(handle: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(magic.length);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  return bytesRead === magic.length && head.equals(magic);
}

/** The whole records from `from` on: about a megabyte of them, at most `limit`, at least one if there is one before `end`. */
export async function readRows(handle: FileHandle, from: number, end: number, limit: number): Promise<RowsRead> {
  let window = await readBytes(handle, from, Math.min(windowBytes, end - from));
  const rows: BatchRow[] = [];
  let at = 0;
  while (rows.length < limit) {
    const length = window.length - at >= prefix ? window.readUInt32LE(at + 4) : 0;
    const size = prefix + length;
    if (window.length - at < prefix)
      return { rows, next: from + at, rest: from + window.length < end ? 'more' : 'end' };
    if (length === 0 || from + at + size > end) return { rows, next: from + at, rest: 'end' };
    if (length < fixed || length > longestRecord) return { rows, next: from + at, rest: 'damage' };
    if (at + size > window.length) {
      if (rows.length > 0) break;
      window = await readBytes(handle, from, size);
      if (window.length < size) return { rows, next: from, rest: 'end' };
    }
    const record = window.subarray(at + prefix, at + size);
    if (crc32(record) !== window.readUInt32LE(at)) return { rows, next: from + at, rest: 'damage' };
    rows.push(decodeRecord(record));
    at += size;
  }
  return { rows, next: from + at, rest: 'more' };
}

async function readBytes(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let got = 0;
  while (got < bytes.length) {
    const { bytesRead } = await handle.read(bytes, got, bytes.length - got, from + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes.subarray(0, got);
}

/** Bytes of a row's record. */
export function recordSize(row: BatchRow): number {
  return prefix + fixed + row.body.length;
}

function encodeRecord(row: BatchRow): Buffer {
  const record = Buffer.allocUnsafe(recordSize(row));
  record.writeUInt32LE(fixed + row.body.length, 4);
  record.writeUInt16LE(row.shard, 8);
  record[10] = row.lane === 'bulk' ? 1 : 0;
  record.writeDoubleLE(row.batchId, 11);
  record.writeDoubleLE(row.receivedAt, 19);
  record.writeUInt16LE(row.n, 27);
  record.set(row.body, prefix + fixed);
  record.writeUInt32LE(crc32(record.subarray(prefix)), 0);
  return record;
}

function decodeRecord(record: Buffer): BatchRow {
  return {
    shard: record.readUInt16LE(0),
    lane: record[2] === 1 ? 'bulk' : 'live',
    batchId: record.readDoubleLE(3),
    receivedAt: record.readDoubleLE(11),
    n: record.readUInt16LE(19),
    body: Buffer.from(record.subarray(fixed)),
  };
}
