import type { Kysely } from 'kysely';
import type { Act, ActFlags } from '#domain/basis.ts';
import { basisId, orderId, profileId, type ShopId, seq } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

const most = 2_000;

/** Every act on the bases of a profile (primary key), at most 2,000, the newest. */
export async function listActs(db: Kysely<Database>, shop: ShopId, profile: number): Promise<Act[]> {
  const rows = await db
    .selectFrom('basis_act')
    .select(['seq', 'n', 'basis_id', 'kind', 'toward', 'cause', 'source', 'at', 'arrived_at', 'channel', 'series'])
    .select(['order_id', 'flags', 'void'])
    .where('shop_id', '=', shop)
    .where('profile_id', '=', profile)
    .orderBy('seq', 'desc')
    .orderBy('n', 'desc')
    .limit(most)
    .execute();
  return rows.map((row) => ({
    seq: seq(BigInt(row.seq)),
    n: row.n,
    profileId: profileId(profile),
    basisId: basisId(row.basis_id),
    kind: row.kind as Act['kind'],
    toward: row.toward as Act['toward'],
    cause: row.cause as Act['cause'],
    source: row.source,
    at: row.at.getTime(),
    arrivedAt: row.arrived_at.getTime(),
    channel: row.channel as Act['channel'],
    series: row.series,
    orderId: row.order_id === null ? null : orderId(row.order_id),
    flags: (row.flags ?? {}) as ActFlags,
    void: row.void,
  }));
}
