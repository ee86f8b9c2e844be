/**
 * How many people hold each status of each basis: moved by what a batch changed, so that no screen counts rows. Profiles that staff
 * merged are one person, counted with the profile that stands for them.
 */
import type { ClientBase } from 'pg';
import type { Status } from '#domain/basis.ts';
import type { BasisId, ProfileId, ShopId } from '#domain/ids.ts';
import type { ShopWorld } from '#domain/world.ts';
import { type Row, type SetStatement, send } from './set-write.ts';
import type { DecidedShop } from './write.ts';

/** Basis 0 counts the shop's people; *unknown* is what is left of them. */
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
    shops.flatMap(({ rows, world }) => countRows(rows.shopId, movesOf(world), newPeople(world))),
  );
}

/** Whether a profile that was loaded or made stands for itself, or for those merged into it. */
export function standsForItself({ profiles, changes }: ShopWorld, id: ProfileId): boolean {
  return (profiles.get(id) ?? changes.erased.get(id))?.mergedInto === null;
}

function stoodBefore(world: ShopWorld, id: ProfileId): boolean {
  const { newProfiles, merges } = world.changes;
  return !newProfiles.has(id) && (merges.get(id) ?? standsForItself(world, id));
}

function newPeople(world: ShopWorld): number {
  const { newProfiles, merges } = world.changes;
  let people = 0;
  for (const id of new Set([...newProfiles, ...merges.keys()]))
    people += Number(standsForItself(world, id)) - Number(stoodBefore(world, id));
  return people;
}

/** Of those who stand for themselves; who does no longer leaves every count, who does again joins them. */
function movesOf(world: ShopWorld): StatusMove[] {
  const { history, merges } = world.changes;
  const moves: StatusMove[] = history.filter(
    ({ profileId }) => !merges.has(profileId) && standsForItself(world, profileId),
  );
  for (const id of merges.keys()) {
    for (const { basisId, standing } of world.basesOf(id)) {
      const moved = history.find((row) => row.profileId === id && row.basisId === basisId);
      if (stoodBefore(world, id)) moves.push({ basisId, from: moved?.from ?? standing.status, to: 'unknown' });
      if (standsForItself(world, id)) moves.push({ basisId, from: 'unknown', to: standing.status });
    }
  }
  return moves;
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
