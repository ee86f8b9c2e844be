import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import type { Envelope } from '#intake/envelope.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settler } from '#intake/settle.ts';
import { type ExpiredPlace, type ExpiringBasis, listExpired, listExpiringBases } from '#views/expiring.ts';
import type { Job } from './runner.ts';

export interface ExpiryJobDeps {
  readonly pool: Pool;
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly settler: Settler;
  readonly now: () => Instant;
}

/** Facts of one item, and items under way at a time: a night's work stands in no customer's way. */
const factsPerItem = 200;
const itemsAtOnce = 10;
const settleMs = 60_000;

/**
 * Each night, states which acceptances have run out. The rules decide each again when it is applied, so that a run repeated, cut
 * short or late changes nothing twice; what one night missed, the next finds.
 */
export function expiryJob(deps: ExpiryJobDeps): Job {
  return {
    name: 'basis-expiry',
    schedule: '30 2 * * *',
    async run() {
      for (const basis of await listExpiringBases(deps.pool)) await expire(deps, basis);
    },
  };
}

async function expire({ pool, engine, settler, now }: ExpiryJobDeps, basis: ExpiringBasis): Promise<void> {
  for (let after: ExpiredPlace | null = null; ; ) {
    const due: ExpiredPlace[] = await listExpired(pool, basis, now(), after, factsPerItem * itemsAtOnce);
    const last = due.at(-1);
    if (last === undefined) return;
    after = last;
    const keys = [];
    for (let from = 0; from < due.length; from += factsPerItem) {
      const item = expiries(basis, due.slice(from, from + factsPerItem), now());
      keys.push({ shopId: basis.shopId, ...(await engine.append(item, 'bulk')) });
    }
    const settled = await Promise.all(keys.map((key) => settler.settle(key, settleMs)));
    // apply is late: what is appended is safe, the rest comes with the retry
    if (settled.includes(null)) throw new Error('the expiry of a slice was not applied within a minute');
  }
}

function expiries({ shopId, basisId }: ExpiringBasis, due: readonly ExpiredPlace[], arrivedAt: Instant): Envelope {
  const facts = due.map(({ profileId }) => ({ type: 'expiry', run: 'night', profileId, basis: { id: basisId } }));
  return ownEnvelope(shopId, { kind: 'system' }, facts, arrivedAt);
}
