/** A merchant installs on WooCommerce and invites a developer, who works without an account until the link is revoked. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailServer, startMailServer } from '#jobs/testing/mail-server.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { order, type Visitor } from './demo-visit.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const buyer: Visitor = {
  email: 'quirinus.zyxwvut@client.example',
  firstname: 'Quirinus',
  name: 'Zyxwvut',
  mobile: '0698765432',
};
const personal = /quirinus|zyxwvut|98765432/i;
const warning =
  'Si vous choisissez de remonter vos opt-in email et/ou SMS dans un consentement, assurez-vous que votre collecte de données est conforme au RGPD !';

let browser: TestBrowser;
let mails: MailServer;
let program: TestProgram;
let merchant: Page;
let origin: string;
let office: string;

beforeAll(async () => {
  mails = await startMailServer();
  program = await startTestProgram({ SMTP_URL: mails.url });
  browser = await openBrowser();
  const link = program.signInLink ?? '';
  origin = new URL(link).origin;
  const visit = await browser.visit({ viewport: { width: 1280, height: 900 } });
  merchant = visit.page;
  await visit.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  await merchant.goto(link);
  await merchant.getByTestId('shop-card').filter({ hasText: 'Démonstration' }).click();
  await merchant.waitForURL(/\/shops\/\d+\/tracker/);
  office = merchant.url().replace(/\/tracker.*/, '');
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await mails?.stop();
});

async function settingOf(name: string): Promise<unknown> {
  const { rows } = await program.base.pool.query<{ value: unknown }>(
    `select body -> $1 as value from shop_settings where shop_id = 2 order by version desc limit 1`,
    [name],
  );
  return rows[0]?.value;
}

