/** What an import said of bases taken back again (rules §4, §8); whom and which orders it alone created go with the same fact (`apply/undo.ts`). */
import { basisDefinition, byOwnTime, fold, refold } from './acts.ts';
import { addressesRefused, holdersOf } from './address.ts';
import type { Act } from './basis.ts';
import type { UndoFact } from './facts.ts';
import { type ProfileId, profileId } from './ids.ts';
import type { Turn } from './turn.ts';
import type { AddressKey, AddressRefusal, StubKey } from './world-rows.ts';

export function decideUndo(turn: Turn, fact: UndoFact): void {
  if (turn.rank !== 3) {
    turn.refused = 'rejected';
    return;
  }
  const source = importSource(fact.importId);
  turn.correction = { reason: fact.writtenReason };
  for (const id of fact.profiles) undoBases(turn, profileId(id), source);
  turn.changed = true;
}

/** The word that rows keep of statements of an import. */
export function importSource(importId: string): string {
  return `import:${importId}`;
}

/** True when a source's word about what an import created is nobody else's: an import that is or was undone, or what runs by itself. */
export function isTakenBack(source: string, undone: ReadonlySet<string>): boolean {
  return source === 'system' || undone.has(source);
}

/** Its acts are void; each basis is the fold of what others said, and a refused legal basis never more than unknown. */
function undoBases(turn: Turn, id: ProfileId, source: string): void {
  const { world } = turn;
  const acts = world.actsOf(id);
  const profile = world.profile(id);
  if (acts === null || profile === null) return;
  const theirs = acts.filter((act) => act.source === source && !act.void);
  if (theirs.length === 0) return;
  const without = acts.map((act) => (theirs.includes(act) ? { ...act, void: true } : act)).sort(byOwnTime);
  for (const [basisId, { status }] of fold(turn, without, null).standings) {
    const before = world.basis(id, basisId)?.standing.status;
    if (basisDefinition(world.settings, basisId)?.kind !== 'legal' || before !== 'refused' || status !== 'accepted')
      continue;
    world.addAct(forgetting(turn, id, basisId));
  }
  for (const act of theirs) world.markVoid(act, true);
  refold(turn, id, null);
  for (const act of theirs) {
    const definition = basisDefinition(world.settings, act.basisId);
    if (act.toward !== 'refused' || act.cause === 'same address' || definition === null) continue;
    for (const key of addressesRefused(profile, definition)) lowerRefusal(turn, key, act);
  }
}

function forgetting(turn: Turn, profileId: ProfileId, basisId: Act['basisId']): Act {
  const { seq, arrivedAt } = turn.statement;
  return {
    ...{ seq, n: turn.n++, profileId, basisId, kind: 'set', toward: 'unknown', cause: 'import', source: turn.source },
    ...{ at: arrivedAt, arrivedAt, channel: null, series: null, orderId: null, flags: { reset: true }, void: false },
  };
}

/**
 * What an address inherits stands no longer on an act that is void, but on what its holders still refuse. Where somebody else may have
 * refused under it (who was erased, who left it), it stays.
 */
function lowerRefusal(turn: Turn, key: AddressKey, act: Act): void {
  const { world } = turn;
  const known = world.refusalsOf(key).find(([basisId]) => basisId === act.basisId)?.[1];
  if (known === undefined || known.personal || known.at !== act.at) return;
  if (key.startsWith('email:') && world.erasedAt(key as StubKey) !== null) return;
  if (key.startsWith('email:') && world.formerHolders(key.slice('email:'.length)).length > 0) return;
  let newest: AddressRefusal | null = null;
  for (const holder of holdersOf(world, key)) {
    const acts = world.actsOf(holder.id);
    if (acts === null) return;
    for (const { basisId, toward, cause, at, flags, void: isVoid } of acts) {
      if (isVoid || basisId !== act.basisId || toward !== 'refused' || cause === 'same address') continue;
      if (newest === null || at > newest.at) newest = { at, personal: flags.personal === true };
    }
  }
  if (newest === null) world.dropRefusal(key, act.basisId);
  else world.putRefusal(key, act.basisId, newest);
}
