import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import type { Keys } from './secret.ts';
import { keyColumns } from './shop-key.ts';

/** The number of the shop's test pair; null: nothing was ever tested. */
export async function findTestPair(pool: Pool, shop: ShopId): Promise<number | null> {
  return (await findTest(pool, shop))?.id ?? null;
}

/** The public key of the shop's test pair, made when there is none: it writes, what it writes changes nothing, it reads nothing (rules §6.6). */
export async function ensureTestPair(pool: Pool, keys: Keys, shop: ShopId): Promise<string> {
  const known = await findTestKey(pool, shop);
  if (known !== null) return known;
  const columns = keyColumns(keys, {
    name: 'test',
    publicKey: `test_${randomBytes(20).toString('hex')}`,
    mayRead: false,
  });
  const client = await pool.connect();
  try {
    await client.query('begin');
    // Two screens opened at once make one pair.
    await client.query('select id from shop where id = $1 for update', [shop]);
    await client.query(
      `insert into shop_key (shop_id, name, public_key, private_hash, private_sealed, may_write, may_read)
       select $1, $2, $3, $4, $5, true, false
       where not exists (select from shop_key where shop_id = $1 and public_key like 'test\\_%')`,
      [shop, columns.name, columns.publicKey, columns.hash, columns.sealed],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
  return (await findTestKey(pool, shop)) ?? columns.publicKey;
}

async function findTestKey(pool: Pool, shop: ShopId): Promise<string | null> {
  return (await findTest(pool, shop))?.public_key ?? null;
}

async function findTest(pool: Pool, shop: ShopId): Promise<{ id: number; public_key: string } | undefined> {
  const { rows } = await pool.query<{ id: number; public_key: string }>(
    `select id, public_key from shop_key where shop_id = $1 and public_key like 'test\\_%'
      and (expires_at is null or expires_at > now()) order by id limit 1`,
    [shop],
  );
  return rows[0];
}
