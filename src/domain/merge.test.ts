import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { basisId, orderId, profileId, seq, shopId } from './ids.ts';
import { newProfile } from './profile.ts';
import { defaultSettings } from './settings.ts';
import { readLegacy } from './testing/legacy-call.ts';
import type { Step } from './testing/scenario-facts.ts';
import { ScenarioShop } from './testing/scenario-shop.ts';
import { ShopWorld } from './world.ts';

const names = ['NewsEmail', 'LegalBasisOrder', 'NewsSMS'] as const;
const start = Date.parse('2026-03-01T00:00:00Z');
const hour = 3_600_000;

interface Said {
  readonly who: number;
  readonly basis: (typeof names)[number];
  readonly status: 'accepted' | 'refused';
  /** Own time, in hours; each act has one of its own. */
  readonly at: number;
}

const said = fc.record({
  who: fc.constantFrom(1, 2),
  basis: fc.constantFrom(...names),
  status: fc.constantFrom<('accepted' | 'refused')[]>('accepted', 'refused'),
  at: fc.integer({ min: 1, max: 200 }),
});
const history = fc.uniqueArray(said, { selector: ({ at }) => at, maxLength: 12 });

let arrivals = 0;
function step(via: string, data: Step['data'], own: number | null = null): Step {
  const arrives = new Date(start + 300 * hour + ++arrivals * 1000).toISOString();
  return { via, arrives, own: own === null ? null : new Date(start + own * hour).toISOString(), data, outcome: null };
}

function open(people: readonly number[]): ScenarioShop {
  const shop = new ScenarioShop({}, readLegacy);
  for (const id of people)
    send(shop, step('v1.CreateAccount', { customer_email: `p${id}@example.test`, external_id: String(id) }));
  return shop;
}

function send(shop: ScenarioShop, one: Step): string {
  return shop.deliver(one, one.arrives).word;
}

function say(shop: ScenarioShop, { who, basis, status, at }: Said, as: number = who): void {
  send(shop, step('api.consent', { external_id: String(as), basis, status }, at));
}

function merge(shop: ScenarioShop, does: 'merge' | 'undoMerge', one = 1, other = 2): string {
  return send(shop, step('staff', { does, profiles: [`id:default:${one}`, `id:default:${other}`] }));
}

function statuses(shop: ScenarioShop, who: number): readonly string[] {
  const profile = shop.profile(`id:default:${who}`);
  if (profile === null) throw new Error(`nobody is ${who}`);
  return names.map((name) => shop.world.basis(profile.id, shop.basisId(name))?.standing.status ?? 'unknown');
}

test('merged, each basis of both is what it would be had everything been said to one, whenever they were merged', () => {
  fc.assert(
    fc.property(history, fc.nat(12), (acts, place) => {
      const two = open([1, 2]);
      const one = open([1]);
      for (const [n, act] of acts.entries()) {
        if (n === place) merge(two, 'merge');
        say(two, act);
        say(one, act, 1);
      }
      if (place >= acts.length) merge(two, 'merge');
      expect([statuses(two, 1), statuses(two, 2)]).toEqual([statuses(one, 1), statuses(one, 1)]);
    }),
  );
});

test('undone, each has its own again, and the refusals made in between', () => {
  fc.assert(
    fc.property(history, history, (before, between) => {
      const shop = open([1, 2]);
      const never = open([1, 2]);
      for (const act of before) for (const each of [shop, never]) say(each, act);
      const fresh = between.map((act) => ({ ...act, at: act.at + 0.5 }));
      merge(shop, 'merge');
      for (const act of fresh) {
        say(shop, act);
        say(never, act);
      }
      // a refusal counts as made where it refused when it was made
      const refused = fresh.filter(({ status }) => status === 'refused');
      for (const act of refused) say(never, { ...act, at: act.at + 0.1 }, act.who === 1 ? 2 : 1);
      merge(shop, 'undoMerge');
      for (const who of [1, 2]) {
        const found = statuses(shop, who);
        const wanted = statuses(never, who);
        // never less refused than each would be alone with the other's new refusals
        names.forEach((name, place) => {
          if (wanted[place] === 'refused') expect([name, found[place]]).toEqual([name, 'refused']);
        });
        if (refused.length === 0) expect(found).toEqual(wanted);
      }
    }),
  );
});

