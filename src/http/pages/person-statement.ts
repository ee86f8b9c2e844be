/** What a person says on our pages becomes a fact and goes the one way in; nothing says *done* before it is applied. */
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { ConsentFact, ObjectionFact, StatedEvidence } from '#domain/facts.ts';
import { basisId, type ShopId } from '#domain/ids.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import { findStatus } from '#views/person-page.ts';
import { toEffects } from '#views/verification.ts';
import { keptHeaders, personIp } from '../arrival.ts';
import type { Doors } from '../doors.ts';

/** `later`: safe, and not applied yet. */
export type Said =
  | { readonly word: 'done' }
  | { readonly word: 'later' }
  | { readonly word: 'refused'; readonly reasons: readonly string[] };

/**
 * Appends what was said as one item, waits for it, and looks whether each basis holds it now. `own`: the caller is the
 * person's own browser, whose address and name are evidence.
 */
export async function stateForPerson(
  doors: Pick<Doors, 'engine' | 'settler' | 'now'>,
  request: FastifyRequest,
  shopId: ShopId,
  facts: readonly (ConsentFact | ObjectionFact)[],
  { pool, settleMs, own }: { readonly pool: Pool; readonly settleMs: number; readonly own: boolean },
): Promise<Said> {
  const { seq, receivedAt } = await doors.engine.append(
    {
      ...ownEnvelope(shopId, { kind: 'person' }, facts, doors.now()),
      headers: own ? keptHeaders(request) : {},
      ip: own ? personIp(request) : null,
    },
    'live',
  );
  const settled = await doors.settler.settle({ shopId, seq, receivedAt }, settleMs);
  if (settled === null) return { word: 'later' };
  const { outcome, reasons, effects } = settled;
  if (outcome !== 'applied' && outcome !== 'unchanged') return { word: 'refused', reasons };
  const why = toEffects(effects).bases.flatMap((move) => (move.why === undefined ? [] : [move.why]));
  if (why.length > 0) return { word: 'refused', reasons: [...new Set(why)] };
  const consents = facts.filter((fact) => fact.type === 'consent');
  const held = await Promise.all(consents.map((fact) => holds(pool, shopId, fact)));
  return held.includes(false) ? { word: 'refused', reasons: ['basis.refused_needs_act'] } : { word: 'done' };
}

/** An act that came at the very time of another may have been outweighed by it, without a rule against it. */
async function holds(pool: Pool, shopId: ShopId, { subject, basis, status }: ConsentFact): Promise<boolean> {
  if (!('profileId' in subject && 'id' in basis)) return true;
  return (await findStatus(pool, shopId, subject.profileId, basis.id)) === status;
}

export function consentOf(
  profileId: number,
  basis: number,
  status: 'accepted' | 'refused',
  proof: ConsentFact['proof'],
  evidence: StatedEvidence,
): ConsentFact {
  return {
    type: 'consent',
    store: null,
    ownTime: null,
    subject: { profileId },
    basis: { id: basisId(basis) },
    status,
    writtenReason: null,
    reset: false,
    proof,
    evidence,
  };
}

export function objectionOf(subject: ObjectionFact['subject'], channel: ObjectionFact['channel']): ObjectionFact {
  return { type: 'objection', store: null, ownTime: null, subject, channel };
}
