/** Opt-in records: stored flags a shop sends again and again; only their changes count (rules §4, §10). */
import type { Act, Edge } from './basis.ts';
import type { Instant } from './facts.ts';
import type { OrderId } from './ids.ts';
import type { RecordRun } from './profile.ts';

/**
 * How a record stands to what its series said before. A pull or an import (not `live`) is never the first record, and
 * its edge counts only after a live one.
 */
export function edgeOf(run: RecordRun | undefined, value: 0 | 1, live: boolean): Edge {
  if (run === undefined) return value === 1 && live ? 'first' : 'nothing';
  const [before, , , wasLive] = run;
  if (wasLive) return before === value ? 'repeat' : 'edge';
  if (!live || value === 0) return 'nothing';
  return before === 0 ? 'edge' : 'first';
}

export function extendRun(
  run: RecordRun | undefined,
  value: 0 | 1,
  at: Instant,
  live: boolean,
  orderId: OrderId | null,
): RecordRun {
  const since = run?.[3] ?? 0;
  // 0 means none
  const from = Math.max(at, 1);
  if (run === undefined || run[0] !== value) return [value, at, at, since > 0 ? 1 : live ? from : 0, orderId];
  const order = run[4] === orderId ? orderId : null;
  const alive = !live ? since : since === 0 ? from : Math.min(since, from);
  return [value, run[1], Math.max(run[2], at), alive, order];
}

export function seriesKey(channel: string, series: string): string {
  return `${channel}:${series}`;
}

export interface JudgedRecords {
  readonly edges: ReadonlyMap<Act, Edge>;
  readonly runs: Readonly<Record<string, RecordRun>>;
}

/** Judges every record among a profile's acts, given in order of own time, and gives the run each series ends with. */
export function judgeRecords(acts: readonly Act[]): JudgedRecords {
  const runs: Record<string, RecordRun> = {};
  const edges = new Map<Act, Edge>();
  for (const act of acts) {
    if (act.kind !== 'record' || act.void || act.channel === null || act.series === null) continue;
    const key = seriesKey(act.channel, act.series);
    const value = act.toward === 'accepted' ? 1 : 0;
    const live = act.flags.history !== true;
    edges.set(act, edgeOf(runs[key], value, live));
    runs[key] = extendRun(runs[key], value, act.at, live, act.orderId);
  }
  return { edges, runs };
}
