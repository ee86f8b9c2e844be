/** Browser items held for the host of their page come again once the merchant allows it (rules §6.2). */
import type { ClientBase } from 'pg';
import { type Seq, type ShopId, shopId } from '#domain/ids.ts';
import { hostAllowed } from '#domain/trust.ts';
import type { Envelope } from '#intake/envelope.ts';
import { appliedChannel } from '#intake/settle.ts';
import type { ApplyTools } from './items.ts';
import { applyAgain, type Placed } from './parked.ts';
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

/**
 * Decides a shop's held items whose hosts are allowed now, each under the journal row it has; answers how many. Those whose
 * bytes are past their time are let go.
 */
export async function releaseHeld(client: ClientBase, shop: ShopId, shard: number, tools: ApplyTools): Promise<number> {
  let released = 0;
  for (;;) {
    const { held, decided } = await inTransaction(client, async () => {
      await lockShard(client, shard);
      const rows = await heldRows(client, shop, await allowedHosts(client, shop));
      const items = rows.flatMap((row) => itemOf(shop, shard, row));
      if (items.length > 0) await applyAgain(client, items, tools);
      await client.query({
        name: 'drop held',
        text: `delete from held_origin h using unnest($2::text[], $3::int8[]) k(host, seq)
          where h.shop_id = $1 and h.host = k.host and h.seq = k.seq`,
        values: [shop, rows.map(({ host }) => host), rows.map(({ seq }) => seq)],
      });
      if (items.length > 0)
        await client.query('select pg_notify($1, $2)', [appliedChannel, JSON.stringify({ shop: [shop] })]);
      return { held: rows.length, decided: items.length };
    });
    released += decided;
    if (held < slice) return released;
  }
}

async function allowedHosts(client: ClientBase, shop: ShopId): Promise<string[]> {
  const { rows } = await client.query('select distinct host from held_origin where shop_id = $1', [shop]);
  if (rows.length === 0) return [];
  const settings = await client.query(
    'select body from shop_settings where shop_id = $1 order by version desc limit 1',
    [shop],
  );
  const domains: string[] = settings.rows[0]?.body.domains ?? [];
  return rows.map(({ host }) => host).filter((host) => hostAllowed(host, domains));
}

interface HeldRow {
  readonly host: string;
  readonly seq: string;
  readonly received_at: number;
  readonly format: string | null;
  readonly headers: Record<string, string> | null;
  readonly raw: Buffer | null;
}

async function heldRows(client: ClientBase, shop: ShopId, hosts: readonly string[]): Promise<HeldRow[]> {
  if (hosts.length === 0) return [];
  const { rows } = await client.query<HeldRow>(
    `select h.host, h.seq::text as seq, ${milliseconds('h')('received_at')}, j.format, r.headers, r.raw
      from (select shop_id, host, seq, received_at from held_origin where shop_id = $1 and host = any ($2) order by seq limit ${slice}) h
      left join journal j on j.shop_id = h.shop_id and j.received_at = h.received_at and j.seq = h.seq
      left join journal_raw r on r.shop_id = h.shop_id and r.received_at = h.received_at and r.seq = h.seq
      order by h.seq`,
    [shop, hosts],
  );
  return rows;
}

function itemOf(
  shop: ShopId,
  shard: number,
  { host, seq, received_at, format, headers: kept, raw }: HeldRow,
): Placed[] {
  if (format === null || raw === null) return [];
  const { ip = null, ...headers } = kept ?? {};
  const envelope: Envelope = {
    shopId: shop,
    format,
    arrivedAt: received_at,
    source: { kind: 'browser' },
    pageHost: host,
    mayRead: false,
    test: false,
    headers,
    ip,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw,
  };
  return [{ seq: BigInt(seq) as Seq, envelope, shard }];
}
