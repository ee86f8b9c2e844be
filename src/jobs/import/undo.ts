/** Takes back what an import did, a slice of its lines at a time, each a fact of whoever asked for it (rules §8). */
import type { Pool } from 'pg';
import type { Instant, UndoFact } from '#domain/facts.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settled, Settler } from '#intake/settle.ts';
import {
  changeImport,
  countLeft,
  type ImportedRow,
  type ImportRow,
  listImported,
  type Undone,
} from '#store/import-file.ts';

export interface UndoDeps {
  readonly pool: Pool;
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly settler: Pick<Settler, 'settle'>;
  readonly now: () => Instant;
  readonly ending: AbortSignal;
}

/** Lines of a fact: it is applied in a transaction of its own. */
const slice = 400;
const settleMs = 120_000;

/** False: this process is to end before all is undone; another begins again, and finds what was undone gone. */
export async function undoImport(deps: UndoDeps, file: ImportRow): Promise<boolean> {
  const asked = file.undone;
  if (asked === null) throw new Error('an import is being undone, and nobody asked for it');
  let sum: Undone = { ...asked, profiles: 0, orders: 0, keptProfiles: 0, keptOrders: 0, bases: 0 };
  let seen = 0;
  for (let after: ImportedRow | null = null; !deps.ending.aborted; ) {
    const rows: readonly ImportedRow[] = await listImported(deps.pool, file, after, slice);
    const last = rows.at(-1);
    if (last === undefined) return true;
    after = last;
    sum = await undoSlice(deps, file, rows, sum);
    seen += rows.length;
    const share = Math.min(1, seen / Math.max(1, file.lines));
    const readBytes = Math.round(share * file.size);
    await changeImport(deps.pool, file.shopId, file.id, ['undoing'], { undone: sum, readBytes });
  }
  return false;
}

async function undoSlice(deps: UndoDeps, file: ImportRow, rows: readonly ImportedRow[], sum: Undone): Promise<Undone> {
  const { pool, engine, settler, now } = deps;
  const { profiles, created, orders } = touchedBy(rows);
  const fact: UndoFact = {
    ...{ type: 'undo', store: null, ownTime: null, importId: file.id, writtenReason: sum.reason },
    ...{ profiles, created, orders },
  };
  const source = { kind: 'staff', userId: sum.by } as const;
  const { seq, receivedAt } = await engine.append(ownEnvelope(file.shopId, source, [fact], now()), 'bulk');
  const settled = await settler.settle({ shopId: file.shopId, seq, receivedAt }, settleMs);
  // apply is late: what is appended is safe, the rest comes with the retry
  if (settled === null) throw new Error('a slice of an import was not undone in two minutes');
  const left = await countLeft(pool, file.shopId, created, orders);
  return {
    ...sum,
    profiles: sum.profiles + created.length - left.profiles,
    orders: sum.orders + orders.length - left.orders,
    keptProfiles: sum.keptProfiles + left.profiles,
    keptOrders: sum.keptOrders + left.orders,
    bases: sum.bases + movesOf(settled),
  };
}

/** Effects as the journal keeps them (`domain/outcome.ts`). */
interface KeptEffects {
  readonly profile?: { readonly id: number; readonly created: boolean } | null;
  readonly order?: { readonly id: number; readonly created: boolean } | null;
  readonly bases?: readonly { readonly profile: number; readonly from: string; readonly to: string }[];
}

function touchedBy(rows: readonly ImportedRow[]): Pick<UndoFact, 'profiles' | 'created' | 'orders'> {
  const effects = rows.map((row) => row.effects as KeptEffects);
  const profiles = effects.flatMap(({ profile, bases = [] }) => [
    ...(profile ? [profile.id] : []),
    ...bases.map((basis) => basis.profile),
  ]);
  return {
    profiles: [...new Set(profiles)],
    created: [...new Set(effects.flatMap(({ profile }) => (profile?.created ? [profile.id] : [])))],
    orders: [...new Set(effects.flatMap(({ order }) => (order?.created ? [order.id] : [])))],
  };
}

function movesOf({ effects }: Settled): number {
  return ((effects as KeptEffects | null)?.bases ?? []).filter(({ from, to }) => from !== to).length;
}
