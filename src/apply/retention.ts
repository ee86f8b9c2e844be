/** What goes by time alone, by each shop's settings (rules §7): in slices, each in a transaction that holds the shop's shard. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { InstanceRetention, installation, Retention } from '#domain/retention.ts';
import { dayMs } from '#domain/time.ts';
import { shardOf } from '#intake/engine.ts';
import { inTransaction, lockShard } from './transaction.ts';

/** Kinds that rows are deleted of; `inactiveDays` erases people, each by a fact (`jobs/retention.ts`). */
export type DroppedKind = Exclude<keyof Retention, 'inactiveDays'>;

const slice = 2_000;

/** `$1` the shop, `$2` before when; each deletes at most a slice and says so by its count. */
const statements: { readonly [Kind in Exclude<DroppedKind, 'historyDays'>]: readonly string[] } = {
  journalDays: ['journal', 'journal_subject'].map(
    (table) => `delete from ${table} d using (
        select received_at, seq from ${table} where shop_id = $1 and received_at < $2 order by received_at limit ${slice}) old
      where d.shop_id = $1 and d.received_at = old.received_at and d.seq = old.seq`,
  ),
  cartDays: [
    `delete from cart where shop_id = $1 and ref in (
       select ref from cart where shop_id = $1 and updated_at < $2 order by updated_at limit ${slice})`,
  ],
  refusalDays: [
    `delete from address_refusal where shop_id = $1 and (address_hash, basis_id) in (
       select address_hash, basis_id from address_refusal where shop_id = $1 and at < $2 limit ${slice})`,
    `delete from objection where shop_id = $1 and (address_hash, channel) in (
       select address_hash, channel from objection where shop_id = $1 and since < $2 limit ${slice})`,
    `delete from erased_key where shop_id = $1 and key_hash in (
       select key_hash from erased_key where shop_id = $1 and erased_at < $2 limit ${slice})`,
  ],
  mailDays: [
    `delete from outbox where of_shop = $1 and id in (
       select id from outbox where of_shop = $1 and created_at < $2 order by created_at limit ${slice})`,
  ],
  webhookDays: [
    `delete from webhook_delivery where shop_id = $1 and id in (
       select id from webhook_delivery where shop_id = $1 and created_at < $2 order by id limit ${slice})`,
  ],
  requestDays: [
    `delete from rights_request where shop_id = $1 and id in (
       select id from rights_request where shop_id = $1 and closed_at < $2 order by closed_at limit ${slice})`,
  ],
};

/** Drops what is older than the shop's setting for the kind; answers how many rows. Nothing is due: 0, so that it may run again at any time. */
export async function dropDue(
  pool: Pool,
  shop: ShopId,
  shards: number,
  kind: DroppedKind,
  days: number | null,
  now: Instant,
): Promise<number> {
  if (days === null) return 0;
  const before = new Date(now - days * dayMs);
  const client = await pool.connect();
  try {
    const shard = shardOf(shop, shards);
    if (kind === 'historyDays') return await forgetHistory(client, shop, shard, before, now);
    let gone = 0;
    for (const text of statements[kind]) {
      for (let count = slice; count >= slice; gone += count) {
        count = await inTransaction(client, async () => {
          await lockShard(client, shard);
          return (await client.query(text, [shop, before])).rowCount ?? 0;
        });
      }
    }
    return gone;
  } finally {
    client.release();
  }
}

/** The history of people erased so long ago; the chain goes on from what is left of its rows. */
async function forgetHistory(
  client: ClientBase,
  shop: ShopId,
  shard: number,
  before: Date,
  now: Instant,
): Promise<number> {
  let gone = 0;
  for (;;) {
    const count = await inTransaction(client, async () => {
      await lockShard(client, shard);
      const { rows: people } = await client.query<{ id: number; profile_id: number }>(
        `select id, profile_id from erasure where shop_id = $1 and erased_at < $2 and swept_at is not null order by id limit 100`,
        [shop, before],
      );
      if (people.length === 0) return null;
      const { rows } = await client.query<{ gone: number }>(
        'select forget_history($1, $2::int8[], to_timestamp($3::float8 / 1000)) as gone',
        [shop, people.map(({ profile_id }) => profile_id), now],
      );
      const forgotten = rows[0]?.gone ?? 0;
      // a slice of rows at a time: the people leave the list with the last of them
      if (forgotten < slice)
        await client.query('delete from erasure where shop_id = $1 and id = any ($2::int8[])', [
          shop,
          people.map(({ id }) => id),
        ]);
      return forgotten;
    });
    if (count === null) return gone;
    gone += count;
  }
}

/** Profiles without an act or order for so long, oldest first, after `after` (index profile_seen). */
export async function listInactive(
  pool: Pool,
  shop: ShopId,
  inactiveBefore: Instant,
  createdBefore: Instant,
  after: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `select id from profile
      where shop_id = $1 and seen_month <= date_trunc('month', to_timestamp($2::float8 / 1000) at time zone 'UTC')::date
        and last_seen <= to_timestamp($2::float8 / 1000) and created_at <= to_timestamp($3::float8 / 1000) and id > $4
      order by id limit $5`,
    [shop, inactiveBefore, createdBefore, after, limit],
  );
  return rows.map(({ id }) => id);
}

export async function noteRun(
  pool: Pool,
  shop: ShopId | typeof installation,
  kind: keyof Retention | keyof InstanceRetention,
  gone: number,
  at: Instant,
): Promise<void> {
  await pool.query(
    `insert into retention_run (shop_id, kind, ran_at, gone, gone_ever) values ($1, $2, to_timestamp($3::float8 / 1000), $4, $4)
      on conflict (shop_id, kind) do update set ran_at = excluded.ran_at, gone = excluded.gone, gone_ever = retention_run.gone_ever + excluded.gone`,
    [shop, kind, at, gone],
  );
}
