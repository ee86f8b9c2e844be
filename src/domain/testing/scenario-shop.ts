/** For tests: a shop with everything in memory, and the steps of `fixtures/scenarios.json` as statements. */
import { decide } from '../decide.ts';
import type { ConsentFact, ConsentSubject, Fact, StatedStatus, StatedTime } from '../facts.ts';
import { type BasisId, orderId, type ProfileId, profileId, seq, shopId } from '../ids.ts';
import { deriveOrder } from '../order.ts';
import type { Outcome } from '../outcome.ts';
import type { Profile } from '../profile.ts';
import { type BasisDefinition, defaultSettings, type ShopSettings } from '../settings.ts';
import type { SettingsChange } from '../settings-change.ts';
import { hostAllowed } from '../trust.ts';
import { ShopWorld } from '../world.ts';
import { accountFact, importStatus, orderFact, type Step, sourceOf, statedTime } from './scenario-facts.ts';

export interface ShopOverrides {
  readonly stores?: readonly string[];
  readonly validation?: 'paid' | 'placed';
  readonly uplift?: Readonly<Record<string, string | null>>;
  readonly doubleOptIn?: readonly string[];
  readonly browserWrites?: boolean;
  readonly domains?: readonly string[];
  readonly expiry?: Readonly<Record<string, { readonly days: number; readonly prolongedBy: readonly string[] }>>;
}

/** Reads a legacy call: the wire's decoder, given by the test so that the domain imports no wire. */
export type ReadLegacy = (via: string, data: Readonly<Record<string, unknown>>) => readonly Fact[] | 'rejected';

interface Held {
  readonly host: string;
  readonly step: Step;
  readonly seq: bigint;
}

export class ScenarioShop {
  /** Replaced by whoever keeps the shop elsewhere (a database). */
  world: ShopWorld;
  readonly #read: ReadLegacy;
  #held: Held[] = [];
  #seq = 0n;

  constructor(overrides: ShopOverrides, read: ReadLegacy) {
    this.#read = read;
    let profiles = 0;
    let orders = 0;
    this.world = new ShopWorld({
      settings: { ...override(defaultSettings, overrides), stores: overrides.stores ?? [] },
      installedAt: null,
      complete: true,
      supply: {
        profileId: () => profileId(++profiles),
        orderId: () => orderId(++orders),
        subjectKey: () => `subject-${profiles}`,
        readToken: (value) => (value.startsWith('{token:') ? value : null),
        hideReference: (reference) => `erased:${reference}`,
      },
    });
  }

  deliver(step: Step, arrives: string): { word: string; reasons: readonly string[] } {
    const facts = this.facts(step, arrives);
    if (facts === 'rejected') return { word: 'rejected', reasons: [] };
    const outcome = this.#decide(step, facts, arrives, ++this.#seq);
    if (step.via === 'settings') this.#afterSettings(outcome, arrives);
    return outcome;
  }

  profile(identifier: string): Profile | null {
    for (const profile of this.world.profiles.values()) if (identifiersOf(profile).includes(identifier)) return profile;
    return null;
  }

  basisId(name: string): BasisId {
    return basisNamed(this.world.settings, name).id;
  }

