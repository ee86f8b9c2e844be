/** How the views of the Tracker page, of verification and of everything around them are asked. */

import type { JournalQuery } from '#contract/verification.ts';
import { findAccount, findPerson } from '#views/account.ts';
import { findAlarmStates, listWatchedShops } from '#views/alarm-state.ts';
import { listAudit } from '#views/audit-list.ts';
import { listConnections } from '#views/connection-list.ts';
import { listInvitations } from '#views/developer-list.ts';
import { findDeveloperPage } from '#views/developer-page.ts';
import { listSources } from '#views/import-source-list.ts';
import { findInstallation, listHours, listSightings } from '#views/installation.ts';
import { findHealth, listInstancePeople, listInstanceShops } from '#views/instance.ts';
import { countBetween, findJournalPage, findPageOf, findTroubles } from '#views/journal-list.ts';
import { listMembers } from '#views/member-list.ts';
import { findModuleSignIn } from '#views/module-sign-in.ts';
import { findMailHealth, listMails } from '#views/outbox.ts';
import { findOverview } from '#views/overview.ts';
import { findPluginShop } from '#views/plugin-shop.ts';
import { findRole, findRoleInSession, listShopsOf } from '#views/shop-list.ts';
import { findShopSettingsPage } from '#views/shop-settings.ts';
import { findOwnKey, findTrackerPage } from '#views/tracker-page.ts';
import { findValidationEffect } from '#views/validation-effect.ts';
import { findJournalDetail, findJournalItem, listNewestMarks, presentRows } from '#views/verification.ts';
import { findVerifiedTokens } from '#views/verified-tokens.ts';
import { findDelivery, findWebhookHealth, listDeliveries, listEndpoints } from '#views/webhook-list.ts';
import type { Asking, ScreenCase, ScreenCases } from './asking.ts';

const anyDelivery = { state: null, kind: null, before: null };

