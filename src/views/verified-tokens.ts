import { type Kysely, sql } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

/** Which of these token ids a server has bound to a profile (rules §2.7). Primary key of visitor_token; at most a few thousand at a time. */
export async function findVerifiedTokens(
  db: Kysely<Database>,
  shop: ShopId,
  tokens: readonly string[],
): Promise<string[]> {
  if (tokens.length === 0) return [];
  const rows = await db
    .selectFrom('visitor_token')
    .select('token')
    .where('shop_id', '=', shop)
    .where('token', '=', sql<string>`any(${tokens}::text[])`)
    .where('verified', '=', true)
    .limit(tokens.length)
    .execute();
  return rows.map((row) => row.token);
}
