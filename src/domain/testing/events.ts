/** For tests: one thing that happens at a shop, in words a shrunk counterexample can be read in, and the statement it is. */

import { announcementKinds } from '../announcement.ts';
import { decide } from '../decide.ts';
import type {
  ConsentSubject,
  Fact,
  Source,
  StatedConsent,
  StatedOptIn,
  StatedState,
  StatedStatus,
  StatedTime,
  Statement,
} from '../facts.ts';
import { basisId, orderId, profileId, seq, shopId } from '../ids.ts';
import type { Outcome } from '../outcome.ts';
import type { Profile } from '../profile.ts';
import { defaultSettings, type ShopSettings } from '../settings.ts';
import { ShopWorld } from '../world.ts';
import { orderOf, personOf } from './scenario-facts.ts';

export type Speaker =
  | 'browser'
  | 'bearer'
  | 'server'
  | 'store'
  | 'pull'
  | 'import'
  | 'api'
  | 'staff'
  | 'person'
  | 'system';

export interface Who {
  readonly email?: string;
  readonly id?: string;
  readonly mobile?: string;
}

export interface Event {
  readonly does:
    | 'order'
    | 'account'
    | 'newsletter'
    | 'consent'
    | 'objection'
    | 'token'
    | 'visit'
    | 'night'
    | 'link-ends'
    | 'amend'
    | 'cart'
    | 'abandons'
    | 'erase'
    | 'merge'
    | 'part';
  readonly by: Speaker;
  readonly who: Who;
  /** What staff write on the profile of `who`; of a merge, the other one. */
  readonly to?: Who;
  /** Hours after the start. */
  readonly arrives: number;
  /** Hours after the start; `day`: a date alone; undefined: none. */
  readonly own?: number;
  readonly day?: number;
  readonly basis?: number;
  readonly status?: StatedStatus;
  readonly reason?: string;
  readonly reset?: boolean;
  readonly link?: boolean;
  readonly order?: string;
  readonly state?: string;
  readonly total?: number;
  readonly creating?: boolean;
  readonly refund?: number;
  readonly optIn?: 0 | 1;
  readonly sms?: 0 | 1;
  readonly act?: boolean;
  readonly consents?: readonly (readonly [number, 0 | 1])[];
  readonly token?: string;
  /** Of a cart, its key; of an order, the cart it names. */
  readonly cart?: string;
  readonly emptied?: boolean;
}

export interface ShopKind {
  readonly consentTargets: boolean;
  readonly doubleOptIn: boolean;
  readonly expiry: boolean;
  readonly placed: boolean;
  readonly twoStores: boolean;
}

export const start = Date.parse('2026-03-25T00:00:00Z');
export const hour = 3_600_000;

export function settingsOf(kind: ShopKind): ShopSettings {
  const { uplift, bases } = defaultSettings;
  return {
    ...defaultSettings,
    stores: kind.twoStores ? ['shop', 'other'] : ['shop'],
    validation: kind.placed ? 'placed' : 'paid',
    uplift: kind.consentTargets ? { ...uplift, optinEmail: basisId(1), optinSms: basisId(2) } : uplift,
    bases: bases.map((basis) => ({
      ...basis,
      doubleOptIn: kind.doubleOptIn && basis.kind === 'consent',
      expiry: kind.expiry ? { days: 10, prolongedBy: ['order', 'signup', 'account', 'act', 'visit'] } : null,
    })),
  };
}

export class EventShop {
  readonly world: ShopWorld;
  readonly outcomes: Outcome[] = [];
  #seq = 0n;

  constructor(kind: ShopKind) {
    let profiles = 0;
    let orders = 0;
    this.world = new ShopWorld({
      settings: settingsOf(kind),
      installedAt: start - 24 * hour,
      complete: true,
      listening: new Set(announcementKinds),
      supply: {
        profileId: () => profileId(++profiles),
        orderId: () => orderId(++orders),
        subjectKey: () => `subject-${profiles}`,
        readToken: (value) => (value.startsWith('token:') ? value : null),
        hideReference: (reference) => `erased:${reference}`,
      },
    });
  }

