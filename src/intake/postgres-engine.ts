import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { leaseInstance, releaseInstance, renewInstance } from '#store/web-instance.ts';
import { BatchIds, instanceLimit } from './batch-id.ts';
import { Batcher, type BatchRow } from './batcher.ts';
import { type Claimed, type IntakeEngine, intakeChannel, OverCapacity } from './engine.ts';
import type { Spool } from './spool.ts';
import { takesWhileSpooling } from './spool-share.ts';
import { SpoolingWriter } from './spooling-writer.ts';

export interface PostgresEngineOptions {
  /** A pool of its own (2 connections do), so that screens cannot starve the doors. */
  readonly pool: Pool;
  readonly shards: number;
  readonly now?: () => Instant;
  /** Told about lease and write faults that were retried. Carries no personal data. */
  readonly onFault?: (event: string, error: unknown) => void;
  readonly maxQueuedItems?: number;
  readonly maxQueuedBytes?: number;
  /** Longest wait for a commit, retries included; default 8 s. */
  readonly writeMs?: number;
  /** Where micro-batches go while the database is away; null: callers are told to come again. */
  readonly spool?: Spool | null;
}

const leaseSeconds = 60;
const renewMs = 20_000;
const writeAttempts = 3;
const defaultWriteMs = 8_000;
/** With a spool at hand a database that hangs is not waited for: the same ids go to the disk. */
const spoolWriteMs = 2_000;

/** The intake engine over the `intake` table. Leases an instance number first; rejects when the database cannot be reached. */
export async function openPostgresEngine(options: PostgresEngineOptions): Promise<IntakeEngine> {
  const { pool } = options;
  const now = options.now ?? Date.now;
  const onFault = options.onFault ?? (() => {});
  const holder = `${process.pid}.${crypto.randomUUID()}`;
  const spool = options.spool ?? null;
  await spool?.adopt(now());
  const lease = () => leaseIds(pool, holder, options.shards, spool?.newestBatchId ?? 0);
  let ids = await lease();
  let held = true;
  let renewing: Promise<void> | null = null;

  const renewNow = async (): Promise<void> => {
    if (held) held = await renewInstance(pool, ids.number, holder, leaseSeconds);
    if (held) return;
    ids = await lease();
    held = true;
  };
  const renew = (): Promise<void> => {
    renewing ??= renewNow().finally(() => {
      renewing = null;
    });
    return renewing;
  };
  const timer = setInterval(() => void renew().catch((error) => onFault('intake.lease', error)), renewMs);
  timer.unref();

  const writeMs = options.writeMs ?? (spool === null ? defaultWriteMs : spoolWriteMs);
  const commit = (rows: readonly BatchRow[], again: boolean) => writeRows(pool, rows, again, writeMs, onFault);
  // The number may have gone to another process meanwhile: ids first, rows then.
  const writer = spool === null ? null : new SpoolingWriter({ spool, commit, probe: renew, isOurFault, onFault, now });
  const batcher = new Batcher({
    shards: options.shards,
    nextBatchId: () => ids.batchIds.next(now()),
    write: (rows) => (writer === null ? commit(rows, false) : writer.write(rows)),
    maxQueuedItems: options.maxQueuedItems,
    maxQueuedBytes: options.maxQueuedBytes,
  });
  const spoolFill = (): number => (spool !== null && writer?.spooling === true ? spool.fill : 0);

  return {
    append: (envelope, lane) =>
      takesWhileSpooling(envelope.source.kind, lane, spoolFill())
        ? batcher.append(envelope, lane)
        : Promise.reject(new OverCapacity(30)),
    pressure: () => Math.max(batcher.pressure(), spoolFill()),
    spooled: () =>
      spool === null
        ? null
        : {
            spooling: writer?.spooling === true,
            bytes: spool.bytes,
            calls: spool.calls,
            oldestAt: spool.oldestAt,
            tooOld: spool.tooOld,
          },
    claim,
    remove,
    stop: async () => {
      await batcher.stop();
      await writer?.stop();
      clearInterval(timer);
      await releaseInstance(pool, ids.number, holder).catch((error) => onFault('intake.lease', error));
    },
  };
}

/** `known`: an id that is used, in the database or not. */
async function leaseIds(
  pool: Pool,
  holder: string,
  shards: number,
  known: number,
): Promise<{ number: number; batchIds: BatchIds }> {
  const lease = await leaseInstance(pool, holder, leaseSeconds, instanceLimit);
  return { number: lease, batchIds: new BatchIds(lease, Math.max(known, await newestBatchId(pool, shards))) };
}

/** The greatest id this database has seen: ids start after it even when this machine's clock was set back. */
async function newestBatchId(pool: Pool, shards: number): Promise<number> {
  const result = await pool.query<{ newest: string | null }>(
    `select greatest(max(a.id), max(w.id))::text as newest
     from generate_series(0, $1::int - 1) s(shard)
     left join lateral (select max(batch_id) as id from intake_applied where shard = s.shard) a on true
     left join lateral (
       select max(batch_id) as id from (
         (select batch_id from intake where shard = s.shard and lane = 0 order by batch_id desc limit 1)
         union all
         (select batch_id from intake where shard = s.shard and lane = 1 order by batch_id desc limit 1)
       ) newest_of_lane
     ) w on true`,
    [shards],
  );
  return Number(result.rows[0]?.newest ?? 0);
}

