/** Tries an event on a person that exists nowhere, with the very rules of the product and the shop's own settings. */
import type { Status } from '#domain/basis.ts';
import { decide } from '#domain/decide.ts';
import type { Fact, Source, StatedOptIn, StatedOrder, StatedPerson } from '#domain/facts.ts';
import { type BasisId, basisId, orderId, profileId, seq, shopId } from '#domain/ids.ts';
import type { OutcomeWord, Reason } from '#domain/reasons.ts';
import type { BasisDefinition, ShopSettings } from '#domain/settings.ts';
import { ShopWorld } from '#domain/world.ts';

export const statuses = ['unknown', 'accepted', 'refusedSelf', 'refusedShop'] as const;
export const events = [
  'order',
  'orderOptin',
  'orderNoOptin',
  'account',
  'accountOptin',
  'boxOn',
  'boxOff',
  'smsOn',
  'newsletter',
  'unsubscribe',
  'oldOrder',
] as const;

export interface Trial {
  readonly basis: number;
  readonly status: (typeof statuses)[number];
  readonly source: 'server' | 'browser';
  readonly event: (typeof events)[number];
}

export interface TrialMove {
  readonly basis: number;
  readonly name: string;
  readonly from: Status;
  readonly to: Status;
  readonly why: Reason | null;
}

export interface TrialAnswer {
  readonly outcome: OutcomeWord;
  readonly reasons: readonly Reason[];
  /** Of the basis that was asked about; from and to are the same when it stays. */
  readonly asked: TrialMove;
  readonly others: readonly TrialMove[];
}

const now = Date.UTC(2026, 0, 15, 12);
const monthMs = 30 * 86_400_000;
const email = 'camille@example.com';

/** What the event would do, today, to somebody with this status. */
export function simulate(settings: ShopSettings, trial: Trial): TrialAnswer {
  const world = worldOf(settings);
  const tell = teller(world);
  const server: Source = { kind: 'server' };
  // The person is known by an account that gave nothing, then comes to the status of today.
  tell({ kind: 'pull', store: 'trial' }, now - 3 * monthMs, account(false, []));
  prepare(tell, trial);
  const before = statusesOf(world);
  const source: Source = trial.source === 'server' ? server : { kind: 'browser' };
  const outcome = tell(source, now, eventOf(trial.event));
  const after = statusesOf(world);
  const moves = settings.bases.map((basis) => {
    const why = outcome.effects.bases.find((effect) => effect.basis === basis.id && effect.why !== undefined)?.why;
    return {
      basis: basis.id,
      name: basis.name,
      from: before.get(basis.id) ?? ('unknown' as const),
      to: after.get(basis.id) ?? ('unknown' as const),
      why: why ?? null,
    };
  });
  const asked = moves.find((move) => move.basis === trial.basis);
  if (asked === undefined) throw new Error('the settings have no such basis');
  return {
    outcome: outcome.word,
    reasons: outcome.reasons,
    asked,
    others: moves.filter((move) => move !== asked && move.from !== move.to),
  };
}

type Tell = (source: Source, at: number, fact: Fact) => ReturnType<typeof decide>;

function prepare(tell: Tell, trial: Trial): void {
  const { status } = trial;
  if (status === 'unknown') return;
  const basis = { id: basisId(trial.basis) };
  const said = { type: 'consent', store: null, ownTime: null, basis, reset: false, proof: null } as const;
  const accepted: Fact = {
    ...said,
    subject: { email, externalId: null, phone: null },
    status: 'accepted',
    writtenReason: 'essai',
  };
  const refused: Fact = { ...accepted, status: 'refused' };
  if (status !== 'refusedSelf') tell({ kind: 'staff', userId: 'trial' }, now - 2 * monthMs, accepted);
  // A platform's consent event is the person's act; staff speak for the shop.
  if (status === 'refusedSelf') tell({ kind: 'store', store: 'trial' }, now - monthMs, refused);
  if (status === 'refusedShop') tell({ kind: 'staff', userId: 'trial' }, now - monthMs, refused);
}

function worldOf(settings: ShopSettings): ShopWorld {
  let profiles = 0;
  let orders = 0;
  const bases: readonly BasisDefinition[] = settings.bases;
  return new ShopWorld({
    // A page of the shop itself speaks: its list of hosts is not what is tried here.
    settings: { ...settings, bases, domains: [] },
    installedAt: now - 6 * monthMs,
    complete: true,
    supply: {
      profileId: () => profileId(++profiles),
      orderId: () => orderId(++orders),
      subjectKey: () => `trial-${profiles}`,
      readToken: () => null,
      hideReference: (reference) => `erased:${reference}`,
    },
  });
}

function teller(world: ShopWorld): Tell {
  let count = 0n;
  return (source, at, fact) =>
    decide(world, {
      seq: seq(++count),
      shopId: shopId(1),
      arrivedAt: at,
      source,
      pageHost: null,
      mayRead: true,
      test: false,
      facts: [fact],
    });
}

function statusesOf(world: ShopWorld): Map<BasisId, Status> {
  const found = new Map<BasisId, Status>();
  for (const row of world.bases.values()) found.set(row.basisId, row.standing.status);
  return found;
}

function eventOf(event: Trial['event']): Fact {
  const box = (channel: 'email' | 'sms', value: 0 | 1): StatedOptIn => ({ channel, value, kind: 'record' });
  switch (event) {
    case 'order':
      return order(true, []);
    case 'orderOptin':
      return order(true, [box('email', 1)]);
    case 'orderNoOptin':
      return order(true, [box('email', 0)]);
    case 'oldOrder':
      return order(false, []);
    case 'account':
      return account(true, []);
    case 'accountOptin':
      return account(true, [box('email', 1)]);
    case 'boxOn':
      return account(false, [box('email', 1)]);
    case 'boxOff':
      return account(false, [box('email', 0)]);
    case 'smsOn':
      return account(false, [box('sms', 1)]);
    case 'newsletter':
    case 'unsubscribe':
      return newsletter(event === 'newsletter' ? 1 : 0);
  }
}

function account(creating: boolean, optIns: readonly StatedOptIn[]): Fact {
  return {
    type: 'account',
    store: null,
    ownTime: null,
    creating,
    createdAt: null,
    person: person(),
    optIns,
    consents: [],
  };
}

function newsletter(value: 0 | 1): Fact {
  const optIn = { channel: 'email', value, kind: 'act' } as const;
  return { type: 'newsletter', store: null, ownTime: null, person: person(), value, optIns: [optIn], consents: [] };
}

function order(creating: boolean, optIns: readonly StatedOptIn[]): Fact {
  return {
    type: 'order',
    store: null,
    ownTime: null,
    creating,
    createdAt: null,
    person: person(),
    order: stated(),
    optIns,
    consents: [],
  };
}

function person(): StatedPerson {
  const fields = { mobile: '+33612345678' };
  return { externalId: null, email, token: null, fields, addTags: [], delTags: [], custom: {} };
}

function stated(): StatedOrder {
  return {
    key: 'trial',
    number: null,
    placedAt: null,
    total: { amount: '89.90', currency: null },
    state: { code: '20' },
    refunds: [],
    refundTotal: null,
    invoiceNumber: null,
    serviceStart: null,
    serviceEnd: null,
    addTags: [],
    delTags: [],
    attributes: null,
    items: null,
    cartKey: null,
  };
}
