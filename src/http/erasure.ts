/** Erasing a person: staff on the profile's screen, the person on their own page (rules §7). */
import type { EraseFact, Instant, Source } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settler } from '#intake/settle.ts';

export interface ErasureParts {
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly settler: Pick<Settler, 'settle'>;
  readonly settleMs: number;
  readonly now: () => Instant;
}

/** `pending`: it is safe and will be done, but was not yet. `unknown`: no such profile any more. */
export type ErasureAnswer = 'erased' | 'pending' | 'unknown';

/** States that the person of a profile, and every other holder of its e-mail, is erased; waits for it to be done. */
export async function stateErasure(
  { engine, settler, settleMs, now }: ErasureParts,
  { shopId, source }: { readonly shopId: ShopId; readonly source: Source },
  profileId: number,
): Promise<ErasureAnswer> {
  const fact: EraseFact = { type: 'erase', run: 'asked', store: null, ownTime: null, profileId };
  const { seq, receivedAt } = await engine.append(
    { ...ownEnvelope(shopId, source, [fact], now()), mayRead: true },
    'live',
  );
  const settled = await settler.settle({ shopId, seq, receivedAt }, settleMs);
  if (settled === null) return 'pending';
  return settled.outcome === 'applied' ? 'erased' : 'unknown';
}
