/** Files that are fetched again and again: where they are, when, by which settings, and how it went. Secrets are sealed. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import type { Schedule } from '#domain/schedule.ts';
import { inTransaction } from './db.ts';
import { wakeJob } from './outbox.ts';
import { type Keys, openText, sealText } from './secret.ts';

type Db = Pool | ClientBase;

/** Name of the job that fetches them. */
export const sourceJobName = 'import-sources';

export interface SourceRef {
  readonly shopId: ShopId;
  readonly id: number;
}

export type SourceSecret =
  | { readonly password: string }
  | { readonly privateKey: string; readonly passphrase: string | null };

export interface SourcePlan extends Schedule {
  readonly name: string;
  readonly kind: string;
  readonly template: string;
  readonly address: string;
  readonly userName: string;
  /** User id. */
  readonly notify: string;
  /** null: none; undefined: as before. */
  readonly secret: SourceSecret | null | undefined;
}

export async function createSource(
  db: Db,
  keys: Keys,
  shop: ShopId,
  plan: SourcePlan,
  by: { readonly userId: string; readonly nextAt: Instant; readonly now: Instant },
): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into import_source (shop_id, name, kind, template, address, user_name, credentials, every, hour, weekday, notify_user,
       next_at, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, to_timestamp($12::float8 / 1000), $13, to_timestamp($14::float8 / 1000))
     returning id`,
    [...planValues(keys, shop, plan), by.nextAt, by.userId, by.now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the source was not written');
  return row.id;
}

/** What the last file was known by is forgotten; `moved`: another server or account, whose key nobody has seen. False: no such source. */
export async function changeSource(
  db: Db,
  keys: Keys,
  { shopId: shop, id }: SourceRef,
  plan: SourcePlan,
  { nextAt, moved }: { readonly nextAt: Instant; readonly moved: boolean },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update import_source set name = $2, kind = $3, template = $4, address = $5, user_name = $6,
       credentials = case when $14 then $7 else credentials end, every = $8, hour = $9, weekday = $10, notify_user = $11,
       next_at = to_timestamp($12::float8 / 1000), mark = null, content_hash = null, failures = 0, fault = null, told_fault = null,
       host_key = case when $15 then null else host_key end, host_key_shown = case when $15 then null else host_key_shown end
     where shop_id = $1 and id = $13`,
    [...planValues(keys, shop, plan), nextAt, id, plan.secret !== undefined, moved],
  );
  return rowCount === 1;
}

function planValues(keys: Keys, shop: ShopId, plan: SourcePlan): unknown[] {
  const { name, kind, template, address, userName, secret, every, hour, weekday, notify } = plan;
  const sealed = secret === null || secret === undefined ? null : sealText(keys, JSON.stringify(secret), placeOf(shop));
  return [shop, name.trim(), kind, template, address, userName, sealed, every, hour, weekday, notify];
}

/** With how its runs ended; what they imported stays. False: no such source. */
export async function deleteSource(db: Pool, { shopId: shop, id }: SourceRef): Promise<boolean> {
  return inTransaction(db, async (client) => {
    await client.query('delete from import_source_run where shop_id = $1 and source_id = $2', [shop, id]);
    const { rowCount } = await client.query('delete from import_source where shop_id = $1 and id = $2', [shop, id]);
    return rowCount === 1;
  });
}

/** `nextAt`: when it is due once it goes on. False: no such source. */
export async function pauseSource(
  db: Db,
  { shopId: shop, id }: SourceRef,
  paused: boolean,
  nextAt: Instant,
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update import_source set paused_at = case when $3 then to_timestamp($5::float8 / 1000) end,
       next_at = case when $3 then next_at else to_timestamp($4::float8 / 1000) end
     where shop_id = $1 and id = $2`,
    [shop, id, paused, nextAt, now],
  );
  return rowCount === 1;
}

/** Fetches it now, whatever its schedule says and also while it is paused. False: no such source. */
export async function askSource(db: Db, { shopId: shop, id }: SourceRef, now: Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    'update import_source set asked_at = to_timestamp($3::float8 / 1000) where shop_id = $1 and id = $2',
    [shop, id, now],
  );
  await wakeJob(db, sourceJobName);
  return rowCount === 1;
}

/** Believes the key a server showed; false: it shows another one, or none that waits. */
export async function acceptHostKey(db: Db, { shopId: shop, id }: SourceRef, hostKey: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update import_source set host_key = host_key_shown, host_key_shown = null, fault = null, told_fault = null
     where shop_id = $1 and id = $2 and host_key_shown = $3`,
    [shop, id, hostKey],
  );
  return rowCount === 1;
}

/** Keeps the first key of a server that let us in; later ones that differ wait for people. */
export async function noteHostKey(
  db: Db,
  { shopId: shop, id }: SourceRef,
  shown: string,
  accepted: boolean,
): Promise<void> {
  await db.query(
    `update import_source set
       host_key = case when $4 then coalesce(host_key, $3) else host_key end,
       host_key_shown = case when coalesce(host_key, $3) = $3 then null else $3 end
     where shop_id = $1 and id = $2`,
    [shop, id, shown, accepted],
  );
}

export interface Source extends SourceRef {
  readonly name: string;
  readonly kind: string;
  readonly template: string;
  readonly address: string;
  readonly userName: string;
  readonly secret: SourceSecret | null;
  readonly hostKey: string | null;
  readonly schedule: Schedule;
  readonly notify: string;
  readonly mark: string | null;
  readonly contentHash: Buffer | null;
  readonly failures: number;
  readonly toldFault: string | null;
}

const columns = `s.shop_id as "shopId", s.id, s.name, s.kind, s.template, s.address, s.user_name as "userName", s.credentials,
  s.host_key as "hostKey", s.every, s.hour, s.weekday, s.notify_user as notify, s.mark, s.content_hash as "contentHash", s.failures,
  s.told_fault as "toldFault"`;

type Raw = Omit<Source, 'secret' | 'schedule' | 'shopId'> & Schedule & { shopId: number; credentials: Buffer | null };

export async function findSource(db: Db, keys: Keys, { shopId: shop, id }: SourceRef): Promise<Source | null> {
  const { rows } = await db.query<Raw>(`select ${columns} from import_source s where s.shop_id = $1 and s.id = $2`, [
    shop,
    id,
  ]);
  return rows[0] === undefined ? null : toSource(keys, rows[0]);
}

/** Those of open shops that are due and whose last file is through. */
export async function listDueSources(db: Db, keys: Keys, now: Instant): Promise<Source[]> {
  const { rows } = await db.query<Raw>(
    `select ${columns} from import_source s
     where s.shop_id in (select id from shop where closed_at is null)
       and (s.asked_at is not null or (s.paused_at is null and s.next_at <= to_timestamp($1::float8 / 1000)))
       and not exists (select from import_source_run r where r.shop_id = s.shop_id and r.source_id = s.id and r.outcome = 'importing')
     order by s.asked_at, s.next_at limit 200`,
    [now],
  );
  return rows.map((row) => toSource(keys, row));
}

function toSource(keys: Keys, { credentials, every, hour, weekday, ...row }: Raw): Source {
  const shop = shopId(row.shopId);
  const secret = credentials === null ? null : JSON.parse(openText(keys, credentials, placeOf(shop)));
  return { ...row, shopId: shop, secret, schedule: { every, hour, weekday } };
}

function placeOf(shop: ShopId): string {
  return `import source ${shop}`;
}
