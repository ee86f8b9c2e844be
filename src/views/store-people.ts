/** Whom a connected store means when it names a customer of its own. */
import type { Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import { hashAddress, type Keys } from '#store/secret.ts';

export interface StorePerson {
  readonly id: number;
  readonly email: string | null;
}

const most = 20;

/**
 * Profiles known by this id in the store's namespace (or where no store was named), or that hold the address (indexes of both); where there
 * is none, the owners of these orders of the store, who bought without an account.
 */
export async function findStorePeople(
  pool: Pool,
  shop: ShopId,
  store: string,
  externalId: string | null,
  emailNorm: string | null,
  orders: readonly string[] = [],
): Promise<readonly StorePerson[]> {
  const { rows } = await pool.query<{ id: number; email: string | null }>(
    `select p.id::float8 as id, p.email_norm as email from profile p where p.shop_id = $1 and p.id in (
       select i.profile_id from profile_identifier i
         where i.shop_id = $1 and i.kind = 'external' and i.value = $3 and i.namespace in ($2, 'default')
       union select q.id from profile q where q.shop_id = $1 and q.email_norm = $4)
     order by p.id limit ${most}`,
    [shop, store, externalId, emailNorm],
  );
  if (rows.length > 0 || orders.length === 0) return rows;
  const owners = await pool.query<{ id: number; email: string | null }>(
    `select distinct p.id::float8 as id, p.email_norm as email from orders o
     join profile p on p.shop_id = o.shop_id and p.id = o.profile_id
     where o.shop_id = $1 and o.namespace = $2 and o.key = any ($3::text[]) order by 1 limit ${most}`,
    [shop, store, orders],
  );
  return owners.rows;
}

/** True while a request for their data stands open for this address (index rights_request_due). */
export async function hasOpenAccess(pool: Pool, keys: Keys, shop: ShopId, emailNorm: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from rights_request where shop_id = $1 and closed_at is null and kind = 'access' and address_hash = $2 limit 1`,
    [shop, hashAddress(keys, shop, `email:${emailNorm}`)],
  );
  return rowCount === 1;
}