/**
 * Commits all rows in one statement, within `ms`. A fault is retried under the same ids: a commit whose answer was lost adds
 * nothing then.
 */
async function writeRows(
  pool: Pool,
  rows: readonly BatchRow[],
  again: boolean,
  ms: number,
  onFault: (event: string, error: unknown) => void,
): Promise<void> {
  const deadline = performance.now() + ms;
  for (let attempt = 1; ; attempt++) {
    try {
      // A connection that does not answer is dropped with its query: the next attempt gets another one.
      const query = {
        ...insertOf(rows, again || attempt > 1),
        query_timeout: Math.max(1, deadline - performance.now()),
      };
      await before(deadline, pool.query(query));
      return;
    } catch (error) {
      if (attempt === writeAttempts || performance.now() >= deadline || isOurFault(error)) throw error;
      onFault('intake.write_retried', error);
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
  }
}

/** The work's result, or a fault when the deadline comes first: waiting for a connection counts. */
function before<T>(deadline: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('the database did not answer in time'));
    const timer = setTimeout(late, Math.max(1, deadline - performance.now()));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** SQLSTATE classes 22, 23 and 42 do not pass by waiting. */
function isOurFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(22|23|42)/.test(String(error.code));
}

/** `again`: some may be there already. */
export function insertOf(rows: readonly BatchRow[], again: boolean) {
  const tuples = rows.map((_, r) => {
    const p = r * 6;
    return `($${p + 1}::int2, $${p + 2}::int8, $${p + 3}::int2, to_timestamp($${p + 4}::float8 / 1000), $${p + 5}::int4, $${p + 6}::bytea)`;
  });
  return {
    name: `intake_append_${rows.length}${again ? '_again' : ''}`,
    text: `with added as (
        insert into intake (shard, batch_id, lane, received_at, n, body) values ${tuples.join(', ')}
        ${again ? 'on conflict do nothing' : ''} returning shard
      ) select pg_notify('${intakeChannel}', string_agg(shard::text, ',')) from added`,
    values: rows.flatMap((row) => [
      row.shard,
      row.batchId,
      row.lane === 'bulk' ? 1 : 0,
      row.receivedAt,
      row.n,
      row.body,
    ]),
  };
}

interface ClaimedRow {
  shard: number;
  lane: number;
  batch_id: string;
  n: number;
  /** base64 */
  body: string;
  known: boolean;
}

/** Whoever applies needs these two, and no lease to append with. */
export const postgresClaims: Pick<IntakeEngine, 'claim' | 'remove'> = { claim, remove };

async function claim(
  client: ClientBase,
  shards: readonly number[],
  limit: number,
  bulkLimit: number,
): Promise<Claimed[]> {
  const result = await client.query<ClaimedRow>({
    name: 'intake_claim',
    // At most 128 rows of a shard are counted: a long backlog of small rows would cost more to look through than another round.
    // The driver reads text: base64 is half as long as PostgreSQL's own hex.
    text: `select i.shard, i.lane, i.batch_id::text as batch_id, i.n, encode(i.body, 'base64') as body,
        exists (select from intake_applied a where a.shard = i.shard and a.batch_id = i.batch_id) as known
      from (
        select shard, lane, batch_id, n, sum(n) over (order by lane, batch_id, shard rows unbounded preceding) as running,
          sum(n) over (partition by lane order by batch_id, shard rows unbounded preceding) as of_lane
        from unnest($1::int2[]) s(one)
        cross join lateral (
          select shard, lane, batch_id, n from intake where shard = s.one order by lane, batch_id limit least($2, 128)
        ) oldest
      ) c
      join intake i on i.shard = c.shard and i.lane = c.lane and i.batch_id = c.batch_id
      where c.running = c.n or (c.running <= $2 and (c.lane = 0 or c.of_lane = c.n or c.of_lane <= $3))
      order by c.lane, c.batch_id, c.shard`,
    values: [shards, limit, bulkLimit],
  });
  return result.rows.map((row) => ({
    shard: row.shard,
    lane: row.lane === 1 ? 'bulk' : 'live',
    batchId: Number(row.batch_id),
    n: row.n,
    body: Buffer.from(row.body, 'base64'),
    known: row.known,
  }));
}

async function remove(client: ClientBase, claimed: readonly Claimed[]): Promise<void> {
  if (claimed.length === 0) return;
  await client.query({
    name: 'intake_remove',
    text: `with gone as (
        delete from intake i using unnest($1::int2[], $2::int2[], $3::int8[]) c(shard, lane, batch_id)
        where i.shard = c.shard and i.lane = c.lane and i.batch_id = c.batch_id
        returning i.shard, i.batch_id
      ), remembered as (
        insert into intake_applied (shard, batch_id) select shard, batch_id from gone on conflict do nothing
      )
      select 1 / (count(*) = $4::int8)::int as all_gone from gone`,
    values: [
      claimed.map((row) => row.shard),
      claimed.map((row) => (row.lane === 'bulk' ? 1 : 0)),
      claimed.map((row) => row.batchId),
      claimed.length,
    ],
  });
}
