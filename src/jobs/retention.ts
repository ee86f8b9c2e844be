import type { Pool } from 'pg';
import { type DroppedKind, dropDue, listInactive, noteRun } from '#apply/retention.ts';
import { graceDays } from '#domain/erasure.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { type InstanceRetention, installation, type Retention, retentionLimits } from '#domain/retention.ts';
import { dayMs } from '#domain/time.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settler } from '#intake/settle.ts';
import { forgetOldImports } from '#store/import-forget.ts';
import { dropJournalDays } from '#store/journal-day.ts';
import { forgetAudit } from '#store/leftovers.ts';
import { listShops } from '#store/shop.ts';
import { findInstanceRetention, findRetention } from '#views/retention.ts';
import type { Job } from './runner.ts';

export interface RetentionJobDeps {
  readonly pool: Pool;
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly settler: Pick<Settler, 'settle'>;
  readonly shards: number;
  readonly now: () => Instant;
}

const dropped: readonly DroppedKind[] = [
  'journalDays',
  'cartDays',
  'historyDays',
  'refusalDays',
  'mailDays',
  'webhookDays',
  'requestDays',
];
/** Erasures of one item: each takes some twenty statements. */
const peopleAtOnce = 50;
const settleMs = 120_000;

/**
 * Each night, of the installation and of each shop: what is past its time goes. A night that was missed is caught up by the next, a run that was cut short by its
 * retry: everything due is looked for anew, and what is gone is due no more.
 */
export function retentionJob(deps: RetentionJobDeps): Job {
  return {
    name: 'retention',
    schedule: '11 2 * * *',
    async run() {
      await runInstanceRetention(deps);
      for (const { id } of await listShops(deps.pool)) await runRetention(deps, id);
    },
  };
}

/** Bytes by whole days and the journal's oldest weeks, of all shops at once; and what people did so long ago. */
async function runInstanceRetention({ pool, now }: RetentionJobDeps): Promise<void> {
  const { auditDays, importDays, ...bytes } = await findInstanceRetention(pool);
  const [, journalDays] = retentionLimits.journalDays;
  const dropped = await dropJournalDays(pool, now(), { ...bytes, journalDays });
  const files = await forgetOldImports(pool, now() - importDays * dayMs, now());
  let forgotten = 0;
  for (let count = 1; count > 0; forgotten += count) count = await forgetAudit(pool, now() - auditDays * dayMs);
  const gone: readonly (readonly [keyof InstanceRetention, number])[] = [
    ['rawDays', dropped.rawDays],
    ['unreadDays', dropped.unreadDays],
    ['importDays', files],
    ['auditDays', forgotten],
  ];
  for (const [kind, count] of gone) await noteRun(pool, installation, kind, count, now());
}

export async function runRetention(deps: RetentionJobDeps, shop: ShopId): Promise<void> {
  const { pool, shards, now } = deps;
  const retention = await findRetention(pool, shop);
  if (retention === null) return;
  for (const kind of dropped) {
    await noteRun(pool, shop, kind, await dropDue(pool, shop, shards, kind, retention[kind], now()), now());
  }
  await noteRun(pool, shop, 'inactiveDays', await eraseInactive(deps, shop, retention.inactiveDays), now());
}

/** A fact each, in the lane of what may wait; the rules look again whether they are still due. */
async function eraseInactive(
  { pool, engine, settler, now }: RetentionJobDeps,
  shop: ShopId,
  days: Retention['inactiveDays'],
): Promise<number> {
  if (days === null) return 0;
  let erased = 0;
  for (let after = 0; ; ) {
    const due = await listInactive(pool, shop, now() - days * dayMs, now() - graceDays * dayMs, after, peopleAtOnce);
    const last = due.at(-1);
    if (last === undefined) return erased;
    after = last;
    const facts = due.map((profileId) => ({ type: 'erase', run: 'inactive', profileId }));
    const { seq, receivedAt } = await engine.append(ownEnvelope(shop, { kind: 'system' }, facts, now()), 'bulk');
    const settled = await settler.settle({ shopId: shop, seq, receivedAt }, settleMs);
    // apply is late: what is appended is safe, the rest comes with the retry
    if (settled === null) throw new Error('a slice of people past their time was not erased in two minutes');
    erased += due.length;
  }
}