  tell(event: Event): Outcome {
    const outcome = decide(this.world, statementOf(this.world, event, ++this.#seq));
    this.outcomes.push(outcome);
    return outcome;
  }

  /** The same fact again, about whom it named the first time; answers what became of the repeat. */
  tellTwice(event: Event): Outcome {
    const statement = statementOf(this.world, event, ++this.#seq);
    this.outcomes.push(decide(this.world, statement));
    const again = decide(this.world, { ...statement, seq: seq(++this.#seq) });
    this.outcomes.push(again);
    return again;
  }

  named(who: Who): Profile | null {
    return named(this.world, who);
  }

  /** Every profile's bases and every order's visible state, with numbers that do not depend on who came first. */
  picture(): { readonly bases: readonly string[]; readonly orders: readonly string[] } {
    const bases: string[] = [];
    for (const row of this.world.bases.values()) {
      const profile = this.world.profiles.get(row.profileId);
      if (profile === undefined || row.standing.status === 'unknown') continue;
      bases.push(`${nameOf(profile)} ${row.basisId} ${row.standing.status}`);
    }
    const orders = [...this.world.orders.values()].map(
      (order) => `${order.key} ${order.payment} ${order.fulfilment} ${order.cancelled}`,
    );
    return { bases: bases.sort(), orders: orders.sort() };
  }
}

/** An event as a statement; `world` says whom staff mean and what a night finds. */
export function statementOf(world: ShopWorld, event: Event, at: bigint): Statement {
  return {
    seq: seq(at),
    shopId: shopId(1),
    arrivedAt: start + event.arrives * hour,
    source: sourceOf(event.by),
    pageHost: null,
    mayRead: true,
    test: false,
    facts: factsOf(world, event),
  };
}

/** The ids of a profile whatever their namespace, else its e-mail. */
export function nameOf(profile: Profile): string {
  const ids = new Set(profile.externalIds.map(({ value }) => value));
  return [...ids].sort().join(' ') || (profile.emailNorm ?? '');
}

/** Whom staff and the person's own page mean: never what only a browser claimed. */
function named(world: ShopWorld, who: Who): Profile | null {
  const profiles = [...world.profiles.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const byId = profiles.filter(({ externalIds }) => externalIds.some(({ value }) => value === who.id));
  const byEmail = profiles.filter(({ emailNorm }) => emailNorm !== null && emailNorm === who.email);
  return (
    byId.find(({ externalIds }) => externalIds.some(({ value, rank }) => value === who.id && rank > 1)) ??
    byEmail.find(({ emailRank }) => emailRank > 1) ??
    null
  );
}

function factsOf(world: ShopWorld, event: Event): readonly Fact[] {
  const said = { store: null, ownTime: ownTimeOf(event) };
  const { who } = event;
  const person = personOf({
    email: who.email ?? null,
    externalId: who.id ?? null,
    token: event.token ?? null,
    fields: { mobile: who.mobile },
  });
  const optIns: StatedOptIn[] = [];
  const kind = event.act ? 'act' : 'record';
  if (event.optIn !== undefined) optIns.push({ channel: 'email', value: event.optIn, kind });
  if (event.sms !== undefined) optIns.push({ channel: 'sms', value: event.sms, kind });
  const consents: StatedConsent[] = (event.consents ?? []).map(([id, value]) => ({
    basis: { id: basisId(id) },
    value,
  }));
  const basis = { id: basisId(event.basis ?? 1) };
  switch (event.does) {
    case 'order': {
      const total = event.total === undefined ? null : { amount: String(event.total), currency: null };
      const refunds =
        event.refund === undefined
          ? []
          : [{ id: 'r1', status: 'succeeded' as const, money: { amount: String(event.refund), currency: null } }];
      const named = { total, state: stateOf(event.state), refunds, cartKey: event.cart ?? null };
      const order = orderOf(event.order ?? 'o1', named);
      return [
        { ...said, type: 'order', creating: event.creating ?? false, createdAt: null, person, order, optIns, consents },
      ];
    }
    case 'account':
      return [
        { ...said, type: 'account', creating: event.creating ?? false, createdAt: null, person, optIns, consents },
      ];
    case 'newsletter':
      return [{ ...said, type: 'newsletter', person, value: event.optIn ?? 1, optIns: [], consents }];
    case 'consent':
      return [
        {
          ...said,
          type: 'consent',
          subject: subjectOf(world, event),
          basis,
          status: event.status ?? 'accepted',
          writtenReason: event.reason ?? null,
          reset: event.reset ?? false,
          proof: event.link ? 'double-opt-in-link' : null,
        },
      ];
    case 'objection':
      return [
        {
          ...said,
          type: 'objection',
          subject: subjectOf(world, event),
          channel: event.sms === undefined ? 'email' : 'sms',
        },
      ];
    case 'cart': {
      const total = event.total === undefined ? null : { amount: String(event.total), currency: null };
      const cart = { key: event.cart ?? null, total, count: null, items: null, data: {} };
      return [{ ...said, type: 'cart', person, state: event.emptied ? 'emptied' : 'filled', cart }];
    }
    case 'abandons':
      return [...world.carts.keys()].map((ref) => ({ ...said, type: 'abandon', ref }));
    case 'erase':
      return [{ ...said, type: 'erase', run: 'asked', profileId: named(world, who)?.id ?? 0 }];
    case 'merge':
    case 'part': {
      const other = named(world, event.to ?? {})?.id ?? 0;
      return [{ ...said, type: 'merge', profileId: named(world, who)?.id ?? 0, other, undo: event.does === 'part' }];
    }
    case 'token':
      return [{ ...said, type: 'token', person: { ...person, token: null }, minted: event.token ?? 'token:1' }];
    case 'visit':
      return [{ ...said, type: 'visit', token: event.token ?? 'token:1' }];
    case 'night':
      return [...world.bases.values()].map((row) => ({
        ...said,
        type: 'expiry',
        run: 'night',
        profileId: row.profileId,
        basis: { id: row.basisId },
      }));
    case 'amend': {
      const { email = null, mobile } = event.to ?? {};
      const amended = personOf({ email, externalId: null, token: null, fields: { mobile } });
      return [{ ...said, type: 'profile', profileId: named(world, who)?.id ?? 0, person: amended }];
    }
    case 'link-ends': {
      const profile = named(world, who);
      return profile === null ? [] : [{ ...said, type: 'expiry', run: 'link-ends', profileId: profile.id, basis }];
    }
  }
}

function subjectOf(world: ShopWorld, event: Event): ConsentSubject {
  const { by, who } = event;
  if (by === 'staff' || by === 'person') return { profileId: named(world, who)?.id ?? 0 };
  return { email: who.email ?? null, externalId: who.id ?? null, phone: who.mobile ?? null };
}

function ownTimeOf(event: Event): StatedTime | null {
  if (event.day !== undefined) return { date: new Date(start + event.day * 24 * hour).toISOString().slice(0, 10) };
  return event.own === undefined ? null : { at: start + event.own * hour };
}

function stateOf(state: string | undefined): StatedState | null {
  return state === undefined ? null : { code: state };
}

function sourceOf(by: Speaker): Source {
  switch (by) {
    case 'browser':
    case 'bearer':
      return { kind: 'browser' };
    case 'store':
    case 'pull':
      return { kind: by, store: 'shop' };
    case 'import':
      return { kind: 'import', importId: '00000000-0000-4000-8000-000000000001' };
    case 'staff':
      return { kind: 'staff', userId: '1' };
    default:
      return { kind: by };
  }
}
