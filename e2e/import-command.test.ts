/** The command `import` as an operator types it, with no program running: counts, report and exit status. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
  folder = await mkdtemp(join(tmpdir(), 'spread-import-'));
  shop = (await createShop(base.pool, deriveKeys(testSecretKey), { name: 'Maison' })).shopId;
});
afterAll(async () => {
  await base?.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(name: string, text: string, ...words: string[]) {
  const path = join(folder, name);
  await writeFile(path, text);
  const env = { DATABASE_URL: base.ownerUrl, SECRET_KEY: testSecretKey, LOG_LEVEL: 'error' };
  const ended = await runProcess(env, 'import', path, '--shop', String(shop), ...words);
  return { path, ...ended };
}

const clients = 'Courriel du client;Nom\nanna@example.test;Petit\nbob@example.test;Bon\n';

test('a column named by hand, every line taken: status 0', async () => {
  const { code, stdout, stderr } = await run(
    'clients.csv',
    clients,
    '--kind',
    'profiles',
    '--map',
    'Courriel du client=email',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Créées: 2');
  const { rows } = await base.pool.query('select email, name from profile where shop_id = $1 order by email', [shop]);
  expect(rows).toEqual([
    { email: 'anna@example.test', name: 'Petit' },
    { email: 'bob@example.test', name: 'Bon' },
  ]);
});

test('lines that are refused: status 2, and a report beside the file', async () => {
  const { path, code } = await run(
    'mixed.csv',
    'E-mail;Nom\nzoe@example.test;Zoé\npas une adresse;X\n',
    '--kind',
    'profiles',
  );
  expect(code).toBe(2);
  const report = await readFile(`${path}.report.csv`, 'utf8');
  expect(report.trim().split('\r\n').slice(1)).toEqual([expect.stringMatching(/^3;Refusées;.+;pas une adresse;X$/)]);
});

test('what cannot be understood: status 1, a sentence, and nothing written', async () => {
  const { code, stderr } = await run('strange.csv', 'Colonne;Autre\n1;2\n', '--kind', 'profiles');
  expect(code).toBe(1);
  expect(stderr).toContain('Colonne = (ignored)');
  expect((await run('clients.csv', clients, '--kind', 'nothing')).stderr).toContain('Usage: ');
});
