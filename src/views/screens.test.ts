/** Shops, the Tracker page, the journal and the overview over rows written by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '#domain/ids.ts';
import { shopId } from '#domain/ids.ts';
import { findOverview } from './overview.ts';
import { findRole, listShopsOf } from './shop-list.ts';
import { at, hour, noon, openTestRows, type TestRows } from './testing/rows.ts';
import { findTrackerPage } from './tracker-page.ts';
import { findJournalDetail, listNewestMarks, presentRows } from './verification.ts';

let given: TestRows;

beforeAll(async () => {
  given = await openTestRows();
});
afterAll(() => given.close());

test('a person sees the shops they are a member of, with their counts', async () => {
  const shops = await listShopsOf(given.database.db, given.userId);
  expect(shops).toEqual([
    {
      id: given.shop,
      name: 'Une',
      role: 'administrator',
      demo: false,
      zone: 'Europe/Paris',
      currency: 'EUR',
      closedAt: null,
      installedAt: null,
      orders: 0,
      profiles: 0,
    },
  ]);
  expect(await findRole(given.database.db, given.userId, given.shop)).toBe('administrator');
  expect(await findRole(given.database.db, given.userId, given.other)).toBeNull();
});

test('the Tracker page lists hosts that are not allowed yet, and what waits for them', async () => {
  const { db } = given.database;
  await given.insert('page_host', { shop_id: given.shop, host: 'shop.example', first_seen: at(noon) });
  await given.insert('page_host', { shop_id: given.shop, host: 'new.example', first_seen: at(noon) });
  for (const seq of [1, 2]) {
    await given.insert('held_origin', { shop_id: given.shop, host: 'new.example', seq, received_at: at(noon + hour) });
  }
  await given.insert('page_host', { shop_id: given.other, host: 'foreign.example', first_seen: at(noon) });
  const unseen = { shop_id: given.shop, host: 'a.example', seq: 3, received_at: at(noon + 2 * hour) };
  await given.insert('held_origin', unseen);
  await given.insert('held_origin', { ...unseen, shop_id: given.other });
  await given.insert('held_origin', { ...unseen, shop_id: given.other, host: 'foreign.example' });
  const page = await findTrackerPage(db, given.shop);
  expect(page?.hosts).toEqual([
    { host: 'new.example', firstSeen: noon, held: 2 },
    { host: 'a.example', firstSeen: noon + 2 * hour, held: 1 },
  ]);
  expect(page?.settings).toMatchObject({
    validation: 'paid',
    domains: ['shop.example'],
    uplift: { order: 4, optinSms: 7 },
  });
  expect(page?.keys).toHaveLength(1);
  expect(await findTrackerPage(db, shopId(999))).toBeNull();
});

test('the journal shows the newest first, with names of bases and why one did not move', async () => {
  const { db } = given.database;
  const row = (seq: number, more: object) =>
    given.insert('journal', {
      shop_id: given.shop,
      received_at: at(noon + seq),
      seq,
      source: 'server',
      format: 'v1/CreateOrder',
      outcome: 'applied',
      ...more,
    });
  const effects = {
    profile: { id: 12, created: true },
    order: null,
    bases: [{ profile: 12, basis: 4, from: 'refused', to: 'refused', cause: 'auto', why: 'basis.refused_is_final' }],
  };
  await row(21, { kind: 'consent', facts: JSON.stringify([{ type: 'consent', subject: { email: 's@b.example' } }]) });
  await row(22, {
    kind: 'order',
    effects: JSON.stringify(effects),
    facts: JSON.stringify([{ person: { email: null, externalId: '37' } }]),
  });
  await row(23, { outcome: 'unreadable', reasons: ['wire.not_form'] });
  await given.insert('journal', {
    shop_id: given.other,
    received_at: at(noon + 50),
    seq: 50,
    source: 'server',
    format: 'track',
    outcome: 'applied',
  });
  await given.insert('journal_unread', {
    shop_id: given.shop,
    received_at: at(noon + 23),
    seq: 23,
    raw: Buffer.from([0xff, 0x41]),
  });
  const newest = async (limit: number) => presentRows(db, given.shop, await listNewestMarks(db, given.shop, limit));
  const rows = await newest(2);
  expect(rows.map((one) => [one.seq, one.who, one.profileId])).toEqual([
    ['23', null, null],
    ['22', '37', 12],
  ]);
  expect(rows[1]?.bases).toEqual([{ ...effects.bases[0], name: 'Commande' }]);
  expect((await newest(10)).map((one) => one.who)).toEqual([null, '37', 's@b.example']);
  expect(await findJournalDetail(db, given.shop, noon + 23, '23')).toMatchObject({
    facts: null,
    raw: '\ufffdA',
    rawBytes: 2,
  });
  expect(await findJournalDetail(db, given.shop, noon + 22, '22')).toMatchObject({ raw: null, rawBytes: 0 });
  expect(await findJournalDetail(db, given.other, noon + 22, '22')).toBeNull();
});

test('the overview counts the last days of the shop alone, in its zone', async () => {
  const { db } = given.database;
  const count = (of: ShopId, day: string, what: string, key: string, n: number, minor = 0) =>
    given.insert('day_count', { shop_id: of, day, what, key, n, minor });
  await count(given.shop, '2026-03-10', 'order', 'EUR validated', 2, 3000);
  await count(given.shop, '2026-03-10', 'order', 'GBP open', 1, 500);
  await count(given.shop, '2026-03-04', 'profile', '', 4);
  await count(given.shop, '2026-03-03', 'profile', '', 9);
  await count(given.shop, '2026-03-09', 'basis', '4 to confirm', 1);
  await count(given.shop, '2026-03-09', 'refused', 'rejected', 0);
  await count(given.shop, '2026-03-08', 'uplift', 'server', 3);
  await count(given.other, '2026-03-10', 'order', 'EUR validated', 7, 7);
  // late on the 9th in UTC, the 10th in Paris
  const overview = await findOverview(db, given.shop, 7, Date.parse('2026-03-09T23:30:00Z'));
  expect(overview).toEqual({
    zone: 'Europe/Paris',
    from: '2026-03-04',
    to: '2026-03-10',
    orders: [
      { day: '2026-03-10', currency: 'EUR', validated: true, n: 2, netMinor: 3000 },
      { day: '2026-03-10', currency: 'GBP', validated: false, n: 1, netMinor: 500 },
    ],
    profiles: [{ day: '2026-03-04', n: 4 }],
    received: [],
    uplift: [{ day: '2026-03-08', source: 'server', n: 3 }],
    refused: [],
    bases: [{ day: '2026-03-09', basis: 4, name: 'Commande', status: 'to confirm', n: 1 }],
  });
});
