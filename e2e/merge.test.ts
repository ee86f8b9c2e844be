/** Two profiles of one person: merged by staff on the screen, seen as one, and two again. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByLink } from './sign-in.ts';

let browser: TestBrowser;
let program: TestProgram;
let page: Page;

beforeAll(async () => {
  program = await startTestProgram({ SHOP_PUBLIC_KEY: '333abc', SHOP_PRIVATE_KEY: 'private-of-the-test' });
  browser = await openBrowser();
  const visit = await browser.visit({ viewport: { width: 1280, height: 900 } });
  page = visit.page;
  await signInByLink(page, program);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

async function buy(email: string, externalId: string, reference: string): Promise<void> {
  const authorization = `Basic ${Buffer.from('333abc:private-of-the-test').toString('base64')}`;
  const body = new URLSearchParams({
    'data[customer_email]': email,
    'data[external_id]': externalId,
    'data[order_idorder]': reference,
    'data[order_amount]': '12.00',
    'data[order_state]': '20',
  });
  const answer = await fetch(`${program.url}/api/CreateOrder`, { method: 'POST', headers: { authorization }, body });
  expect(answer.status).toBe(200);
}

async function openProfile(email: string): Promise<void> {
  await page.goto(`${program.url}/shops/1/profiles`);
  await page.getByRole('link', { name: email }).click();
  await page.getByTestId('basis-row').first().waitFor();
}

const status = (name: string) =>
  page.locator(`[data-testid=basis-row][data-name="${name}"]`).getByTestId('basis-status');

test('merged, one screen shows both with the refusal of either; undone, each has its own', async () => {
  await buy('lea@b.example', '1', 'M-1');
  await buy('lea.perso@b.example', '2', 'M-2');
  const profiles = async () => (await program.base.pool.query('select id from profile')).rows.length;
  await expect.poll(profiles).toBe(2);

  await openProfile('lea.perso@b.example');
  const basis = page.locator('[data-testid=basis-row][data-name=Commande]');
  await basis.getByTestId('basis-set-open').click();
  await page.getByTestId('basis-set-refused').check();
  await page.getByTestId('basis-set-reason').fill('par téléphone');
  await page.getByTestId('basis-set-submit').click();
  await page.locator('[data-testid=basis-set-answer][data-moved=true]').waitFor();

  await openProfile('lea@b.example');
  expect(await status('Commande').getAttribute('data-status')).toBe('accepted');
  await page.getByTestId('profile-merge').click();
  await page.getByTestId('merge-search').fill('lea.perso@b.example');
  await page.getByTestId('merge-choice').check();
  await page.getByTestId('merge-submit').click();
  await page.getByTestId('profile-absorbed').getByText('lea.perso@b.example').waitFor();
  await expect.poll(() => status('Commande').getAttribute('data-status')).toBe('refused');
  for (const reference of ['M-1', 'M-2']) {
    await page.locator(`[data-testid=order-row][data-key="${reference}"]`).waitFor();
    await page.getByTestId('timeline').getByText(reference).first().waitFor();
  }

  // the other one points to the one that stands for both
  await page.getByTestId('profile-absorbed').getByRole('link').click();
  await page.getByTestId('profile-merged').waitFor();
  await page.getByTestId('profile-unmerge').click();
  await page.getByTestId('profile-merged').waitFor({ state: 'detached' });
  expect(await status('Commande').getAttribute('data-status')).toBe('refused');
  await openProfile('lea@b.example');
  expect(await status('Commande').getAttribute('data-status')).toBe('accepted');
  const { rows } = await program.base.pool.query(
    `select action from audit where action like 'profile.%merge' order by id`,
  );
  expect(rows.map(({ action }) => action)).toEqual(['profile.merge', 'profile.unmerge']);
  const verified = await page.evaluate(async () => {
    const answer = await fetch('/api/shops/1/ledger/verify', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ after: 0 }),
    });
    return answer.json();
  });
  expect(verified).toMatchObject({ faults: [], next: null });
});
