/** Stores connected to a shop: the address they deliver to, the secret that signs it, and the credentials of their API, both sealed. */
import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { type Keys, openText, sealText } from './secret.ts';

type Db = Pool | ClientBase;

export interface NewConnection {
  readonly platform: string;
  /** The namespace of its ids and orders. */
  readonly store: string;
  readonly name: string;
  /** What the platform itself signs with; null: one is made. */
  readonly secret: string | null;
  readonly createdBy: string;
}

/** What a door needs to know about a connection; its secrets stay sealed until a delivery is checked. */
export interface KnownConnection {
  readonly id: number;
  readonly shopId: ShopId;
  readonly source: string;
  readonly platform: string;
  readonly store: string;
  readonly secret: Buffer;
  readonly oldSecret: Buffer | null;
  readonly oldSecretUntil: Instant | null;
}

/** Where a store answers, and what opens its API. */
export interface StoreApi {
  readonly address: string;
  readonly credentials: Readonly<Record<string, string>>;
}

/** Channel on which every process hears that a connection was made, changed or ended. */
export const connectionsChannel = 'connections';

/** How long the former secret is accepted too: Shopify takes an hour to change over, a plugin until somebody pastes the new one. */
export const secretOverlapMs = 24 * 3_600_000;

export async function createConnection(
  db: Db,
  keys: Keys,
  shop: ShopId,
  made: NewConnection,
  now: Instant,
): Promise<{ readonly id: number; readonly source: string; readonly secret: string }> {
  const source = randomBytes(16).toString('hex');
  const secret = made.secret ?? newSecret();
  const { rows } = await db.query<{ id: number }>(
    `insert into connection (shop_id, source, platform, store, name, secret, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), $8) returning id`,
    [shop, source, made.platform, made.store, made.name, sealText(keys, secret, placeOf(shop)), now, made.createdBy],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the connection was not written');
  await tellChanged(db);
  return { id: row.id, source, secret };
}

/** With its secrets. What it delivered stays what it is. False: the shop has no such connection. */
export async function deleteConnection(db: Db, shop: ShopId, id: number): Promise<boolean> {
  const { rowCount } = await db.query('delete from connection where shop_id = $1 and id = $2', [shop, id]);
  await db.query('delete from connection_day where shop_id = $1 and connection_id = $2', [shop, id]);
  await db.query('delete from pull where shop_id = $1 and connection_id = $2', [shop, id]);
  await db.query('delete from pull_count where shop_id = $1 and connection_id = $2', [shop, id]);
  await tellChanged(db);
  return rowCount === 1;
}

/** Another secret, given by the platform or made here; the former one is accepted beside it for a day. null: no such connection. */
export async function rotateConnectionSecret(
  db: Db,
  keys: Keys,
  shop: ShopId,
  id: number,
  given: string | null,
  now: Instant,
): Promise<string | null> {
  const secret = given ?? newSecret();
  const { rowCount } = await db.query(
    `update connection set old_secret = secret, old_secret_until = to_timestamp($4::float8 / 1000), secret = $3
     where shop_id = $1 and id = $2`,
    [shop, id, sealText(keys, secret, placeOf(shop)), now + secretOverlapMs],
  );
  await tellChanged(db);
  return rowCount === 1 ? secret : null;
}

/** The secret that signs now, for the people who may see it. */
export async function revealConnectionSecret(db: Db, keys: Keys, shop: ShopId, id: number): Promise<string | null> {
  const { rows } = await db.query<{ secret: Buffer }>('select secret from connection where shop_id = $1 and id = $2', [
    shop,
    id,
  ]);
  const [row] = rows;
  return row === undefined ? null : openText(keys, row.secret, placeOf(shop));
}

export async function saveStoreApi(
  db: Db,
  keys: Keys,
  shop: ShopId,
  id: number,
  api: StoreApi | null,
): Promise<boolean> {
  const sealed = api === null ? null : sealText(keys, JSON.stringify(api.credentials), placeOf(shop));
  const { rowCount } = await db.query(
    'update connection set address = $3, credentials = $4, fault = null, fault_at = null where shop_id = $1 and id = $2',
    [shop, id, api?.address ?? null, sealed],
  );
  return rowCount === 1;
}

/** null: no such connection, or it is not asked. */
export async function findStoreApi(db: Db, keys: Keys, shop: ShopId, id: number): Promise<StoreApi | null> {
  const { rows } = await db.query<{ address: string | null; credentials: Buffer | null }>(
    'select address, credentials from connection where shop_id = $1 and id = $2',
    [shop, id],
  );
  const [row] = rows;
  if (row === undefined || row.address === null || row.credentials === null) return null;
  return { address: row.address, credentials: JSON.parse(openText(keys, row.credentials, placeOf(shop))) };
}

/** What the store said is wrong with the connection (a code of `contract/connections.ts`); null: nothing any more. */
export async function saveConnectionFault(
  db: Db,
  shop: ShopId,
  id: number,
  fault: string | null,
  now: Instant,
): Promise<void> {
  await db.query(
    `update connection set fault = $3, fault_at = case when $3::text is null then null else to_timestamp($4::float8 / 1000) end
     where shop_id = $1 and id = $2`,
    [shop, id, fault, now],
  );
}

/** Every connection of every open shop: what a web process keeps in memory. */
export async function listKnownConnections(db: Db): Promise<KnownConnection[]> {
  const { rows } = await db.query<{
    shop_id: number;
    id: number;
    source: string;
    platform: string;
    store: string;
    secret: Buffer;
    old_secret: Buffer | null;
    until_ms: number | null;
  }>(
    `select shop_id, id, source, platform, store, secret, old_secret,
       (extract(epoch from old_secret_until) * 1000)::float8 as until_ms
     from connection where shop_id not in (select id from shop where closed_at is not null)`,
  );
  return rows.map((row) => ({
    id: row.id,
    shopId: shopId(row.shop_id),
    source: row.source,
    platform: row.platform,
    store: row.store,
    secret: row.secret,
    oldSecret: row.old_secret,
    oldSecretUntil: row.until_ms,
  }));
}

/** The secrets that may have signed a delivery, the newest first. */
export function openConnectionSecrets(keys: Keys, connection: KnownConnection, now: Instant): readonly string[] {
  const { secret, oldSecret, oldSecretUntil, shopId: shop } = connection;
  const newest = openText(keys, secret, placeOf(shop));
  const still = oldSecret !== null && oldSecretUntil !== null && oldSecretUntil > now;
  return still ? [newest, openText(keys, oldSecret, placeOf(shop))] : [newest];
}

/** 32 random bytes in hex: nothing in it that a platform would escape. */
function newSecret(): string {
  return randomBytes(32).toString('hex');
}

async function tellChanged(db: Db): Promise<void> {
  await db.query('select pg_notify($1, $2)', [connectionsChannel, '']);
}

function placeOf(shop: ShopId): string {
  return `connection ${shop}`;
}
