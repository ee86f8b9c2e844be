/** The back office in a real browser: sign-in, every screen in both languages, widths and schemes, and a click of staff. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumFlags, chromiumPath } from '../checks/programs.ts';
import { patience } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

let program: TestProgram;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  program = await startTestProgram({
    SHOP_NAME: 'Maison',
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
  });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] });
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(linkOf(program));
  await page.getByTestId('shop-card').first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

/** The link names the address people use; the test reaches the program under its own. */
function linkOf({ signInLink, url }: TestProgram): string {
  if (signInLink === null) throw new Error('the first start made no sign-in link');
  const { pathname, hash } = new URL(signInLink, url);
  return `${url}${pathname}${hash}`;
}

function track(fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${program.url}/track?${new URLSearchParams({ site: '333abc', ...fields })}`);
}

function at(path: string): string {
  return `${program.url}${path}`;
}

test('the link worked once', async () => {
  const other = await browser.newContext();
  const stranger = await other.newPage();
  await stranger.goto(linkOf(program));
  await stranger.getByRole('alert').waitFor();
  await stranger.goto(at('/shops/1/tracker'));
  await stranger.getByTestId('sign-in-email').waitFor();
  await other.close();
});

test('what arrives shows live; staff refuses; the next order does not revive it, and the screen says why', async () => {
  await page.goto(at('/shops/1/verification'));
  await page.locator('[data-testid=live-state][data-live]').waitFor();
  const rowOf = (key: string) => page.getByTestId('verification-row').filter({ hasText: key });
  await track({ action: 'order', email: 'lea@b.example', idorder: 'A-1', amount: '42.50' });
  await rowOf('A-1').waitFor();
  expect(await rowOf('A-1').getByTestId('verification-effects').textContent()).toContain('Inconnu → Accepté');

  await rowOf('A-1').getByTestId('verification-profile').click();
  const basis = page.locator('[data-testid=basis-row][data-name=Commande]');
  await basis.getByTestId('basis-set-open').click();
  await page.getByTestId('basis-set-refused').check();
  await page.getByTestId('basis-set-reason').fill('demandé par téléphone');
  await page.getByTestId('basis-set-submit').click();
  await page.locator('[data-testid=basis-set-answer][data-moved=true]').waitFor();
  await page.getByTestId('basis-set-close').click();
  await basis.locator('[data-status=refused]').waitFor();
  const newest = page.getByTestId('basis-history-row').first();
  expect(await newest.getAttribute('data-cause')).toBe('staff');
  expect(await newest.textContent()).toContain('demandé par téléphone');

  await page.goto(at('/shops/1/verification'));
  await track({ action: 'order', email: 'lea@b.example', idorder: 'A-2', amount: '43' });
  await rowOf('A-2').waitFor();
  const told = await rowOf('A-2').getByTestId('verification-basis').textContent();
  expect(told).toContain('reste Refusé');
  expect(told).toContain('définitif');
});

test('an order is found by its number and shows where each piece comes from', async () => {
  await page.goto(at('/shops/1/orders'));
  await page.getByTestId('order-row').first().waitFor();
  await page.getByTestId('order-search').fill('A-1');
  await page.getByTestId('order-search-submit').click();
  const found = page.locator('[data-testid=order-row][data-key="A-1"]');
  await found.waitFor();
  await expect.poll(() => page.getByTestId('order-row').count()).toBe(1);
  await found.getByTestId('order-number').click();
  await page.locator('[data-testid=order-said][data-part=total][data-rank=browser]').waitFor();
  expect(await page.getByTestId('order-details').textContent()).toContain('42,50');
  await page.getByTestId('order-history-row').first().waitFor();
});

test('a custom field has a name, and the id its shop sends', async () => {
  await page.goto(at('/shops/1/settings'));
  await page.getByTestId('custom-field-new').click();
  await page.getByTestId('custom-field-name').fill('Couleur préférée');
  await page.getByTestId('custom-field-id').fill('327');
  await page.getByTestId('custom-field-save').click();
  await page.locator('[data-testid=custom-field][data-id="327"]').filter({ hasText: 'Couleur préférée' }).waitFor();
  await track({ action: 'signup', email: 'lea@b.example', 'custom_fields[327]': 'Bleu' });
  await page.goto(at('/shops/1/profiles'));
  await page.getByRole('link', { name: 'lea@b.example' }).click();
  await page.getByTestId('profile-fields').filter({ hasText: 'Couleur préférée' }).waitFor();
  await page.getByTestId('profile-edit').click();
  await page.getByTestId('profile-form-custom-327').fill('Vert');
  await page.getByTestId('profile-form-save').click();
  await page.getByTestId('profile-fields').filter({ hasText: 'Vert' }).waitFor();
  const authorization = `Basic ${Buffer.from('333abc:private-of-the-test').toString('base64')}`;
  const fields = await fetch(at('/api/v2/customfields'), { headers: { authorization } });
  expect(await fields.json()).toMatchObject({
    customfields: [{ id: '327', name: 'Couleur préférée', type: 'text', status: '1', question: null }],
    count: 1,
  });
});

test('staff correct a profile, and what a browser says later does not undo it', async () => {
  await page.goto(at('/shops/1/profiles'));
  await page.getByRole('link', { name: 'lea@b.example' }).click();
  await page.getByTestId('profile-edit').click();
  await page.getByTestId('profile-form-firstname').fill('Léa 🌿');
  await page.getByTestId('profile-form-email').fill('lea.nouvelle@b.example');
  await page.getByTestId('profile-form-save').click();
  await page.getByTestId('profile-email').filter({ hasText: 'lea.nouvelle@b.example' }).waitFor();
  await track({ action: 'signup', email: 'lea.nouvelle@b.example', firstname: 'Autre' });
  await page.reload();
  await page.getByTestId('profile-fields').filter({ hasText: 'Léa 🌿' }).filter({ hasText: 'lea@b.example' }).waitFor();
});

test('a setting is saved as a fact and holds after a reload; the private key shows when asked', async () => {
  await page.goto(at('/shops/1/tracker'));
  expect(await page.getByTestId('key-private').textContent()).not.toContain('private-of-the-test');
  await page.getByTestId('setting-validation-placed').check();
  await page.getByTestId('setting-validation-save').click();
  await page.locator('[data-testid=setting-validation][data-value=placed]').waitFor();
  await page.reload();
  await page.locator('[data-testid=setting-validation][data-value=placed]').waitFor();
  await page.getByTestId('key-private-show').first().click();
  await page.getByText('private-of-the-test').waitFor();
  await page.getByTestId('platform-javascript').click();
  await page.getByTestId('guide').getByText('"333abc"').first().waitFor();
  expect(await page.getByTestId('guide').textContent()).not.toContain('private-of-the-test');
});

/** Each with something that is there once its data is. */
const screens = [
  ['/shops', 'shop-card'],
  ['/shops/1/overview', 'chart-orders-total'],
  ['/shops/1/tracker', 'key-public'],
  ['/shops/1/documents/guides/woocommerce', 'document'],
  ['/shops/1/verification', 'verification-row'],
  ['/shops/1/orders', 'order-row'],
  ['/shops/1/profiles', 'profile-row'],
  ['/shops/1/settings', 'custom-field'],
  ['/shops/1/gdpr', 'basis-card'],
  ['/shops/1/gdpr/bases/4', 'basis-name'],
  ['/shops/1/gdpr/ledger', 'ledger-length'],
  ['/shops/1/gdpr/objections', 'guard-ask'],
] as const;

test.each([
  ['fr', 'light', 1280],
  ['en', 'dark', 1280],
  ['fr', 'dark', 390],
  ['en', 'light', 390],
] as const)('every screen in %s, %s, at %i px stays within its width', async (language, scheme, width) => {
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: 800 });
  await page.goto(at('/shops'));
  await page.evaluate((chosen) => localStorage.setItem('spread-language', chosen), language);
  await page.goto(at('/shops/1/profiles'));
  const profile = await page.getByRole('link', { name: 'lea.nouvelle@b.example' }).getAttribute('href');
  const ofProfile = [
    [profile ?? '', 'basis-row'],
    [`${profile}/bases/4`, 'proof-change'],
  ] as const;
  for (const [path, filled] of [...screens, ...ofProfile]) {
    await page.goto(at(path));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByTestId(filled).first().waitFor();
    // `unsaid`: the key of a text that is in no catalogue; after a slash it is the name of a file.
    const seen = await page.evaluate(() => ({
      wider: document.documentElement.scrollWidth - window.innerWidth,
      language: document.documentElement.lang,
      scheme: document.documentElement.dataset.mantineColorScheme,
      unsaid: /(?<![\w/-])(verification|tracker|orders|profile|basis|bases|basisPage|gdpr|status|reason)\.[a-z]+/.exec(
        document.body.textContent,
      )?.[0],
    }));
    expect([path, seen]).toEqual([path, { wider: 0, language, scheme, unsaid: undefined }]);
  }
});

test('the browser complained about nothing: no script, style or call was refused', () => {
  expect(complaints).toEqual([]);
});
