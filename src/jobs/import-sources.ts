/** Fetches files on their schedule and hands each to the imports; follows what becomes of them, and tells of a failure once. */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { largestFile } from '#contract/imports.ts';
import { largestPiece } from '#contract/lists.ts';
import type { Instant } from '#domain/facts.ts';
import { nextDue } from '#domain/schedule.ts';
import type { GuardedFetch } from '#outbound/guarded-fetch.ts';
import { RemoteBroken, type RemoteFile, readRemoteFile } from '#outbound/remote-file.ts';
import { inTransaction } from '#store/db.ts';
import { addPiece, changeImport, createImport, wakeImports, withImportLock } from '#store/import-file.ts';
import { forgetImport } from '#store/import-forget.ts';
import { endUpload } from '#store/import-push.ts';
import { findSource, listDueSources, noteHostKey, type Source, sourceJobName } from '#store/import-source.ts';
import {
  beginSource,
  type EndedRun,
  endRun,
  failRun,
  findBrokenFetches,
  listEndedRuns,
  saveRun,
} from '#store/import-source-run.ts';
import { listTemplates, type Template } from '#store/import-template.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { writeAuto, writingBy } from '#wire/import/auto.ts';
import type { Job } from './runner.ts';

export interface SourceTools {
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  readonly keys: Keys;
  readonly guarded: GuardedFetch;
  /** Scheme and host of the back office. */
  readonly publicUrl: string;
  readonly now: () => Instant;
}

const minuteMs = 60_000;
/** What may pass by itself is tried again before anybody is told. */
const passing = new Set(['connect.failed', 'timeout', 'dns.failed', 'source.changing', 'source.answer']);
const patience = 2;
const retryMs = 5 * minuteMs;

/** One process at a time fetches from a source; one file at a time, so that other jobs have room. */
export function importSourcesJob(tools: SourceTools): Job {
  let running = false;
  let again = false;
  const round = async (): Promise<unknown[]> => {
    const faults: unknown[] = [];
    for (const run of await listEndedRuns(tools.pool)) await settle(tools, run);
    for (const source of await listDueSources(tools.pool, tools.keys, tools.now()))
      await withImportLock(tools.pool, `source ${source.shopId} ${source.id}`, () => fetchSource(tools, source)).catch(
        (error) => faults.push(error),
      );
    return faults;
  };
  return {
    name: sourceJobName,
    schedule: '* * * * *',
    async run() {
      // an import may end before the fetch that began it has
      again = true;
      if (running) return;
      running = true;
      const faults: unknown[] = [];
      try {
        while (again) {
          again = false;
          faults.push(...(await round()));
        }
      } finally {
        running = false;
      }
      if (faults.length > 0) throw faults[0];
    },
  };
}

async function settle(tools: SourceTools, run: EndedRun): Promise<void> {
  const { pool, keys } = tools;
  const refusedAll = run.state === 'done' && run.taken === 0 && run.refused > 0;
  if (run.state !== 'failed' && !refusedAll) {
    await endRun(pool, run, run.state === 'stopped' ? 'stopped' : 'done');
    return;
  }
  const source = await findSource(pool, keys, run);
  if (source === null) return;
  const fault = refusedAll ? 'source.all_refused' : (run.fault ?? 'import.setup_unclear');
  await fail(tools, source, fault, run.importId);
}

