import { describe, expect, it } from 'vitest';
import { type Event, EventShop, hour, start } from './testing/events.ts';

const shopKind = { consentTargets: false, doubleOptIn: false, expiry: true, placed: false, twoStores: false };
const day = 24;
const accept: Event = { does: 'consent', by: 'server', who: { id: '1' }, basis: 1, status: 'accepted', arrives: 0 };
const night = (arrives: number): Event => ({ does: 'night', by: 'staff', who: {}, arrives });

function after(events: readonly Event[]): EventShop {
  const shop = new EventShop(shopKind);
  for (const event of events) shop.tell(event);
  return shop;
}

/** Bases hold ten days, prolonged by orders, accounts, acts and visits. */
describe('expiry (rules §4)', () => {
  it.each<[string, readonly Event[], 'accepted' | 'unknown']>([
    ['holds for its days', [accept, night(10 * day)], 'accepted'],
    ['ends after them', [accept, night(10 * day + 1)], 'unknown'],
    [
      'an account update prolongs',
      [accept, { does: 'account', by: 'server', who: { id: '1' }, arrives: 9 * day }, night(11 * day)],
      'accepted',
    ],
    [
      'a new order prolongs',
      [accept, { does: 'order', by: 'server', who: { id: '1' }, creating: true, arrives: 9 * day }, night(11 * day)],
      'accepted',
    ],
    [
      'an update of an order does not',
      [accept, { does: 'order', by: 'server', who: { id: '1' }, arrives: 9 * day }, night(11 * day)],
      'unknown',
    ],
    ['an act on a basis prolongs', [accept, { ...accept, arrives: 9 * day }, night(11 * day)], 'accepted'],
    [
      'a visit of a verified token prolongs',
      [
        accept,
        { does: 'token', by: 'server', who: { id: '1' }, arrives: 0 },
        { does: 'visit', by: 'browser', who: {}, arrives: 9 * day },
        night(11 * day),
      ],
      'accepted',
    ],
    [
      'a visit of anybody else does not',
      [accept, { does: 'visit', by: 'browser', who: {}, arrives: 9 * day }, night(11 * day)],
      'unknown',
    ],
    [
      'a browser that merely names the person does not',
      [
        accept,
        { does: 'account', by: 'browser', who: { id: '1' }, consents: [[1, 1]], arrives: 9 * day },
        night(11 * day),
      ],
      'unknown',
    ],
    [
      'a late act within the days withdraws it',
      [accept, night(11 * day), { does: 'account', by: 'server', who: { id: '1' }, own: 9 * day, arrives: 12 * day }],
      'accepted',
    ],
    [
      'an act after the end does not',
      [accept, night(11 * day), { does: 'account', by: 'server', who: { id: '1' }, arrives: 12 * day }],
      'unknown',
    ],
    ['a new act accepts again', [accept, night(11 * day), { ...accept, arrives: 12 * day }], 'accepted'],
    ['nights repeat without harm', [accept, night(11 * day), night(11 * day), night(12 * day)], 'unknown'],
  ])('%s', (_, events, expected) => {
    const row = [...after(events).world.bases.values()].find(({ basisId }) => basisId === 1);
    expect(row?.standing.status).toBe(expected);
  });

  it('keeps the first acceptance date through a withdrawn expiry, and tells it as a correction', () => {
    const shop = after([
      accept,
      night(11 * day),
      { does: 'account', by: 'server', who: { id: '1' }, own: 9 * day, arrives: 12 * day },
    ]);
    expect([...shop.world.bases.values()].find(({ basisId }) => basisId === 1)?.standing.since).toBe(start);
    expect(shop.world.changes.history.map(({ from, to, cause }) => `${from} ${to} ${cause}`)).toEqual([
      'unknown accepted act',
      'accepted unknown expiry',
      'unknown accepted correction',
    ]);
    expect(shop.world.changes.history.map(({ at }) => (at - start) / hour)).toEqual([0, 11 * day, 11 * day]);
  });

  it('leaves a refused basis alone', () => {
    const shop = after([accept, { ...accept, status: 'refused', arrives: 1 }, night(20 * day)]);
    expect(shop.picture().bases).toEqual(['1 1 refused']);
  });
});
