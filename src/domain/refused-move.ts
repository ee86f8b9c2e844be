/** What was asked of a person's bases and stood against a rule: told where it happened (rules §4). */
import { byOwnTime } from './acts.ts';
import { type Act, type Standing, type Status, step, unknownStanding } from './basis.ts';
import type { BasisId } from './ids.ts';
import type { Reason } from './reasons.ts';
import { judgeRecords } from './records.ts';
import type { BasisDefinition } from './settings.ts';

export interface RefusedMove {
  readonly act: Act;
  /** What the basis was then, and stayed. */
  readonly status: Status;
  readonly reason: Reason;
}

/** All acts of one profile, folded in the order of own time: those a rule stood against. */
export function refusedMoves(acts: readonly Act[], bases: readonly BasisDefinition[]): RefusedMove[] {
  const ordered = [...acts].sort(byOwnTime);
  const { edges } = judgeRecords(ordered);
  const standings = new Map<BasisId, Standing>();
  const refused: RefusedMove[] = [];
  for (const act of ordered) {
    const basis = bases.find(({ id }) => id === act.basisId);
    if (basis === undefined) continue;
    const before = standings.get(act.basisId) ?? unknownStanding;
    const { standing, reason } = step(before, act, edges.get(act) ?? null, basis.kind);
    standings.set(act.basisId, standing);
    if (reason !== null) refused.push({ act, status: standing.status, reason });
  }
  return refused;
}
