/** What is inside a file as uploaded: itself, what gzip packed, or the entries of a zip. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import * as yauzl from 'yauzl';
import { FileFault } from './fault.ts';

export type Container = 'plain' | 'gzip' | 'zip';

/** Unpacked bytes a file may come to, and how many times its own size: a bomb is neither kept nor read to its end. */
const mostUnpacked = 20 * 2 ** 30;
const mostRatio = 200;
const ratioFrom = 64 * 2 ** 20;

export function containerOf(head: Uint8Array): Container {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4 ? 'zip' : 'plain';
}

/** Passes bytes on and throws `import.bomb` when they come to more than a file of `packed` bytes may hold. */
export async function* bounded(bytes: AsyncIterable<Buffer>, packed: number): AsyncGenerator<Buffer> {
  let unpacked = 0;
  for await (const piece of bytes) {
    unpacked += piece.length;
    if (unpacked > mostUnpacked || (unpacked > ratioFrom && unpacked > packed * mostRatio))
      throw new FileFault('import.bomb');
    yield piece;
  }
}

export async function* gunzip(pieces: AsyncIterable<Buffer>, packed: number): AsyncGenerator<Buffer> {
  const unzip = createGunzip();
  const source = Readable.from(pieces);
  source.on('error', (error) => unzip.destroy(error));
  source.pipe(unzip);
  try {
    yield* bounded(unzip, packed);
  } catch (error) {
    throw isZlib(error) ? new FileFault('import.archive_broken', { cause: error }) : error;
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

function isZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_|^ERR_/.test(String(error.code));
}

export interface ZipEntry {
  readonly name: string;
  /** The entry's unpacked bytes. */
  open(): AsyncIterable<Buffer>;
}

export interface Zip extends AsyncDisposable {
  readonly entries: readonly ZipEntry[];
}

const mostEntries = 10_000;

/** A zip is read from its end, so it goes to a file of its own first, until it is disposed of. */
export async function openZip(pieces: AsyncIterable<Buffer>, packed: number): Promise<Zip> {
  const folder = await mkdtemp(join(tmpdir(), 'spread-import-'));
  const path = join(folder, 'file.zip');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(pieces, createWriteStream(path, { mode: 0o600 }));
    const { zip, entries } = await readDirectory(path, packed);
    return {
      entries,
      [Symbol.asyncDispose]: async () => {
        zip.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function readDirectory(path: string, packed: number): Promise<{ zip: yauzl.ZipFile; entries: ZipEntry[] }> {
  try {
    const zip = await yauzl.openPromise(path, { autoClose: false, lazyEntries: true });
    return { zip, entries: await listEntries(zip, packed) };
  } catch (error) {
    throw error instanceof FileFault ? error : new FileFault('import.archive_broken', { cause: error });
  }
}

async function listEntries(zip: yauzl.ZipFile, packed: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entries.length === mostEntries) throw new FileFault('import.archive_broken');
    if (entry.fileName.endsWith('/')) continue;
    entries.push({ name: entry.fileName, open: () => bounded(unpacked(zip, entry), packed) });
  }
  return entries;
}

/** One that is encrypted, damaged, or packed in a way we do not know is `import.archive_broken`. */
async function* unpacked(zip: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Buffer> {
  try {
    yield* await zip.openReadStreamPromise(entry);
  } catch (error) {
    throw new FileFault('import.archive_broken', { cause: error });
  }
}
