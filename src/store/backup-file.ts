/**
 * A backup as a file: gzip over frames. A frame is a length (u32, big-endian) and so many bytes; the first is JSON about the whole,
 * then each table's rows as COPY wrote them, ended by a frame of no bytes; the last is JSON that says how many there were.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { SignedAnchor } from './anchor.ts';
import { StartFault } from './start-fault.ts';

export interface BackupHead {
  readonly format: 1;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** Number of the newest migration: the schema these rows are of. */
  readonly migration: number;
  /** Tells the SECRET_KEY that seals what is inside; the key itself is not. */
  readonly secretKeyPrint: string;
  /** Where each shop's chain of history stands. */
  readonly anchors: readonly SignedAnchor[];
  readonly parts: readonly { readonly parent: string; readonly name: string; readonly bound: string }[];
  readonly sequences: readonly { readonly name: string; readonly last: string }[];
  /** Parents before those that refer to them. */
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

/** `rows` in the order of the head's tables; `sha256` of every frame before. */
interface BackupEnd {
  readonly rows: readonly number[];
  readonly sha256: string;
}

const longest = 256 * 1024 * 1024;

export interface BackupWriter {
  head(head: BackupHead): Promise<void>;
  /** Takes one table's rows; end it before the next. */
  rows(): Writable;
  /** Ends the file, flushes it to the disk and gives it its name. */
  end(rows: readonly number[]): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Writes beside `path`, for its owner alone. */
export async function createBackup(path: string): Promise<BackupWriter> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  const source = new PassThrough({ highWaterMark: 1 << 20 });
  const written = pipeline(source, createGzip({ level: 3 }), createWriteStream(part, { mode: 0o600, flush: true }));
  // told by `end`, or overtaken by the fault that leads to `abandon`
  written.catch(() => undefined);
  const hash = createHash('sha256');
  const put = (bytes: Uint8Array): Promise<void> => {
    const frame = framed(bytes);
    hash.update(frame);
    return write(source, frame);
  };
  return {
    head: (head) => put(Buffer.from(JSON.stringify(head))),
    rows: () =>
      new Writable({
        highWaterMark: 1 << 20,
        write: (chunk: Buffer, _encoding, done) => void put(chunk).then(() => done(), done),
        final: (done) => void put(Buffer.alloc(0)).then(() => done(), done),
      }),
    async end(rows) {
      const end: BackupEnd = { rows, sha256: hash.copy().digest('hex') };
      await write(source, framed(Buffer.from(JSON.stringify(end))));
      source.end();
      await written;
      await rename(part, path);
    },
    async abandon() {
      source.destroy();
      await written.catch(() => undefined);
      await rm(part, { force: true });
    },
  };
}

export interface BackupReader {
  readonly head: BackupHead;
  /** The next table's rows, in the order of the head. */
  rows(): AsyncGenerator<Buffer>;
  /** After the last table; how many rows each had. Throws a StartFault when the file is not whole. */
  end(): Promise<readonly number[]>;
  close(): void;
}

/** Throws a StartFault when the file is none of ours, was cut short or changed. */
export async function openBackup(path: string): Promise<BackupReader> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  const frames = readFrames(file.pipe(gunzip), createHash('sha256'), path);
  const first = await frames.next();
  const head = first.done ? null : parse<BackupHead>(first.value.bytes);
  if (head?.format !== 1) throw broken(path, 'it is no backup of this program');
  const nextFrame = async () => {
    const { done, value } = await frames.next();
    if (done) throw broken(path, 'it ends too early');
    return value;
  };
  return {
    head,
    async *rows() {
      for (;;) {
        const { bytes } = await nextFrame();
        if (bytes.length === 0) return;
        yield bytes;
      }
    },
    async end() {
      const { bytes, before } = await nextFrame();
      const end = parse<BackupEnd>(bytes);
      if (end === null || end.sha256 !== before) throw broken(path, 'its checksum is wrong');
      return end.rows;
    },
    close: () => file.destroy(),
  };
}

async function* readFrames(
  source: Readable,
  hash: Hash,
  path: string,
): AsyncGenerator<{ bytes: Buffer; before: string }, void> {
  let kept = Buffer.alloc(0);
  try {
    for await (const chunk of source) {
      kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
      for (;;) {
        if (kept.length < 4) break;
        const length = kept.readUInt32BE(0);
        if (length > longest) throw broken(path, 'a part of it is too long');
        if (kept.length < 4 + length) break;
        const frame = kept.subarray(0, 4 + length);
        const before = hash.copy().digest('hex');
        hash.update(frame);
        yield { bytes: frame.subarray(4), before };
        kept = kept.subarray(4 + length);
      }
    }
  } catch (error) {
    if (error instanceof StartFault) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw broken(path, code === 'ENOENT' ? 'it is not there' : `it cannot be read (${code})`, error);
  }
  if (kept.length > 0) throw broken(path, 'it ends too early');
}

function framed(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(4 + bytes.byteLength);
  frame.writeUInt32BE(bytes.byteLength, 0);
  frame.set(bytes, 4);
  return frame;
}

function write(stream: PassThrough, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

function parse<Value>(bytes: Buffer): Value | null {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function broken(path: string, why: string, cause?: unknown): StartFault {
  return new StartFault(`The backup ${path} cannot be used: ${why}. Nothing was restored.`, { cause });
}