  #decide(step: Step, facts: readonly Fact[], arrives: string, at: bigint): Outcome {
    const origin = step.headers?.Origin;
    const pageHost = origin === undefined ? null : new URL(origin).host;
    const outcome = decide(this.world, {
      seq: seq(at),
      shopId: shopId(1),
      arrivedAt: Date.parse(arrives),
      source: sourceOf(step),
      pageHost,
      mayRead: true,
      test: false,
      facts,
    });
    if (outcome.heldFor !== null) this.#held.push({ host: outcome.heldFor, step, seq: at });
    return outcome;
  }

  /** Background work of a change of settings: held items come again, orders are re-decided (rules §3.5, §6.2). */
  #afterSettings(outcome: Outcome, arrives: string): void {
    const held = this.#held;
    this.#held = [];
    for (const item of held) {
      const facts = this.facts(item.step, arrives);
      const open = outcome.released.includes('*') || hostAllowed(item.host, this.world.settings.domains);
      if (open && facts !== 'rejected') this.#decide(item.step, facts, item.step.arrives, item.seq);
      else this.#held.push(item);
    }
    for (const order of [...this.world.orders.values()]) this.world.putOrder(deriveOrder(order, this.world.settings));
  }

  /** What a step states, in facts; `rejected`: nothing can be made of it. */
  facts(step: Step, arrives: string): readonly Fact[] | 'rejected' {
    const { via } = step;
    const text = (name: string) => (typeof step.data[name] === 'string' ? (step.data[name] as string) : null);
    const ownTime = statedTime(step.own);
    const subject: ConsentSubject = {
      email: text('email'),
      externalId: text('external_id') ?? text('externalId'),
      phone: text('phone'),
    };
    const consent = (
      basis: string,
      status: StatedStatus,
      who: ConsentSubject,
      more: Partial<ConsentFact> = {},
    ): ConsentFact => ({
      type: 'consent',
      store: text('store'),
      ownTime,
      subject: who,
      basis: { id: this.basisId(basis) },
      status,
      writtenReason: text('writtenReason'),
      reset: false,
      proof: null,
      ...more,
    });
    switch (via) {
      case 'store.order':
        return [orderFact(step, ownTime)];
      case 'store.account':
        return [accountFact(step, ownTime)];
      case 'store.consent':
        return [consent(text('basis') ?? '', text('value') === '1' ? 'accepted' : 'refused', subject)];
      case 'api.consent':
        return [consent(text('basis') ?? '', text('status') as StatedStatus, subject)];
      case 'settings':
        return [{ type: 'settings', store: null, ownTime: null, change: changeOf(this.world.settings, step.data) }];
      case 'import':
        return this.#importLine(step, ownTime, consent);
      case 'staff':
        if (text('does') === 'merge' || text('does') === 'undoMerge') return [this.#merge(step)];
        if (text('does') === 'erase') return [this.#erasure(text('profile') ?? '')];
        return [consent(text('basis') ?? '', text('status') as StatedStatus, this.#subject(text('profile') ?? ''))];
      case 'person':
        return [this.#personFact(step, consent)];
      case 'expiry':
        return this.#expiryFacts(step, arrives);
      default:
        return this.#read(via, step.data);
    }
  }

  #merge({ data }: Step): Fact {
    const [one = '', other = ''] = Array.isArray(data.profiles) ? data.profiles.map(String) : [];
    const id = (identifier: string) => this.profile(identifier)?.id ?? 0;
    const undo = data.does === 'undoMerge';
    return { type: 'merge', store: null, ownTime: null, profileId: id(one), other: id(other), undo };
  }

  #erasure(identifier: string): Fact {
    const profileId = this.profile(identifier)?.id ?? 0;
    return { type: 'erase', store: null, ownTime: null, run: 'asked', profileId };
  }

  #subject(identifier: string): ConsentSubject {
    return { profileId: this.profile(identifier)?.id ?? 0 };
  }

  #personFact(
    step: Step,
    consent: (basis: string, status: StatedStatus, who: ConsentSubject, more?: Partial<ConsentFact>) => ConsentFact,
  ): Fact {
    const { does, basis, profile, channel } = step.data as Record<string, string>;
    const who = this.#subject(profile ?? '');
    if (does === 'unsubscribe') {
      return {
        type: 'objection',
        store: null,
        ownTime: null,
        subject: who,
        channel: channel === 'sms' ? 'sms' : 'email',
      };
    }
    const link = does === 'confirm' || does === 'notMe';
    const status = does === 'accept' || does === 'confirm' ? 'accepted' : 'refused';
    return consent(basis ?? '', status, who, {
      proof: link ? 'double-opt-in-link' : does === 'accept' ? 'code' : null,
    });
  }

  #importLine(
    step: Step,
    ownTime: StatedTime | null,
    consent: (basis: string, status: StatedStatus, who: ConsentSubject, more?: Partial<ConsentFact>) => ConsentFact,
  ): readonly Fact[] | 'rejected' {
    if (step.data.kind === 'order') return [{ ...orderFact(step, ownTime), creating: false, store: null }];
    const cells = Object.entries((step.data.bases ?? {}) as Record<string, string>);
    const box = step.data.resetRefusedLegalBases as { reason: string } | undefined;
    const facts: Fact[] = [{ ...accountFact(step, null), creating: false, createdAt: null }];
    for (const [basis, cell] of cells) {
      const status = importStatus(cell);
      if (status === 'unlisted') return 'rejected';
      const who = { email: String(step.data.email), externalId: null, phone: null };
      if (status !== null)
        facts.push(consent(basis, status, who, { reset: box !== undefined, writtenReason: box?.reason ?? null }));
    }
    return facts;
  }

  #expiryFacts(step: Step, arrives: string): readonly Fact[] {
    const said = { type: 'expiry', store: null, ownTime: { at: Date.parse(arrives) } } as const;
    if (step.data.run === 'night') {
      return [...this.world.bases.values()].map((row) => ({
        ...said,
        run: 'night',
        profileId: row.profileId,
        basis: { id: row.basisId },
      }));
    }
    const profile: ProfileId | undefined = this.profile(String(step.data.profile))?.id;
    const basis = { id: this.basisId(String(step.data.basis)) };
    return profile === undefined ? [] : [{ ...said, run: 'link-ends', profileId: profile, basis }];
  }
}

export function identifiersOf(profile: Profile): readonly string[] {
  const ids = profile.externalIds.map((id) => `id:${id.namespace}:${id.value}`);
  return profile.emailNorm === null ? ids : [...ids, `email:${profile.emailNorm}`];
}

function basisNamed(settings: ShopSettings, name: string): BasisDefinition {
  const found =
    settings.bases.find((basis) => basis.techName === name) ?? settings.bases.find((basis) => basis.name === name);
  if (found === undefined) throw new Error(`no basis ${name}`);
  return found;
}

function override(settings: ShopSettings, overrides: ShopOverrides): ShopSettings {
  const { uplift: targets, optinProof: _, retention: __, ...change } = changeOf(settings, overrides);
  return { ...settings, ...change, uplift: { ...settings.uplift, ...(targets as Partial<ShopSettings['uplift']>) } };
}

function changeOf(settings: ShopSettings, overrides: ShopOverrides): SettingsChange {
  const { uplift, doubleOptIn, expiry, stores: _, ...rest } = overrides;
  const ids = Object.entries(uplift ?? {}).map(([event, name]) => [
    event,
    name === null ? null : basisNamed(settings, name).id,
  ]);
  const bases = settings.bases.map((basis) => {
    const named = (names: readonly string[]) => names.includes(basis.techName) || names.includes(basis.name);
    const rule = Object.entries(expiry ?? {}).find(([name]) => named([name]))?.[1];
    return {
      ...basis,
      doubleOptIn: doubleOptIn === undefined ? basis.doubleOptIn : named(doubleOptIn),
      expiry: rule === undefined ? basis.expiry : (rule as BasisDefinition['expiry']),
    };
  });
  return { ...rest, uplift: Object.fromEntries(ids), bases };
}
