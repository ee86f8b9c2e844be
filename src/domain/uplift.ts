/** Automatic GDPR uplift: the bases a shop's data gives (rules §5), and its opt-ins (rules §4). */
import { basisDefinition, giveAct, giveRecord, noBasis } from './acts.ts';
import type { ActFlags } from './basis.ts';
import { takeActivity } from './expiry.ts';
import type { BasisName, StatedConsent, StatedOptIn } from './facts.ts';
import type { BasisId, OrderId } from './ids.ts';
import { liftObjections } from './objection.ts';
import type { Profile } from './profile.ts';
import type { BasisDefinition, ShopSettings } from './settings.ts';
import { isHistory, recordSeries } from './source.ts';
import { type Turn, type When, whenOf } from './turn.ts';

/** The order or account basis, accepted by itself at the time of the statement that made it true. */
export function giveAutomatic(
  turn: Turn,
  profile: Profile,
  basisId: BasisId | null,
  orderId: OrderId | null,
  when: When,
): void {
  if (basisId === null) return;
  const flags: ActFlags = when.own ? { dated: true } : {};
  giveAct(turn, {
    profileId: profile.id,
    basisId,
    kind: 'set',
    toward: 'accepted',
    cause: 'auto',
    at: when.at,
    flags,
    orderId,
  });
}

export interface OptInContext {
  readonly when: When;
  /** A verified token of the profile itself came along: it may refuse from a browser. */
  readonly speaks: boolean;
  readonly order: { readonly id: OrderId; readonly owned: boolean } | null;
  /** Said by an order call: its 0 is an unticked box (rules §4). */
  readonly byOrder: boolean;
}

export function takeOptIns(
  turn: Turn,
  profile: Profile,
  optIns: readonly StatedOptIn[],
  context: OptInContext,
): Profile {
  let known = profile;
  for (const optIn of optIns) known = takeOptIn(turn, known, optIn, context);
  return known;
}

function takeOptIn(turn: Turn, profile: Profile, optIn: StatedOptIn, context: OptInContext): Profile {
  const { settings } = turn.world;
  const { at: stated, value } = optIn;
  if (stated !== undefined) {
    const when = whenOf(turn, stated, value === 0 ? 'end' : 'start');
    return takeOptIn(turn, profile, { channel: optIn.channel, value, kind: optIn.kind }, { ...context, when });
  }
  if (optIn.value === 0 && context.byOrder) return profile;
  if (optIn.value === 0 && !mayRefuse(turn, context)) return profile;
  // a number that only a browser claimed is none for what a server says
  const mobile = turn.rank > 1 && profile.stated.mobile?.[0] === 1 ? undefined : profile.fields.mobile;
  if (optIn.channel === 'sms' && optIn.value === 1 && mobile === undefined) {
    turn.reasons.add('optin.no_mobile');
    return profile;
  }
  const target = optIn.channel === 'email' ? settings.uplift.optinEmail : settings.uplift.optinSms;
  if (target === null) turn.reasons.add('optin.no_target');
  if (optIn.kind === 'act') {
    if (target !== null) takeAct(turn, profile, target, optIn.value, context);
    return turn.world.profile(profile.id) ?? profile;
  }
  const history = isHistory(turn.statement.source);
  // a withdrawn record is the shop's word; only an act's 0 is the person's own (rules §10)
  const { personal: _, ...flags } = actFlags(turn, target, optIn.value, context);
  return giveRecord(turn, profile, {
    profileId: profile.id,
    basisId: target ?? noBasis,
    kind: 'record',
    toward: optIn.value === 1 ? 'accepted' : 'refused',
    cause: 'record edge',
    at: optIn.value === 1 ? context.when.at : context.when.end,
    flags: history ? { ...flags, history: true } : flags,
    channel: optIn.channel,
    series: recordSeries(turn.statement.source),
    orderId: context.order?.id ?? null,
    void: context.order !== null && !context.order.owned,
  });
}

/** `consents[name]=1|0` in a call: acts of the person (rules §4). */
export function takeConsents(
  turn: Turn,
  profile: Profile,
  consents: readonly StatedConsent[],
  context: OptInContext,
): void {
  for (const consent of consents) {
    const basis = namedBasis(turn, consent.basis);
    if (basis === null) continue;
    if (consent.value === 0 && !mayRefuse(turn, context)) continue;
    takeAct(turn, profile, basis.id, consent.value, context);
  }
}

/** An act of the person through the shop: 1 accepts, 0 refuses. */
export function takeAct(turn: Turn, profile: Profile, basisId: BasisId, value: 0 | 1, context: OptInContext): void {
  giveAct(turn, {
    profileId: profile.id,
    basisId,
    kind: 'set',
    toward: value === 1 ? 'accepted' : 'refused',
    cause: 'act',
    at: value === 1 ? context.when.at : context.when.end,
    flags: actFlags(turn, basisId, value, context),
    orderId: value === 1 ? (context.order?.id ?? null) : null,
    void: value === 1 && context.order !== null && !context.order.owned,
  });
  if (turn.rank === 1 && !context.speaks) return;
  takeActivity(turn, profile.id, 'act', context.when.at);
  if (value === 1 && !waitsForLink(turn.world.settings, basisId))
    liftObjections(turn, profile, basisId, 'act', context.when.at);
}

/** The basis a name means: its id, its tech name, or its own name; null with the reason when none or several do. */
export function namedBasis(turn: Turn, name: BasisName): BasisDefinition | null {
  const { bases } = turn.world.settings;
  if ('id' in name) {
    const basis = basisDefinition(turn.world.settings, name.id);
    if (basis === null) turn.reasons.add('basis.name_unknown');
    return basis;
  }
  const byTechName = bases.filter((basis) => basis.active && basis.techName === name.techName);
  const found =
    byTechName.length > 0 ? byTechName : bases.filter((basis) => basis.active && basis.name === name.techName);
  const [one, ...more] = found;
  if (one === undefined) turn.reasons.add('basis.name_unknown');
  if (more.length > 0) turn.reasons.add('basis.name_ambiguous');
  return one !== undefined && more.length === 0 ? one : null;
}

/** True while double opt-in asks for a link before this basis is accepted. */
export function waitsForLink(settings: ShopSettings, basisId: BasisId): boolean {
  const basis = basisDefinition(settings, basisId);
  return basis?.kind === 'consent' && basis.doubleOptIn;
}

function mayRefuse(turn: Turn, context: OptInContext): boolean {
  if (turn.rank > 1 || context.speaks) return true;
  turn.reasons.add('trust.browser_cannot_refuse');
  return false;
}

function actFlags(turn: Turn, basisId: BasisId | null, value: 0 | 1, context: OptInContext): ActFlags {
  const confirm = value === 1 && basisId !== null && waitsForLink(turn.world.settings, basisId);
  return {
    ...(context.when.own ? { dated: true } : {}),
    ...(turn.rank === 1 ? { browser: true } : {}),
    ...(confirm ? { confirm: true } : {}),
    ...(value === 0 ? { personal: true } : {}),
  };
}
