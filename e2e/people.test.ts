/** People of a shop in a real browser, with real mails: invited, in two steps, limited by their role, and written down. */
import { Secret, TOTP } from 'otpauth';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailServer, startMailServer } from '#jobs/testing/mail-server.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByPassword } from './sign-in.ts';

const admin = { email: 'camille@b.example', password: 'correct horse battery' };
const lea = { email: 'lea@agency.example', name: 'Léa', password: 'leas own long password' };
let mails: MailServer;
let program: TestProgram;
let browser: TestBrowser;
let page: Page;
let context: BrowserContext;
const faults: string[] = [];

beforeAll(async () => {
  mails = await startMailServer();
  program = await startTestProgram({
    SHOP_NAME: 'Maison',
    DEMO: 'off',
    SMTP_URL: mails.url,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
  });
  browser = await openBrowser();
  const visit = await browser.visit();
  ({ page, context } = visit);
  faults.push(...visit.faults);
  await signInByPassword(page, program.url, admin);
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

/** The first link of ours in a mail. */
function linkIn(mail: string): string {
  return /http:\/\/127\.0\.0\.1:\d+\/\S+?#[\w.-]+/.exec(mail)?.[0] ?? '';
}

async function invite(email: string, role: string): Promise<void> {
  await page.goto(at('/shops/1/members'));
  await page.getByTestId('member-invite').click();
  await page.getByTestId('invite-email').fill(email);
  await page.getByTestId(`invite-role-${role}`).check();
  await page.getByTestId('invite-send').click();
  await page.locator(`[data-testid=invited][data-email="${email}"]`).waitFor();
}

async function menuOf(on: Page): Promise<string[]> {
  const links = on.getByRole('navigation', { name: 'Navigation principale' }).getByRole('link');
  await links.first().waitFor();
  return links.allInnerTexts();
}

test('a colleague is invited by mail, chooses a name and a password, and sees what the role opens', async () => {
  await invite(lea.email, 'accountant');
  const mail = await mails.wait(lea.email);
  expect(mail).toContain('Comptable');
  const guest = await browser.visit();
  await guest.page.goto(linkIn(mail));
  await guest.page.getByTestId('invitation-lead').waitFor();
  expect(await guest.page.getByTestId('invitation-lead').textContent()).toContain('Maison');
  await guest.page.getByTestId('invitation-name').fill(lea.name);
  await guest.page.getByTestId('password-new').fill(lea.password);
  await guest.page.getByTestId('invitation-accept').click();
  await guest.page.waitForURL(/\/shops\/1\/overview$/);
  expect(await menuOf(guest.page)).toEqual(['Vue d’ensemble', 'Commandes', 'Exports', 'Boutiques']);

  await guest.page.goto(linkIn(mail));
  await guest.page.getByRole('alert').waitFor();
  await guest.context.close();
  await page.reload();
  const row = page.locator(`[data-testid=member][data-email="${lea.email}"]`);
  expect(await row.getAttribute('data-role')).toBe('accountant');
});

test('a bounce shows at once beside the invitation, and can be withdrawn', async () => {
  await invite('nobody@agency.example', 'user');
  const row = page.locator('[data-testid=invited][data-email="nobody@agency.example"]');
  await expect
    .poll(
      async () => {
        await page.reload();
        await row.waitFor();
        return row.getAttribute('data-mail');
      },
      { timeout: 60_000 },
    )
    .toBe('refused');
  expect(await row.textContent()).toContain('No such user here');
  await row.getByTestId('invited-withdraw').click();
  await row.waitFor({ state: 'detached' });
});

test('another role is another menu, at once; the last administrator stays', async () => {
  const colleague = await browser.visit();
  await signInByPassword(colleague.page, program.url, lea);
  await colleague.page.waitForURL(/overview$/);
  await page.goto(at('/shops/1/members'));
  await page.locator(`[data-email="${lea.email}"]`).getByTestId('member-role').click();
  await page.getByRole('option', { name: 'Support client' }).click();
  await page.locator(`[data-email="${lea.email}"][data-role=support]`).waitFor();
  await colleague.page.goto(at('/shops/1'));
  await colleague.page.waitForURL(/orders$/);
  expect(await menuOf(colleague.page)).toEqual(['Commandes', 'Profils', 'RGPD', 'Boutiques']);
  await colleague.page.goto(at('/shops/1/settings'));
  await colleague.page.getByRole('alert').waitFor();
  await colleague.context.close();

  const own = page.locator(`[data-email="${admin.email}"]`);
  await own.getByTestId('member-remove').click();
  await page.getByTestId('sure').click();
  await page.getByText('Une boutique garde au moins un administrateur').waitFor();
  await page.keyboard.press('Escape');
});

test('a second step is turned on with an app, asked for at sign-in, and backed by codes shown once', async () => {
  await page.goto(at('/account'));
  await page.getByTestId('two-steps-password').fill(admin.password);
  await page.getByTestId('two-steps-begin').click();
  const secret = ((await page.getByTestId('two-steps-secret').textContent()) ?? '').replace(/\s/g, '');
  expect(await page.getByRole('img', { name: /application d’authentification/ }).isVisible()).toBe(true);
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  await page.getByTestId('two-steps-code').fill(totp.generate());
  await page.getByTestId('two-steps-confirm').click();
  const codes = ((await page.getByTestId('two-steps-codes').textContent()) ?? '').split('\n');
  expect(codes).toHaveLength(10);
  await page.getByTestId('two-steps-kept').click();
  expect(await mails.wait(admin.email)).toContain('La validation en deux étapes a été activée');

  const phone = await browser.visit();
  await signInByPassword(phone.page, program.url, admin);
  await phone.page.getByTestId('sign-in-code').fill('000000');
  await phone.page.getByTestId('sign-in-code-submit').click();
  await phone.page.getByRole('alert').waitFor();
  await phone.page.getByTestId('sign-in-code').fill(codes[0] ?? '');
  await phone.page.getByTestId('sign-in-code-submit').click();
  await phone.page.getByTestId('installation-state').waitFor();

  await page.reload();
  await page.getByTestId('session').nth(1).waitFor();
  await page.getByTestId('sessions-end-others').click();
  await expect.poll(() => page.getByTestId('session').count()).toBe(1);
  await phone.page.goto(at('/shops/1/orders'));
  await phone.page.getByTestId('sign-in-email').waitFor();
  await phone.context.close();

  await page.getByTestId('two-steps-code').fill(codes[1] ?? '');
  await page.getByTestId('two-steps-end').click();
  await page.locator('[data-testid=two-steps-state][data-on=false]').waitFor();
});

test('a forgotten password is replaced through a mail', async () => {
  const stranger = await browser.visit();
  await stranger.page.goto(at('/sign-in'));
  await stranger.page.getByRole('link', { name: 'Mot de passe oublié ?' }).click();
  await stranger.page.getByTestId('forgotten-email').fill(lea.email);
  await stranger.page.getByTestId('forgotten-submit').click();
  await stranger.page.getByTestId('forgotten-done').waitFor();
  await stranger.page.goto(linkIn(await mails.wait(lea.email)));
  await stranger.page.getByTestId('password-new').fill('a whole new password');
  await stranger.page.getByTestId('reset-submit').click();
  await stranger.page.getByTestId('reset-done').waitFor();
  expect(await mails.wait(lea.email)).toContain('Votre compte a été modifié');
  await signInByPassword(stranger.page, program.url, { ...lea, password: 'a whole new password' });
  await stranger.page.waitForURL(/\/shops\/1\/orders$/);
  await stranger.context.close();
});

test('who has an account and was signed out comes back to the invitation after signing in', async () => {
  await page.goto(at('/shops/1/members'));
  await page.locator(`[data-email="${lea.email}"]`).getByTestId('member-remove').click();
  await page.getByTestId('sure').click();
  await page.locator(`[data-testid=member][data-email="${lea.email}"]`).waitFor({ state: 'detached' });
  await invite(lea.email, 'developer');
  const guest = await browser.visit();
  await guest.page.goto(linkIn(await mails.wait(lea.email)));
  await guest.page.getByTestId('invitation-sign-in').click();
  await guest.page.getByTestId('sign-in-email').fill(lea.email);
  await guest.page.getByTestId('sign-in-password').fill('a whole new password');
  await guest.page.getByTestId('sign-in-submit').click();
  await guest.page.getByTestId('invitation-accept').click();
  await guest.page.getByTestId('installation-state').waitFor();
  expect(await menuOf(guest.page)).toEqual(['Tracker', 'Webhooks', 'Vérification', 'Boutiques']);
  await guest.page.getByTestId('key-private-show').first().click();
  await guest.page.getByTestId('key-private-hide').first().waitFor();
  await guest.context.close();
});

test('the audit log tells who did it all, filtered by kind', async () => {
  await page.goto(at('/shops/1/audit'));
  await page.getByTestId('audit-row').first().waitFor();
  const actions = await page
    .getByTestId('audit-row')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.action));
  expect(actions).toEqual([
    'key.reveal',
    'member.join',
    'member.invite',
    'member.remove',
    'member.role',
    'member.withdraw',
    'member.invite',
    'member.join',
    'member.invite',
  ]);
  await page.getByTestId('audit-kind').click();
  await page.getByRole('option', { name: 'Secret affiché' }).click();
  await expect.poll(() => page.getByTestId('audit-row').count()).toBe(1);
  expect(await page.getByTestId('audit-row').textContent()).toContain(lea.email);
  expect(faults).toEqual([]);
  await context.close();
});
