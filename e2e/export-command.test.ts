/** The command `export` as an operator types it, with no program running: the file, its mode, its filters, and what is refused. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveKeys } from '../src/store/secret.ts';
import { createShop } from '../src/store/shop.ts';
import { type TestDatabase, testDatabase } from '../src/store/test-database.ts';
import { runProcess, testSecretKey } from './harness.ts';

let base: TestDatabase;
let folder: string;
let shop: number;

beforeAll(async () => {
  base = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'spread-export-'));
  shop = (await createShop(base.pool, deriveKeys(testSecretKey), { name: 'Maison' })).shopId;
  await base.pool.query(
    `insert into profile (shop_id, id, email, email_norm, name, created_at, updated_at, last_seen, subject_key, stated)
     select $1, n, email, email, name, made::timestamptz, now(), now(), gen_random_uuid(), '{}'
     from (values (1, 'anna@example.test', 'Petit', '2026-03-01T12:00:00Z'), (2, 'bob@example.test', '=cmd()', '2026-04-01T12:00:00Z')) p(n, email, name, made)`,
    [shop],
  );
});
afterAll(async () => {
  await base?.close();
  await rm(folder, { recursive: true, force: true });
});

function run(name: string, ...words: string[]) {
  const env = { DATABASE_URL: base.ownerUrl, SECRET_KEY: testSecretKey, LOG_LEVEL: 'error' };
  return runProcess(env, 'export', join(folder, name), ...words);
}

test('profiles as CSV: its owner alone may read it, nothing in it runs, the audit log has a line', async () => {
  const { code, stdout, stderr } = await run('profiles.csv', '--shop', String(shop), '--kind', 'profiles');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('profiles.csv: 2 lines.');
  const path = join(folder, 'profiles.csv');
  const text = await readFile(path, 'utf8');
  expect(text).toContain('anna@example.test');
  expect(text).toContain(`'=cmd()`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { rows } = await base.pool.query(`select action, user_id, detail from audit where of_shop = $1`, [shop]);
  expect(rows).toEqual([{ action: 'data.export', user_id: null, detail: expect.objectContaining({ of: 'profiles' }) }]);
});

test('NDJSON in English, narrowed by what was asked', async () => {
  const words = [
    '--shop',
    String(shop),
    '--kind',
    'profiles',
    '--format',
    'ndjson',
    '--lang',
    'en',
    '--to',
    '2026-03-02',
  ];
  expect((await run('anna.ndjson', ...words)).code).toBe(0);
  const lines = (await readFile(join(folder, 'anna.ndjson'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ email: 'anna@example.test' })]);
});

test('what cannot be done: status 1, a sentence, and no file', async () => {
  const before = await readdir(folder);
  const strange = await run('x.csv', '--shop', '99', '--kind', 'profiles');
  expect([strange.code, strange.stderr]).toEqual([1, expect.stringContaining('There is no shop 99.')]);
  const usage = await run('x.csv', '--shop', String(shop), '--kind', 'nothing');
  expect([usage.code, usage.stderr]).toEqual([1, expect.stringContaining('Usage: ')]);
  const nowhere = await run('no-folder/x.csv', '--shop', String(shop), '--kind', 'orders');
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('cannot be written')]);
  expect(await readdir(folder)).toEqual(before);
});
