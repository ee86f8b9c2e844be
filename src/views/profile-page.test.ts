/** Lists and pages of profiles over rows written by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createShop } from '#store/shop.ts';
import { findProfiles, listProfiles } from './profile-list.ts';
import { findProfilePage } from './profile-page.ts';
import { at, hour, noon, openTestRows, type TestRows, testKeys } from './testing/rows.ts';

let given: TestRows;

beforeAll(async () => {
  given = await openTestRows();
});
afterAll(() => given.close());

test('profiles are found by what identifies them, exactly, in one shop', async () => {
  const { db } = given.database;
  await given.insertProfile(10, given.shop);
  await given.insertProfile(11, given.shop, {
    email: 'Zoé@b.example',
    email_norm: 'zoé@b.example',
    mobile_e164: '+33612345678',
  });
  await given.insertProfile(11, given.other, { email: 'zoé@b.example', email_norm: 'zoé@b.example' });
  await given.insert('profile_identifier', {
    shop_id: given.shop,
    kind: 'external',
    namespace: 'default',
    value: 'C-37',
    profile_id: 11,
    rank: 2,
    since: at(noon),
  });
  for (const text of ['ZOÉ@b.example', '06 12 34 56 78', 'C-37', '11']) {
    expect([text, (await findProfiles(db, given.shop, text, 'FR')).map((one) => one.id)]).toEqual([text, [11]]);
  }
  expect(await findProfiles(db, given.shop, 'zo', 'FR')).toEqual([]);
  expect(await findProfiles(db, given.other, 'C-37', 'FR')).toEqual([]);
  expect((await listProfiles(db, given.shop, {}, 'UTC')).profiles.map((one) => one.id)).toEqual([11, 10]);
});

test('a profile shows its bases with what staff may do, and the proof with who did it', async () => {
  const { db } = given.database;
  await given.insertProfile(12, given.shop, {
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
    given.insert('profile_basis', {
      shop_id: given.shop,
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
  await given.insert('basis_history', {
    shop_id: given.shop,
    profile_id: 12,
    basis_id: 4,
    seq: 9,
    n: 0,
    from_status: 'unknown',
    to_status: 'refused',
    cause: 'staff',
    source: `staff:${given.userId}`,
    at: at(noon),
    arrived_at: at(noon),
    settings_version: 1,
    channels: ['email'],
    subject_key: subject,
  });
  await given.insert('consent_evidence', {
    shop_id: given.shop,
    subject_key: subject,
    seq: 9,
    n: 0,
    salt: Buffer.alloc(16),
    body: { reason: 'by phone' },
  });
  const page = await findProfilePage(db, given.shop, 12, noon + hour);
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
  expect(await findProfilePage(db, given.other, 12, noon)).toBeNull();
});

test('profiles are paged by what was last seen', async () => {
  const { db, pool } = given.database;
  const crowded = (await createShop(pool, testKeys, { name: 'Foule' })).shopId;
  for (let id = 1; id <= 101; id++) await given.insertProfile(id, crowded, { created_at: at(noon + (id % 7)) });
  const seen: number[] = [];
  let after: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof listProfiles>> = await listProfiles(db, crowded, { after }, 'UTC');
    seen.push(...page.profiles.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect([seen.length, new Set(seen).size]).toEqual([101, 101]);
});

test('profiles are narrowed by the day they came and by how they hold a basis', async () => {
  const { db, pool } = given.database;
  const narrow = (await createShop(pool, testKeys, { name: 'Tri' })).shopId;
  const basis = 1;
  const day = 86_400_000;
  for (let id = 201; id <= 204; id++)
    await given.insertProfile(id, narrow, { created_at: at(noon - (id - 201) * day) });
  const held = { shop_id: narrow, basis_id: basis, changed_at: at(noon), since: at(noon), fold: '{}' };
  await given.insert('profile_basis', { ...held, profile_id: 201, status: 'refused' });
  await given.insert('profile_basis', { ...held, profile_id: 203, status: 'accepted' });
  const ids = async (asked: Parameters<typeof listProfiles>[2]) =>
    (await listProfiles(db, narrow, asked, 'Europe/Paris')).profiles.map(({ id }) => id);
  const date = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  expect(await ids({})).toEqual([201, 202, 203, 204]);
  expect(await ids({ from: date(noon - 2 * day), to: date(noon - day) })).toEqual([202, 203]);
  expect(await ids({ basis })).toEqual([201, 203]);
  expect(await ids({ basis, status: 'accepted' })).toEqual([203]);
  expect(await ids({ basis, status: 'unknown' })).toEqual([202, 204]);
  expect(await ids({ basis, status: 'refused', to: date(noon - day) })).toEqual([]);
});

test('a profile shows its carts, the newest first, with what is in them', async () => {
  await given.insertProfile(77, given.shop, { email: 'panier@example.com', email_norm: 'panier@example.com' });
  const cart = {
    shop_id: given.shop,
    namespace: 'default',
    profile_id: 77,
    rank: 2,
    created_at: at(noon),
    updated_at: at(noon),
  };
  const items = JSON.stringify([{ name: 'Mug' }, { name: null }, 'odd', { name: 'Plaid' }]);
  const filled = { currency: 'EUR', total_minor: 6490, count: 3, items };
  await given.insert('cart', {
    ...cart,
    ref: 'key:default 1',
    key: '1',
    status: 'emptied',
    since: at(noon),
    at: at(noon),
  });
  const later = { since: at(noon + hour), at: at(noon + hour) };
  await given.insert('cart', { ...cart, ...filled, ...later, ref: 'profile:77', status: 'abandoned' });
  await given.insert('cart', { ...cart, ...later, shop_id: given.other, ref: 'profile:77', status: 'open' });
  expect((await findProfilePage(given.database.db, given.shop, 77, noon))?.carts).toEqual([
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
