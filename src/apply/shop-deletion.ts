/** A shop that is being deleted goes row by row, under its shard's lock, so that nothing is applied to it meanwhile. */
import type { ClientBase } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import { shardOf } from '#intake/engine.ts';
import { inTransaction, lockShard } from './transaction.ts';

const slice = 2_000;

/**
 * Takes one shop apart; answers how many rows went. null: what its shard received before is not applied yet, it is to be asked again later
 * (a row applied after the shop had gone would bring a part of it back).
 */
export async function deleteShop(
  client: ClientBase,
  shop: ShopId,
  since: Date,
  shards: number,
): Promise<number | null> {
  const shard = shardOf(shop, shards);
  const { rows } = await client.query('select from intake where shard = $1 and received_at <= $2 limit 1', [
    shard,
    since,
  ]);
  if (rows.length > 0) return null;
  for (let gone = 0; ; ) {
    const went = await inTransaction(client, async () => {
      await lockShard(client, shard);
      const { rows: found } = await client.query<{ gone: number }>('select delete_shop_rows($1, $2) as gone', [
        shop,
        slice,
      ]);
      const rowsGone = found[0]?.gone ?? 0;
      if (rowsGone === 0) await client.query('delete from shop where id = $1 and deleting_at is not null', [shop]);
      return rowsGone;
    });
    gone += went;
    if (went === 0) return gone;
  }
}
