/** What the database keeps about addresses by their keyed hashes, with or without a profile that holds them. */
import type { ClientBase } from 'pg';
import type { Channel } from '#domain/facts.ts';
import { byKeys } from './by-keys.ts';
import { milliseconds } from './profile-rows.ts';
import type { Asked, Found, HashAddress } from './shop-rows.ts';

/** When an address was erased, by its hash. */
export async function loadStubs(
  client: ClientBase,
  asked: readonly Asked<'stub'>[],
  hash: HashAddress,
): Promise<Found[]> {
  const found = await byKeys(
    client,
    'load stubs',
    asked,
    [['hash', 'bytea', ({ rows, need }) => hash(rows.shopId, need.key)]],
    (keys) => `select k.i, ${milliseconds('e')('erased_at')} from ${keys} k
      join erased_key e on e.shop_id = k.shop_id and e.key_hash = k.hash`,
  );
  for (const row of found) {
    const place = asked[row.i];
    place?.rows.stubs.push([place.need.key, row.erased_at as number]);
  }
  return [];
}

/** What is remembered of an address whoever holds it: refusals and objections. */
export async function loadAddresses(
  client: ClientBase,
  asked: readonly Asked<'address'>[],
  hash: HashAddress,
): Promise<Found[]> {
  const found = await byKeys(
    client,
    'load addresses',
    asked,
    [['hash', 'bytea', ({ rows, need }) => hash(rows.shopId, need.key)]],
    (
      keys,
    ) => `select k.i, r.basis_id, null as channel, ${milliseconds('r')('at')}, r.personal, null as cause, null::int8 as lifted_at
      from ${keys} k
      join address_refusal r on r.shop_id = k.shop_id and r.address_hash = k.hash
      union all
      select k.i, null, j.channel, (date_part('epoch', j.since) * 1000)::int8, null, j.cause, (date_part('epoch', j.lifted_at) * 1000)::int8
      from ${keys} k
      join objection j on j.shop_id = k.shop_id and j.address_hash = k.hash`,
  );
  for (const row of found) {
    const place = asked[row.i];
    if (place === undefined) continue;
    const { rows, need } = place;
    const at = row.at as number;
    if (row.basis_id !== null) rows.refusals.push([need.key, row.basis_id as number, at, row.personal as boolean]);
    else
      rows.objections.push([need.key, row.channel as Channel, at, row.cause as string, row.lifted_at as number | null]);
  }
  return [];
}
