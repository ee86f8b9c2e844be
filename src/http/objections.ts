/** Objections that people of the team or a sender hand in: checked one by one, recorded together. */
import type { ObjectionsAnswer, StatedObjection } from '#contract/contact.ts';
import { emailNormal } from '#domain/email.ts';
import type { Instant, ObjectionFact, Source } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { phoneNormal } from '#domain/phone.ts';
import type { Reason } from '#domain/reasons.ts';
import type { ShopSettings } from '#domain/settings.ts';
import { dayOf } from '#domain/time.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settler } from '#intake/settle.ts';

export interface ObjectionParts {
  readonly engine: IntakeEngine;
  readonly settler: Settler;
  readonly settleMs: number;
  readonly now: () => Instant;
  /** Phones without a prefix are taken in its country, days in its zone. */
  readonly settings: Pick<ShopSettings, 'country' | 'zone'>;
}

/** Appends what can be one as a single item and waits for it. A day yet to come protects from now on, and is said (rules §1). */
export async function stateObjections(
  { engine, settler, settleMs, now, settings }: ObjectionParts,
  who: { readonly shopId: ShopId; readonly source: Source; readonly test: boolean },
  stated: readonly StatedObjection[],
): Promise<ObjectionsAnswer> {
  const refused: { place: number; why: string }[] = [];
  const noted: { place: number; why: Reason }[] = [];
  const today = dayOf(now(), settings.zone);
  const facts: ObjectionFact[] = [];
  stated.forEach((one, place) => {
    const why = faultOf(one, settings.country);
    if (why !== null) {
      refused.push({ place, why });
      return;
    }
    if (one.date !== undefined && one.date > today) noted.push({ place, why: 'time.future' });
    facts.push({
      type: 'objection',
      store: null,
      ownTime: one.date === undefined ? null : { date: one.date },
      subject: { email: one.email ?? null, externalId: null, phone: one.phone ?? null },
      channel: one.channel,
    });
  });
  if (facts.length === 0) return { recorded: 0, pending: false, refused, noted };
  const { seq, receivedAt } = await engine.append(
    { ...ownEnvelope(who.shopId, who.source, facts, now()), test: who.test, mayRead: true },
    'live',
  );
  const settled = await settler.settle({ shopId: who.shopId, seq, receivedAt }, settleMs);
  return { recorded: facts.length, pending: settled === null, refused, noted };
}

/** What this process was told and the database does not have yet may hold a refusal. */
export function isSpooling(engine: Pick<IntakeEngine, 'spooled'>): boolean {
  return (engine.spooled()?.calls ?? 0) > 0;
}

function faultOf({ email, phone, channel, date }: StatedObjection, country: string): string | null {
  if ((email === undefined) === (phone === undefined)) return 'address.one';
  if (email !== undefined && emailNormal(email) === null) return 'address.email';
  if (phone !== undefined && phoneNormal(phone, country, country) === null) return 'address.phone';
  if (channel === 'email' && email === undefined) return 'address.channel';
  if ((channel === 'sms' || channel === 'phone') && phone === undefined) return 'address.channel';
  return date !== undefined && !isDay(date) ? 'date.invalid' : null;
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
