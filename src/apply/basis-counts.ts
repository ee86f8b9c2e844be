/** How many profiles hold each status of each basis: moved by what a batch changed, so that no screen counts rows. */
import type { ClientBase } from 'pg';
import type { Status } from '#domain/basis.ts';
import type { BasisId, ShopId } from '#domain/ids.ts';
import { type Row, type SetStatement, send } from './set-write.ts';
import type { DecidedShop } from './write.ts';

/** Basis 0 counts the shop's profiles; *unknown* is what is left of them. */
export const profileCount = { basis: 0, status: 'profile' } as const;

export const counts: SetStatement = {
  name: 'basis_count add',
  text: `insert into basis_count (shop_id, basis_id, status, n)
    select s.shop_id, s.basis_id, s.status, s.n from unnest($1::int4[], $2::int4[], $3::text[], $4::int8[]) s(shop_id, basis_id, status, n)
    on conflict (shop_id, basis_id, status) do update set n = basis_count.n + excluded.n`,
  columns: [
    { name: 'shop_id', type: 'int4' },
    { name: 'basis_id', type: 'int4' },
    { name: 'status', type: 'text' },
    { name: 'n', type: 'int8' },
  ],
};

export interface StatusMove {
  readonly basisId: BasisId | 0;
  readonly from: Status;
  readonly to: Status;
}

export function sendCounts(client: ClientBase, shops: readonly DecidedShop[]): Promise<unknown>[] {
  return send(
    client,
    counts,
    shops.flatMap(({ rows, world }) => countRows(rows.shopId, world.changes.history, world.changes.newProfiles.size)),
  );
}

/** One row for each count that moves. */
export function countRows(shop: ShopId, moves: readonly StatusMove[], profiles: number): Row[] {
  const sums = new Map<string, [basis: number, status: string, n: number]>();
  const add = (basis: number, status: string, n: number): void => {
    if (status === 'unknown') return;
    const sum = sums.get(`${basis} ${status}`);
    if (sum === undefined) sums.set(`${basis} ${status}`, [basis, status, n]);
    else sum[2] += n;
  };
  add(profileCount.basis, profileCount.status, profiles);
  for (const { basisId, from, to } of moves) {
    add(basisId, from, -1);
    add(basisId, to, 1);
  }
  return [...sums.values()].filter(([, , n]) => n !== 0).map(([basis, status, n]) => [shop, basis, status, n]);
}
