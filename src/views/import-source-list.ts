/** A shop's recurring imports and how their last runs ended; who may be told of a failed one. */
import type { Pool } from 'pg';
import type { SourceList, SourceRow, SourceRun } from '#contract/import-sources.ts';
import type { ShopId } from '#domain/ids.ts';

const shownRuns = 10;

/** In the order they were made; a shop has at most twenty. */
export async function listSources(pool: Pool, shop: ShopId): Promise<SourceList> {
  const { rows } = await pool.query<Omit<SourceRow, 'runs'>>(
    `select id, name, kind, template, address, user_name as "userName", every, hour, weekday, notify_user as notify,
       credentials is not null as "hasSecret", host_key as "hostKey", host_key_shown as "hostKeyShown",
       (extract(epoch from next_at) * 1000)::float8 as "nextAt", asked_at is not null as asked, paused_at is not null as paused, fault
     from import_source where shop_id = $1 order by id limit 100`,
    [shop],
  );
  const runs = await listRuns(pool, shop);
  const { rows: people } = await pool.query<{ id: string; name: string }>(
    `select u.id, coalesce(nullif(u.name, ''), u.email) as name from shop_member m join app_user u on u.id = m.user_id
     where m.shop_id = $1 order by name limit 500`,
    [shop],
  );
  return { sources: rows.map((row) => ({ ...row, runs: runs.get(row.id) ?? [] })), people };
}

interface RunRow {
  source_id: number;
  at: number;
  outcome: SourceRun['outcome'];
  fault: string | null;
  import_id: string | null;
  counts: Readonly<Record<string, number>> | null;
}

/** Newest first, by source; an import that is gone is not led to. */
async function listRuns(pool: Pool, shop: ShopId): Promise<Map<number, SourceRun[]>> {
  const { rows } = await pool.query<RunRow>(
    `select r.source_id, (extract(epoch from r.at) * 1000)::float8 as at, r.outcome, r.fault, i.id as import_id,
       (select json_object_agg(c.result, c.n) from (
          select result, sum(n) as n from import_count x
          where x.shop_id = r.shop_id and x.import_id = r.import_id and (x.reason = '' or x.result = 'refused') group by result
        ) c) as counts
     from import_source s
     cross join lateral (select shop_id, source_id, at, outcome, fault, import_id from import_source_run x
       where x.shop_id = s.shop_id and x.source_id = s.id order by x.at desc limit ${shownRuns}) r
     left join import i on i.shop_id = r.shop_id and i.id = r.import_id
     where s.shop_id = $1 order by r.at desc limit 1000`,
    [shop],
  );
  const runs = new Map<number, SourceRun[]>();
  for (const { source_id, at, outcome, fault, import_id, counts } of rows) {
    const { created = 0, updated = 0, unchanged = 0, refused = 0 } = counts ?? {};
    const found = counts === null ? null : { created, updated, unchanged, refused };
    runs.set(source_id, [...(runs.get(source_id) ?? []), { at, outcome, fault, importId: import_id, counts: found }]);
  }
  return runs;
}
