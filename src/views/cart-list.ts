import type { Kysely } from 'kysely';
import type { CartRow } from '#contract/profile.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

const itemsShown = 5;

/** The newest carts of a person (index cart_profile). */
export async function listCartsOfProfile(
  db: Kysely<Database>,
  shop: ShopId,
  profiles: readonly number[],
): Promise<CartRow[]> {
  const rows = await db
    .selectFrom('cart')
    .select(['ref', 'key', 'status', 'since', 'total_minor', 'currency', 'count', 'items'])
    .where('shop_id', '=', shop)
    .where('profile_id', 'in', profiles)
    .orderBy('since', 'desc')
    .orderBy('ref')
    .limit(20)
    .execute();
  return rows.map(({ total_minor, since, items, ...row }) => ({
    ...row,
    since: since.getTime(),
    totalMinor: total_minor,
    items: itemNames(items),
  }));
}

function itemNames(items: unknown): string[] {
  if (!Array.isArray(items)) return [];
  const names = items.flatMap((item: unknown) => {
    const named = typeof item === 'object' && item !== null && 'name' in item ? item.name : null;
    return typeof named === 'string' ? [named] : [];
  });
  return names.slice(0, itemsShown);
}
