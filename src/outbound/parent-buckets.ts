/**
 * A file of JSON lines whose children name their parent (`__parentId`) and may stand anywhere in it, gathered under their parents in
 * bounded memory: lines go to one of many buckets on disk by their parent's id, and each bucket is put together by itself.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A line that is none, or longer than any of an object is. */
export class BrokenLine extends Error {}

/** Bytes of a bucket that are aimed at: what is in memory at once. */
const bucketBytes = 4 * 2 ** 20;
const mostBuckets = 256;
const longestLine = 8 * 2 ** 20;
const flushBytes = 64 * 1024;

export function bucketsFor(fileBytes: number): number {
  return Math.min(mostBuckets, Math.max(1, Math.ceil(fileBytes / bucketBytes)));
}

export interface Gathering {
  /** Type in a child's id → the list of the parent it goes to. */
  readonly lists: Readonly<Record<string, string>>;
  /** The file ended before its time: its last line may be cut, and which children are missing is not known, so none are given. */
  readonly partial: boolean;
}

export class ParentBuckets {
  readonly #files: FileHandle[];
  readonly #waiting: Buffer[][];
  readonly #waitingBytes: number[];
  readonly #lengths: number[];
  readonly #gathering: Gathering;
  #rest: Buffer[] = [];
  #restBytes = 0;

  private constructor(files: FileHandle[], gathering: Gathering) {
    this.#files = files;
    this.#gathering = gathering;
    this.#waiting = files.map(() => []);
    this.#waitingBytes = files.map(() => 0);
    this.#lengths = files.map(() => 0);
  }

  /** Its files have no name: a killed process leaves nothing behind. */
  static async open(count: number, gathering: Gathering): Promise<ParentBuckets> {
    const folder = await mkdtemp(join(tmpdir(), 'spread-pull-'));
    const files: FileHandle[] = [];
    try {
      for (let n = 0; n < count; n++) files.push(await open(join(folder, String(n)), 'wx+', 0o600));
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return new ParentBuckets(files, gathering);
  }

  /** The next bytes of the file, cut anywhere. Throws a BrokenLine. */
  async add(piece: Buffer): Promise<void> {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      const line = Buffer.concat([...this.#rest, piece.subarray(from, end)]);
      this.#rest = [];
      this.#restBytes = 0;
      from = end + 1;
      await this.#take(line);
    }
    if (from === piece.length) return;
    // the piece is the sender's buffer: what is kept beyond this call is a copy
    this.#rest.push(Buffer.from(piece.subarray(from)));
    this.#restBytes += piece.length - from;
    if (this.#restBytes > longestLine) throw new BrokenLine('a line without an end');
  }

  async end(): Promise<void> {
    const last = Buffer.concat(this.#rest);
    this.#rest = [];
    try {
      await this.#take(last);
    } catch (error) {
      if (!(error instanceof BrokenLine) || !this.#gathering.partial) throw error;
    }
    for (let bucket = 0; bucket < this.#files.length; bucket++) await this.#flush(bucket);
  }

  /** The parents of a bucket with their children, as JSON, both in the order of the file; a child whose parent is not there says nothing. */
  async nodes(bucket: number): Promise<readonly { readonly id: string; readonly text: string }[]> {
    const file = this.#files[bucket];
    if (file === undefined) return [];
    const bytes = Buffer.alloc(this.#lengths[bucket] ?? 0);
    for (let at = 0; at < bytes.length; ) at += (await file.read(bytes, at, bytes.length - at, at)).bytesRead;
    const parents = new Map<string, object>();
    const children = new Map<string, Record<string, object[]>>();
    for (const text of bytes.toString('utf8').split('\n')) {
      if (text === '') continue;
      const { id, parent, node } = readLine(text);
      if (parent === null) parents.set(id, node);
      else if (!this.#gathering.partial) this.#adopt(children, parent, id, node);
    }
    return [...parents].map(([id, node]) => ({
      id,
      text: JSON.stringify({ ...node, ...this.#lists(children.get(id)) }),
    }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }

  #lists(found: Record<string, object[]> | undefined): Record<string, object[]> {
    if (this.#gathering.partial) return {};
    return Object.fromEntries(Object.values(this.#gathering.lists).map((name) => [name, found?.[name] ?? []]));
  }

  #adopt(children: Map<string, Record<string, object[]>>, parent: string, id: string, node: object): void {
    const name = this.#gathering.lists[/^gid:\/\/shopify\/(\w+)\//.exec(id)?.[1] ?? ''];
    if (name === undefined) return;
    const of = children.get(parent) ?? {};
    children.set(parent, of);
    of[name] = [...(of[name] ?? []), node];
  }

  async #take(line: Buffer): Promise<void> {
    if (line.length === 0 || (line.length === 1 && line[0] === 13)) return;
    const { id, parent } = readLine(line.toString('utf8'));
    const hash = createHash('md5')
      .update(parent ?? id)
      .digest();
    const bucket = hash.readUInt32LE(0) % this.#files.length;
    this.#waiting[bucket]?.push(line, Buffer.from('\n'));
    this.#waitingBytes[bucket] = (this.#waitingBytes[bucket] ?? 0) + line.length + 1;
    if ((this.#waitingBytes[bucket] ?? 0) >= flushBytes) await this.#flush(bucket);
  }

  async #flush(bucket: number): Promise<void> {
    const bytes = Buffer.concat(this.#waiting[bucket] ?? []);
    this.#waiting[bucket] = [];
    this.#waitingBytes[bucket] = 0;
    const at = this.#lengths[bucket] ?? 0;
    for (let done = 0; done < bytes.length; ) {
      const written = await this.#files[bucket]?.write(bytes, done, bytes.length - done, at + done);
      done += written?.bytesWritten ?? bytes.length;
    }
    this.#lengths[bucket] = at + bytes.length;
  }
}

function readLine(text: string): { readonly id: string; readonly parent: string | null; readonly node: object } {
  let node: unknown;
  try {
    node = JSON.parse(text);
  } catch (error) {
    throw new BrokenLine('a line is no JSON', { cause: error });
  }
  if (typeof node !== 'object' || node === null || !('id' in node) || typeof node.id !== 'string')
    throw new BrokenLine('a line is no object with an id');
  const parent = '__parentId' in node && typeof node.__parentId === 'string' ? node.__parentId : null;
  return { id: node.id, parent, node };
}
