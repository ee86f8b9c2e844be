/** The tracker's scripts of releases before this one, for pages that pin a version. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { findReleasedScript, saveReleasedScripts } from '#store/tracker-release.ts';

export interface ScriptArchive {
  /** Keeps this release's scripts; tried again until the database has them. */
  start(): void;
  stop(): Promise<void>;
  /** A script of another release, as whoever asks can read it; null: none of that name was ever served here. */
  find(file: string, encodings: string): Promise<ArchivedScript | null>;
}

export interface ArchivedScript {
  readonly body: Buffer;
  readonly encoding: 'br' | 'gzip' | null;
}

const versionedName = /\.[0-9a-f]{12}\.js$/;
const againMs = 30_000;
/** Names that nobody knows are asked for by anybody: no more look-ups than this in a window. */
const missesPerWindow = 20;
const windowMs = 10_000;
/** Pages of one shop pin a handful of scripts. */
const remembered = 60;
const brotli = promisify(brotliCompress);
const squeeze = promisify(gzip);

export interface ArchiveOptions {
  /** Where src/tracker/build.ts put this release's scripts. */
  readonly folder: string;
  readonly pool: Pool;
  readonly now: () => Instant;
  onFault(event: string, error: unknown): void;
}

export function openScriptArchive({ folder, pool, now, onFault }: ArchiveOptions): ScriptArchive {
  const known = new Map<string, { plain: Buffer; br: Buffer; gzip: Buffer }>();
  let timer: NodeJS.Timeout | undefined;
  let keeping = Promise.resolve();
  let window = { from: 0, misses: 0 };

  async function keep(): Promise<void> {
    const files = readdirSync(folder).filter((file) => versionedName.test(file));
    try {
      await saveReleasedScripts(
        pool,
        files.map((file) => ({ file, code: readFileSync(join(folder, file)) })),
        now(),
      );
    } catch (error) {
      onFault('tracker.archive', error);
      timer = setTimeout(start, againMs).unref();
    }
  }

  function start(): void {
    keeping = keep();
  }

  async function look(file: string): Promise<{ plain: Buffer; br: Buffer; gzip: Buffer } | null> {
    const at = now();
    if (at - window.from >= windowMs) window = { from: at, misses: 0 };
    if (window.misses >= missesPerWindow) return null;
    const plain = await findReleasedScript(pool, file).catch((error: unknown) => {
      onFault('tracker.archive', error);
      return null;
    });
    if (plain === null) {
      window.misses += 1;
      return null;
    }
    const script = { plain, br: await brotli(plain), gzip: await squeeze(plain) };
    if (known.size >= remembered) known.clear();
    known.set(file, script);
    return script;
  }

  return {
    start,
    async stop() {
      await keeping;
      clearTimeout(timer);
    },
    async find(file, encodings) {
      const script = known.get(file) ?? (await look(file));
      if (script === null) return null;
      const encoding = /\bbr\b/.test(encodings) ? 'br' : /\bgzip\b/.test(encodings) ? 'gzip' : null;
      return { body: script[encoding ?? 'plain'], encoding };
    },
  };
}
