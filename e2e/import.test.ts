/** A merchant with the export of an old tool in a real browser: from the file dropped to the report taken away. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { chromiumFlags, chromiumPath } from '../checks/programs.ts';
import { patience } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByLink } from './sign-in.ts';

let program: TestProgram;
let browser: Browser;
let page: Page;
let folder: string;
const complaints: string[] = [];

/** Windows-1252, semicolons, `dd/mm/yyyy`, decimal commas, a consent with its date, and what goes wrong in real files. */
const clients = [
  'Nom;Prénom;E-mail;Anniversaire;Newsletter : valeur;Newsletter : date;Couleur',
  'Petit;Anna;anna@example.test;31/01/1990;oui;02/03/2024 09:30;bleu',
  'Lévêque;Zoé;zoe@example.test;;Abonnée;15/04/2024;vert',
  'Martin;Éric;pas une adresse;;non;;rouge',
  'Durand;Bob;bob@example.test;;non;16/04/2024;',
].join('\r\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spread-e2e-'));
  await writeFile(join(folder, 'clients.csv'), Buffer.from(clients, 'latin1'));
  program = await startTestProgram({ SHOP_NAME: 'Maison' });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] });
  page = await browser.newPage();
  page.setDefaultTimeout(patience);
  page.on('pageerror', (error) => complaints.push(error.message));
  await signInByLink(page, program);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a messy French file of clients: recognised, tried, corrected, run, reported', async () => {
  await page.goto(`${program.url}/shops/1/imports`);
  await page.getByTestId('import-kind').click();
  await page.getByRole('option', { name: 'Profils' }).click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByTestId('import-file').click()]);
  await chooser.setFiles(join(folder, 'clients.csv'));

  await page.getByTestId('import-preview-line').first().waitFor();
  expect(await page.getByTestId('import-encoding').inputValue()).toBe('windows-1252');
  expect(await page.getByTestId('import-separator').inputValue()).toBe('Point-virgule');
  expect(await page.getByTestId('import-dates').inputValue()).toContain('jour/mois/année');
  const columns = await page
    .getByTestId('import-column')
    .locator('input:not([type=hidden])')
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
  expect(columns).toEqual([
    'Nom',
    'Prénom',
    'E-mail',
    'Date de naissance',
    'Informations commerciales par email\u00a0: valeur',
    'Informations commerciales par email\u00a0: date',
    'ignorée',
  ]);
  expect(await page.getByTestId('import-preview').textContent()).toContain('Lévêque');
  expect(await page.locator('[data-testid=import-preview-line][data-refused]').allTextContents()).toEqual([
    expect.stringContaining('Abonnée'),
    expect.stringContaining('pas une adresse'),
  ]);

  await page.getByTestId('import-check').click();
  await page.getByTestId('import-forecast').waitFor();
  expect(await counts('import-forecast-counts')).toEqual({ created: '2', refused: '2' });
  await page.getByTestId('import-value-abonnée').click();
  await page.getByRole('option', { name: 'Accepté', exact: true }).click();
  await page.getByTestId('import-run').click();

  await page.locator('[data-testid=import][data-state=done]').waitFor();
  expect(await counts('import-counts')).toEqual({ created: '3', refused: '1' });
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('import-report').click()]);
  const report = await readFile(await download.path(), 'utf8');
  expect(report.split('\r\n').slice(0, 2)).toEqual([
    '\ufeffLigne;Résultat;Raison;Nom;Prénom;E-mail;Anniversaire;Newsletter : valeur;Newsletter : date;Couleur',
    expect.stringMatching(/^4;Refusées;.+;Martin;Éric;pas une adresse;;non;;rouge$/),
  ]);
  expect(report.split('\r\n')).toHaveLength(3);

  await page.goto(`${program.url}/shops/1/profiles`);
  await page.getByTestId('profile-row').filter({ hasText: 'Lévêque' }).getByRole('link').first().click();
  const basis = page.locator('[data-testid=basis-row][data-name="Informations commerciales par email"]');
  await basis.getByTestId('basis-status').filter({ hasText: 'Accepté' }).waitFor();
  expect(complaints).toEqual([]);
});

test('orders with comma decimals are dropped on the page; the run is stopped, goes on, and has each line once', async () => {
  const amounts = ['1 234,50 €', '19,90', '7'];
  // Far enough that some are applied before; the end is farther than what is read ahead of it, twenty thousand and those of a look.
  const heldAt = 25_000;
  const count = 60_000;
  const lines = Array.from(
    { length: count },
    (_, n) => `M-${n};${n === heldAt ? 'anna' : `client${n}`}@example.test;${amounts[n % 3]};3${n % 2}/01/2024;Payé`,
  );
  // However fast the machine, the run does not get past this client before it is stopped.
  const holder = await program.base.pool.connect();
  onTestFinished(() => holder.release(true));
  await holder.query('begin');
  const held = await holder.query(
    `select from profile where shop_id = 1 and email_norm = 'anna@example.test' for update`,
  );
  expect(held.rowCount).toBe(1);
  await page.goto(`${program.url}/shops/1/imports`);
  await page.getByTestId('import-kind').click();
  await page.getByRole('option', { name: 'Commandes', exact: true }).click();
  const dropped = await page.evaluateHandle(
    (text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'commandes.csv', { type: 'text/csv' }));
      return data;
    },
    `Commande;E-mail;Montant TTC;Date;Statut\n${lines.join('\n')}`,
  );
  await page.dispatchEvent('[data-testid=import-drop]', 'drop', { dataTransfer: dropped });
  await page.getByTestId('import-preview-line').first().waitFor();
  expect(await page.getByTestId('import-decimal').inputValue()).toContain('virgule');
  await page.getByTestId('import-run').click();
  await page.locator('[data-testid=import-counts] [data-result=created]').waitFor();
  await page.getByTestId('import-rate').waitFor();
  await page.getByTestId('import-stop').click();
  await page.locator('[data-testid=import][data-state=stopping]').waitFor();
  await holder.query('rollback');
  await page.locator('[data-testid=import][data-state=stopped]').waitFor();
  const orders = async () =>
    (
      await program.base.pool.query(
        `select count(*)::int as n, sum(total_minor)::float8 as minor, count(distinct day)::int as days from orders where shop_id = 1 and key like 'M-%'`,
      )
    ).rows[0];
  expect((await orders()).n).toBeLessThan(count);
  await page.getByTestId('import-resume').click();
  await page.locator('[data-testid=import][data-state=done]').waitFor();
  expect(await orders()).toEqual({ n: count, minor: (count / 3) * (123_450 + 1_990 + 700), days: 2 });
  expect(complaints).toEqual([]);
});

async function counts(testId: string): Promise<Record<string, string>> {
  const badges = page.getByTestId(testId).locator('[data-result]');
  const found = await badges.evaluateAll((all) =>
    all.map((one) => [one.getAttribute('data-result') ?? '', /\d+$/.exec(one.textContent ?? '')?.[0] ?? '']),
  );
  return Object.fromEntries(found);
}
