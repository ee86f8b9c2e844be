/** Pulls from stores' APIs: one of each kind a connection, with the place where it goes on. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { inTransaction } from './db.ts';
import { changeImport, createImport } from './import-file.ts';

type Db = Pool | ClientBase;
export const pullsJobName = 'pulls';

export type PullKind = 'history' | 'reconcile';

export interface PullRef {
  readonly shopId: ShopId;
  readonly connectionId: number;
  readonly kind: PullKind;
}

export interface DuePull extends PullRef {
  readonly platform: string;
  readonly store: string;
  readonly cursor: string | null;
  readonly since: Instant | null;
  readonly failures: number;
  readonly startedAt: Instant;
  /** The shop's, IANA. */
  readonly zone: string;
  /** A history's import; null: it began before there were any, or is none. */
  readonly importId: string | null;
}

/** Begins, or begins again, with its counts at none; a reconciliation never reads from before the installation (rules §5). False: one of this kind is under way, or the store is not asked. */
export async function startPull(
  db: Pool,
  { shopId: shop, connectionId, kind }: PullRef,
  since: Instant | null,
  now: Instant,
  by = '',
): Promise<boolean> {
  return inTransaction(db, async (client) => {
    await client.query(
      `update pull p set repaired = p.repaired + d.n, repaired_at = case when d.n > 0 then p.finished_at else p.repaired_at end
       from (select coalesce(sum(n), 0)::int8 as n from pull_count
         where shop_id = $1 and connection_id = $2 and kind = $3 and result in ('created', 'updated')) d
       where p.shop_id = $1 and p.connection_id = $2 and p.kind = $3 and p.state <> 'running'`,
      [shop, connectionId, kind],
    );
    const { rowCount } = await client.query(
      `insert into pull as p (shop_id, connection_id, kind, state, since, next_at, started_at)
       select $1, c.id, $3, 'running', case when $3 = 'history' then to_timestamp($4::float8 / 1000)
         else greatest(to_timestamp($4::float8 / 1000), (select installed_at from shop where id = $1)) end, to_timestamp($5::float8 / 1000), to_timestamp($5::float8 / 1000)
       from connection c where c.shop_id = $1 and c.id = $2 and c.credentials is not null
       on conflict (shop_id, connection_id, kind) do update set state = 'running', cursor = null, since = excluded.since, objects = 0,
         expected = null, next_at = excluded.next_at, failures = 0, fault = null, started_at = excluded.started_at, finished_at = null
       where p.state <> 'running'`,
      [shop, connectionId, kind, since, now],
    );
    if (rowCount !== 1) return false;
    await client.query('delete from pull_count where shop_id = $1 and connection_id = $2 and kind = $3', [
      shop,
      connectionId,
      kind,
    ]);
    if (kind === 'history') await startHistoryImport(client, { shopId: shop, connectionId, kind }, by, now);
    return true;
  });
}

/** Its counts and its report are an import's. */
async function startHistoryImport(
  client: ClientBase,
  { shopId: shop, connectionId, kind }: PullRef,
  by: string,
  now: Instant,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select name from connection where shop_id = $1 and id = $2', [
    shop,
    connectionId,
  ]);
  const made = { shopId: shop, kind, fileName: rows[0]?.name ?? '', size: 0, createdBy: by, setup: null };
  const id = await createImport(client, made, now);
  await changeImport(client, shop, id, ['uploading'], { state: 'running', startedAt: now });
  await client.query('update pull set import_id = $4::uuid where shop_id = $1 and connection_id = $2 and kind = $3', [
    shop,
    connectionId,
    kind,
    id,
  ]);
}

export async function stopPull(db: Db, { shopId: shop, connectionId, kind }: PullRef, now: Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    `update pull set state = 'stopped', finished_at = to_timestamp($4::float8 / 1000)
     where shop_id = $1 and connection_id = $2 and kind = $3 and state = 'running'`,
    [shop, connectionId, kind, now],
  );
  return rowCount === 1;
}

/** The same, by the import a history is counted under. */
export async function stopHistory(db: Db, shop: ShopId, importId: string, now: Instant): Promise<void> {
  await db.query(
    `update pull set state = 'stopped', finished_at = to_timestamp($3::float8 / 1000)
     where shop_id = $1 and import_id = $2::uuid and state = 'running'`,
    [shop, importId, now],
  );
}

/** Imports that histories of this connection were counted under. */
export async function listHistories(db: Db, shop: ShopId, connectionId: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select import_id as id from pull where shop_id = $1 and connection_id = $2 and import_id is not null',
    [shop, connectionId],
  );
  return rows.map(({ id }) => id);
}

