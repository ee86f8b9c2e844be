import type { ClientBase, Pool } from 'pg';
import { type ShopId, shopId } from '#domain/ids.ts';
import { defaultSettings } from '#domain/settings.ts';
import type { Keys } from './secret.ts';
import { type KeyPair, keyColumns } from './shop-key.ts';

export interface NewShop {
  readonly name: string;
  readonly publicKey?: string;
  readonly privateKey?: string;
  /** Hosts whose pages may speak for the shop; none: every host, collected (rules §6.2). */
  readonly domains?: readonly string[];
  readonly demo?: boolean;
}

export interface Shop {
  readonly id: ShopId;
  readonly name: string;
  readonly demo: boolean;
}

/** A shop, its first pair of keys and version 1 of its settings, in one statement. Throws when the public key is taken. */
export async function createShop(
  db: Pool | ClientBase,
  keys: Keys,
  shop: NewShop,
): Promise<KeyPair & { readonly shopId: ShopId }> {
  const columns = keyColumns(keys, { publicKey: shop.publicKey, privateKey: shop.privateKey });
  const { version, ...settings } = { ...defaultSettings, domains: shop.domains ?? [] };
  const result = await db.query<{ id: number }>(
    `with made as (
       insert into shop (name, demo) values ($1, $2) returning id
     ), pair as (
       insert into shop_key (shop_id, name, public_key, private_hash, private_sealed, may_write, may_read)
       select id, $3, $4, $5, $6, $7, $8 from made
     ), settings as (
       insert into shop_settings (shop_id, version, since_seq, changed_at, body)
       select id, $9, 0, now(), $10::jsonb from made
     )
     select id from made`,
    [
      shop.name,
      shop.demo ?? false,
      columns.name,
      columns.publicKey,
      columns.hash,
      columns.sealed,
      columns.mayWrite,
      columns.mayRead,
      version,
      JSON.stringify(settings),
    ],
  );
  const row = result.rows[0];
  if (row === undefined) throw new Error('the shop was not written');
  return { shopId: shopId(row.id), publicKey: columns.publicKey, privateKey: columns.privateKey };
}

export async function listShops(db: Pool | ClientBase): Promise<Shop[]> {
  const result = await db.query<{ id: number; name: string; demo: boolean }>(
    'select id, name, demo from shop order by id limit 10000',
  );
  return result.rows.map((row) => ({ id: shopId(row.id), name: row.name, demo: row.demo }));
}

export async function findShopByKey(db: Pool | ClientBase, publicKey: string): Promise<ShopId | null> {
  const result = await db.query<{ shop_id: number }>('select shop_id from shop_key where public_key = $1', [publicKey]);
  const row = result.rows[0];
  return row === undefined ? null : shopId(row.shop_id);
}

export async function findShopName(db: Pool | ClientBase, shop: ShopId): Promise<string | null> {
  const { rows } = await db.query<{ name: string }>('select name from shop where id = $1', [shop]);
  return rows[0]?.name ?? null;
}

export async function renameShop(db: Pool | ClientBase, shop: ShopId, name: string): Promise<void> {
  await db.query('update shop set name = $2 where id = $1', [shop, name]);
}
