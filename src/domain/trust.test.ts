import { describe, expect, it } from 'vitest';
import { type Event, EventShop, type ShopKind } from './testing/events.ts';
import { hostAllowed } from './trust.ts';

const plain: ShopKind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };
const server: Event = { does: 'account', by: 'server', who: { id: '1', email: 'a@x.fr' }, arrives: 0 };
const browser = (more: Partial<Event>): Event => ({
  does: 'account',
  by: 'browser',
  who: { email: 'a@x.fr' },
  arrives: 1,
  ...more,
});

function after(events: readonly Event[], kind: Partial<ShopKind> = {}): EventShop {
  const shop = new EventShop({ ...plain, ...kind });
  for (const event of events) shop.tell(event);
  return shop;
}

describe('hosts (rules §6.2)', () => {
  it.each([
    [null, ['shop.fr'], true],
    ['any.com', [], true],
    ['shop.fr', ['shop.fr'], true],
    ['www.shop.fr', ['shop.fr'], true],
    ['notshop.fr', ['shop.fr'], false],
    ['shop.fr.evil.com', ['shop.fr'], false],
    ['fr', ['shop.fr'], false],
  ] as const)('%s in %j: %s', (host, domains, allowed) => {
    expect(hostAllowed(host, domains)).toBe(allowed);
  });
});

describe('a browser (rules §6.1)', () => {
  it('creates a profile, and accepts an unknown basis', () => {
    const shop = after([browser({ consents: [[1, 1]], creating: true })]);
    expect(shop.picture().bases).toEqual(['a@x.fr 1 accepted', 'a@x.fr 5 accepted']);
  });

  it('refuses nothing, by any of its words', () => {
    const shop = after([
      server,
      { does: 'consent', by: 'server', who: { id: '1' }, basis: 6, status: 'accepted', arrives: 0 },
    ]);
    for (const words of [
      browser({ optIn: 0 }),
      browser({ optIn: 0, act: true }),
      browser({ does: 'newsletter', optIn: 0 }),
      browser({ consents: [[6, 0]] }),
      browser({ does: 'consent', basis: 6, status: 'refused' }),
    ]) {
      expect(shop.tell(words).reasons).toContain('trust.browser_cannot_refuse');
    }
    expect(shop.picture().bases).toEqual(['1 6 accepted']);
  });

  it('re-accepts no refused consent; with double opt-in it starts one', () => {
    const refused: Event = { does: 'consent', by: 'server', who: { id: '1' }, basis: 1, status: 'refused', arrives: 0 };
    const shop = after([server, refused]);
    expect(shop.tell(browser({ consents: [[1, 1]] })).reasons).toContain('basis.browser_cannot_reaccept');
    expect(shop.picture().bases).toEqual(['1 1 refused']);
    const careful = after([server, refused, browser({ consents: [[1, 1]] })], { doubleOptIn: true });
    expect(careful.picture().bases).toEqual(['1 1 to confirm']);
  });

  it('writes no id and no address on a profile that exists', () => {
    const shop = after([server]);
    const outcome = shop.tell(browser({ who: { id: '1', email: 'evil@x.fr', mobile: '+33699999999' } }));
    expect(outcome.reasons).toContain('trust.browser_cannot_change_identity');
    expect(shop.named({ id: '1' })).toMatchObject({ emailNorm: 'a@x.fr', mobileE164: null });
    shop.tell(browser({ who: { id: '9', email: 'a@x.fr' } }));
    expect(shop.named({ id: '1' })?.externalIds).toHaveLength(1);
  });

  it("touches no order's amount, state or owner once a server stated them", () => {
    const order: Event = {
      does: 'order',
      by: 'server',
      who: { id: '1' },
      order: 'o',
      state: '20',
      total: 10,
      creating: true,
      arrives: 0,
    };
    const shop = after([server, order]);
    const outcome = shop.tell(
      browser({ does: 'order', who: { email: 'evil@x.fr' }, order: 'o', state: '0', total: 1 }),
    );
    expect(outcome.reasons).toContain('order.browser_outranked');
    expect([...shop.world.orders.values()]).toMatchObject([
      { payment: 'paid', cancelled: false, totalMinor: 1000, ownerId: 1 },
    ]);
  });

  it('binds no token that speaks, and takes none away from whom a server verified', () => {
    const shop = after([server, { does: 'token', by: 'server', who: { id: '1' }, token: 'token:1', arrives: 0 }]);
    shop.tell(browser({ who: { email: 'evil@x.fr' }, token: 'token:1' }));
    shop.tell(browser({ token: 'token:2' }));
    shop.tell(browser({ token: 'forged' }));
    expect([...shop.world.tokens]).toMatchObject([
      ['token:1', { profileId: 1, verified: true }],
      ['token:2', { profileId: 1, verified: false }],
    ]);
    expect(shop.tell(browser({ does: 'visit', token: 'token:2' }))).toMatchObject({
      word: 'ignored',
      reasons: ['token.unknown'],
    });
  });

  it('lets a verified token refuse for its own profile, and for no other', () => {
    const bound: Event = { does: 'token', by: 'server', who: { id: '1' }, token: 'token:1', arrives: 0 };
    const shop = after([server, bound, { ...server, who: { id: '2', email: 'b@x.fr' } }]);
    shop.tell(browser({ token: 'token:1', consents: [[6, 0]] }));
    shop.tell(browser({ token: 'token:1', who: { email: 'b@x.fr' }, consents: [[6, 0]] }));
    expect(shop.picture().bases).toEqual(['1 6 refused']);
  });
});
