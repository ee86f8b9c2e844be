/** The chain finds what was changed, also by the owner of the database, and stands over erased evidence and retention. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AppliedShop, arrival, keys } from '#apply/testing/applied-shop.ts';
import { type SignedAnchor, signAnchor } from '#store/anchor.ts';
import { openPool } from '#store/db.ts';
import { chainStart, leafOf, linkOf } from '#store/ledger-hash.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { chained, findProof } from './consent-proof.ts';
import { findLedger, verifySlice } from './ledger-check.ts';

let base: TestDatabase;
let owner: ReturnType<typeof openPool>;
let shop: AppliedShop;

beforeAll(async () => {
  base = await testDatabase();
  owner = openPool(base.ownerUrl, { max: 1 });
});
afterAll(async () => {
  await owner.end();
  await base.close();
});

/** Five orders, a refusal by staff, and an order from a browser's page. */
beforeEach(async () => {
  await shop?.close();
  shop = await AppliedShop.open(base);
  await shop.append([1, 2, 3, 4, 5].map((key) => shop.order(`${shop.id}-${key}`)));
  await shop.apply();
  const [first] = (await shop.rows('profile', 'id')) as number[];
  await shop.append([
    shop.staff({
      type: 'consent',
      store: null,
      ownTime: null,
      subject: { profileId: first ?? 0 },
      basis: { id: 4 as never },
      status: 'refused',
      writtenReason: 'asked by letter',
      reset: false,
      proof: null,
    }),
    {
      ...shop.trackedOrder(`${shop.id}-7`, 'shop.example'),
      ip: '203.0.113.0/24',
      headers: { referer: 'https://shop.example/thanks?email=x' },
    },
  ]);
  await shop.apply();
  expect(shop.faults).toEqual([]);
});

const verify = (anchors: readonly SignedAnchor[] = []) => verifySlice(base.db, keys, shop.id, 0, anchors);
const sound = { checked: 7, evidenceErased: 0, forgotten: 0, faults: [], next: null };

async function anchorNow(): Promise<SignedAnchor> {
  const { n, hash } = await findLedger(base.db, shop.id, []);
  return signAnchor(keys, { shop: shop.id, n, hash, at: new Date(arrival).toISOString() });
}

test('a ledger nobody touched stands, and matches its anchor', async () => {
  expect(await verify([await anchorNow()])).toEqual(sound);
});

test('the application may neither change nor delete history', async () => {
  await expect(
    base.pool.query('update basis_history set cause = $1 where shop_id = $2', ['act', shop.id]),
  ).rejects.toThrow(/permission denied/);
  await expect(base.pool.query('delete from basis_history where shop_id = $1', [shop.id])).rejects.toThrow(
    /permission denied/,
  );
});

test.each([
  ['row_changed', `update basis_history set to_status = 'accepted' where shop_id = $1 and chain_n = 6`, 6],
  ['row_changed', `update basis_history set at = at - interval '1 year' where shop_id = $1 and chain_n = 2`, 2],
  ['row_missing', 'delete from basis_history where shop_id = $1 and chain_n = 3', 3],
  ['head_differs', 'delete from basis_history where shop_id = $1 and chain_n = 7', 6],
  [
    'evidence_changed',
    `update consent_evidence set body = '{"reason":"asked by phone"}' where shop_id = $1 and body ->> 'reason' is not null`,
    6,
  ],
  ['evidence_missing', `delete from consent_evidence where shop_id = $1 and body ->> 'reason' is not null`, 6],
])('%s: %s', async (what, statement, n) => {
  await owner.query(statement, [shop.id]);
  expect((await verify()).faults).toEqual([{ n, what }]);
});

test('an owner who changes a row and hashes the whole chain anew is found by an anchor alone', async () => {
  const kept = await anchorNow();
  await owner.query(`update basis_history set cause = 'person' where shop_id = $1 and chain_n = 2`, [shop.id]);
  const { rows } = await owner.query(
    `select seq::text as seq, n, profile_id, basis_id, from_status, to_status, cause, source, at, arrived_at, settings_version,
      text_version, channels, subject_key, evidence_hash, chain_n from basis_history where shop_id = $1 order by chain_n`,
    [shop.id],
  );
  let hash = chainStart.hash;
  for (const row of rows) {
    const leaf = leafOf(chained(shop.id, row.chain_n, row));
    hash = linkOf(hash, leaf);
    await owner.query('update basis_history set leaf = $3, chain_hash = $4 where shop_id = $1 and chain_n = $2', [
      shop.id,
      row.chain_n,
      leaf,
      hash,
    ]);
  }
  await owner.query('update ledger_head set hash = $2 where shop_id = $1', [shop.id, hash]);
  expect(await verify()).toEqual(sound);
  expect((await verify([kept])).faults).toEqual([{ n: 7, what: 'anchor_differs' }]);
  const { n, hash: now } = await findLedger(base.db, shop.id, []);
  const forged = { ...kept, n, hash: now };
  expect((await verify([forged])).faults).toEqual([{ n: 7, what: 'anchor_forged' }]);
});

test('erased evidence leaves the chain standing, and the proof says when it went', async () => {
  const [id, subject] = ((await shop.rows('profile', 'id, subject_key', 'id')) as [number, string][])[0] ?? [0, ''];
  const before = await findProof(base.db, shop.id, id, 4, null);
  expect(before?.changes.map(({ to, evidence, check }) => [to, evidence, check])).toEqual([
    ['refused', { reason: 'asked by letter' }, 'standing'],
    ['accepted', null, 'standing'],
  ]);
  const newest = await findProof(base.db, shop.id, id, 4, 1);
  expect([newest?.more, newest?.changes]).toEqual([true, before?.changes.slice(0, 1)]);
  await base.pool.query('delete from consent_evidence where shop_id = $1 and subject_key = $2', [shop.id, subject]);
  await base.pool.query('insert into erased_subject (shop_id, subject_key, erased_at) values ($1, $2, $3)', [
    shop.id,
    subject,
    new Date(arrival),
  ]);
  expect(await verify([await anchorNow()])).toEqual({ ...sound, evidenceErased: 1 });
  const after = await findProof(base.db, shop.id, id, 4, null);
  expect(after?.changes[0]).toMatchObject({ evidence: null, evidenceErasedAt: arrival, check: 'standing' });
});

test('a browser row keeps the page without its query, and the truncated address', async () => {
  const { rows } = await base.pool.query(
    `select e.body from consent_evidence e where e.shop_id = $1 and e.body ->> 'page' is not null`,
    [shop.id],
  );
  expect(rows).toEqual([{ body: { page: 'https://shop.example/thanks', ip: '203.0.113.0/24' } }]);
});

test('what retention deletes leaves its link, and the next change is chained to it', async () => {
  const [second] = (await shop.rows('profile', 'id', 'id offset 1')) as number[];
  await base.pool.query('select forget_history($1, $2, now())', [shop.id, [second]]);
  expect(await verify()).toEqual({ ...sound, forgotten: 1 });
  await shop.append([shop.order(`${shop.id}-8`)]);
  await shop.apply();
  expect(await verify()).toEqual({ ...sound, checked: 8, forgotten: 1 });
});

test('a shop without history is sound', async () => {
  const empty = await AppliedShop.open(base);
  expect(await verifySlice(base.db, keys, empty.id, 0, [])).toEqual({ ...sound, checked: 0 });
  await empty.close();
});
