/** The back office's screens over rows written by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderList, OrderQuery } from '#contract/orders.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { createAdmin } from '#store/auth-user.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { findOrderHistory, listOrders, listOrdersOfProfile } from './order-list.ts';
import { findOrderPage } from './order-page.ts';
import { findOverview } from './overview.ts';
import { findProfiles, listProfiles } from './profile-list.ts';
import { findProfilePage } from './profile-page.ts';
import { findRole, listShopsOf } from './shop-list.ts';
import { findTrackerPage } from './tracker-page.ts';
import { findJournalDetail, listNewestMarks, presentRows } from './verification.ts';

const keys = deriveKeys('a secret key for the tests of views');
const noon = Date.parse('2026-03-10T12:00:00Z');
const hour = 3_600_000;
let database: TestDatabase;
let shop: ShopId;
let other: ShopId;
let userId: string;

beforeAll(async () => {
  database = await testDatabase();
  const { pool } = database;
  shop = (await createShop(pool, keys, { name: 'Une', domains: ['shop.example'] })).shopId;
  userId = await createAdmin(pool, { email: 'camille@localhost', name: 'Camille' });
  other = (await createShop(pool, keys, { name: 'Autre' })).shopId;
  await pool.query(`select ensure_journal_day('2026-03-10')`);
});
afterAll(() => database.close());

async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const names = Object.keys(row);
  await database.pool.query(
    `insert into ${table} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(row),
  );
}

function at(ms: number): Date {
  return new Date(ms);
}

async function insertProfile(id: number, of: ShopId, row: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const times = { created_at: at(noon + id), updated_at: at(noon), last_seen: at(noon) };
  await insert('profile', { shop_id: of, id, subject_key: crypto.randomUUID(), ...times, ...row });
}

async function insertOrder(id: number, of: ShopId, row: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await insert('orders', {
    shop_id: of,
    id,
    namespace: 'default',
    key: `K${id}`,
    created_at: at(noon + id),
    updated_at: at(noon),
    placed_at: at(noon - hour),
    day: '2026-03-10',
    currency: 'EUR',
    total_minor: 1000,
    legacy_state: 10,
    validated: false,
    stated: '{}',
    ...row,
  });
}

test('a person sees the shops they are a member of, with their counts', async () => {
  const shops = await listShopsOf(database.db, userId);
  expect(shops).toEqual([
    {
      id: shop,
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
  expect(await findRole(database.db, userId, shop)).toBe('administrator');
  expect(await findRole(database.db, userId, other)).toBeNull();
});

test('the Tracker page lists hosts that are not allowed yet, and what waits for them', async () => {
  const { db } = database;
  await insert('page_host', { shop_id: shop, host: 'shop.example', first_seen: at(noon) });
  await insert('page_host', { shop_id: shop, host: 'new.example', first_seen: at(noon) });
  for (const seq of [1, 2]) {
    await insert('held_origin', { shop_id: shop, host: 'new.example', seq, received_at: at(noon + hour) });
  }
  await insert('page_host', { shop_id: other, host: 'foreign.example', first_seen: at(noon) });
  const page = await findTrackerPage(db, shop);
  expect(page?.hosts).toEqual([{ host: 'new.example', firstSeen: noon, held: 2 }]);
  expect(page?.settings).toMatchObject({
    validation: 'paid',
    domains: ['shop.example'],
    uplift: { order: 4, optinSms: 7 },
  });
  expect(page?.keys).toHaveLength(1);
  expect(await findTrackerPage(db, shopId(999))).toBeNull();
});

test('orders say whether they count, or what stands against it', async () => {
  const { db } = database;
  await insertProfile(10, shop, { email: 'a@b.example', email_norm: 'a@b.example' });
  await insertOrder(1, shop, { profile_id: 10, payment: 'paid', validated: true, validated_at: at(noon) });
  await insertOrder(2, shop, { contact_email: 'c@d.example' });
  await insertOrder(3, shop, { cancelled: true, payment: 'paid' });
  await insertOrder(4, shop, { payment: 'paid', refunded_minor: 1000, net_minor: 0 });
  await insertOrder(5, shop, { payment: 'paid' });
  await insertOrder(1, other, { profile_id: 10 });
  const list = await listOrders(db, shop, {});
  expect(list?.zone).toBe('Europe/Paris');
  expect(list?.orders.map((order) => [order.id, order.validated])).toEqual([
    [5, 'pending'],
    [4, 'refunded'],
    [3, 'cancelled'],
    [2, 'not_paid'],
    [1, 'validated'],
  ]);
  expect(list?.orders.map((order) => order.email)).toEqual([null, null, null, 'c@d.example', 'a@b.example']);
  expect(list?.neverPaid).toBe(false);
  expect((await listOrdersOfProfile(db, shop, [10], 'paid')).map((order) => order.id)).toEqual([1]);
});

test('ten orders and none paid: the page can say so', async () => {
  for (let id = 1; id <= 10; id++) await insertOrder(id + 100, other);
  expect((await listOrders(database.db, other, {}))?.neverPaid).toBe(true);
});

test('the history of an order belongs to its shop', async () => {
  await insert('order_state_history', {
    shop_id: shop,
    order_id: 1,
    seq: 5,
    n: 0,
    at: at(noon),
    arrived_at: at(noon + 5),
    source: 'server',
    payment: 'paid',
    fulfilment: 'none',
    cancelled: false,
    legacy_state: 20,
  });
  const state = { payment: 'paid', fulfilment: 'none', cancelled: false };
  expect(await findOrderHistory(database.db, shop, 1)).toEqual({
    states: [{ at: noon, arrivedAt: noon + 5, source: 'server', state }],
  });
  expect(await findOrderHistory(database.db, shop, 2)).toEqual({ states: [] });
  expect(await findOrderHistory(database.db, shop, 101)).toBeNull();
});

test('profiles are found by what identifies them, exactly, in one shop', async () => {
  const { db } = database;
  await insertProfile(11, shop, { email: 'Zoé@b.example', email_norm: 'zoé@b.example', mobile_e164: '+33612345678' });
  await insertProfile(11, other, { email: 'zoé@b.example', email_norm: 'zoé@b.example' });
  await insert('profile_identifier', {
    shop_id: shop,
    kind: 'external',
    namespace: 'default',
    value: 'C-37',
    profile_id: 11,
    rank: 2,
    since: at(noon),
  });
  for (const text of ['ZOÉ@b.example', '06 12 34 56 78', 'C-37', '11']) {
    expect([text, (await findProfiles(db, shop, text, 'FR')).map((one) => one.id)]).toEqual([text, [11]]);
  }
  expect(await findProfiles(db, shop, 'zo', 'FR')).toEqual([]);
  expect(await findProfiles(db, other, 'C-37', 'FR')).toEqual([]);
  expect((await listProfiles(db, shop, undefined)).profiles.map((one) => one.id)).toEqual([11, 10]);
});

test('a profile shows its bases with what staff may do, and the proof with who did it', async () => {
  const { db } = database;
  await insertProfile(12, shop, {
    email: 'lea@b.example',
    email_rank: 1,
    city: 'Lyon',
    firstname: 'Léa',
    stated: JSON.stringify({ city: [1, noon], firstname: [2, noon] }),
  });
  const refusal = { at: noon, personal: false };
  const fold = (status: string, more: object) =>
    JSON.stringify({ status, since: null, refusal: null, before: null, lapsed: null, last: null, ...more });
  const basis = (id: number, status: string, more: object) =>
    insert('profile_basis', {
      shop_id: shop,
      profile_id: 12,
      basis_id: id,
      status,
      since: status === 'accepted' ? at(noon) : null,
      changed_at: at(noon),
      fold: fold(status, more),
    });
  await basis(1, 'refused', { refusal });
  await basis(4, 'refused', { refusal });
  await basis(5, 'accepted', { since: noon });
  const subject = crypto.randomUUID();
  await insert('basis_history', {
    shop_id: shop,
    profile_id: 12,
    basis_id: 4,
    seq: 9,
    n: 0,
    from_status: 'unknown',
    to_status: 'refused',
    cause: 'staff',
    source: `staff:${userId}`,
    at: at(noon),
    arrived_at: at(noon),
    settings_version: 1,
    channels: ['email'],
    subject_key: subject,
  });
  await insert('consent_evidence', {
    shop_id: shop,
    subject_key: subject,
    seq: 9,
    n: 0,
    salt: Buffer.alloc(16),
    body: { reason: 'by phone' },
  });
  const page = await findProfilePage(db, shop, 12, noon + hour);
  const offers = (id: number) => page?.bases.find((one) => one.id === id)?.offers;
  const offer = (status: string, possible: boolean, needsReason = false) => ({ status, possible, needsReason });
  expect(offers(4)).toEqual([offer('accepted', false), offer('unknown', false)]);
  expect(offers(1)).toEqual([offer('accepted', true, true), offer('unknown', true, true)]);
  expect(offers(5)).toEqual([offer('refused', true), offer('unknown', false)]);
  expect(offers(2)).toEqual([offer('accepted', true), offer('refused', true)]);
  expect(page?.bases.find((one) => one.id === 4)?.since).toBe(noon);
  expect(page?.history).toMatchObject([{ name: 'Commande', by: 'Camille', to: 'refused', reason: 'by phone' }]);
  expect(page).toMatchObject({
    fields: { city: 'Lyon', firstname: 'Léa' },
    claimed: ['city'],
    emailClaimed: true,
    nameStandIn: 'lea',
  });
  expect(await findProfilePage(db, other, 12, noon)).toBeNull();
});

test('the journal shows the newest first, with names of bases and why one did not move', async () => {
  const { db } = database;
  const row = (seq: number, more: object) =>
    insert('journal', {
      shop_id: shop,
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
  await insert('journal', {
    shop_id: other,
    received_at: at(noon + 50),
    seq: 50,
    source: 'server',
    format: 'track',
    outcome: 'applied',
  });
  await insert('journal_unread', {
    shop_id: shop,
    received_at: at(noon + 23),
    seq: 23,
    raw: Buffer.from([0xff, 0x41]),
  });
  const newest = async (limit: number) => presentRows(db, shop, await listNewestMarks(db, shop, limit));
  const rows = await newest(2);
  expect(rows.map((one) => [one.seq, one.who, one.profileId])).toEqual([
    ['23', null, null],
    ['22', '37', 12],
  ]);
  expect(rows[1]?.bases).toEqual([{ ...effects.bases[0], name: 'Commande' }]);
  expect((await newest(10)).map((one) => one.who)).toEqual([null, '37', 's@b.example']);
  expect(await findJournalDetail(db, shop, noon + 23, '23')).toMatchObject({
    facts: null,
    raw: '\ufffdA',
    rawBytes: 2,
  });
  expect(await findJournalDetail(db, shop, noon + 22, '22')).toMatchObject({ raw: null, rawBytes: 0 });
  expect(await findJournalDetail(db, other, noon + 22, '22')).toBeNull();
});

test('the overview counts the last days of the shop alone, in its zone', async () => {
  const { db } = database;
  const count = (of: ShopId, day: string, what: string, key: string, n: number, minor = 0) =>
    insert('day_count', { shop_id: of, day, what, key, n, minor });
  await count(shop, '2026-03-10', 'order', 'EUR validated', 2, 3000);
  await count(shop, '2026-03-10', 'order', 'GBP open', 1, 500);
  await count(shop, '2026-03-04', 'profile', '', 4);
  await count(shop, '2026-03-03', 'profile', '', 9);
  await count(shop, '2026-03-09', 'basis', '4 to confirm', 1);
  await count(shop, '2026-03-09', 'refused', 'rejected', 0);
  await count(other, '2026-03-10', 'order', 'EUR validated', 7, 7);
  // late on the 9th in UTC, the 10th in Paris
  const overview = await findOverview(db, shop, 7, Date.parse('2026-03-09T23:30:00Z'));
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
    refused: [],
    bases: [{ day: '2026-03-09', basis: 4, name: 'Commande', status: 'to confirm', n: 1 }],
  });
});

test('orders are paged by what was last seen, filtered, and found by reference or e-mail', async () => {
  const { db, pool } = database;
  const third = (await createShop(pool, keys, { name: 'Longue' })).shopId;
  await insertProfile(70, third, { email: 'Q@r.example', email_norm: 'q@r.example' });
  for (let id = 1; id <= 120; id++) {
    const paid = id % 40 === 0 ? { payment: 'paid', validated: true } : {};
    await insertOrder(id, third, {
      ...paid,
      placed_at: at(noon - id * hour),
      number: `N${id % 60}`,
      profile_id: id === 9 ? 70 : null,
    });
  }
  const all: number[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < 3; pages++) {
    const page: OrderList | null = await listOrders(db, third, after === null ? {} : { after });
    all.push(...(page?.orders.map(({ id }) => id) ?? []));
    after = page?.next ?? null;
  }
  expect([all.length, new Set(all).size, all[0], after]).toEqual([120, 120, 120, null]);
  const ids = async (asked: OrderQuery) => (await listOrders(db, third, asked))?.orders.map(({ id }) => id);
  expect(await ids({ counts: 'validated' })).toEqual([120, 80, 40]);
  expect(await ids({ state: 'paid', sort: 'placed' })).toEqual([40, 80, 120]);
  expect(await ids({ state: 'cancelled' })).toEqual([]);
  // the 10th of March in Paris starts at 23:00 UTC on the 9th: 13 hours before noon
  expect(await ids({ sort: 'placed', from: '2026-03-10' })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  expect(await ids({ search: 'K9' })).toEqual([9]);
  expect(await ids({ search: 'N7' })).toEqual([7, 67]);
  expect(await ids({ search: ' q@R.example ' })).toEqual([9]);
  expect(await ids({ search: 'nobody@r.example' })).toEqual([]);
});

test('an order shows its refunds and who said what, to its own shop', async () => {
  const stated = {
    state: { 2: {}, 1: {} },
    total: { 2: { at: noon, value: { minor: 1000, currency: 'EUR' } } },
    owner: { 1: { at: noon - hour, value: 10 } },
    placed: {},
    refunds: { byId: { r1: { minor: 300, status: 'succeeded', at: noon } }, snapshot: { minor: 300, at: noon + hour } },
    fields: { number: [1, noon] },
  };
  const items = [{ key: '7', sku: null, name: 'Savon', quantity: 2, unit: { amount: '6.90', currency: null } }];
  await insertOrder(900, shop, {
    stated: JSON.stringify(stated),
    items: JSON.stringify(items),
    refunded_minor: 300,
    net_minor: 700,
  });
  const page = await findOrderPage(database.db, shop, 900);
  expect(page).toMatchObject({ netMinor: 700, items, contactEmail: null, order: { key: 'K900', refundedMinor: 300 } });
  expect(page?.refunds.map(({ id, minor, at: when }) => [id, minor, when])).toEqual([
    [null, 300, noon + hour],
    ['r1', 300, noon],
  ]);
  expect(page?.said.map(({ part, rank }) => `${part} ${rank}`)).toEqual([
    'state server',
    'total server',
    'state browser',
    'owner browser',
    'other browser',
  ]);
  expect(await findOrderPage(database.db, other, 900)).toBeNull();
});

test('profiles are paged by what was last seen', async () => {
  const { db, pool } = database;
  const crowded = (await createShop(pool, keys, { name: 'Foule' })).shopId;
  for (let id = 1; id <= 101; id++) await insertProfile(id, crowded, { created_at: at(noon + (id % 7)) });
  const seen: number[] = [];
  let after: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof listProfiles>> = await listProfiles(db, crowded, after);
    seen.push(...page.profiles.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect([seen.length, new Set(seen).size]).toEqual([101, 101]);
});

test('a profile shows its carts, the newest first, with what is in them', async () => {
  await insertProfile(77, shop, { email: 'panier@example.com', email_norm: 'panier@example.com' });
  const cart = {
    shop_id: shop,
    namespace: 'default',
    profile_id: 77,
    rank: 2,
    created_at: at(noon),
    updated_at: at(noon),
  };
  const items = JSON.stringify([{ name: 'Mug' }, { name: null }, 'odd', { name: 'Plaid' }]);
  const filled = { currency: 'EUR', total_minor: 6490, count: 3, items };
  await insert('cart', { ...cart, ref: 'key:default 1', key: '1', status: 'emptied', since: at(noon), at: at(noon) });
  const later = { since: at(noon + hour), at: at(noon + hour) };
  await insert('cart', { ...cart, ...filled, ...later, ref: 'profile:77', status: 'abandoned' });
  await insert('cart', { ...cart, ...later, shop_id: other, ref: 'profile:77', status: 'open' });
  expect((await findProfilePage(database.db, shop, 77, noon))?.carts).toEqual([
    {
      ref: 'profile:77',
      key: null,
      status: 'abandoned',
      since: noon + hour,
      totalMinor: 6490,
      currency: 'EUR',
      count: 3,
      items: ['Mug', 'Plaid'],
    },
    {
      ref: 'key:default 1',
      key: '1',
      status: 'emptied',
      since: noon,
      totalMinor: null,
      currency: null,
      count: null,
      items: [],
    },
  ]);
});
