/**
 * What an erasure could not find by its keys: bytes that no decoder read, bodies that were refused at the door, items that failed.
 * They are searched by what the person was known by, which is then forgotten (rules §7).
 */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { shardOf } from '#intake/engine.ts';
import { type Keys, openText } from '#store/secret.ts';
import { byteSearch } from './byte-search.ts';
import { termsPlace } from './erasure.ts';
import { inTransaction, lockShard } from './transaction.ts';

const slice = 500;
/** So long what was under way at the erasure may still come in: the search is done again until then. */
const settlesMs = 600_000;

interface Waiting {
  readonly shop: ShopId;
  readonly id: number;
  readonly erasedAt: Instant;
  readonly found: (bytes: Uint8Array) => boolean;
}

/** Searches what lies in files of a shop; false: something is still read from them, search again. */
export type SweepFiles = (shop: ShopId, found: (bytes: Uint8Array) => boolean) => Promise<boolean>;

/** Searches for everybody whose erasure is young, each shop's bytes once; answers how many rows went. */
export async function sweepErasures(
  pool: Pool,
  keys: Keys,
  shards: number,
  now: Instant,
  sweepFiles: SweepFiles,
): Promise<number> {
  const client = await pool.connect();
  try {
    const waiting = await findWaiting(client, keys);
    let gone = 0;
    for (const [shop, people] of Map.groupBy(waiting, (one) => one.shop)) {
      const found = (bytes: Uint8Array) => people.some((one) => one.found(bytes));
      for (const table of ['journal_unread', 'journal_raw'] as const)
        gone += await sweepTable(client, shop, shardOf(shop, shards), table, found);
      gone += await sweepParked(client, shop, shardOf(shop, shards), found);
      const still = await sweepFiles(shop, found);
      const done = people.filter(({ erasedAt }) => still && erasedAt <= now - settlesMs).map(({ id }) => id);
      await client.query(
        `update erasure set swept_at = to_timestamp($3::float8 / 1000), terms = null where shop_id = $1 and id = any ($2::int8[])`,
        [shop, done, now],
      );
    }
    return gone;
  } finally {
    client.release();
  }
}

async function findWaiting(client: ClientBase, keys: Keys): Promise<Waiting[]> {
  const { rows } = await client.query<{ shop_id: number; id: number; profile_id: number; at: Date; terms: Buffer }>(
    `select e.shop_id, e.id, e.profile_id, e.erased_at as at, e.terms from shop s
      join erasure e on e.shop_id = s.id and e.swept_at is null and e.terms is not null
      order by e.erased_at limit 1000`,
  );
  return rows.map((row) => {
    const shop = shopId(row.shop_id);
    const terms: string[] = JSON.parse(openText(keys, row.terms, termsPlace(shop, row.profile_id)));
    return { shop, id: row.id, erasedAt: row.at.getTime(), found: byteSearch(terms) };
  });
}

/** Of raw bytes only those that no look-up finds: what was refused, and what failed (index journal_trouble). */
async function sweepTable(
  client: ClientBase,
  shop: ShopId,
  shard: number,
  table: 'journal_unread' | 'journal_raw',
  found: Waiting['found'],
): Promise<number> {
  const place = '(r.received_at, r.seq) > ($2::timestamptz, $3::int8) order by r.received_at, r.seq';
  const text =
    table === 'journal_unread'
      ? `select r.received_at as at, r.seq::text as seq, r.headers, r.raw from journal_unread r
          where r.shop_id = $1 and ${place} limit ${slice}`
      : `select r.received_at as at, r.seq::text as seq, r.headers, r.raw from journal j
          join journal_raw r on r.shop_id = j.shop_id and r.received_at = j.received_at and r.seq = j.seq
          where j.shop_id = $1 and j.outcome in ('rejected', 'failed') and ${place} limit ${slice}`;
  let gone = 0;
  for (let after = { at: new Date(0), seq: '-1' }; ; ) {
    const { rows } = await client.query<{ at: Date; seq: string; headers: unknown; raw: Buffer }>(text, [
      shop,
      after.at,
      after.seq,
    ]);
    const theirs = rows.filter(({ headers, raw }) => found(raw) || found(Buffer.from(JSON.stringify(headers ?? {}))));
    if (theirs.length > 0) {
      await inTransaction(client, async () => {
        await lockShard(client, shard);
        await client.query(
          `delete from ${table} r using unnest($2::timestamptz[], $3::int8[]) k(at, seq)
            where r.shop_id = $1 and r.received_at = k.at and r.seq = k.seq`,
          [shop, theirs.map(({ at }) => at), theirs.map(({ seq }) => seq)],
        );
      });
      gone += theirs.length;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < slice) return gone;
    after = { at: last.at, seq: last.seq };
  }
}

/**
 * Items that failed and wait for the next try. A whole micro-batch that nobody could open is parked under no shop: it may hold others'
 * items too, and goes with them, because nothing smaller can be told apart in it.
 */
async function sweepParked(client: ClientBase, shop: ShopId, shard: number, found: Waiting['found']): Promise<number> {
  return inTransaction(client, async () => {
    await lockShard(client, shard);
    const { rows } = await client.query<{ shop_id: number; seq: string; envelope: Buffer }>(
      `select shop_id, seq::text as seq, envelope from parked where shop_id = any (array[$1::int4, 0]) and shard = $2`,
      [shop, shard],
    );
    const theirs = rows.filter(({ envelope }) => found(envelope));
    await client.query(
      `delete from parked p using unnest($1::int4[], $2::int8[]) k(shop_id, seq) where p.shop_id = k.shop_id and p.seq = k.seq`,
      [theirs.map(({ shop_id }) => shop_id), theirs.map(({ seq }) => seq)],
    );
    return theirs.length;
  });
}
