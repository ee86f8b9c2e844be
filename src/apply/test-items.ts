/** What a shop sent with its test pair goes after seven days (rules §6.6); counts of hours nobody looks at any more go too. */
import type { ClientBase } from 'pg';
import { shopId } from '#domain/ids.ts';
import { shardOf } from '#intake/engine.ts';
import { inTransaction, lockShard } from './transaction.ts';

const dayMs = 86_400_000;
export const testDays = 7;
const hourDays = 90;
const slice = 500;

/** Drops test items of all shops that arrived before their time; answers how many. */
export async function dropTestItems(client: ClientBase, now: number, shards: number): Promise<number> {
  const before = now - testDays * dayMs;
  const { rows: shops } = await client.query<{ id: number }>(
    `select s.id from shop s where exists (
       select from journal j where j.shop_id = s.id and j.test and j.received_at < to_timestamp($1::float8 / 1000))`,
    [before],
  );
  let dropped = 0;
  for (const { id } of shops) {
    for (;;) {
      const gone = await inTransaction(client, async () => {
        await lockShard(client, shardOf(shopId(id), shards));
        return dropSlice(client, id, before);
      });
      dropped += gone;
      if (gone < slice) break;
    }
  }
  return dropped;
}

async function dropSlice(client: ClientBase, shop: number, before: number): Promise<number> {
  const { rows } = await client.query<{ at: Date; seq: string }>(
    `select received_at as at, seq::text as seq from journal
      where shop_id = $1 and test and received_at < to_timestamp($2::float8 / 1000) order by received_at limit ${slice}`,
    [shop, before],
  );
  const keys = [shop, rows.map(({ at }) => at), rows.map(({ seq }) => seq)];
  for (const table of ['journal_raw', 'journal_unread', 'journal_subject', 'journal'])
    await client.query(
      `delete from ${table} d using unnest($2::timestamptz[], $3::int8[]) k(at, seq)
        where d.shop_id = $1 and d.received_at = k.at and d.seq = k.seq`,
      keys,
    );
  return rows.length;
}

/** Hours older than any screen shows. */
export async function dropOldHours(client: ClientBase, now: number): Promise<void> {
  await client.query(
    `delete from arrival_hour a using shop s where a.shop_id = s.id and a.hour < to_timestamp($1::float8 / 1000)`,
    [now - hourDays * dayMs],
  );
}
