import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { hashPrivateKey, type Keys, openText, sealText } from './secret.ts';

/** What a door needs to know about a pair of keys. */
export interface ShopKey {
  readonly id: number;
  readonly shopId: ShopId;
  readonly publicKey: string;
  readonly privateHash: Buffer;
  readonly mayWrite: boolean;
  readonly mayRead: boolean;
  /** A `test_…` pair: what it sends is marked and never counted (rules §6.6). */
  readonly test: boolean;
  readonly expiresAt: Instant | null;
  /** Tokens of the shop's visitors issued before this are revoked. */
  readonly tokensFrom: Instant;
}

export interface NewKey {
  readonly name?: string;
  readonly publicKey?: string;
  readonly privateKey?: string;
  readonly mayWrite?: boolean;
  readonly mayRead?: boolean;
}

export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The row of a pair, made here so that `shop.ts` writes the first one with its shop. */
export interface KeyColumns extends KeyPair {
  readonly name: string;
  readonly hash: Buffer;
  readonly sealed: Buffer;
  readonly mayWrite: boolean;
  readonly mayRead: boolean;
}

const keyText = /^[\x21-\x39\x3b-\x7e]{1,200}$/;

/** Fills in what is not given: a public key as SPREAD's look (60 hex characters from 333), a private one of 32 random bytes. */
export function keyColumns(keys: Keys, given: NewKey): KeyColumns {
  const publicKey = given.publicKey ?? `333${randomBytes(29).toString('hex').slice(0, 57)}`;
  const privateKey = given.privateKey ?? randomBytes(32).toString('hex');
  if (!keyText.test(publicKey))
    throw new Error('a public key has 1 to 200 printable characters, no space and no colon');
  if (privateKey.length < 8 || privateKey.length > 200) throw new Error('a private key has 8 to 200 characters');
  return {
    publicKey,
    privateKey,
    name: given.name ?? 'principal',
    hash: hashPrivateKey(keys, privateKey),
    sealed: sealText(keys, privateKey, placeOf(publicKey)),
    mayWrite: given.mayWrite ?? true,
    mayRead: given.mayRead ?? true,
  };
}

export async function createShopKey(
  db: Pool | ClientBase,
  keys: Keys,
  shop: ShopId,
  given: NewKey,
): Promise<KeyPair & { readonly id: number }> {
  const columns = keyColumns(keys, given);
  const result = await db.query<{ id: number }>(
    `insert into shop_key (shop_id, name, public_key, private_hash, private_sealed, may_write, may_read)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [shop, columns.name, columns.publicKey, columns.hash, columns.sealed, columns.mayWrite, columns.mayRead],
  );
  const row = result.rows[0];
  if (row === undefined) throw new Error('the key was not written');
  await tellKeysChanged(db);
  return { id: row.id, publicKey: columns.publicKey, privateKey: columns.privateKey };
}

/** Channel on which every process hears that a pair was made, changed or ended. */
export const keysChannel = 'keys';

/** Inside a transaction, at its commit. */
export async function tellKeysChanged(db: Pool | ClientBase): Promise<void> {
  await db.query('select pg_notify($1, $2)', [keysChannel, '']);
}

/** Ends a pair at `at`, or never (null). False when the shop has no such pair. Inside a transaction, others hear of it at its commit. */
export async function endShopKey(
  db: Pool | ClientBase,
  shop: ShopId,
  id: number,
  at: Instant | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update shop_key set expires_at = to_timestamp($3::float8 / 1000) where shop_id = $1 and id = $2',
    [shop, id, at],
  );
  await tellKeysChanged(db);
  return rowCount === 1;
}

/**
 * A new pair with the scopes of one that stands, which ends at `endsAt`. null: the shop has no such pair, it already ends, or it is the
 * test pair. Run it in a transaction.
 */
export async function rotateShopKey(
  client: ClientBase,
  keys: Keys,
  shop: ShopId,
  id: number,
  endsAt: Instant,
): Promise<(KeyPair & { readonly id: number }) | null> {
  const { rows } = await client.query<{ name: string; may_write: boolean; may_read: boolean }>(
    `select name, may_write, may_read from shop_key
     where shop_id = $1 and id = $2 and expires_at is null and public_key not like 'test\\_%' for update`,
    [shop, id],
  );
  const [old] = rows;
  if (old === undefined) return null;
  const made = await createShopKey(client, keys, shop, {
    name: old.name,
    mayWrite: old.may_write,
    mayRead: old.may_read,
  });
  await client.query('update shop_key set replaced_by = $3 where shop_id = $1 and id = $2', [shop, id, made.id]);
  await endShopKey(client, shop, id, endsAt);
  return made;
}

/** The private key itself, for the people who may see it. null: no such pair. */
export async function revealPrivateKey(
  db: Pool | ClientBase,
  keys: Keys,
  shop: ShopId,
  id: number,
): Promise<string | null> {
  const result = await db.query<{ public_key: string; private_sealed: Buffer }>(
    'select public_key, private_sealed from shop_key where shop_id = $1 and id = $2',
    [shop, id],
  );
  const row = result.rows[0];
  return row === undefined ? null : openText(keys, row.private_sealed, placeOf(row.public_key));
}

/** The pair the demo shop uses: its oldest that has no end, so that a rotation is followed. null: there is no demo shop, or it is closed. */
export async function findDemoPair(db: Pool | ClientBase, keys: Keys): Promise<KeyPair | null> {
  const { rows } = await db.query<{ public_key: string; private_sealed: Buffer }>(
    `select k.public_key, k.private_sealed from shop s join shop_key k on k.shop_id = s.id
     where s.demo and s.closed_at is null and k.expires_at is null and k.may_read and k.public_key not like 'test\\_%'
     order by k.id limit 1`,
  );
  const [row] = rows;
  return row === undefined
    ? null
    : { publicKey: row.public_key, privateKey: openText(keys, row.private_sealed, placeOf(row.public_key)) };
}

interface KeyRow {
  id: number;
  shop_id: number;
  public_key: string;
  private_hash: Buffer;
  may_write: boolean;
  may_read: boolean;
  expires_ms: number | null;
  tokens_from: number | null;
}

/** Pairs that ended longer ago are as unknown as any other. */
const rememberedDays = 90;

/** Every pair that still opens something, and those that ended lately, of all shops: what a web process keeps in memory. */
export async function listKnownKeys(db: Pool | ClientBase): Promise<ShopKey[]> {
  const result = await db.query<KeyRow>(
    `select id, shop_id, public_key, private_hash, may_write, may_read,
       (extract(epoch from expires_at) * 1000)::float8 as expires_ms,
       (select (s.body ->> 'tokensFrom')::float8 from shop_settings s where s.shop_id = k.shop_id order by version desc limit 1) as tokens_from
     from shop_key k where (expires_at is null or expires_at > now() - make_interval(days => $1))
       and k.shop_id not in (select id from shop where closed_at is not null) order by id`,
    [rememberedDays],
  );
  return result.rows.map((row) => ({
    id: row.id,
    shopId: shopId(row.shop_id),
    publicKey: row.public_key,
    privateHash: row.private_hash,
    mayWrite: row.may_write,
    mayRead: row.may_read,
    test: row.public_key.startsWith('test_'),
    expiresAt: row.expires_ms,
    tokensFrom: row.tokens_from ?? 0,
  }));
}

function placeOf(publicKey: string): string {
  return `shop_key ${publicKey}`;
}
