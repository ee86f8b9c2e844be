/** What else a person does with imports in a browser: paste, take up a broken upload, keep settings, take an import back, have a file fetched. */
import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Receiver } from '../src/outbound/testing/receiver.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByLink } from './sign-in.ts';

let program: TestProgram;
let browser: TestBrowser;
let context: BrowserContext;
let page: Page;
let faults: string[];
let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.open((_request, response) =>
    response.writeHead(200, { etag: '"1"' }).end('Nom;Courriel pro\nRoi;zoe@example.test\n'),
  );
  program = await startTestProgram({ SHOP_NAME: 'Maison', OUTBOUND_ALLOW: '127.0.0.1' });
  browser = await openBrowser();
  ({ page, context, faults } = await browser.visit({ viewport: { width: 1280, height: 900 } }));
  await signInByLink(page, program);
});
afterAll(async () => {
  await context?.close();
  await browser?.close();
  await program?.stop();
  await receiver?.close();
});

const imports = () => page.goto(`${program.url}/shops/1/imports`);

async function choose(testId: string, option: string): Promise<void> {
  await page.getByTestId(testId).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function paste(lines: string): Promise<void> {
  await imports();
  await choose('import-kind', 'Profils');
  await page.getByTestId('import-paste').click();
  await page.getByTestId('import-lines').fill(lines);
  await page.getByTestId('import-paste-submit').click();
  await page.getByTestId('import-column').first().waitFor();
}

async function columns(): Promise<string[]> {
  return page
    .getByTestId('import-column')
    .locator('input:not([type=hidden])')
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
}

async function run(): Promise<void> {
  await page.getByTestId('import-run').click();
  await page.locator('[data-testid=import][data-state=done]').waitFor();
}

async function people(): Promise<string[]> {
  const { rows } = await program.base.pool.query<{ email: string }>(
    'select email from profile where shop_id = 1 order by 1',
  );
  return rows.map(({ email }) => email);
}

test('lines pasted instead of a file; their settings kept, and applied to columns that moved', async () => {
  await paste('Courriel pro\tNom\nanna@example.test\tPetit\n');
  expect(await columns()).toEqual(['ignorée', 'Nom']);
  await choose('import-column-0', 'E-mail');
  await page.getByTestId('import-setup-fault').waitFor({ state: 'detached' });
  await page.getByTestId('import-template-name').fill('Caisse');
  await page.getByTestId('import-template-keep').click();
  await page.getByText('Réglages gardés.').waitFor();
  await run();
  expect(await people()).toEqual(['anna@example.test']);

  await paste('Nom\tVille\tCourriel pro\nBon\tLyon\tbob@example.test\n');
  expect(await columns()).toEqual(['Nom', 'Ville', 'ignorée']);
  await choose('import-template', 'Caisse');
  await page.getByTestId('import-setup-fault').waitFor({ state: 'detached' });
  expect(await columns()).toEqual(['Nom', 'ignorée', 'E-mail']);
  await run();
  expect(await people()).toEqual(['anna@example.test', 'bob@example.test']);
});

test('an import is taken back from its screen, for a written reason', async () => {
  await page.getByTestId('import-undo-reason').fill('Mauvais fichier');
  await page.getByTestId('import-undo').click();
  await page.locator('[data-testid=import][data-state=undone]').waitFor();
  expect(await page.getByTestId('import-undone').textContent()).toMatch(/Retirés\s:\s1 profils/);
  expect(await page.getByTestId('import').textContent()).toContain('Mauvais fichier');
  expect(await people()).toEqual(['anna@example.test']);
});

test('the journal, as it is filtered, is taken away from the verification screen', async () => {
  await page.goto(`${program.url}/shops/1/verification`);
  await page.getByTestId('export-open').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-csv').click()]);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  expect(await readFile(await download.path(), 'utf8')).toContain('anna@example.test');
});

test('an upload that breaks off in the middle goes on where it was, when the same file is chosen again', async () => {
  const lines = Array.from({ length: 60_000 }, (_, n) => `p${n}@example.test;Nom de la ligne ${n};Ville ${n}`);
  const file = {
    name: 'clients.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`E-mail;Nom;Ville\n${lines.join('\n')}`),
  };
  await imports();
  await choose('import-kind', 'Profils');
  // the second piece never arrives, and the person leaves
  let pieces = 0;
  let stuck: () => void = () => undefined;
  const second = new Promise<void>((resolve) => {
    stuck = resolve;
  });
  await page.route('**/bytes?at=*', async (route) => {
    pieces += 1;
    if (pieces === 1) return route.continue();
    stuck();
  });
  await page.locator('#import-upload').setInputFiles(file);
  await second;
  // gone first: what is held back would go on its way otherwise
  await imports();
  await page.unroute('**/bytes?at=*');
  await page.locator('[data-testid=import-row][data-state=uploading]').getByRole('link').click();
  await page.getByText(/L’envoi s’est interrompu à \d+/).waitFor();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/bytes?at=')) asked.push(new URL(request.url()).search);
  });
  await page.locator('#import-upload').setInputFiles(file);
  await page.getByTestId('import-preview-line').first().waitFor();
  expect(asked[0]).toBe('?at=1048576');
  await run();
  const { rows } = await program.base.pool.query(
    `select count(*)::int as n from profile where shop_id = 1 and email like 'p%'`,
  );
  expect(rows).toEqual([{ n: 60_000 }]);
});

test('a file on a server is fetched by kept settings: made, tried, run, paused, deleted', async () => {
  await imports();
  await page.getByTestId('source-add').click();
  await page.getByTestId('source-name').fill('Caisse du magasin');
  await page.getByTestId('source-address').fill('https://10.0.0.1/clients.csv');
  await page.getByTestId('source-auth').selectOption('password');
  await page.getByTestId('source-user').fill('shop');
  await page.getByTestId('source-secret').fill('sésame');
  await page.getByTestId('source-save').click();
  expect(await page.getByTestId('source-refused').textContent()).toContain('réseau privé');
  await page.getByTestId('source-address').fill(`${receiver.url}/clients.csv`);
  await page.getByTestId('source-save').click();
  const source = page.getByTestId('source');
  await source.waitFor();
  await source.getByTestId('source-test').click();
  await page.getByText(/Le fichier est là/).waitFor();
  await source.getByTestId('source-run').click();
  await source.locator('[data-testid=source-row][data-outcome=done]').waitFor({ timeout: 90_000 });
  expect(await source.getByTestId('source-row').textContent()).toContain('1 créées');
  expect(await people()).toContain('zoe@example.test');
  expect(await page.content()).not.toContain('sésame');
  await source.getByTestId('source-pause').click();
  await page.locator('[data-testid=source][data-state=paused]').waitFor();
  await source.getByTestId('source-delete').click();
  await page.getByTestId('sure').click();
  await source.waitFor({ state: 'detached' });
  // the address that was refused
  expect(faults).toEqual(['Failed to load resource: the server responded with a status of 400 (Bad Request)']);
});
