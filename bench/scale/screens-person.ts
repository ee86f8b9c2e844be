/** How the views of the person's own pages and of double opt-in are asked. */
import { profileId, shopId } from '#domain/ids.ts';
import { addressMark } from '#store/person-link.ts';
import { listActs } from '#views/basis-acts.ts';
import { findMailedLink, findWaiting, listEndedWaits } from '#views/confirmation.ts';
import { findAddressees, findHolders, findOwnPage, findReached, findShopName, findStatus } from '#views/person-page.ts';
import type { ScreenCases } from './asking.ts';

const asked = 10_000;

export const personScreens: ScreenCases = {
  'basis-acts.ts': {
    listActs: [{ what: 'acts of a person', ask: ({ db, shop, person }, n) => listActs(db, shop, person(n)) }],
  },
  'confirmation.ts': {
    findWaiting: [{ what: 'nobody waits', ask: ({ pool, shop, person }, n) => findWaiting(pool, shop, person(n), 1) }],
    findMailedLink: [
      { what: 'an unknown link', ask: ({ pool, shop }, n) => findMailedLink(pool, shop, Buffer.alloc(32, n)) },
    ],
    listEndedWaits: [
      {
        what: 'whose wait is over: nobody',
        ask: ({ pool, now }) => listEndedWaits(pool, now, { shopId: shopId(0), profileId: 0, basisId: 0 }, 2_000),
      },
    ],
  },
  'person-page.ts': {
    findHolders: [{ what: 'who has an address', ask: ({ pool, shop, email }, n) => findHolders(pool, shop, email(n)) }],
    findAddressees: [
      {
        what: `links of ${asked.toLocaleString('en')} by e-mail`,
        mustMs: 300,
        ask: ({ pool, shop, email }, n) =>
          findAddressees(
            pool,
            shop,
            Array.from({ length: asked }, (_, one) => ({ email: email(n * asked + one) })),
          ),
      },
      {
        what: `links of ${asked.toLocaleString('en')} by profile`,
        mustMs: 300,
        ask: ({ pool, shop, person }, n) =>
          findAddressees(
            pool,
            shop,
            Array.from({ length: asked }, (_, one) => ({ profile: person(n * asked + one) })),
          ),
      },
    ],
    findStatus: [
      { what: 'status of one basis', ask: ({ pool, shop, person }, n) => findStatus(pool, shop, person(n), 1) },
    ],
    findShopName: [{ what: 'name of the shop', ask: ({ pool, shop }) => findShopName(pool, shop) }],
    findReached: [
      {
        what: 'whom a link reaches',
        ask: ({ pool, keys, shop, person, email }, n) =>
          findReached(pool, keys, {
            shopId: shop,
            profileId: profileId(person(n)),
            mark: addressMark(keys, shop, email(n)),
          }),
      },
    ],
    findOwnPage: [
      {
        what: 'the whole page',
        ask: ({ db, pool, keys, shop, person, now }, n) => findOwnPage(db, pool, keys, shop, person(n), now),
      },
    ],
  },
};
