/** The command `import` as an operator types it, with no program running: counts, report and exit status. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { keepTemplate } from '../src/store/import-template.ts';
import { deriveKeys } from '../src/store/secret.ts';
import { createShop } from '../src/store/shop.ts';
import { type TestDatabase, testDatabase } from '../src/store/test-database.ts';
import { type Ended, runInterruptible, runProcess, testSecretKey } from './harness.ts';

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

const env = () => ({ DATABASE_URL: base.ownerUrl, SECRET_KEY: testSecretKey, LOG_LEVEL: 'error' });

async function run(name: string, text: string, ...words: string[]): Promise<Ended & { readonly path: string }> {
  const { path, ended } = await begin(name, text, ...words);
  return { path, ...(await ended) };
}

async function begin(name: string, text: string, ...words: string[]) {
  const path = join(folder, name);
  await writeFile(path, text);
  return { path, ...runInterruptible(env(), 'import', path, '--shop', String(shop), ...words) };
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

test('--help tells of the command, with no database there', async () => {
  const away = { ...env(), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const { code, stdout, stderr } = await runProcess(away, 'import', '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('--check');
});

test('--check counts what the run would do, and writes nothing of it', async () => {
  const before = await base.pool.query('select count(*) from profile where shop_id = $1', [shop]);
  const lines = 'E-mail;Nom\nchecked@example.test;Neuf\npas une adresse;X\n';
  const { code, stdout } = await run('checked.csv', lines, '--kind', 'profiles', '--check');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ lines: 2, counts: { created: 1, updated: 0, refused: 1 } });
  expect((await base.pool.query('select count(*) from profile where shop_id = $1', [shop])).rows).toEqual(before.rows);
});

test('--template takes the columns kept in the wizard, wherever they stand in this file', async () => {
  await keepTemplate(base.pool, shop as never, {
    kind: 'profiles',
    name: 'De la caisse',
    headers: ['Contact', 'Qui'],
    setup: { columns: ['email', 'name'], rules: {}, grouped: false } as never,
  });
  const fits = await run(
    'till.csv',
    'Qui;Contact\nCaro;caro@example.test\n',
    '--kind',
    'profiles',
    '--template',
    'De la caisse',
  );
  expect({ code: fits.code, stderr: fits.stderr }).toEqual({ code: 0, stderr: '' });
  const { rows } = await base.pool.query(
    `select name from profile where shop_id = $1 and email = 'caro@example.test'`,
    [shop],
  );
  expect(rows).toEqual([{ name: 'Caro' }]);
  const other = await run('clients.csv', clients, '--kind', 'profiles', '--template', 'De la caisse');
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('does not fit')]);
  const none = await run('clients.csv', clients, '--kind', 'profiles', '--template', 'Autre');
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('There is no template “Autre”')]);
});

test('Ctrl-C stops it in order: what was read is kept, and the back office can go on', async () => {
  await run('held.csv', 'E-mail;Nom\nheld@example.test;Tenue\n', '--kind', 'profiles');
  // However fast the machine, the run does not get past this client before it is stopped.
  const holder = await base.pool.connect();
  onTestFinished(() => holder.release(true));
  await holder.query('begin');
  await holder.query(`select from profile where shop_id = $1 and email_norm = 'held@example.test' for update`, [shop]);
  const lines = Array.from({ length: 50_000 }, (_, n) => `${n === 500 ? 'held' : `c${n}`}@example.test;Nom ${n}\n`);
  const { signal, ended } = await begin('long.csv', `E-mail;Nom\n${lines.join('')}`, '--kind', 'profiles');
  const row = async () => {
    const { rows } = await base.pool.query(
      `select state, lines::int from import where shop_id = $1 and file_name = 'long.csv'`,
      [shop],
    );
    return rows[0];
  };
  await expect
    .poll(async () => {
      const found = await row();
      return found?.state === 'running' && found.lines > 0;
    })
    .toBe(true);
  signal('SIGINT');
  await expect.poll(async () => (await row())?.state).toBe('stopping');
  await holder.query('rollback');
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('The import was stopped; the back office can go on with it.'),
  ]);
  const { state, lines: read } = await row();
  expect(state).toBe('stopped');
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(50_000);
});