test('opt-in flags of two profiles are never compared with each other', () => {
  const shop = open([1, 2]);
  const flag = (who: number, value: string) =>
    send(shop, step('v1.UpdateAccount', { external_id: String(who), customer_isoptin: value }));
  flag(1, '1');
  flag(2, '0');
  merge(shop, 'merge');
  const basis = shop.world.settings.uplift.optinEmail;
  const status = (who: number) => {
    const id = shop.profile(`id:default:${who}`)?.id;
    return id === undefined || basis === null ? null : shop.world.basis(id, basis)?.standing.status;
  };
  expect([status(1), status(2)]).toEqual(['accepted', 'accepted']);
  // its own shop takes the flag back: that is a refusal, for the person
  flag(1, '0');
  expect([status(1), status(2)]).toEqual(['refused', 'refused']);
  merge(shop, 'undoMerge');
  expect([status(1), status(2)]).toEqual(['refused', 'refused']);
});

test('a refusal said to one before a merge reaches nobody who comes to hold the other’s address', () => {
  const shop = open([1, 2]);
  say(shop, { who: 1, basis: 'NewsEmail', status: 'refused', at: 1 });
  merge(shop, 'merge');
  merge(shop, 'undoMerge');
  send(shop, step('v1.CreateAccount', { customer_email: 'p2@example.test', external_id: '9' }));
  expect(statuses(shop, 2)[0]).toBe('unknown');
  expect(statuses(shop, 9)[0]).toBe('unknown');
});

test('three can be one person; who was merged is not merged again, and only who was is parted', () => {
  const shop = open([1, 2, 3]);
  expect(merge(shop, 'merge', 1, 1)).toBe('rejected');
  expect(merge(shop, 'undoMerge', 1, 2)).toBe('rejected');
  expect(merge(shop, 'merge', 1, 2)).toBe('applied');
  expect(merge(shop, 'merge', 1, 2)).toBe('rejected');
  expect(merge(shop, 'merge', 3, 1)).toBe('rejected');
  expect(merge(shop, 'merge', 1, 3)).toBe('applied');
  say(shop, { who: 3, basis: 'NewsEmail', status: 'refused', at: 5 });
  for (const who of [1, 2, 3]) expect(statuses(shop, who)[0]).toBe('refused');
  expect(merge(shop, 'undoMerge', 1, 2)).toBe('applied');
  say(shop, { who: 3, basis: 'LegalBasisOrder', status: 'refused', at: 6 });
  expect([1, 2, 3].map((who) => statuses(shop, who)[1])).toEqual(['refused', 'unknown', 'refused']);
});

test('erased, a merged person goes whole', () => {
  const shop = open([1, 2]);
  merge(shop, 'merge');
  send(shop, step('staff', { does: 'erase', profile: 'id:default:2' }));
  expect([shop.profile('id:default:1'), shop.profile('id:default:2')]).toEqual([null, null]);
});

test('what is said to one of two is not decided before the other is there, with the standing it has', () => {
  const world = new ShopWorld({
    settings: defaultSettings,
    installedAt: null,
    complete: false,
    supply: {
      profileId: () => profileId(9),
      orderId: () => orderId(9),
      subjectKey: () => 'subject',
      readToken: () => null,
      hideReference: (reference) => reference,
    },
  });
  world.loadProfile({ ...newProfile(profileId(1), 'subject-1', start, start), absorbed: [profileId(2)] });
  decide(world, {
    ...{ seq: seq(1n), shopId: shopId(1), arrivedAt: start, source: { kind: 'staff', userId: '1' }, pageHost: null },
    ...{ mayRead: true, test: false },
    facts: [
      {
        ...{ type: 'consent', store: null, ownTime: null, subject: { profileId: 1 }, basis: { id: basisId(4) } },
        ...{ status: 'unknown', writtenReason: null, reset: false, proof: null },
      },
    ],
  });
  expect([...world.needs.values()]).toContainEqual({ what: 'profile', id: 2 });
});
