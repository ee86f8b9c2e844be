import type { Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';

/** Stops the re-decision of a shop's orders after the slice in hand, or lets it go on; false when none is under way. */
export async function pauseRedecide(pool: Pool, shop: ShopId, paused: boolean): Promise<boolean> {
  const { rowCount } = await pool.query('update redecide set paused = $2 where shop_id = $1', [shop, paused]);
  return rowCount === 1;
}
