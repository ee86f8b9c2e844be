/** Stores that asked for what they gave to be erased: table store_redaction. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ProfileId, profileId, type ShopId, shopId } from '#domain/ids.ts';

type Db = Pool | ClientBase;

export const storeRedactionJobName = 'store-redaction';

export interface StoreRedaction {
  readonly shopId: ShopId;
  readonly store: string;
  readonly name: string;
  readonly askedAt: Instant;
  readonly afterId: number;
  readonly erased: number;
  readonly kept: number;
}

export async function askRedaction(
  db: Db,
  { shopId: shop, store, name, askedAt }: Pick<StoreRedaction, 'shopId' | 'store' | 'name' | 'askedAt'>,
): Promise<void> {
  await db.query(
    `insert into store_redaction (shop_id, store, name, asked_at) values ($1, $2, $3, to_timestamp($4::float8 / 1000))
     on conflict do nothing`,
    [shop, store, name, askedAt],
  );
  await db.query('select wake_job($1)', [storeRedactionJobName]);
}

/** Those that are not finished, once nothing that was received before them waits to be applied. */
export async function listDueRedactions(db: Db, shards: number): Promise<StoreRedaction[]> {
  const { rows } = await db.query<Omit<StoreRedaction, 'shopId'> & { shop_id: number }>(
    `select r.shop_id, r.store, r.name, (extract(epoch from r.asked_at) * 1000)::float8 as "askedAt", r.after_id::float8 as "afterId",
       r.erased::float8 as erased, r.kept::float8 as kept
     from store_redaction r
     where r.finished_at is null and r.shop_id in (select id from shop)
       and not exists (select from intake i where i.shard = r.shop_id % $1 and i.received_at <= r.asked_at)
     order by r.asked_at limit 100`,
    [shards],
  );
  return rows.map(({ shop_id, ...row }) => ({ ...row, shopId: shopId(shop_id) }));
}

/** Profiles this store gave an id, an order or a cart, in the order of their ids. Who is merged is known to the team: not among them. */
export async function listPeopleOfStore(
  db: Db,
  shop: ShopId,
  store: string,
  after: number,
  most: number,
): Promise<ProfileId[]> {
  const { rows } = await db.query<{ id: number }>(
    `select p.id::float8 as id from profile p
     where p.shop_id = $1 and p.id > $3 and p.merged_into is null and p.absorbed is null and (
       exists (select from profile_identifier i where i.shop_id = $1 and i.profile_id = p.id and i.kind = 'external' and i.namespace = $2)
       or exists (select from orders o where o.shop_id = $1 and o.profile_id = p.id and o.namespace = $2)
       or exists (select from cart c where c.shop_id = $1 and c.profile_id = p.id and c.namespace = $2))
     order by p.id limit $4`,
    [shop, store, after, most],
  );
  return rows.map(({ id }) => profileId(id));
}

export async function saveRedaction(db: Db, redaction: StoreRedaction, finishedAt: Instant | null): Promise<void> {
  const { shopId: shop, store, askedAt, afterId, erased, kept } = redaction;
  await db.query(
    `update store_redaction set after_id = $4, erased = $5, kept = $6, finished_at = to_timestamp($7::float8 / 1000)
     where shop_id = $1 and store = $2 and asked_at = to_timestamp($3::float8 / 1000)`,
    [shop, store, askedAt, afterId, erased, kept, finishedAt],
  );
}
