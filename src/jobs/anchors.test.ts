import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppliedShop, keys } from '#apply/testing/applied-shop.ts';
import { checkAnchor, readAnchors } from '#store/anchor.ts';
import { openPool } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { verifySlice } from '#views/ledger-check.ts';
import { anchorsJob } from './anchors.ts';

let base: TestDatabase;
let shop: AppliedShop;
let folder: string;

beforeAll(async () => {
  base = await testDatabase();
  shop = await AppliedShop.open(base);
  folder = await mkdtemp(join(tmpdir(), 'anchors-'));
});
afterAll(async () => {
  await shop.close();
  await base.close();
  await rm(folder, { recursive: true });
});

test('each day every chain’s place goes to a file, and what is changed afterwards stands against it', async () => {
  let now = Date.UTC(2026, 5, 1, 0, 5);
  const job = anchorsJob(base.db, keys, folder, () => now);
  await shop.append([shop.order('1'), shop.order('2')]);
  await shop.apply();
  await job.run(null, {} as never);
  now += 86_400_000;
  await shop.append([shop.order('3')]);
  await shop.apply();
  await job.run(null, {} as never);
  await job.run(null, {} as never);

  const anchors = await readAnchors(folder, shop.id);
  expect(anchors.map(({ n, at }) => [n, at.slice(0, 10)])).toEqual([
    [3, '2026-06-02'],
    [2, '2026-06-01'],
  ]);
  expect(anchors.every((anchor) => checkAnchor(keys, anchor))).toBe(true);
  expect(anchors.some((anchor) => checkAnchor(deriveKeys('another installation’s key'), anchor))).toBe(false);
  expect(JSON.parse(await readFile(join(folder, '2026-06-01.json'), 'utf8'))).toHaveLength(1);
  expect((await verifySlice(base.db, keys, shop.id, 0, anchors)).faults).toEqual([]);

  // what its owner changes inside the database stands against what left it
  const owner = openPool(base.ownerUrl, { max: 1 });
  await owner.query('update basis_history set chain_hash = $1 where shop_id = $2', [Buffer.alloc(32, 1), shop.id]);
  await owner.end();
  const { faults } = await verifySlice(base.db, keys, shop.id, 0, anchors);
  expect(faults.map(({ what }) => what)).toContain('anchor_differs');
});
