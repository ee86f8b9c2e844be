import type { Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import type { Platform } from '#domain/platform-state.ts';

/** Remembers the shop's software: which guide opens, which states are proposed. No rule reads it. */
export async function savePlatform(pool: Pool, shop: ShopId, platform: Platform): Promise<void> {
  await pool.query('update shop set platform = $2 where id = $1', [shop, platform]);
}
