import { randomBytes } from 'node:crypto';
import { access, constants, type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '#domain/facts.ts';
import type { BatchRow } from './batcher.ts';
import { firstRecord, isSpoolFile, readRows, recordSize, SpoolFile } from './spool-file.ts';

export interface SpoolOptions {
  /** One database's spool; made at the first need. */
  readonly folder: string;
  readonly maxBytes: number;
  readonly onFault: (event: string, error: unknown) => void;
  /** Bytes after which the next file begins, so that what is replayed leaves the disk early. */
  readonly fileBytes?: number;
}

interface Segment {
  readonly path: string;
  /** Open for writing; null: closed, or taken over from another process. */
  writer: SpoolFile | null;
  reader: FileHandle | null;
  end: number;
  /** Read up to here. */
  at: number;
  calls: number;
  oldestAt: Instant | null;
  /** Holds bytes that cannot be read: kept aside at the end, for a person to look at. */
  damaged: boolean;
}

const day = 86_400_000;
/** Ids are remembered for 35 days (`intake_applied`): older files could be applied twice. */
const longestAge = 30 * day;
/** A living owner touches its files six times in this time. */
const deadAfter = 60_000;
const defaultFileBytes = 16 * 1024 * 1024;
const fileName = /^(\d{1,15})-([a-z0-9-]{1,63})-(\d{1,10})-([0-9a-f]{8})-(\d{1,9})\.spool$/;

export class SpoolFull extends Error {
  constructor() {
    super('the spool is full');
  }
}

/** null when `dataDir`, made when it is missing, cannot be written. */
export async function openSpool(dataDir: string, options: SpoolOptions): Promise<Spool | null> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK);
  } catch {
    return null;
  }
  return new Spool(options);
}