async function fetchSource(tools: SourceTools, source: Source): Promise<void> {
  const { pool, now } = tools;
  const zone = (await findShopSettings(tools.db, source.shopId))?.settings.zone ?? 'UTC';
  await beginSource(pool, source, nextDue(source.schedule, zone, now()));
  const template = (await listTemplates(pool, source.shopId)).find(
    ({ kind, name }) => kind === source.kind && name === source.template,
  );
  if (template === undefined) return fail(tools, source, 'source.template_gone', null);
  for (const id of await findBrokenFetches(pool, source)) await forgetImport(pool, source.shopId, id, now());
  const answer = await readRemoteFile(tools.guarded, source, source.mark, (file) => keep(tools, source, file));
  if (answer.hostKey !== null) await noteHostKey(pool, source, answer.hostKey, answer.word !== 'failed');
  if (answer.word === 'failed') return fail(tools, source, answer.fault, null);
  if (answer.word === 'same') return saveSame(tools, source, source.mark);
  const { importId, mark, hash } = answer.result;
  if (source.contentHash !== null && hash.equals(source.contentHash)) {
    await forgetImport(pool, source.shopId, importId, now());
    return saveSame(tools, source, mark);
  }
  await begin(tools, source, template, answer.result);
}

interface Kept {
  readonly importId: string;
  readonly mark: string | null;
  readonly hash: Buffer;
}

/** The file's bytes as an import that waits. */
async function keep({ pool, now }: SourceTools, source: Source, file: RemoteFile): Promise<Kept> {
  const { shopId: shop } = source;
  if (file.size !== null && file.size > largestFile) throw new RemoteBroken('source.too_large');
  const importId = await createImport(
    pool,
    {
      ...{ shopId: shop, kind: source.kind, fileName: file.name, size: file.size ?? largestFile, setup: null },
      createdBy: `source:${source.id}`,
    },
    now(),
  );
  const hash = createHash('sha256');
  let received = 0;
  const add = async (piece: Buffer): Promise<void> => {
    hash.update(piece);
    const added = await addPiece(pool, shop, importId, received, piece);
    if (added?.taken !== true)
      throw new RemoteBroken(
        received + piece.length > (file.size ?? largestFile) ? 'source.too_large' : 'source.changing',
      );
    received += piece.length;
  };
  try {
    for await (const piece of inPieces(file.pieces)) await add(piece);
    if (received === 0) throw new RemoteBroken('source.empty');
    const digest = hash.digest();
    if (!(await endUpload(pool, shop, importId, received, null))) throw new RemoteBroken('source.changing');
    return { importId, mark: file.mark, hash: digest };
  } catch (error) {
    await forgetImport(pool, shop, importId, now());
    throw error;
  }
}

/** The bytes again, in pieces as large as one may be. */
async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of bytes) {
    waiting.push(piece);
    length += piece.length;
    if (length < largestPiece) continue;
    const whole = Buffer.concat(waiting);
    let at = 0;
    for (; whole.length - at >= largestPiece; at += largestPiece) yield whole.subarray(at, at + largestPiece);
    waiting = at === whole.length ? [] : [whole.subarray(at)];
    length = whole.length - at;
  }
  if (length > 0) yield Buffer.concat(waiting);
}

async function saveSame({ pool, now }: SourceTools, source: Source, mark: string | null): Promise<void> {
  await inTransaction(pool, (client) => saveRun(client, source, { outcome: 'same', mark }, now()));
}

async function begin({ pool, now }: SourceTools, source: Source, template: Template, kept: Kept): Promise<void> {
  const { importId, mark, hash } = kept;
  await inTransaction(pool, async (client) => {
    await saveRun(client, source, { outcome: 'importing', importId, mark, hash }, now());
    await changeImport(client, source.shopId, importId, ['uploading'], {
      state: 'reading',
      setup: writingBy(template),
      auto: writeAuto(template),
    });
    await wakeImports(client);
  });
}

async function fail(tools: SourceTools, source: Source, fault: string, importId: string | null): Promise<void> {
  const { pool, keys, publicUrl, now } = tools;
  const again = passing.has(fault) && source.failures < patience;
  const place = importId === null ? 'imports' : `imports/${importId}`;
  await failRun(
    pool,
    keys,
    source,
    {
      fault,
      importId,
      retryAt: again ? now() + retryMs : null,
      tell: !again,
      url: `${publicUrl}/shops/${source.shopId}/${place}`,
    },
    now(),
  );
}
