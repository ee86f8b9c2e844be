import type { ClientBase, Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';

/** Tells all who listen on the channel to look at the shop again; inside a transaction, at its commit. */
export async function notifyShop(db: Pool | ClientBase, channel: string, shop: ShopId): Promise<void> {
  await db.query('select pg_notify($1, $2)', [channel, JSON.stringify({ shop: [shop] })]);
}
