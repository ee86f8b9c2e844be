/** Subscriptions of ours in connected stores: which are watched, and what was repaired of them. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';

type Db = Pool | ClientBase;

export interface WatchedConnection {
  readonly shopId: ShopId;
  readonly id: number;
  readonly platform: string;
  /** Where its subscriptions deliver to. */
  readonly hookUrl: string;
  readonly fault: string | null;
}

/** Connections whose API is known, of open shops, in the order of their ids (a shop has at most twenty). */
export async function listWatchedConnections(db: Db, afterId: number, most: number): Promise<WatchedConnection[]> {
  const { rows } = await db.query<{
    shop_id: number;
    id: number;
    platform: string;
    hook_url: string;
    fault: string | null;
  }>(
    `select c.shop_id, c.id, c.platform, c.hook_url, c.fault from connection c
     where c.id > $1 and c.credentials is not null and c.hook_url is not null
       and c.shop_id not in (select id from shop where closed_at is not null)
     order by c.id limit $2`,
    [afterId, most],
  );
  return rows.map(({ shop_id, id, platform, hook_url, fault }) => ({
    shopId: shopId(shop_id),
    id,
    platform,
    hookUrl: hook_url,
    fault,
  }));
}

/** Where the subscriptions that were just made deliver to. */
export async function saveHookUrl(db: Db, shop: ShopId, id: number, url: string): Promise<void> {
  await db.query('update connection set hook_url = $3 where shop_id = $1 and id = $2', [shop, id, url]);
}

export async function saveRepair(
  db: Db,
  shop: ShopId,
  id: number,
  { made, woken }: { readonly made: number; readonly woken: number },
  now: Instant,
): Promise<void> {
  await db.query(
    `update connection set repaired_at = to_timestamp($3::float8 / 1000), repaired_made = $4, repaired_woken = $5
     where shop_id = $1 and id = $2`,
    [shop, id, now, made, woken],
  );
}
