import { describe, expect, it } from 'vitest';
import { mayContact } from './contact.ts';
import { type Event, EventShop, type ShopKind } from './testing/events.ts';

const plain: ShopKind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };
const mobile = '+33611111111';
const account: Event = { does: 'account', by: 'server', who: { id: '1', email: 'a@x.fr', mobile }, arrives: 0 };
const sets = (basis: number, status: 'accepted' | 'refused', more: Partial<Event> = {}): Event => ({
  does: 'consent',
  by: 'server',
  who: { id: '1' },
  basis,
  status,
  arrives: 1,
  ...more,
});
const objects: Event = { does: 'objection', by: 'person', who: { id: '1' }, arrives: 5 };

describe('may we contact (rules §4, §7, §10)', () => {
  it.each<[string, readonly Event[], 'email' | 'sms' | 'phone', 'service' | 'marketing', boolean, string | number]>([
    ['nobody without a basis', [account], 'email', 'marketing', true, 'no basis'],
    ['by an accepted consent', [account, sets(1, 'accepted')], 'email', 'marketing', false, 1],
    ['not by a refused one', [account, sets(1, 'refused')], 'email', 'marketing', true, 'no basis'],
    ['not on another channel', [account, sets(1, 'accepted')], 'sms', 'marketing', true, 'no basis'],
    ['contract covers service', [account, sets(4, 'accepted')], 'email', 'service', true, 4],
    ['and no marketing', [account, sets(4, 'accepted')], 'email', 'marketing', true, 'no basis'],
    ['existing customers, with a validated order', [account, sets(6, 'accepted')], 'email', 'marketing', true, 6],
    ['existing customers, without one', [account, sets(6, 'accepted')], 'email', 'marketing', false, 'no basis'],
    [
      'an objection beats every basis',
      [account, sets(1, 'accepted'), sets(6, 'accepted'), objects],
      'email',
      'marketing',
      true,
      'objection',
    ],
    ['and leaves service open', [account, sets(4, 'accepted'), objects], 'email', 'service', true, 4],
    ['and other channels', [account, sets(2, 'accepted'), objects], 'sms', 'marketing', true, 2],
    [
      "the person's later act lifts it",
      [account, objects, sets(1, 'accepted', { arrives: 6 })],
      'email',
      'marketing',
      true,
      1,
    ],
    [
      'an earlier one does not',
      [account, objects, sets(1, 'accepted', { own: 4, arrives: 6 })],
      'email',
      'marketing',
      true,
      'objection',
    ],
    [
      'an api acceptance does not',
      [account, objects, sets(1, 'accepted', { by: 'api', own: 6, arrives: 6 })],
      'email',
      'marketing',
      true,
      'objection',
    ],
    [
      "a browser's act does not",
      [account, objects, { does: 'account', by: 'browser', who: { id: '1' }, consents: [[1, 1]], arrives: 6 }],
      'email',
      'marketing',
      true,
      'objection',
    ],
    [
      'an act on a legal basis does not',
      [account, objects, sets(6, 'accepted', { arrives: 6 })],
      'email',
      'marketing',
      true,
      'objection',
    ],
    [
      'a second objection stands after the act',
      [account, objects, sets(1, 'accepted', { arrives: 6 }), { ...objects, arrives: 7 }],
      'email',
      'marketing',
      true,
      'objection',
    ],
  ])('%s', (_, events, channel, purpose, customer, expected) => {
    const shop = new EventShop(plain);
    for (const event of events) shop.tell(event);
    const address = channel === 'email' ? ('email:a@x.fr' as const) : (`phone:${mobile}` as const);
    const answer = mayContact(shop.world, address, channel, purpose, () => customer);
    expect(answer.allowed ? answer.basisId : answer.why).toBe(expected);
  });

  it('not by an archived basis', () => {
    const shop = new EventShop(plain);
    for (const event of [account, sets(1, 'accepted')]) shop.tell(event);
    const { world } = shop;
    const bases = world.settings.bases.map((basis) => ({ ...basis, active: basis.id !== 1 }));
    world.settings = { ...world.settings, bases };
    expect(mayContact(world, 'email:a@x.fr', 'email', 'marketing', () => false).allowed).toBe(false);
  });
});
