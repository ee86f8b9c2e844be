/** Prepares the files that are too large to be made while they are downloaded, one after the other, and lets go of those that are over. */
import type { Kysely } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { lockShard } from '#apply/transaction.ts';
import { readAsked } from '#contract/kept-export.ts';
import type { Instant } from '#domain/facts.ts';
import { shardOf } from '#intake/engine.ts';
import { inTransaction } from '#store/db.ts';
import {
  addExportPiece,
  beginExport,
  type ExportFile,
  endExport,
  expireExports,
  exportJobName,
  findDueExport,
} from '#store/export-file.ts';
import { mailExport } from '#store/export-notice.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { exportFile } from '#views/export/file.ts';
import type { Job } from './runner.ts';

export interface ExportJobOptions {
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  readonly keys: Keys;
  readonly shards: number;
  /** Scheme and host of the back office. */
  readonly publicUrl: string;
  readonly now: () => Instant;
}

const hourMs = 3_600_000;
/** How long a prepared file lies ready, and how long it is remembered that it was asked for. */
const readyHours = 24;
const rememberedDays = 30;
const pieceBytes = 1024 * 1024;

export function exportJob(options: ExportJobOptions): Job {
  const { pool, now } = options;
  return {
    name: exportJobName,
    schedule: '* * * * *',
    async run() {
      await expireExports(pool, now(), now() - rememberedDays * 24 * hourMs);
      const client = await pool.connect();
      try {
        // another process that prepares one goes on with the next by itself
        if (!(await tryLock(client))) return;
        try {
          await prepareAll(options);
        } finally {
          await client.query(`select pg_advisory_unlock(hashtext('job export'))`);
        }
      } finally {
        client.release();
      }
    },
  };
}

async function tryLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(hashtext('job export')) as mine`);
  return rows[0]?.mine === true;
}

/** What a killed process began is begun again. One that fails through our fault ends, and stands in nobody's way. */
async function prepareAll(options: ExportJobOptions): Promise<void> {
  const faults: unknown[] = [];
  for (let file = await findDueExport(options.pool); file !== null; file = await findDueExport(options.pool)) {
    await prepare(options, file).catch(async (error) => {
      faults.push(error);
      await end(options, file, 'failed');
    });
  }
  if (faults.length > 0) throw faults[0];
}

async function prepare(options: ExportJobOptions, file: ExportFile): Promise<void> {
  const { pool, db, keys, shards } = options;
  if (!(await beginExport(pool, file))) return;
  // an erasure that began before this file did is over now, and one that begins later finds it
  await inTransaction(pool, (client) => lockShard(client, shardOf(file.shopId, shards)));
  const asked = readAsked(file);
  if (asked === null) throw new Error(`an export that nobody can have asked for: ${file.id}`);
  let rows = 0;
  const pieces = await exportFile({ db, keys }, { shop: file.shopId, ...asked }, (more) => {
    rows += more;
  });
  let n = 0;
  for await (const bytes of joined(pieces)) {
    if (!(await addExportPiece(pool, file, { n, bytes, rows }))) return;
    n += 1;
  }
  await end(options, file, 'ready');
}

/** Pieces of a megabyte: one is in memory. */
async function* joined(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < pieceBytes) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}

/** Who asked is told by mail, in the transaction that ends it. */
async function end(
  { pool, keys, publicUrl, now }: ExportJobOptions,
  file: ExportFile,
  state: 'ready' | 'failed',
): Promise<void> {
  const expiresAt = now() + readyHours * hourMs;
  await inTransaction(pool, async (client) => {
    if (!(await endExport(client, file, state, { now: now(), expiresAt }))) return;
    const url = `${publicUrl}/shops/${file.shopId}/exports`;
    await mailExport(client, keys, { file, ready: state === 'ready', url, until: expiresAt, now: now() });
  });
}