/**
 * Micro-batches on the local disk, oldest first, while the database is away (house: Intake). Each process writes files of its own; those
 * of a process that died are taken over. Not for two callers at once.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #fileBytes: number;
  readonly #host =
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '-')
      .slice(0, 63) || 'host';
  readonly #holder = randomBytes(4).toString('hex');
  readonly #told = new Set<string>();
  #segments: Segment[] = [];
  #made = 0;
  #reading: Segment | null = null;
  #touchedAt = performance.now();
  #newest = 0;
  #tooOld = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#fileBytes = options.fileBytes ?? defaultFileBytes;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.end - segment.at, 0);
  }

  get calls(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.calls, 0);
  }

  /** Arrival of the oldest call that waits here. */
  get oldestAt(): Instant | null {
    return this.#segments.find((segment) => segment.calls > 0)?.oldestAt ?? null;
  }

  /** 0 to 1. */
  get fill(): number {
    return Math.min(1, this.bytes / this.#options.maxBytes);
  }

  get empty(): boolean {
    return this.#segments.every((segment) => segment.at >= segment.end);
  }

  /** Greatest id of a micro-batch seen here. */
  get newestBatchId(): number {
    return this.#newest;
  }

  /** Files older than 30 days: replayed only by hand. */
  get tooOld(): number {
    return this.#tooOld;
  }

  /** Resolves when the rows are on the disk. Rejects with `SpoolFull` or the disk's fault: nothing was promised then. */
  async append(rows: readonly BatchRow[]): Promise<void> {
    const size = rows.reduce((sum, row) => sum + recordSize(row), 0);
    if (this.bytes + size > this.#options.maxBytes) throw new SpoolFull();
    const segment = await this.#writable();
    const { writer } = segment;
    if (writer === null) throw new Error('a file of the spool is closed');
    await writer.append(rows);
    segment.end = writer.end;
    for (const row of rows) this.#count(segment, row);
  }

  /** The oldest rows, at most `limit`; they stay until `done`. Empty: there are none. */
  async next(limit: number): Promise<readonly BatchRow[]> {
    for (let segment = this.#segments[0]; segment !== undefined; segment = this.#segments[0]) {
      if (segment.at < segment.end) {
        segment.reader ??= await open(segment.path, 'r');
        const { rows } = await readRows(segment.reader, segment.at, segment.end, limit);
        this.#reading = segment;
        if (rows.length > 0) return rows;
        this.#tellDamage(segment, segment.end - segment.at);
        segment.at = segment.end;
      }
      await this.#drop(segment);
    }
    return [];
  }

  /** Forgets rows that `next` gave: they are in the database. */
  async done(rows: readonly BatchRow[]): Promise<void> {
    const segment = this.#reading;
    if (segment === null) return;
    for (const row of rows) {
      segment.at += recordSize(row);
      segment.calls -= row.n;
    }
    segment.oldestAt = null;
    if (segment.at >= segment.end && segment.writer === null) await this.#drop(segment);
  }

  /** Removes the last files once everything is replayed. */
  async clear(): Promise<void> {
    while (this.#segments[0] !== undefined && this.#segments[0].at >= this.#segments[0].end) {
      await this.#drop(this.#segments[0]);
    }
  }

  /** Takes over what dead processes left; how many files. They are replayed before what this process spooled itself. */
  async adopt(now: Instant): Promise<number> {
    const names = (await readdir(this.#options.folder).catch(() => [])).filter((name) => fileName.test(name));
    const found: Segment[] = [];
    this.#tooOld = 0;
    for (const name of names.sort()) {
      const segment = await this.#takeOver(name, now);
      if (segment !== null) found.push(segment);
    }
    // The one that is being read stays in front.
    const reading = this.#segments.filter((segment) => segment === this.#reading);
    const rest = this.#segments.filter((segment) => segment !== this.#reading);
    this.#segments = [...reading, ...found, ...rest];
    return found.length;
  }

  /** Says that this process lives. */
  async touch(): Promise<void> {
    const now = new Date();
    this.#touchedAt = performance.now();
    for (const segment of this.#segments) await utimes(segment.path, now, now).catch(() => undefined);
  }

  /** Lets go of the files; what is in them waits for the next start. */
  async close(): Promise<void> {
    for (const segment of this.#segments) {
      await segment.writer?.close();
      await segment.reader?.close();
      segment.writer = null;
      segment.reader = null;
    }
    if (this.empty) await this.clear();
  }

  #count(segment: Segment, row: BatchRow): void {
    segment.calls += row.n;
    segment.oldestAt ??= row.receivedAt;
    this.#newest = Math.max(this.#newest, row.batchId);
  }

  async #writable(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.writer !== null) {
      if (last.writer.usable && last.end < this.#fileBytes && (await this.#isStillOurs(last, last.writer))) return last;
      await last.writer.close().catch(() => undefined);
      last.writer = null;
    }
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    const path = this.#path(Date.now());
    const writer = await SpoolFile.create(path);
    await syncFolder(this.#options.folder);
    const segment = {
      path,
      writer,
      reader: null,
      end: writer.end,
      at: firstRecord,
      calls: 0,
      oldestAt: null,
      damaged: false,
    };
    this.#segments.push(segment);
    return segment;
  }

  async #isStillOurs(segment: Segment, writer: SpoolFile): Promise<boolean> {
    if (performance.now() - this.#touchedAt < deadAfter / 3) return true;
    const found = await stat(segment.path).catch(() => null);
    await this.touch();
    return writer.isAt(found?.ino ?? null);
  }

  #path(bornAt: number): string {
    this.#made += 1;
    return join(this.#options.folder, `${bornAt}-${this.#host}-${process.pid}-${this.#holder}-${this.#made}.spool`);
  }

  /** null: its owner lives, it is too old, or another process was faster. */
  async #takeOver(name: string, now: Instant): Promise<Segment | null> {
    const [, bornAt = '', host = '', pid = '', holder = ''] = fileName.exec(name) ?? [];
    const from = join(this.#options.folder, name);
    if (holder === this.#holder || !(await isAbandoned(from, host === this.#host, Number(pid), now))) return null;
    if (now - Number(bornAt) > longestAge) {
      this.#tooOld += 1;
      if (!this.#told.has(name)) this.#options.onFault('spool.too_old', new Error(name));
      this.#told.add(name);
      return null;
    }
    const path = this.#path(Number(bornAt));
    try {
      await rename(from, path);
    } catch {
      return null;
    }
    const segment: Segment = {
      path,
      writer: null,
      reader: await open(path, 'r'),
      end: 0,
      at: firstRecord,
      calls: 0,
      oldestAt: null,
      damaged: false,
    };
    await this.#measure(segment);
    return segment;
  }

  /** Finds the end of what is whole; a torn last record was never answered, and is cut. */
  async #measure(segment: Segment): Promise<void> {
    const { reader } = segment;
    if (reader === null) return;
    const { size } = await reader.stat();
    segment.end = firstRecord;
    if (!(await isSpoolFile(reader))) return size < firstRecord ? undefined : this.#tellDamage(segment, size);
    for (;;) {
      const { rows, next, rest } = await readRows(reader, segment.end, size, 1000);
      for (const row of rows) this.#count(segment, row);
      segment.end = next;
      if (rest === 'damage') return this.#tellDamage(segment, size - next);
      if (rest === 'end') return;
    }
  }

  #tellDamage(segment: Segment, bytes: number): void {
    segment.damaged = true;
    this.#options.onFault('spool.damaged', new Error(`${bytes} bytes of ${segment.path}.damaged`));
  }

  async #drop(segment: Segment): Promise<void> {
    this.#segments = this.#segments.filter((one) => one !== segment);
    await segment.writer?.close().catch(() => undefined);
    await segment.reader?.close().catch(() => undefined);
    if (this.#reading === segment) this.#reading = null;
    if (segment.damaged) await rename(segment.path, `${segment.path}.damaged`).catch(() => undefined);
    else await rm(segment.path, { force: true });
  }
}

/** A file is a dead process's when its number runs no more on this machine, or nobody has touched it for a minute. */
async function isAbandoned(path: string, sameHost: boolean, pid: number, now: Instant): Promise<boolean> {
  if (sameHost && (pid === process.pid || !isRunning(pid))) return true;
  const found = await stat(path).catch(() => null);
  return found !== null && now - found.mtimeMs > deadAfter;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
