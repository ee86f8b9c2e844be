import { describe, expect, it } from 'vitest';
import { type Event, EventShop, type ShopKind } from './testing/events.ts';
import { identifiersOf } from './testing/scenario-shop.ts';

const plain: ShopKind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };

function after(events: readonly Event[], kind: Partial<ShopKind> = {}): EventShop {
  const shop = new EventShop({ ...plain, ...kind });
  for (const event of events) shop.tell(event);
  return shop;
}

function people(shop: EventShop): readonly string[] {
  return [...shop.world.profiles.values()].map((profile) => identifiersOf(profile).join(' ')).sort();
}

const says = (by: Event['by'], who: Event['who'], arrives = 0, does: 'account' | 'order' = 'account'): Event => ({
  does,
  by,
  who,
  arrives,
});

describe('who is it (rules §2)', () => {
  it.each<[string, readonly Event[], readonly string[]]>([
    [
      'an e-mail in any spelling is one person',
      [says('server', { email: 'A@x.fr' }), says('server', { email: ' a@X.fr ' })],
      ['email:a@x.fr'],
    ],
    [
      'an unknown id goes to the one holder of the e-mail',
      [says('server', { email: 'a@x.fr' }), says('server', { id: '1', email: 'a@x.fr' })],
      ['id:shop:1 email:a@x.fr'],
    ],
    [
      'unless that one has an id in this namespace',
      [says('server', { id: '1', email: 'a@x.fr' }), says('server', { id: '2', email: 'a@x.fr' })],
      ['id:shop:1 email:a@x.fr', 'id:shop:2 email:a@x.fr'],
    ],
    [
      'a known id is that person, whoever holds the e-mail',
      [says('server', { id: '1' }), says('server', { email: 'a@x.fr' }), says('server', { id: '1', email: 'a@x.fr' })],
      ['email:a@x.fr', 'id:shop:1 email:a@x.fr'],
    ],
    [
      'ids are compared exactly',
      [says('server', { id: 'a' }), says('server', { id: 'A' })],
      ['id:shop:A', 'id:shop:a'],
    ],
    [
      'an account changes the e-mail',
      [says('server', { id: '1', email: 'a@x.fr' }), says('server', { id: '1', email: 'b@x.fr' }, 1)],
      ['id:shop:1 email:b@x.fr'],
    ],
    [
      'an order does not',
      [says('server', { id: '1', email: 'a@x.fr' }), says('server', { id: '1', email: 'b@x.fr' }, 1, 'order')],
      ['id:shop:1 email:a@x.fr'],
    ],
    [
      'an order fills an empty one',
      [says('server', { id: '1' }), says('server', { id: '1', email: 'b@x.fr' }, 1, 'order')],
      ['id:shop:1 email:b@x.fr'],
    ],
    [
      'a claimed id gives way to the first server statement',
      [says('browser', { id: '9', email: 'a@x.fr' }), says('server', { id: '1', email: 'a@x.fr' }, 1)],
      ['id:shop:1 email:a@x.fr'],
    ],
    [
      'a browser writes no id on a profile',
      [says('server', { email: 'a@x.fr' }), says('browser', { id: '1', email: 'a@x.fr' }, 1)],
      ['email:a@x.fr', 'id:shop:1 email:a@x.fr'],
    ],
  ])('%s', (_, events, expected) => {
    expect(people(after(events))).toEqual([...expected].sort());
  });

  it('keeps an unnamed id in default where two stores are connected, until one states it', () => {
    const shop = after([says('server', { id: '1' })], { twoStores: true });
    expect(people(shop)).toEqual(['id:default:1']);
    shop.tell(says('store', { id: '1' }, 1));
    expect(people(shop)).toEqual(['id:shop:1']);
  });

  it('tells that an e-mail is shared, and who of several was meant', () => {
    const shop = after([says('server', { id: '1', email: 'a@x.fr' })]);
    expect(shop.tell(says('server', { id: '2', email: 'a@x.fr' }, 1)).reasons).toContain('identity.email_shared');
    const outcome = shop.tell(says('server', { email: 'a@x.fr' }, 2));
    expect(outcome.reasons).toContain('identity.ambiguous');
    expect(outcome.effects.profile?.id).toBe(shop.named({ id: '2' })?.id);
  });

  it('finds a person by a former address until another holds it', () => {
    const moved = [says('server', { id: '1', email: 'a@x.fr' }), says('server', { id: '1', email: 'b@x.fr' }, 1)];
    const found = after(moved).tell(says('server', { email: 'a@x.fr' }, 2));
    expect(found.reasons).toContain('identity.former_address');
    const shop = after([...moved, says('server', { id: '2', email: 'a@x.fr' }, 2)]);
    expect(shop.tell(says('server', { email: 'a@x.fr' }, 3)).effects.profile?.id).toBe(shop.named({ id: '2' })?.id);
  });

  it.each([
    [{ id: 'x'.repeat(251) }, 'identity.external_id_too_long'],
    [{ email: 'nobody' }, 'identity.email_invalid'],
    [{}, 'identity.missing'],
  ])('%# rejects who cannot be named', (who, reason) => {
    const outcome = after([]).tell(says('server', who));
    expect(outcome.word).toBe('rejected');
    expect(outcome.reasons).toContain(reason);
  });

  it('takes an id of 250 characters, counted as people count', () => {
    expect(after([]).tell(says('server', { id: '😀'.repeat(250) })).word).toBe('applied');
  });
});

