/** The person responsible for data protection, in a real browser: since when and by which act a basis holds, its proof, and whether anybody touched it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '#store/db.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByLink } from './sign-in.ts';

let program: TestProgram;
let browser: TestBrowser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  program = await startTestProgram({ SHOP_PUBLIC_KEY: '333abc', SHOP_PRIVATE_KEY: 'private-of-the-test' });
  browser = await openBrowser();
  ({ page, faults } = await browser.visit({ acceptDownloads: true }));
  await signInByLink(page, program);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

test('a language the shop speaks with its customers has its text in each basis', async () => {
  await page.goto(`${program.url}/shops/1/settings`);
  await page.getByTestId('shop-languages').click();
  await page.getByRole('option', { name: 'allemand', exact: true }).click();
  await page.keyboard.press('Escape');
  await page.getByTestId('shop-place-save').click();
  await expect.poll(() => page.getByTestId('shop-place-save').isDisabled()).toBe(true);
  await page.goto(`${program.url}/shops/1/gdpr/bases/5`);
  await page.getByTestId('basis-text-de').fill('Nachrichten zu Ihrem Konto.');
  await page.getByTestId('basis-save').click();
  await page.locator('[data-testid=text-version][data-version="2"]').waitFor();
  expect(await page.getByTestId('text-version').first().textContent()).toContain('allemand : Nachrichten zu');
});

test('a basis says since when and by which act it holds, with its text and page', async () => {
  await page.goto(`${program.url}/shops/1/gdpr/bases/4`);
  await page.getByTestId('basis-text-fr').fill('Vos messages de suivi de commande.');
  await page.getByTestId('basis-save').click();
  await page.locator('[data-testid=text-version][data-version="2"]').waitFor();
  const fields = { site: '333abc', action: 'order', email: 'lea@b.example', idorder: 'A-1', amount: '42' };
  await fetch(`${program.url}/track?${new URLSearchParams(fields)}`, {
    headers: { referer: 'https://shop.example/merci?email=lea' },
  });
  await page.goto(`${program.url}/shops/1/gdpr/bases/4`);
  await page.getByTestId('basis-person').getByRole('link').click();
  const row = page.locator('[data-testid=basis-row][data-name=Commande]');
  await row.getByTestId('basis-proof').click();
  const change = page.getByTestId('proof-change').first();
  await change.waitFor();
  expect(await change.getAttribute('data-check')).toBe('standing');
  const text = await change.textContent();
  expect(text).toContain('Inconnu → Accepté');
  expect(text).toContain('Vos messages de suivi de commande.');
  expect(text).toContain('https://shop.example/merci');
  expect(text).not.toContain('email=lea');
  expect(await page.getByTestId('proof-since').textContent()).toMatch(/202\d/);
});

test('the receipt prints without a script, the record downloads', async () => {
  const receipt = await page.getByTestId('proof-receipt').getAttribute('href');
  const { page: printed, context } = await browser.visit({ javaScriptEnabled: false });
  await context.addCookies(await page.context().cookies());
  await printed.goto(`${program.url}${receipt}`);
  expect(await printed.getByRole('heading', { level: 1 }).textContent()).toContain('Commande');
  expect(await printed.textContent('body')).toContain('lea@b.example');
  await context.close();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('proof-record').click()]);
  expect(download.suggestedFilename()).toMatch(/^proof-\d+-4\.jsonld$/);
});

test('the person is erased from their profile: nobody is found, the evidence is gone, the chain stands and says so', async () => {
  await page.goto(`${program.url}/shops/1/gdpr/bases/4`);
  await page.getByTestId('basis-person').getByRole('link').click();
  await page.getByTestId('profile-erase-open').click();
  await page.getByTestId('erase-preview').waitFor();
  await page.getByTestId('erase-reason').click();
  await page.getByRole('option').first().click();
  await page.getByTestId('erase-confirm').fill('lea@b.example');
  await page.getByTestId('erase-submit').click();
  await page.waitForURL(/\/profiles$/);
  await page.goto(`${program.url}/shops/1/profiles?search=lea@b.example`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await page.getByTestId('profile-row').count()).toBe(0);
  await page.goto(`${program.url}/shops/1/gdpr/ledger`);
  await page.getByTestId('ledger-verify').click();
  await page.locator('[data-testid=ledger-result][data-sound=true]').waitFor();
  expect(await page.getByTestId('ledger-result').textContent()).toContain('pièces ont été effacées');
});

test('the ledger is found sound; after a change in the database, not', async () => {
  await page.goto(`${program.url}/shops/1/gdpr/ledger`);
  await page.getByTestId('ledger-verify').click();
  await page.locator('[data-testid=ledger-result][data-sound=true]').waitFor();
  const owner = openPool(program.base.ownerUrl, { max: 1 });
  await owner.query(`update basis_history set at = at - interval '2 years' where shop_id = 1 and chain_n = 1`);
  await owner.end();
  await page.getByTestId('ledger-verify').click();
  await page.locator('[data-testid=ledger-result][data-sound=false]').waitFor();
  expect(await page.getByTestId('ledger-result').textContent()).toContain('a été modifié');
});

test('the browser complained about nothing', () => {
  expect(faults).toEqual([]);
});
