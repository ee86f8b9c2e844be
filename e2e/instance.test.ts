/** The owner of an installation in a real browser: mail that is down, and the life of a shop from its making to its end. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailServer, startMailServer } from '#jobs/testing/mail-server.ts';
import { shopDeletionJobName } from '#store/shop-life.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByPassword } from './sign-in.ts';

const owner = { email: 'camille@b.example', password: 'correct horse battery' };
const minuteMs = 60_000;
let ahead = 0;
let mails: MailServer;
let program: TestProgram;
let browser: TestBrowser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  mails = await startMailServer();
  program = await startTestProgram(
    { SHOP_NAME: 'Maison', DEMO: 'off', SMTP_URL: mails.url, ADMIN_EMAIL: owner.email, ADMIN_PASSWORD: owner.password },
    () => Date.now() + ahead,
  );
  browser = await openBrowser();
  ({ page, faults } = await browser.visit());
  await signInByPassword(page, program.url, owner);
  await page.getByTestId('installation-state').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await mails?.stop();
});

function at(path: string): string {
  return `${program.url}${path}`;
}

async function download(click: () => Promise<void>): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), click()]);
  return readFile(await file.path());
}

const shopNamed = (name: string) => page.locator(`[data-testid=instance-shop][data-name="${name}"]`);

test('while the mail server takes nothing, every screen says so; mails of no shop can be taken away, and sent once it is back', async () => {
  mails.setDown(true);
  await page.evaluate(
    (email) =>
      fetch('/api/password/forgotten', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email }),
      }),
    owner.email,
  );
  await page.goto(at('/instance/outbox'));
  const mail = page.locator(`[data-testid=mail][data-to="${owner.email}"]`);
  await mail.getByTestId('mail-fault').waitFor();
  expect(await mail.textContent()).toContain('Closed for the night');
  expect(await page.getByTestId('mail-failing').count()).toBe(0);

  ahead += 11 * minuteMs;
  await page.goto(at('/shops/1/tracker'));
  await page.getByTestId('mail-failing').waitFor();
  expect(await (await fetch(at('/metrics'))).text()).toMatch(/^spread_mail_failing 1$/m);
  await page.goto(at('/instance/health'));
  await page.locator('[data-testid=health-mail][data-fine=false]').waitFor();
  await page.getByTestId('mail-failing').getByRole('link').click();
  const file = await download(() => mail.getByTestId('mail-download').click());
  expect(file.toString()).toContain(`To: ${owner.email}`);
  expect(file.toString()).toContain('/sign-in/reset#');

  mails.setDown(false);
  await mail.getByTestId('mail-retry').click();
  await page.locator(`[data-testid=mail][data-to="${owner.email}"][data-state=sent]`).waitFor();
  expect(await mails.wait(owner.email)).toContain('nouveau mot de passe');
  await page.reload();
  await mail.waitFor();
  expect(await page.getByTestId('mail-failing').count()).toBe(0);
});

test('a shop is made, filled, closed, opened again, exported and deleted; what happened to it is written down', async () => {
  await page.goto(at('/instance'));
  await page.getByTestId('new-shop-name').fill('Éphémère');
  await page.getByTestId('new-shop-create').click();
  const shop = shopNamed('Éphémère');
  await shop.getByRole('link', { name: 'Ouvrir la boutique' }).click();
  await page.getByTestId('key-public').waitFor();
  const key = ((await page.getByTestId('key-public').textContent()) ?? '').trim();
  const place = new URL(page.url()).pathname.replace(/\/tracker$/, '');
  const order = (id: string) =>
    fetch(
      at(
        `/track?${new URLSearchParams({ site: key, action: 'order', idorder: id, amount: '9', email: 'a@b.example' })}`,
      ),
    );
  expect((await order('E-1')).status).toBe(200);
  await page.goto(at(`${place}/orders`));
  await page.locator('[data-testid=order-row][data-key="E-1"]').waitFor();

  await page.goto(at('/instance'));
  await shop.getByTestId('shop-close').click();
  await page.getByTestId('sure').click();
  await page.locator('[data-testid=instance-shop][data-name="Éphémère"][data-state=closed]').waitFor();
  expect((await order('E-2')).status).toBe(404);
  await page.goto(at(`${place}/orders`));
  await page.getByTestId('shop-closed').waitFor();
  await page.goto(at('/instance'));
  await shop.getByTestId('shop-reopen').click();
  await page.locator('[data-testid=instance-shop][data-name="Éphémère"][data-state=open]').waitFor();
  expect((await order('E-3')).status).toBe(200);
  await page.goto(at(`${place}/orders`));
  await page.locator('[data-testid=order-row][data-key="E-3"]').waitFor();
  await page.goto(at(`${place}/audit`));
  await page.getByTestId('audit-row').nth(1).waitFor();
  const told = await page
    .getByTestId('audit-row')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.action));
  expect(told).toEqual(['shop.open', 'shop.close']);

  await page.goto(at('/instance'));
  const file = gunzipSync(await download(() => shop.getByTestId('shop-export').click())).toString();
  const lines = file
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ shop: { name: 'Éphémère' } });
  expect(
    lines
      .filter(({ table }) => table === 'orders')
      .map(({ row }) => row.key)
      .sort(),
  ).toEqual(['E-1', 'E-3']);
  expect(lines.at(-1)).toMatchObject({ end: true, rows: { orders: 2 } });

  await shop.getByTestId('shop-close').click();
  await page.getByTestId('sure').click();
  await shop.getByTestId('shop-delete').click();
  expect(await page.getByTestId('sure').isDisabled()).toBe(true);
  await page.getByTestId('sure-typed').fill('Éphémère');
  await page.getByTestId('sure').click();
  await page.locator('[data-testid=instance-shop][data-name="Éphémère"][data-state=deleting]').waitFor();
  expect((await order('E-4')).status).toBe(404);
  expect(await shop.getByTestId('shop-export').count()).toBe(0);
  ahead += 2 * minuteMs;
  await program.base.pool.query('select wake_job($1)', [shopDeletionJobName]);
  await expect
    .poll(
      async () => {
        await page.reload();
        await shopNamed('Maison').waitFor();
        return shop.count();
      },
      { timeout: 60_000 },
    )
    .toBe(0);
  const { rows } = await program.base.pool.query('select from orders where shop_id <> 1');
  expect(rows).toEqual([]);

  await page.goto(at('/instance/audit'));
  await page.getByTestId('audit-row').first().waitFor();
  const acts = await page
    .getByTestId('audit-row')
    .evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.action));
  expect(acts).toEqual([
    'shop.delete',
    'shop.close',
    'shop.export',
    'shop.open',
    'shop.close',
    'shop.create',
    'mail.retry',
    'mail.download',
    'account.forgotten',
  ]);
  expect(faults).toEqual([]);
});