describe('a refusal applies to every holder of its address (rules §2.5)', () => {
  const refusal: Event = {
    does: 'consent',
    by: 'api',
    who: { email: 'a@x.fr' },
    basis: 4,
    status: 'refused',
    arrives: 5,
  };

  it('reaches those who hold it, and those who come to hold it, with its own time', () => {
    const shop = after([
      says('server', { id: '1', email: 'a@x.fr' }),
      says('server', { id: '2', email: 'a@x.fr' }),
      refusal,
      says('server', { id: '3', email: 'a@x.fr' }, 6),
    ]);
    expect(shop.picture().bases).toEqual(['1 4 refused', '2 4 refused', '3 4 refused']);
    const times = [...shop.world.bases.values()].map(({ standing }) => standing.refusal?.at);
    expect(new Set(times).size).toBe(1);
  });

  it('by a phone alone, applies to everyone who has it', () => {
    const phone = '+33611111111';
    const shop = after([
      says('server', { id: '1', mobile: phone }),
      { does: 'consent', by: 'api', who: { mobile: phone }, basis: 2, status: 'refused', arrives: 1 },
      says('server', { id: '2', mobile: phone }, 2),
    ]);
    expect(shop.picture().bases).toEqual(['1 2 refused', '2 2 refused']);
  });

  it('by a phone alone accepts nobody', () => {
    const outcome = after([says('server', { id: '1', mobile: '+33611111111' })]).tell({
      does: 'consent',
      by: 'api',
      who: { mobile: '+33611111111' },
      basis: 2,
      status: 'accepted',
      arrives: 1,
    });
    expect(outcome).toMatchObject({ word: 'rejected', reasons: ['identity.missing'] });
  });
});

describe('what staff correct (rules §2.4, §2.5, §2.8)', () => {
  const amend = (id: string, to: Event['to'], arrives: number): Event => ({
    does: 'amend',
    by: 'staff',
    who: { id },
    to,
    arrives,
  });

  it('replaces an address also where no external id stands, and leaves the former one behind', () => {
    const shop = after([
      says('server', { email: 'old@x.fr' }),
      { does: 'amend', by: 'staff', who: { email: 'old@x.fr' }, to: { email: 'New@x.fr' }, arrives: 1 },
      says('server', { email: 'old@x.fr' }, 2, 'order'),
    ]);
    expect(people(shop)).toEqual(['email:new@x.fr']);
    expect(shop.outcomes.at(-1)?.reasons).toContain('identity.former_address');
  });

  it('stands against what the shop says later, and is no sign of life', () => {
    const shop = after([
      says('server', { id: '1', email: 'a@x.fr', mobile: '+33611111111' }),
      amend('1', { email: 'b@x.fr', mobile: '+33622222222' }, 1),
      says('server', { id: '1', email: 'a@x.fr', mobile: '+33611111111' }, 2),
    ]);
    const [profile] = [...shop.world.profiles.values()];
    expect([profile?.emailNorm, profile?.mobileE164]).toEqual(['b@x.fr', '+33622222222']);
    const amended = after([says('server', { id: '1' }), amend('1', { mobile: '+33622222222' }, 9)]);
    expect([...amended.world.profiles.values()][0]?.lastSeen).toBe(
      [...after([says('server', { id: '1' })]).world.profiles.values()][0]?.lastSeen,
    );
  });

  it('brings the refusals of the address it gives', () => {
    const shop = after([
      says('server', { id: '1', email: 'a@x.fr' }),
      says('server', { id: '2', email: 'b@x.fr' }),
      { does: 'consent', by: 'api', who: { email: 'a@x.fr' }, basis: 4, status: 'refused', arrives: 1 },
      amend('2', { email: 'a@x.fr' }, 2),
    ]);
    expect(shop.picture().bases).toEqual(['1 4 refused', '2 4 refused']);
    expect(shop.outcomes.at(-1)?.reasons).toContain('identity.email_shared');
  });

  it('of nobody is rejected', () => {
    expect(after([]).tell(amend('9', { email: 'a@x.fr' }, 0))).toMatchObject({
      word: 'rejected',
      reasons: ['profile.unknown'],
    });
  });
});
