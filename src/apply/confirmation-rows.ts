/** Who is to be mailed a link, written in the very transaction that makes a basis wait for it (rules §4 double opt-in). */
import type { ClientBase } from 'pg';
import type { BasisId, ProfileId } from '#domain/ids.ts';
import { confirmationsJobName } from '#store/confirmation.ts';
import { insertStatement, type Row, send } from './set-write.ts';
import type { DecidedShop } from './write.ts';

const asks = insertStatement(
  'confirmation_ask',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'profile_id', type: 'int8' },
    { name: 'basis_id', type: 'int4' },
    { name: 'asked_at', type: 'timestamptz' },
  ],
  '(shop_id, profile_id, basis_id) do nothing',
);

/** One ask for each basis that now waits, and for each that was asked for again; wakes the job that mails. */
export function writeConfirmationAsks(client: ClientBase, shops: readonly DecidedShop[]): Promise<unknown>[] {
  const made: Row[] = [];
  for (const { rows, world } of shops) {
    const { acts, history } = world.changes;
    const asked = new Map<string, readonly [ProfileId, BasisId, number]>();
    const ask = (profile: ProfileId, basis: BasisId, at: number) => {
      if (world.basis(profile, basis)?.standing.status === 'to confirm')
        asked.set(`${profile} ${basis}`, [profile, basis, at]);
    };
    for (const move of history) if (move.to === 'to confirm') ask(move.profileId, move.basisId, move.arrivedAt);
    // the person asked again; a stored flag that is sent again says nothing new
    for (const act of acts) if (act.flags.confirm && act.kind === 'set') ask(act.profileId, act.basisId, act.arrivedAt);
    for (const [profile, basis, at] of asked.values()) made.push([rows.shopId, profile, basis, at]);
  }
  if (made.length === 0) return [];
  return [
    ...send(client, asks, made),
    client.query({ name: 'wake job', text: 'select wake_job($1)', values: [confirmationsJobName] }),
  ];
}
