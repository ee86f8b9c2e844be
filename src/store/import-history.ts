/** Imports that are a store's history: which are over, and what their reports are made of. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';

type Db = Pool | ClientBase;

export interface EndedHistory {
  readonly shopId: ShopId;
  readonly id: string;
  readonly state: 'done' | 'stopped';
  /** Why it was given up, a code of `contract/connections.ts`. */
  readonly fault: string | null;
  /** Something received before the end is not applied yet. */
  readonly waits: boolean;
}

/** Histories whose reading ended; a connection that was ended took its reading with it. */
export async function listEndedHistories(db: Db, now: Instant): Promise<EndedHistory[]> {
  const { rows } = await db.query<{
    shop_id: number;
    id: string;
    state: string | null;
    fault: string | null;
    waits: boolean;
  }>(
    `select i.shop_id, i.id, p.state, case when p.state = 'failed' then p.fault end as fault,
       exists (select from intake where lane = 1 and received_at <= coalesce(p.finished_at, to_timestamp($1::float8 / 1000))) as waits
     from import i left join pull p on p.shop_id = i.shop_id and p.import_id = i.id
     where i.kind = 'history' and i.state in ('running', 'stopping') and i.shop_id in (select id from shop)
       and p.state is distinct from 'running'
     limit 100`,
    [now],
  );
  return rows.map(({ shop_id, id, state, fault, waits }) => ({
    shopId: shopId(shop_id),
    id,
    state: state === 'done' ? 'done' : 'stopped',
    fault,
    waits,
  }));
}

export interface SaidLine {
  readonly seq: string;
  readonly result: string;
  readonly reasons: readonly string[];
  /** `[name, item]`; null: it was about somebody erased. */
  readonly said: string | null;
}

/** Objects that were refused or did less than they said, in the order they came, after one of them. */
export async function listSaid(db: Db, shop: ShopId, id: string, after: string, most: number): Promise<SaidLine[]> {
  const { rows } = await db.query<SaidLine>(
    `select line::text as seq, result, reasons, said from import_line
     where shop_id = $1 and import_id = $2::uuid and line > $3::int8 order by import_line.line limit $4`,
    [shop, id, after, most],
  );
  return rows;
}

/** Its report is written: what was said is there. */
export async function endHistoryImport(
  db: Db,
  { shopId: shop, id, state, fault }: EndedHistory,
  now: Instant,
): Promise<void> {
  await db.query(
    'update import_line set said = null where shop_id = $1 and import_id = $2::uuid and said is not null',
    [shop, id],
  );
  await db.query(
    `update import set state = $3, fault = $4, finished_at = to_timestamp($5::float8 / 1000), lines = (
       select coalesce(sum(n), 0)::int8 from import_count c
       where c.shop_id = $1 and c.import_id = $2::uuid and (c.reason = '' or c.result = 'refused'))
     where shop_id = $1 and id = $2::uuid and state in ('running', 'stopping')`,
    [shop, id, state, fault, now],
  );
}