export const trackerScreens: ScreenCases = {
  'account.ts': {
    findPerson: [{ what: 'who is signed in', ask: ({ db, user }) => findPerson(db, user) }],
    findAccount: [{ what: 'their account', ask: ({ db, user }) => findAccount(db, user, 'no session') }],
  },
  'applied-feed.ts': { startAppliedFeed: 'listens; what it wakes asks' },
  'alarm-state.ts': {
    listWatchedShops: [{ what: 'shops that alarms watch', ask: ({ db }) => listWatchedShops(db) }],
    findAlarmStates: [{ what: 'alarms of a shop', ask: ({ db, shop, now }) => findAlarmStates(db, shop, now) }],
  },
  'audit-list.ts': {
    listAudit: [
      { what: 'newest', ask: ({ db, shop }) => listAudit(db, shop, {}) },
      { what: 'of a kind that is rare', ask: ({ db, shop }) => listAudit(db, shop, { kind: 'erase' }) },
      { what: 'of a person', ask: ({ db, shop, user }) => listAudit(db, shop, { user }) },
      { what: 'page far down', ask: ({ db, shop }, n) => listAudit(db, shop, { before: 5_000 + n }) },
      { what: 'of the installation', ask: ({ db }) => listAudit(db, null, {}) },
    ],
  },
  'connection-list.ts': {
    listConnections: [
      { what: 'connected stores', ask: ({ pool, shop }) => listConnections(pool, shop, 'https://x.example') },
    ],
  },
  'developer-list.ts': {
    listInvitations: [{ what: 'invited developers', ask: ({ db, shop }) => listInvitations(db, shop) }],
  },
  'developer-page.ts': {
    findDeveloperPage: [{ what: 'the page of a developer', ask: ({ db, shop }) => findDeveloperPage(db, shop, 1) }],
  },
  'import-source-list.ts': {
    listSources: [{ what: 'recurring imports', ask: ({ pool, shop }) => listSources(pool, shop) }],
  },
  'installation.ts': {
    listHours: [{ what: 'hours of the rhythm', ask: ({ db, shop, now }) => listHours(db, shop, now) }],
    listSightings: [{ what: 'the check-list', ask: ({ db, shop }) => listSightings(db, shop) }],
    findInstallation: [
      { what: 'state of the installation', ask: ({ db, shop, now }) => findInstallation(db, shop, now) },
    ],
  },
  'instance.ts': {
    listInstanceShops: [{ what: 'every shop', ask: ({ db, user }) => listInstanceShops(db, user) }],
    listInstancePeople: [
      { what: 'every account', ask: ({ db }) => listInstancePeople(db, '') },
      { what: 'found by a part of the name', ask: ({ db }) => listInstancePeople(db, 'ben') },
    ],
    findHealth: [{ what: 'how the installation fares', ask: ({ db }) => findHealth(db) }],
  },
  'journal-list.ts': {
    subjectsOf: 'reads a search',
    findJournalPage: [
      journal('opened, no filter', () => ({})),
      journal('page far down', older),
      ...['order', 'account', 'consent', 'cart'].map((kind) => journal(`kind: ${kind}`, () => ({ kind }))),
      ...['applied', 'unchanged', 'ignored', 'rejected', 'unreadable', 'failed'].map((outcome) =>
        journal(`outcome: ${outcome}`, () => ({ outcome })),
      ),
      journal('outcome far down', (asking, n) => ({ outcome: 'rejected', ...older(asking, n) })),
      journal('kind and outcome', () => ({ kind: 'account', outcome: 'rejected' })),
      journal('kind and outcome that never met', () => ({ kind: 'cart', outcome: 'failed' })),
      journal('kind and outcome applied', () => ({ kind: 'order', outcome: 'applied' })),
      journal('reason', () => ({ reason: 'order.state_unmapped' })),
      journal('reason that never was', () => ({ reason: 'never.was' })),
      journal('reason of an outcome', () => ({ outcome: 'ignored', reason: 'person.none' })),
      journal('person', ({ email }, n) => ({ subject: email(n) })),
      journal('order', ({ order }, n) => ({ subject: order(n).key })),
      journal('nobody', (_asking, n) => ({ subject: `nobody ${n}` })),
      journal('person and outcome', ({ email }, n) => ({ subject: email(n), outcome: 'unchanged' })),
    ],
    findPageOf: [
      {
        what: 'what names a person, by each identifier',
        ask: ({ db, keys, shop, email }, n) => findPageOf(db, keys, shop, [`email:${email(n)}`, `external:${n}`], null),
      },
    ],
    countBetween: [
      {
        what: 'rows between two places',
        ask: ({ db, shop, place, now }, n) => countBetween(db, shop, place(n), { at: now, seq: '0' }),
      },
    ],
    findTroubles: [{ what: 'what went wrong in a week', ask: ({ db, shop, now }) => findTroubles(db, shop, now) }],
  },
  'member-list.ts': { listMembers: [{ what: 'people of a shop', ask: ({ db, shop }) => listMembers(db, shop) }] },
  'module-sign-in.ts': {
    findModuleSignIn: [
      { what: 'whom the module signs in', ask: ({ db, shop, user }) => findModuleSignIn(db, shop, user) },
    ],
  },
  'outbox.ts': {
    listMails: [
      { what: 'newest', ask: ({ db, shop }) => listMails(db, shop, null) },
      { what: 'of no shop', ask: ({ db }) => listMails(db, null, null) },
      {
        what: 'page far down',
        ask: ({ db, shop, now }, n) =>
          listMails(
            db,
            shop,
            `${(now - 86_400_000 * (380 + (n % 10))) * 1000} ${'0'.repeat(8)}-0000-0000-0000-000000000000`,
          ),
      },
    ],
    findMailHealth: [{ what: 'how mail goes', ask: ({ db }) => findMailHealth(db) }],
  },
  'overview.ts': {
    findOverview: [7, 30, 90].map((days) => ({
      what: `charts of ${days} days`,
      ask: ({ db, shop, now }) => findOverview(db, shop, days, now),
    })),
  },
  'shop-export.ts': { exportShop: 'reads everything, by a cursor; asked by hand' },
  'shop-list.ts': {
    listShopsOf: [{ what: 'shops of a person, with counts', ask: ({ db, user }) => listShopsOf(db, user) }],
    findRole: [{ what: 'what is it in the shop', ask: ({ db, user, shop }) => findRole(db, user, shop) }],
    findRoleInSession: [
      { what: 'may the session still see it', ask: ({ db, shop }, n) => findRoleInSession(db, `session ${n}`, shop) },
    ],
  },
  'shop-settings.ts': {
    findShopSettingsPage: [{ what: 'settings of a shop', ask: ({ db, shop }) => findShopSettingsPage(db, shop) }],
  },
  'plugin-shop.ts': {
    findPluginShop: [
      { what: 'the archive of a plugin', ask: ({ db, shop }) => findPluginShop(db, shop, 'woocommerce') },
    ],
  },
  'tracker-page.ts': {
    findOwnKey: [{ what: 'a pair of the shop', ask: ({ db, shop }) => findOwnKey(db, shop, 1) }],
    findTrackerPage: [{ what: 'the Tracker page', ask: ({ db, shop }) => findTrackerPage(db, shop) }],
  },
  'validation-effect.ts': {
    findValidationEffect: [
      {
        what: 'effect on a slice of orders',
        ask: ({ db, shop, order }, n) => findValidationEffect(db, shop, 'placed', order(n).id),
      },
    ],
  },
  'verification.ts': {
    whoOf: 'reads a row',
    listNewestMarks: [{ what: 'newest 100 rows, live', ask: ({ db, shop }) => listNewestMarks(db, shop, 100) }],
    presentRows: [
      {
        what: 'a row at its place',
        ask: ({ db, shop, place }, n) => presentRows(db, shop, [place(n)]),
      },
    ],
    findJournalDetail: [
      {
        what: 'a row with its bytes',
        ask: ({ db, shop, place }, n) => findJournalDetail(db, shop, place(n).at, place(n).seq),
      },
    ],
    findJournalItem: [
      {
        what: 'a row with all its bytes',
        ask: ({ db, shop, place }, n) => findJournalItem(db, shop, place(n).at, place(n).seq, 300_000),
      },
    ],
    presentMoves: 'names bases',
    toEffects: 'reads a value',
  },
  'verified-tokens.ts': {
    findVerifiedTokens: [
      {
        what: '1,000 tokens',
        ask: ({ db, shop }, n) =>
          findVerifiedTokens(
            db,
            shop,
            Array.from({ length: 1_000 }, (_, one) => `${n} ${one}`),
          ),
      },
    ],
  },
  'webhook-list.ts': {
    listEndpoints: [{ what: 'endpoints, with what waits', ask: ({ db, shop }) => listEndpoints(db, shop) }],
    listDeliveries: [
      { what: 'newest', ask: ({ db, shop, endpoint }) => listDeliveries(db, shop, { ...anyDelivery, endpoint }) },
      ...['waiting', 'delivered', 'skipped'].map((state) => ({
        what: state,
        ask: ({ db, shop, endpoint }: Asking) => listDeliveries(db, shop, { ...anyDelivery, endpoint, state }),
      })),
      ...['order.validated', 'order.refunded', 'profile.created'].map((kind) => ({
        what: `kind: ${kind}`,
        ask: ({ db, shop, endpoint }: Asking) => listDeliveries(db, shop, { ...anyDelivery, endpoint, kind }),
      })),
      {
        what: 'of an endpoint that never sent',
        ask: ({ db, shop }) => listDeliveries(db, shop, { ...anyDelivery, endpoint: 1_000_000 }),
      },
    ],
    findDelivery: [{ what: 'a message', ask: ({ db, shop, delivery }, n) => findDelivery(db, shop, delivery(n)) }],
    findWebhookHealth: [{ what: 'endpoints of all shops', ask: ({ db }) => findWebhookHealth(db) }],
  },
};

function journal(what: string, query: (asking: Asking, n: number) => JournalQuery): ScreenCase {
  return { what, ask: (asking, n) => findJournalPage(asking.db, asking.keys, asking.shop, query(asking, n)) };
}

function older({ place }: Asking, n: number): JournalQuery {
  const { at, seq } = place(n);
  return { beforeAt: at, beforeSeq: seq };
}