async function choose(page: Page, testId: string, option: string): Promise<void> {
  await page.getByTestId(testId).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Everything of the page that can be read, and everything its calls were answered. */
async function record(page: Page): Promise<() => Promise<string>> {
  const answers: Promise<string>[] = [];
  page.on('response', (answer) => {
    if (answer.url().includes('/api/dev/') && !answer.url().endsWith('/live'))
      answers.push(answer.text().catch(() => ''));
  });
  return async () => [await page.content(), ...(await Promise.all(answers))].join('\n');
}

test('the merchant chooses WooCommerce, copies the code, and sets status and uplifts, warned where it matters', async () => {
  await merchant.getByTestId('platform-woocommerce').click();
  const guide = merchant.locator('[data-testid=guide][data-platform=woocommerce]');
  await guide.locator('.code-block').first().waitFor();
  const snippet = guide.locator('.code-block').filter({ hasText: 'public_key' }).first();
  await snippet.getByRole('button').click();
  const copied = await merchant.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(await merchant.getByTestId('key-public').first().textContent());
  expect(copied).toContain('sb-tracker.js');

  for (const validation of ['placed', 'paid'] as const) {
    await merchant.getByTestId(`setting-validation-${validation}`).check();
    await merchant.getByTestId('setting-validation-save').click();
    await merchant.locator(`[data-testid=setting-validation][data-value=${validation}]`).waitFor();
  }

  // the states of the platform stand there, to be corrected and saved
  await merchant.getByTestId('states').locator('summary').click();
  await merchant.getByTestId('states-proposed').waitFor();
  const states = merchant.getByTestId('state-line');
  expect(await states.count()).toBe(7);
  await merchant.locator('[data-testid=state-line][data-code=completed] select').selectOption('sent');
  await merchant.getByTestId('states-save').click();
  await expect
    .poll(() => settingOf('stateMaps'))
    .toMatchObject({
      server: {
        processing: { payment: 'paid', fulfilment: 'none', cancelled: false },
        completed: { payment: 'none', fulfilment: 'shipped', cancelled: false },
      },
    });

  expect(await merchant.getByText(warning).isVisible()).toBe(true);
  await choose(merchant, 'setting-uplift-order', 'Inscription');
  await merchant.getByTestId('setting-uplift-order-save').click();
  await choose(merchant, 'setting-uplift-account', 'Commande');
  await merchant.getByTestId('setting-uplift-account-save').click();
  for (const [event, channel, consent] of [
    ['optinEmail', 'email', 'Informations commerciales par email'],
    ['optinSms', 'sms', 'Informations commerciales par SMS'],
  ] as const) {
    await choose(merchant, `setting-uplift-${event}`, consent);
    // a consent asks for its proof before it can be saved
    expect(await merchant.getByTestId(`setting-uplift-${event}-save`).isDisabled()).toBe(true);
    await merchant.getByTestId(`proof-${channel}-wording`).fill('Je souhaite recevoir les offres de la Maison.');
    await merchant.getByTestId(`proof-${channel}-where`).fill('Page de commande');
    await merchant.getByTestId(`setting-uplift-${event}-save`).click();
  }
  await expect.poll(() => settingOf('uplift')).toEqual({ order: 5, account: 4, optinEmail: 1, optinSms: 2 });
});

test('a developer invited by mail works without an account, sees nobody, and is out at once when revoked', async () => {
  await merchant.goto(`${office}/tracker`);
  await merchant.getByTestId('developer-emails').fill('dev@agence.example');
  await merchant.getByTestId('developer-note').fill('Merci de tester une commande.');
  await merchant.getByTestId('developer-invite').click();
  const line = merchant.locator('[data-testid=invitation][data-email="dev@agence.example"]');
  await line.waitFor();
  const mail = await mails.wait('dev@agence.example');
  expect(mail).toContain('Merci de tester une commande.');
  const link = /https?:\/\/\S+\/dev#[\w.-]+/.exec(mail)?.[0] ?? '';

  const visit = await browser.visit({ viewport: { width: 1280, height: 900 } });
  const dev = visit.page;
  const everything = await record(dev);
  await dev.goto(link);
  // the secret is out of the address bar, and only the button opens
  await expect.poll(() => new URL(dev.url()).hash).toBe('');
  await line.and(merchant.locator('[data-state=sent]')).waitFor();
  await dev.getByTestId('developer-open').click();
  await dev.getByTestId('developer-page').waitFor();
  await line.and(merchant.locator('[data-state=opened]')).waitFor();

  // keys and documentation
  expect(await dev.getByTestId('developer-public-key').textContent()).toBe(
    await merchant.getByTestId('key-public').first().textContent(),
  );
  const own = await dev.getByTestId('developer-own-key').textContent();
  await dev.getByTestId('developer-code-send').click();
  const code = /^Subject: .*?(\d{6})/m.exec(await mails.wait('dev@agence.example'))?.[1] ?? '';
  await dev.getByTestId('developer-code').fill(code);
  await dev.getByTestId('developer-code-prove').click();
  const privateKey = (await dev.getByTestId('developer-private-own').textContent()) ?? '';
  expect(privateKey.length).toBeGreaterThan(20);
  await dev.locator('[data-testid=developer-docs] [data-own] a').click();
  await dev.getByTestId('document').getByText(`${own}:`, { exact: false }).first().waitFor();
  expect(await dev.getByTestId('document').getByRole('heading', { level: 1 }).textContent()).toContain('WooCommerce');
  await dev.goto(`${origin}/dev`);
  await dev.locator('[data-testid=live-state][data-live]').waitFor();

  // an order of the shop, live, ticked and masked
  const shopWindow = await visit.context.newPage();
  const reference = await order(shopWindow, `${origin}/demo`, buyer, { optIns: true });
  const row = dev.getByTestId('verification-row').filter({ hasText: reference });
  await row.first().waitFor();
  expect(await row.first().getByTestId('verification-who').textContent()).toBe('q••@c••.example');
  for (const what of ['order', 'script'])
    await dev.locator(`[data-testid=check][data-what=${what}][data-state=done]`).waitFor();
  await row.first().getByTestId('verification-expand').click();
  await dev.getByTestId('verification-raw').filter({ hasText: reference }).waitFor();
  await dev.locator(`[data-testid=developer-order][data-key="${reference}"]`).waitFor();
  expect(personal.exec(await everything())).toBeNull();

  // a test of their own, marked and kept apart
  await dev.getByTestId('send-test-paid').click();
  await dev.locator('[data-testid=check][data-what=paid][data-state=test]').waitFor();
  await dev.locator('[data-testid=verification-row][data-test]').first().waitFor();

  // the merchant sees that it was used, and ends it
  await merchant.getByTestId('invitation-revoke').click();
  await line.and(merchant.locator('[data-state=revoked]')).waitFor();
  await dev.getByTestId('developer-over').waitFor();
  expect(await dev.getByTestId('verification-row').count()).toBe(0);
  await dev.goto(link);
  await dev.getByTestId('developer-open').click();
  await dev.getByTestId('developer-refused').waitFor();
  const authorization = `Basic ${Buffer.from(`${own}:${privateKey}`).toString('base64')}`;
  const call = () => fetch(`${program.url}/api/CreateAccount`, { method: 'POST', headers: { authorization } });
  await expect.poll(async () => (await call()).status).toBe(401);
  expect(((await (await call()).json()) as { error: { code: string } }).error.code).toBe('keys.ended');
});

test('what bounced says so in the outbox, waits as a file, and is tried again', async () => {
  await merchant.goto(`${office}/tracker`);
  await merchant.getByTestId('developer-emails').fill('nobody@agence.example');
  await merchant.getByTestId('developer-invite').click();
  const line = merchant.locator('[data-testid=invitation][data-email="nobody@agence.example"]');
  await line.getByTestId('invitation-fault').waitFor();
  await merchant.goto(`${office}/outbox`);
  await merchant.locator('[data-testid=mail][data-to="dev@agence.example"][data-state=sent]').first().waitFor();
  const refused = merchant.locator('[data-testid=mail][data-to="nobody@agence.example"][data-state=refused]');
  await refused.waitFor();
  expect(await refused.getByTestId('mail-fault').textContent()).toContain('No such user');
  const downloading = merchant.waitForEvent('download');
  await refused.getByTestId('mail-download').click();
  const file = await (await downloading).createReadStream();
  let text = '';
  for await (const part of file) text += String(part);
  expect(text).toMatch(/^To: nobody@agence.example/m);
  expect(text).toContain('Content-Type: text/plain');
  await refused.getByTestId('mail-retry').click();
  await expect
    .poll(
      async () => {
        const { rows } = await program.base.pool.query<{ tries: number }>(
          `select tries from outbox where to_address = 'nobody@agence.example'`,
        );
        return rows[0]?.tries;
      },
      { timeout: 60_000 },
    )
    .toBe(2);
});
