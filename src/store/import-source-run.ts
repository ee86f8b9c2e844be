/** How runs of sources went: the last ones, and what people were told of them. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { shopId } from '#domain/ids.ts';
import { inTransaction } from './db.ts';
import { listNotified } from './import-notice.ts';
import type { Source, SourceRef } from './import-source.ts';
import { queueMail } from './outbox.ts';
import type { Keys } from './secret.ts';

type Db = Pool | ClientBase;

/** It is being fetched: when it is due again, should nothing come of it. Who asked for it sees it run until `addRun` says how it went. */
export async function beginSource(db: Db, { shopId: shop, id }: SourceRef, nextAt: Instant): Promise<void> {
  await db.query(`update import_source set next_at = to_timestamp($3::float8 / 1000) where shop_id = $1 and id = $2`, [
    shop,
    id,
    nextAt,
  ]);
}

/** What a process that died in the middle of a fetch left behind; only while no other one is at it. */
export async function findBrokenFetches(db: Db, { shopId: shop, id }: SourceRef): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select id from import where shop_id = $1 and state = 'uploading' and created_by = $2`,
    [shop, `source:${id}`],
  );
  return rows.map((row) => row.id);
}

export type RunEnd =
  | { readonly outcome: 'same'; readonly mark: string | null }
  | { readonly outcome: 'importing'; readonly importId: string; readonly mark: string | null; readonly hash: Buffer };

const keptRuns = 50;

/** A file that came, or was the one of last time. Inside a transaction of its caller. */
export async function saveRun(
  client: ClientBase,
  { shopId: shop, id }: SourceRef,
  end: RunEnd,
  now: Instant,
): Promise<void> {
  const importId = end.outcome === 'importing' ? end.importId : null;
  await addRun(client, { shopId: shop, id }, { outcome: end.outcome, fault: null, importId }, now);
  if (end.outcome === 'same')
    await client.query(
      `update import_source set failures = 0, fault = null, told_fault = null, mark = $3 where shop_id = $1 and id = $2`,
      [shop, id, end.mark],
    );
  else
    await client.query('update import_source set mark = $3, content_hash = $4 where shop_id = $1 and id = $2', [
      shop,
      id,
      end.mark,
      end.hash,
    ]);
}

async function addRun(
  client: ClientBase,
  { shopId: shop, id }: SourceRef,
  run: { readonly outcome: string; readonly fault: string | null; readonly importId: string | null },
  now: Instant,
): Promise<void> {
  await client.query(
    `insert into import_source_run (shop_id, source_id, at, outcome, fault, import_id)
     values ($1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6)
     on conflict (shop_id, source_id, at) do update set outcome = excluded.outcome, fault = excluded.fault, import_id = excluded.import_id`,
    [shop, id, now, run.outcome, run.fault, run.importId],
  );
  await client.query('update import_source set asked_at = null where shop_id = $1 and id = $2', [shop, id]);
  await client.query(
    `delete from import_source_run where shop_id = $1 and source_id = $2 and at not in
       (select at from import_source_run where shop_id = $1 and source_id = $2 order by at desc limit ${keptRuns})`,
    [shop, id],
  );
}

export interface Failure {
  readonly fault: string;
  /** The import it came to; null: none. */
  readonly importId: string | null;
  /** null: as its schedule says. */
  readonly retryAt: Instant | null;
  /** Whether it is told by mail, unless it was before; where the mail leads. */
  readonly tell: boolean;
  readonly url: string;
}

/** A run that failed: written down, tried again, and told once for as long as nothing else happens. */
export async function failRun(pool: Pool, keys: Keys, source: Source, failure: Failure, now: Instant): Promise<void> {
  const { shopId: shop, id } = source;
  const { fault, importId, retryAt, url } = failure;
  await inTransaction(pool, async (client) => {
    if (importId === null) await addRun(client, source, { outcome: 'failed', fault, importId }, now);
    else
      await client.query(
        `update import_source_run set outcome = 'failed', fault = $4 where shop_id = $1 and source_id = $2 and import_id = $3::uuid`,
        [shop, id, importId, fault],
      );
    const tell = failure.tell && source.toldFault !== fault;
    await client.query(
      `update import_source set failures = failures + 1, fault = $3, told_fault = case when $4 then $3 else told_fault end,
         next_at = coalesce(least(next_at, to_timestamp($5::float8 / 1000)), next_at),
         mark = case when $6 then null else mark end, content_hash = case when $6 then null else content_hash end
       where shop_id = $1 and id = $2`,
      // what could not be run is not the file of last time
      [shop, id, fault, tell, retryAt, importId !== null],
    );
    if (tell) await mailFailure(client, keys, source, fault, url, now);
  });
}

async function mailFailure(
  client: ClientBase,
  keys: Keys,
  { shopId: shop, name, notify }: Source,
  fault: string,
  url: string,
  now: Instant,
): Promise<void> {
  for (const { email, lang, shop: shopName } of await listNotified(client, shop, notify)) {
    const letter = { kind: 'import_failed', shop: shopName, source: name, fault, url } as const;
    await queueMail(client, keys, { shopId: shop, to: email, lang: lang ?? 'fr', letter }, now);
  }
}

export interface EndedRun extends SourceRef {
  readonly importId: string;
  readonly state: string;
  readonly fault: string | null;
  readonly taken: number;
  readonly refused: number;
}

/** Runs whose import has ended since, or is gone. */
export async function listEndedRuns(db: Db): Promise<EndedRun[]> {
  const { rows } = await db.query<EndedRun & { shopId: number }>(
    `select r.shop_id as "shopId", r.source_id as id, r.import_id as "importId", coalesce(i.state, 'stopped') as state, i.fault,
       coalesce((select sum(c.n) from import_count c where c.shop_id = r.shop_id and c.import_id = r.import_id
         and c.reason = '' and c.result <> 'refused'), 0)::float8 as taken,
       coalesce((select sum(c.n) from import_count c where c.shop_id = r.shop_id and c.import_id = r.import_id
         and c.result = 'refused'), 0)::float8 as refused
     from import_source_run r left join import i on i.shop_id = r.shop_id and i.id = r.import_id
     where r.shop_id in (select id from shop) and r.outcome = 'importing'
       and (i.id is null or i.state in ('done', 'stopped', 'failed', 'undoing', 'undone')) limit 200`,
  );
  return rows.map((row) => ({ ...row, shopId: shopId(row.shopId) }));
}

/** A run whose import ended well, or was stopped by people: whatever was told before is over. */
export async function endRun(pool: Pool, run: EndedRun, outcome: 'done' | 'stopped'): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      'update import_source_run set outcome = $4 where shop_id = $1 and source_id = $2 and import_id = $3::uuid',
      [run.shopId, run.id, run.importId, outcome],
    );
    await client.query(
      'update import_source set failures = 0, fault = null, told_fault = null where shop_id = $1 and id = $2',
      [run.shopId, run.id],
    );
  });
}
