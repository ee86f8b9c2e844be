/** Browser items held for the host of their page come again once the merchant allows it (rules §6.2). */
import type { ClientBase } from 'pg';
import { type Seq, type ShopId, shopId } from '#domain/ids.ts';
import { hostAllowed } from '#domain/trust.ts';
import type { Envelope } from '#intake/envelope.ts';
import { appliedChannel } from '#intake/settle.ts';
import { type ApplyTools, decideItems, type Item, readItem, writeDecided } from './items.ts';
import { writeJournal } from './journal.ts';
import { milliseconds } from './profile-rows.ts';
import { inTransaction, lockShard } from './transaction.ts';

const slice = 500;

/** Shops that hold anything, of these shards. */
export async function shopsHolding(client: ClientBase, shards: readonly number[], count: number): Promise<ShopId[]> {
  const { rows } = await client.query(
    'select distinct shop_id from held_origin where shop_id % $2::int = any ($1::int4[])',
    [shards, count],
  );
  return rows.map((row) => shopId(row.shop_id));
}

/** Decides a shop's held items whose hosts are allowed now, each under the journal row it has; answers how many. */
export async function releaseHeld(client: ClientBase, shop: ShopId, shard: number, tools: ApplyTools): Promise<number> {
  let released = 0;
  for (;;) {
    const done = await inTransaction(client, async () => {
      await lockShard(client, shard);
      const hosts = await allowedHosts(client, shop);
      if (hosts.length === 0) return 0;
      const items = await heldItems(client, shop, hosts);
      const batch = await decideItems(client, items, tools);
      await Promise.all([...writeDecided(client, batch, tools), ...writeJournal(client, batch.items)]);
      await client.query('delete from held_origin where shop_id = $1 and host = any ($2) and seq = any ($3::int8[])', [
        ...[shop, hosts, items.map((item) => item.seq.toString())],
      ]);
      await client.query('select pg_notify($1, $2)', [appliedChannel, JSON.stringify({ shop: [shop] })]);
      return items.length;
    });
    released += done;
    if (done < slice) return released;
  }
}

async function allowedHosts(client: ClientBase, shop: ShopId): Promise<string[]> {
  const settings = await client.query(
    'select body from shop_settings where shop_id = $1 order by version desc limit 1',
    [shop],
  );
  const { rows } = await client.query('select distinct host from held_origin where shop_id = $1', [shop]);
  const domains: string[] = settings.rows[0]?.body.domains ?? [];
  return rows.map(({ host }) => host).filter((host) => hostAllowed(host, domains));
}

/** Held items whose bytes are still kept; the ones whose bytes are past their time are let go with the slice. */
async function heldItems(client: ClientBase, shop: ShopId, hosts: readonly string[]): Promise<Item[]> {
  const { rows } = await client.query(
    `select h.host, h.seq::text as seq, ${milliseconds('h')('received_at')}, j.format, r.headers, r.raw
      from (select shop_id, host, seq, received_at from held_origin where shop_id = $1 and host = any ($2) order by seq limit ${slice}) h
      join journal j on j.shop_id = h.shop_id and j.received_at = h.received_at and j.seq = h.seq
      join journal_raw r on r.shop_id = h.shop_id and r.received_at = h.received_at and r.seq = h.seq
      order by h.seq`,
    [shop, hosts],
  );
  return rows.map((row) => {
    const { ip = null, ...headers } = row.headers ?? {};
    const envelope: Envelope = {
      shopId: shop,
      format: row.format,
      arrivedAt: row.received_at,
      source: { kind: 'browser' },
      pageHost: row.host,
      mayRead: false,
      test: false,
      headers,
      ip,
      minted: null,
      door: 'accepted',
      deliveryKey: null,
      raw: row.raw,
    };
    return readItem(BigInt(row.seq) as Seq, envelope);
  });
}
