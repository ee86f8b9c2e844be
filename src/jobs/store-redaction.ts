/** Erases whom only one store spoke of, when it asks for it two days after the app was removed (rules §7). */
import type { Pool } from 'pg';
import { isStoresAlone } from '#domain/erasure.ts';
import type { EraseFact, Instant } from '#domain/facts.ts';
import type { ProfileId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settler } from '#intake/settle.ts';
import { appendAudit } from '#store/audit.ts';
import { findPersonJournal, findPersonKeys } from '#store/person-keys.ts';
import type { Keys } from '#store/secret.ts';
import {
  listDueRedactions,
  listPeopleOfStore,
  type StoreRedaction,
  saveRedaction,
  storeRedactionJobName,
} from '#store/store-redaction.ts';
import type { Job } from './runner.ts';

export interface StoreRedactionTools {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly settler: Pick<Settler, 'settle'>;
  readonly shards: number;
  readonly now: () => Instant;
  readonly ending: AbortSignal;
}

/** People of one round; each is erased by a fact of their own. */
const slice = 50;
const settleMs = 120_000;

export function storeRedactionJob(tools: StoreRedactionTools): Job {
  return {
    name: storeRedactionJobName,
    schedule: '*/5 * * * *',
    async run() {
      for (const due of await listDueRedactions(tools.pool, tools.shards)) await redact(tools, due);
    },
  };
}

/** Slice by slice: what a process that ends leaves, the next goes on with. */
async function redact(tools: StoreRedactionTools, due: StoreRedaction): Promise<void> {
  const { pool, now, ending } = tools;
  for (let at = due; !ending.aborted; ) {
    const people = await listPeopleOfStore(pool, at.shopId, at.store, at.afterId, slice);
    const last = people.at(-1);
    if (last === undefined) {
      const { store, name, erased, kept } = at;
      await appendAudit(pool, {
        shopId: at.shopId,
        userId: null,
        at: now(),
        action: 'connection.redact',
        detail: { name, store, erased, kept },
      });
      await saveRedaction(pool, at, now());
      return;
    }
    let erased = 0;
    for (const person of people) if (await isTheirs(tools, at, person)) erased += await erase(tools, at, person);
    at = { ...at, afterId: last, erased: at.erased + erased, kept: at.kept + people.length - erased };
    await saveRedaction(pool, at, null);
  }
}

async function isTheirs(
  { pool, keys }: StoreRedactionTools,
  { shopId, store, askedAt }: StoreRedaction,
  person: ProfileId,
): Promise<boolean> {
  const named = await findPersonKeys(pool, shopId, [person]);
  const rows = await findPersonJournal(pool, keys, named);
  return isStoresAlone(
    store,
    rows.map(({ source, outcome, received_at }) => ({ source, outcome, after: received_at.getTime() > askedAt })),
  );
}

async function erase(
  { engine, settler, now }: StoreRedactionTools,
  { shopId, store }: StoreRedaction,
  person: ProfileId,
): Promise<number> {
  const fact: EraseFact = { type: 'erase', run: 'store', store: null, ownTime: null, profileId: person };
  const { seq, receivedAt } = await engine.append(ownEnvelope(shopId, { kind: 'store', store }, [fact], now()), 'bulk');
  const settled = await settler.settle({ shopId, seq, receivedAt }, settleMs);
  // apply is late: what is appended is safe, the rest comes with the retry
  if (settled === null) throw new Error('somebody a store gave was not erased in two minutes');
  return settled.outcome === 'applied' ? 1 : 0;
}
