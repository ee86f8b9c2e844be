/** What people of the shop change becomes a fact and goes the one way in, like everything a shop sends. */
import type { SettledAnswer } from '#contract/profile.ts';
import type { ConsentFact, MergeFact, ProfileFact, SettingsFact } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { presentMoves, toEffects } from '#views/verification.ts';
import type { Desk } from './desk.ts';

/** Appends the fact in the user's name and waits for its outcome; `pending` when apply is late (it is safe then). */
export async function stateOwnFact(
  desk: Desk,
  shopId: ShopId,
  userId: string,
  fact: SettingsFact | ConsentFact | ProfileFact | MergeFact,
): Promise<SettledAnswer> {
  const { seq, receivedAt } = await desk.engine.append(
    { ...ownEnvelope(shopId, { kind: 'staff', userId }, [fact], desk.now()), mayRead: true },
    'live',
  );
  const settled = await desk.settler.settle({ shopId, seq, receivedAt }, desk.settleMs);
  if (settled === null) return { pending: true, outcome: null, reasons: [], bases: [] };
  const found = await findShopSettings(desk.db, shopId);
  return {
    pending: false,
    outcome: settled.outcome,
    reasons: [...settled.reasons],
    bases: presentMoves(toEffects(settled.effects).bases, found?.settings.bases ?? []),
  };
}
