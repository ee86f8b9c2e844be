/** Files of the spool that only a person may replay: older than the ids that are remembered, or damaged (docs/ops/running.md). */
import { open, rename } from 'node:fs/promises';
import type { Pool } from 'pg';
import { seqOf } from './batch-id.ts';
import type { BatchRow } from './batcher.ts';
import { decodeBatch } from './envelope.ts';
import { insertOf } from './postgres-engine.ts';
import { firstRecord, isSpoolFile, readRows } from './spool-file.ts';

export interface SpoolReplay {
  /** Calls handed to intake. */
  readonly calls: number;
  /** Calls the database has had already. */
  readonly known: number;
  /** Bytes at the end that cannot be read. */
  readonly unread: number;
  /** What the file is called now. */
  readonly path: string;
}

const rowsAtOnce = 64;

/**
 * Hands the whole records of a file to intake, but those the journal knows, under the ids they have; then renames it to `….replayed`.
 * null: no file of a spool. Doing it twice changes nothing.
 */
export async function replaySpoolFile(pool: Pool, path: string): Promise<SpoolReplay | null> {
  const file = await open(path, 'r');
  let calls = 0;
  let known = 0;
  let at = firstRecord;
  const { size } = await file.stat();
  try {
    if (!(await isSpoolFile(file))) return null;
    for (;;) {
      const { rows, next, rest } = await readRows(file, at, size, rowsAtOnce);
      for (const row of rows) {
        if (await isKnown(pool, row)) known += row.n;
        else {
          await pool.query(insertOf([row], true));
          calls += row.n;
        }
      }
      at = next;
      if (rest !== 'more') break;
    }
  } finally {
    await file.close();
  }
  const renamed = `${path}.replayed`;
  await rename(path, renamed);
  return { calls, known, unread: size - at, path: renamed };
}

/** A micro-batch is applied as a whole, so one of its calls in the journal stands for all. By the primary key of the journal. */
async function isKnown(pool: Pool, row: BatchRow): Promise<boolean> {
  const envelopes = decodeBatch(row.body);
  const { rows } = await pool.query(
    `select exists (select from intake_applied where shard = $1 and batch_id = $2)
       or exists (
         select from unnest($3::int4[], $4::float8[], $5::int8[]) k(shop, ms, seq)
         join journal j on j.shop_id = k.shop and j.received_at = to_timestamp(k.ms / 1000) and j.seq = k.seq
       ) as known`,
    [
      row.shard,
      row.batchId,
      envelopes.map(({ shopId }) => shopId),
      envelopes.map(({ arrivedAt }) => arrivedAt),
      envelopes.map((_, place) => seqOf(row.batchId, place).toString()),
    ],
  );
  return rows[0]?.known === true;
}
