import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findImport } from '#store/import-file.ts';
import { forgetOldImports } from '#store/import-forget.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type ImportRig, openImportRig } from '../testing/import-rig.ts';
import { sweepImports } from './erasure.ts';

let base: TestDatabase;
let rig: ImportRig;
const now = Date.UTC(2026, 4, 1, 10);
const found = (bytes: Uint8Array) => Buffer.from(bytes).includes('anna@example.test');

beforeAll(async () => {
  base = await testDatabase();
  rig = await openImportRig(base, () => now);
});
afterAll(async () => {
  await rig.close();
  await base.close();
});

test('a report keeps its lines and loses the cells of whom was erased', async () => {
  const refused = Array.from(
    { length: 6_000 },
    (_, n) => `pas une adresse ${n};${n === 4_321 ? 'anna@example.test' : 'x'}`,
  );
  const id = await rig.upload('profiles', ['email;nom', ...refused].join('\n'));
  await rig.run(id);
  const before = await rig.report(id);
  expect(before.length).toBe(6_001);
  expect(await sweepImports(base.pool, rig.shopId, found, now)).toBe(true);
  const after = await rig.report(id);
  expect(after.filter((line, place) => JSON.stringify(line) !== JSON.stringify(before[place]))).toEqual([
    { line: 4_323, result: 'refused', reasons: ['identity.email_invalid'], cells: [] },
  ]);
});

test('a file that names them and was not run goes, packed or not; one that does not name them stays', async () => {
  const named = 'email;nom\nanna@example.test;Petit\nbob@example.test;Bon\n';
  const packed = await rig.upload('profiles', gzipSync(named));
  const broken = await rig.uploadPart('profiles', gzipSync(named), 20);
  const other = await rig.upload('profiles', 'email;nom\nbob@example.test;Bon\n');
  await sweepImports(base.pool, rig.shopId, found, now);
  expect(await rig.look(packed)).toMatchObject({ state: 'failed', fault: 'import.person_erased' });
  expect((await rig.look(packed)).look?.rows[1]).toEqual(['', '']);
  expect(await rig.look(broken)).toMatchObject({ state: 'uploading', received: 0 });
  expect(await rig.run(other)).toMatchObject({ state: 'done' });
  const { rows } = await base.pool.query('select bytes from import_chunk where import_id = any ($1::uuid[])', [
    [packed, broken],
  ]);
  expect(rows).toEqual([]);
});

test('what nobody touched for a month is forgotten; counts of what was run stay', async () => {
  const ran = await rig.upload('profiles', 'email;nom\nzoe@example.test;Zoé\nsans;Rien\n');
  await rig.run(ran);
  const waits = await rig.upload('profiles', 'email;nom\nleo@example.test;Léo\n');
  expect(await forgetOldImports(base.pool, now - 1, now)).toBe(0);
  await forgetOldImports(base.pool, now + 1, now + 2);
  expect(await rig.look(ran)).toMatchObject({ state: 'done', fileName: '', look: null, forgottenAt: now + 2 });
  expect(await rig.counts(ran)).toEqual(['created 1', 'refused 1 identity.email_invalid']);
  expect(await rig.report(ran)).toEqual([]);
  expect(await findImport(base.pool, rig.shopId, waits)).toBeNull();
});
