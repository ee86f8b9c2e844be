/** How the views of people's rights are asked. */
import { profileId } from '#domain/ids.ts';
import { findErasurePreview } from '#views/erasure-preview.ts';
import { findPersonArchive } from '#views/person-archive.ts';
import { findRegister } from '#views/register.ts';
import {
  findInstanceRetention,
  findInstanceRetentionPage,
  findRetention,
  findRetentionPage,
} from '#views/retention.ts';
import { findRightsRequest, listRightsRequests } from '#views/rights-requests.ts';
import { findStorePeople, hasOpenAccess } from '#views/store-people.ts';
import type { ScreenCases } from './asking.ts';

export const rightsScreens: ScreenCases = {
  'erasure-preview.ts': {
    findErasurePreview: [
      { what: 'whom an erasure takes', ask: ({ pool, shop, person }, n) => findErasurePreview(pool, shop, person(n)) },
    ],
  },
  'person-archive.ts': {
    findPersonArchive: [
      {
        what: 'everything about a person',
        mustMs: 500,
        ask: ({ pool, keys, shop, person, now }, n) => findPersonArchive(pool, keys, shop, [profileId(person(n))], now),
      },
    ],
  },
  'register.ts': {
    findRegister: [{ what: 'the register', ask: ({ pool, shop, now }) => findRegister(pool, shop, now) }],
  },
  'retention.ts': {
    findRetention: [{ what: 'periods', ask: ({ pool, shop }) => findRetention(pool, shop) }],
    findInstanceRetention: [{ what: 'periods of the installation', ask: ({ pool }) => findInstanceRetention(pool) }],
    findInstanceRetentionPage: [
      {
        what: 'what would go tonight of all shops',
        ask: ({ pool, now }) => findInstanceRetentionPage(pool, {}, now),
      },
    ],
    findRetentionPage: [
      { what: 'what would go tonight', ask: ({ pool, shop, now }) => findRetentionPage(pool, shop, {}, now) },
    ],
  },
  'store-people.ts': {
    findStorePeople: [
      {
        what: 'whom a store means',
        ask: ({ pool, shop }, n) => findStorePeople(pool, shop, 'default', String(n + 1), `person${n}@scale.example`),
      },
    ],
    hasOpenAccess: [
      {
        what: 'a request that stands',
        ask: ({ pool, keys, shop }) => hasOpenAccess(pool, keys, shop, 'a@scale.example'),
      },
    ],
  },
  'rights-requests.ts': {
    listRightsRequests: [
      { what: 'the queue', ask: ({ pool, keys, shop, now }) => listRightsRequests(pool, keys, shop, 'UTC', now) },
    ],
    findRightsRequest: [
      { what: 'one request', ask: ({ pool, keys, shop }, n) => findRightsRequest(pool, keys, shop, n + 1, 'UTC') },
    ],
  },
};
