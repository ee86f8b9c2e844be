import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { basisId, seq, shopId } from './ids.ts';
import { type Event, EventShop, hour, type ShopKind, start } from './testing/events.ts';

const plain: ShopKind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };

function after(events: readonly Event[], kind: Partial<ShopKind> = {}): EventShop {
  const shop = new EventShop({ ...plain, ...kind });
  for (const event of events) shop.tell(event);
  return shop;
}

const order = (more: Partial<Event> = {}): Event => ({
  does: 'order',
  by: 'server',
  who: { id: '1' },
  order: 'o',
  creating: true,
  arrives: 1,
  ...more,
});
const account = (more: Partial<Event> = {}): Event => ({
  does: 'account',
  by: 'server',
  who: { id: '1', mobile: '+33611111111' },
  creating: true,
  arrives: 1,
  ...more,
});

describe('automatic uplift (rules §5)', () => {
  it.each<[string, readonly Event[], readonly string[]]>([
    ['a new order accepts the order basis', [order()], ['1 4 accepted']],
    ['an update of an order never heard of gives nothing', [order({ creating: false })], []],
    ['a pull gives nothing', [order({ by: 'pull' })], []],
    ['an import gives nothing', [order({ by: 'import' })], []],
    ['a cancelled order gives nothing', [order({ state: '0' })], []],
    [
      'until it is no longer',
      [order({ state: '0' }), order({ creating: false, state: '20', arrives: 2 })],
      ['1 4 accepted'],
    ],
    ['an order without identity gives nothing', [order({ who: {} })], []],
    ['until it is identified', [order({ who: {} }), order({ creating: false, arrives: 2 })], ['1 4 accepted']],
    ['a new account accepts the account basis', [account()], ['1 5 accepted']],
    ['an update of an account gives nothing', [account({ creating: false })], []],
    [
      'opt-ins go to their legal bases',
      [account({ creating: false, optIn: 1, sms: 1 })],
      ['1 6 accepted', '1 7 accepted'],
    ],
    [
      'an order never refuses',
      [account({ creating: false, optIn: 1 }), order({ creating: false, optIn: 0, arrives: 2 })],
      ['1 6 accepted'],
    ],
    [
      'an account record 1→0 refuses',
      [account({ creating: false, optIn: 1 }), account({ creating: false, optIn: 0, arrives: 2 })],
      ['1 6 refused'],
    ],
    ['a first 0 is nothing', [account({ creating: false, optIn: 0 })], []],
    ['consents[x]=0 inside an order is an act', [order({ creating: false, consents: [[1, 0]] })], ['1 1 refused']],
    [
      'a refused basis stays refused',
      [{ does: 'consent', by: 'server', who: { id: '1' }, basis: 4, status: 'refused', arrives: 0 }, order()],
      ['1 4 refused'],
    ],
    [
      'also when the objection came late',
      [
        order({ own: 10, arrives: 20 }),
        { does: 'consent', by: 'server', who: { id: '1' }, basis: 4, status: 'refused', own: 1, arrives: 30 },
      ],
      ['1 4 refused'],
    ],
  ])('%s', (_, events, expected) => {
    expect(after(events).picture().bases).toEqual(expected);
  });

  it('fires once per order and owner, however often it is said', () => {
    const shop = after(Array.from({ length: 100 }, (_, n) => order({ arrives: n })));
    expect(shop.world.orders.size).toBe(1);
    expect(shop.world.changes.acts.filter(({ cause }) => cause === 'auto')).toHaveLength(1);
    expect(shop.world.changes.history).toHaveLength(1);
    expect(shop.outcomes.slice(1).every(({ word }) => word === 'unchanged')).toBe(true);
  });

  it('goes with the order to its next owner, and comes back with it', () => {
    const moved = [order(), order({ who: { id: '2' }, creating: false, arrives: 2 })];
    expect(after(moved).picture().bases).toEqual(['2 4 accepted']);
    expect(after([...moved, order({ creating: false, arrives: 3 })]).picture().bases).toEqual(['1 4 accepted']);
  });

  it('applies account, order, e-mail and SMS opt-ins in that order within one call', () => {
    const shop = after([order({ who: { id: '1', mobile: '+33611111111' }, optIn: 1, sms: 1 })]);
    expect(shop.world.changes.acts.map(({ basisId: id }) => id)).toEqual([4, 6, 7]);
  });

  it('needs a mobile for an SMS opt-in', () => {
    const outcome = after([]).tell(account({ who: { id: '1' }, creating: false, sms: 1 }));
    expect(outcome.reasons).toContain('optin.no_mobile');
  });

  it('says so where an opt-in has no target, and counts its series all the same', () => {
    const shop = after([]);
    const said = {
      seq: seq(1n),
      shopId: shopId(1),
      arrivedAt: start,
      source: { kind: 'staff', userId: '1' },
      pageHost: null,
      mayRead: true,
      test: false,
    } as const;
    const change = (target: number | null) =>
      decide(shop.world, {
        ...said,
        facts: [{ type: 'settings', store: null, ownTime: null, change: { uplift: { optinEmail: target } } }],
      });
    change(null);
    expect(shop.tell(account({ creating: false, optIn: 1 })).reasons).toContain('optin.no_target');
    change(6);
    shop.tell(account({ creating: false, optIn: 1, arrives: 2 }));
    expect(shop.picture().bases).toEqual([]);
    shop.tell(account({ creating: false, optIn: 0, arrives: 3 }));
    shop.tell(account({ creating: false, optIn: 1, arrives: 4 }));
    expect(shop.picture().bases).toEqual(['1 6 accepted']);
    expect(shop.world.settings.uplift.optinEmail).toBe(basisId(6));
  });

  it('installs the shop at its first live fact, not at a visit, an import or a change of settings', () => {
    const shop = new EventShop(plain);
    shop.world.installedAt = null;
    for (const event of [
      order({ by: 'import' }),
      { does: 'visit', by: 'browser', who: {}, token: 'token:1', arrives: 1 } as const,
    ])
      shop.tell(event);
    expect(shop.world.installedAt).toBeNull();
    shop.tell(account({ arrives: 2 }));
    expect(shop.world.installedAt).toBe(start + 2 * hour);
  });
});
