/** Items that could not be used come again, under the journal row they have: after a decoder was mended. */
import type { Pool } from 'pg';
import type { Instant, Source } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { shardOf } from '#intake/engine.ts';
import { type Envelope, encodeEnvelope } from '#intake/envelope.ts';
import { milliseconds } from './profile-rows.ts';

export interface ReplayRange {
  readonly shop: ShopId;
  /** By arrival; `to` is excluded. */
  readonly from: Instant;
  readonly to: Instant;
}

const slice = 500;

/**
 * Parks the unreadable, rejected and failed items of a time, due at once: an applier takes them within seconds. Answers how many.
 * What the door alone knew is lost: a replayed call mints no token, and its pair counts as one that may not read.
 */
export async function replay(pool: Pool, shards: number, range: ReplayRange): Promise<number> {
  let after = '0';
  let parked = 0;
  for (;;) {
    const { rows } = await pool.query(
      `select j.seq::text as seq, ${milliseconds('j')('received_at')}, j.source, j.format,
          coalesce(r.headers, u.headers) as headers, coalesce(r.raw, u.raw) as raw
        from journal j
        left join journal_raw r on r.shop_id = j.shop_id and r.received_at = j.received_at and r.seq = j.seq
        left join journal_unread u on u.shop_id = j.shop_id and u.received_at = j.received_at and u.seq = j.seq
        where j.shop_id = $1 and j.received_at >= to_timestamp($2::float8 / 1000)
          and j.received_at < to_timestamp($3::float8 / 1000) and j.seq > $4::int8
          and j.outcome in ('unreadable', 'rejected', 'failed') and coalesce(r.raw, u.raw) is not null
        order by j.seq limit ${slice}`,
      [range.shop, range.from, range.to, after],
    );
    for (const row of rows) {
      const envelope = envelopeOf(range.shop, row);
      if (envelope === null) continue;
      await pool.query(
        `insert into parked (shop_id, seq, shard, received_at, envelope, error, attempts, next_try_at)
          values ($1, $2, $3, to_timestamp($4::float8 / 1000), $5, 'replay', 1, now())
          on conflict (shop_id, seq) do update set next_try_at = now()`,
        [range.shop, row.seq, shardOf(range.shop, shards), envelope.arrivedAt, encodeEnvelope(envelope)],
      );
      parked += 1;
    }
    const last = rows.at(-1);
    if (last === undefined) return parked;
    after = last.seq;
  }
}

interface KeptItem {
  readonly seq: string;
  readonly received_at: Instant;
  readonly source: string;
  readonly format: string;
  readonly headers: Record<string, string> | null;
  readonly raw: Buffer;
}

function envelopeOf(shop: ShopId, row: KeptItem): Envelope | null {
  const source = sourceOf(row.source);
  if (source === null) return null;
  const { ip = null, ...headers } = row.headers ?? {};
  return {
    shopId: shop,
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
}

/** Doors take browsers, servers and the api; what else is kept was made by us, and readable. */
function sourceOf(name: string): Source | null {
  return name === 'browser' || name === 'server' || name === 'api' ? { kind: name } : null;
}

function hostOf(url: string | undefined): string | null {
  return url === undefined ? null : (URL.parse(url)?.hostname ?? null);
}