/** Those that may go on now, of all shops; a store is asked for one thing at a time, its history first. */
export async function listDuePulls(db: Db, now: Instant): Promise<DuePull[]> {
  const { rows } = await db.query<{
    shop_id: number;
    connection_id: number;
    kind: PullKind;
    platform: string;
    store: string;
    cursor: string | null;
    since_ms: number | null;
    failures: number;
    started_ms: number;
    import_id: string | null;
    zone: string;
  }>(
    `select distinct on (p.shop_id, p.connection_id) p.shop_id, p.connection_id, p.kind, c.platform, c.store, p.cursor, p.failures, p.import_id,
       (select body ->> 'zone' from shop_settings where shop_id = p.shop_id order by version desc limit 1) as zone,
       (extract(epoch from p.since) * 1000)::float8 as since_ms, (extract(epoch from p.started_at) * 1000)::float8 as started_ms
     from pull p join connection c on c.shop_id = p.shop_id and c.id = p.connection_id
     where p.state = 'running' and p.next_at <= to_timestamp($1::float8 / 1000)
       and p.shop_id not in (select id from shop where closed_at is not null)
     order by p.shop_id, p.connection_id, p.kind limit 200`,
    [now],
  );
  return rows.map((row) => ({
    shopId: shopId(row.shop_id),
    connectionId: row.connection_id,
    kind: row.kind,
    platform: row.platform,
    store: row.store,
    cursor: row.cursor,
    since: row.since_ms,
    failures: row.failures,
    startedAt: row.started_ms,
    importId: row.import_id,
    zone: row.zone,
  }));
}

export interface PullStep {
  /** null: it was the last page. */
  readonly cursor: string | null;
  readonly objects: number;
  readonly expected: number | null;
  /** Not before; null: at once. */
  readonly nextAt: Instant | null;
}

/** After its page was committed: a process killed in between asks for the page again, and its objects are repeats. */
export async function savePullStep(db: Db, ref: PullRef, step: PullStep, now: Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    `update pull set cursor = $4, objects = objects + $5, expected = coalesce($6, expected), failures = 0, fault = null,
       state = case when $4::text is null then 'done' else state end,
       covered_to = case when $4::text is null then started_at else covered_to end,
       finished_at = case when $4::text is null then to_timestamp($7::float8 / 1000) end,
       next_at = coalesce(to_timestamp($8::float8 / 1000), next_at)
     where shop_id = $1 and connection_id = $2 and kind = $3 and state = 'running'`,
    [ref.shopId, ref.connectionId, ref.kind, step.cursor, step.objects, step.expected, now, step.nextAt],
  );
  if (ref.kind === 'history')
    await db.query(
      `update import i set lines = p.objects, read_bytes = p.objects, size = greatest(p.objects, p.expected)
       from pull p where p.shop_id = $1 and p.connection_id = $2 and p.kind = $3 and i.shop_id = p.shop_id and i.id = p.import_id`,
      [ref.shopId, ref.connectionId, ref.kind],
    );
  return rowCount === 1;
}

/** It comes again at `nextAt`; null: it does not, until people or the next round start it anew. */
export async function savePullFault(
  db: Db,
  ref: PullRef,
  fault: string,
  nextAt: Instant | null,
  now: Instant,
): Promise<void> {
  await db.query(
    `update pull set fault = $4, failures = failures + 1, state = case when $5::float8 is null then 'failed' else state end,
       finished_at = case when $5::float8 is null then to_timestamp($6::float8 / 1000) end,
       next_at = coalesce(to_timestamp($5::float8 / 1000), next_at)
     where shop_id = $1 and connection_id = $2 and kind = $3 and state = 'running'`,
    [ref.shopId, ref.connectionId, ref.kind, fault, nextAt, now],
  );
}

/** Begins, or goes on, now and not with the next minute. */
export async function wakePulls(db: Db): Promise<void> {
  await db.query('select wake_job($1)', [pullsJobName]);
}

/** Items received in bulk and not applied yet, of all shops. */
export async function countBulkWaiting(db: Db): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`select coalesce(sum(n), 0)::float8 as n from intake where lane = 1`);
  return rows[0]?.n ?? 0;
}

export interface DueReconciliation extends PullRef {
  readonly since: Instant;
}

/** Connections with an API whose last round began before `before`: from where the last one ended, never before the shop was installed. */
export async function listReconciliations(db: Db, before: Instant): Promise<DueReconciliation[]> {
  const { rows } = await db.query<{ shop_id: number; connection_id: number; since_ms: number }>(
    `select c.shop_id, c.id as connection_id,
       (extract(epoch from greatest(s.installed_at, p.covered_to - interval '10 minutes')) * 1000)::float8 as since_ms
     from connection c join shop s on s.id = c.shop_id
     left join pull p on p.shop_id = c.shop_id and p.connection_id = c.id and p.kind = 'reconcile'
     where c.credentials is not null and s.installed_at is not null and s.closed_at is null
       and (p.started_at is null or (p.state <> 'running' and p.started_at < to_timestamp($1::float8 / 1000)))
     order by c.shop_id, c.id limit 200`,
    [before],
  );
  return rows.map((row) => ({
    shopId: shopId(row.shop_id),
    connectionId: row.connection_id,
    kind: 'reconcile',
    since: row.since_ms,
  }));
}
