/** Items that could not be read or used, decided again under the journal rows they have: after a decoder was mended. */
import type { ClientBase } from 'pg';
import { type Seq, type ShopId, shopId } from '#domain/ids.ts';
import { sourceOfName } from '#domain/source.ts';
import { shardOf } from '#intake/engine.ts';
import type { Envelope } from '#intake/envelope.ts';
import type { ApplyTools } from './items.ts';
import { applyAgain, type Placed } from './parked.ts';
import { milliseconds } from './profile-rows.ts';
import { inTransaction, lockShard } from './transaction.ts';

const slice = 500;

export interface ReplayOptions {
  /** Every shop when null. */
  readonly shop: ShopId | null;
  /** Arrival, milliseconds UTC: from (included) to (excluded). */
  readonly from: number;
  readonly to: number;
  readonly shards: number;
}

/**
 * Decides rejected and unreadable items of a time again; answers how many there were and how many can be used now. What a
 * door knew and the journal does not keep (whether the pair may read) is taken as no.
 */
export async function replay(
  client: ClientBase,
  tools: ApplyTools,
  options: ReplayOptions,
): Promise<{ seen: number; used: number }> {
  let seen = 0;
  let used = 0;
  let after = { at: options.from, seq: '-1' };
  for (;;) {
    const rows = await findRows(client, options, after);
    const last = rows.at(-1);
    if (last === undefined) return { seen, used };
    after = { at: last.received_at, seq: last.seq };
    for (const [shop, ofShop] of Map.groupBy(rows, (row) => shopId(row.shop_id))) {
      const shard = shardOf(shop, options.shards);
      const items = ofShop.map((row) => itemOf(row, shard));
      const decided = await inTransaction(client, async () => {
        await lockShard(client, shard);
        return applyAgain(client, items, tools);
      });
      const words = decided.map((item) => item?.outcome?.word);
      seen += items.length;
      used += words.filter((word) => word === 'applied' || word === 'unchanged').length;
    }
  }
}

interface ReplayRow {
  readonly shop_id: number;
  readonly seq: string;
  readonly received_at: number;
  readonly source: string;
  readonly format: string;
  readonly headers: Record<string, string> | null;
  readonly raw: Buffer;
}

async function findRows(
  client: ClientBase,
  options: ReplayOptions,
  after: { at: number; seq: string },
): Promise<ReplayRow[]> {
  const { rows } = await client.query<ReplayRow>(
    `select j.shop_id, j.seq::text as seq, ${milliseconds('j')('received_at')}, j.source, j.format,
        coalesce(r.headers, u.headers) as headers, coalesce(r.raw, u.raw) as raw
      from journal j
      left join journal_raw r on r.shop_id = j.shop_id and r.received_at = j.received_at and r.seq = j.seq
      left join journal_unread u on u.shop_id = j.shop_id and u.received_at = j.received_at and u.seq = j.seq
      where j.outcome in ('rejected', 'unreadable') and not j.test and ($1::int4 is null or j.shop_id = $1)
        and j.received_at >= to_timestamp($2::float8 / 1000) and j.received_at < to_timestamp($3::float8 / 1000)
        and (j.received_at, j.seq) > (to_timestamp($4::float8 / 1000), $5::int8)
        and coalesce(r.raw, u.raw) is not null
      order by j.received_at, j.seq limit ${slice}`,
    [options.shop, options.from, options.to, after.at, after.seq],
  );
  return rows;
}

function itemOf(row: ReplayRow, shard: number): Placed {
  const source = sourceOfName(row.source);
  if (source === null) throw new Error(`unknown source ${row.source}`);
  const { ip = null, ...headers } = row.headers ?? {};
  const envelope: Envelope = {
    shopId: shopId(row.shop_id),
    format: row.format,
    arrivedAt: row.received_at,
    source,
    pageHost: source.kind === 'browser' ? hostOf(headers.origin ?? headers.referer) : null,
    mayRead: false,
    test: false,
    headers,
    ip,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: row.raw,
  };
  return { seq: BigInt(row.seq) as Seq, envelope, shard };
}

function hostOf(address: string | undefined): string | null {
  return address === undefined || !URL.canParse(address) ? null : new URL(address).hostname || null;
}
