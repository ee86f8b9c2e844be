/** A merchant without a mouse: signs in, fills in the Tracker page and erases nobody, seeing at each stop where they are. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const credentials = { email: 'camille@b.example', password: 'correct horse battery' };
let program: TestProgram;
let browser: TestBrowser;
let page: Page;
/** Stops that cannot be told from the others, or are not in view. */
const lost = new Set<string>();

beforeAll(async () => {
  program = await startTestProgram({
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: credentials.email,
    ADMIN_PASSWORD: credentials.password,
  });
  browser = await openBrowser();
  ({ page } = await browser.visit({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' }));
  const sold = {
    site: '333abc',
    action: 'order',
    email: 'lea@b.example',
    idorder: 'A-1',
    amount: '42.50',
    state: '10',
  };
  await fetch(`${program.url}/track?${new URLSearchParams(sold)}`);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

/** One stop on; what stands out there is compared with the same element once it is left. */
async function tab(): Promise<string | null> {
  await page.keyboard.press('Tab');
  const { stop, unseen } = await page.evaluate(async () => {
    const moves = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(moves.map(({ finished }) => finished));
    // a field of several parts shows it around them
    const lookOf = (element: Element | null, around = 3): string => {
      if (element === null || around === 0) return '';
      const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(element);
      const own = [outlineStyle === 'none' ? '' : outlineWidth, boxShadow, borderColor, backgroundColor];
      return [...own, lookOf(element.parentElement, around - 1)].join(' ');
    };
    const nameOf = (element: Element) =>
      element.getAttribute('data-testid') ?? element.id.concat(' ', element.textContent?.slice(0, 40) ?? '').trim();
    const held = window as { lastStop?: { element: Element; look: string } };
    const last = held.lastStop;
    const unseen: string[] = [];
    const element = document.activeElement;
    // a date is several stops in one element; a heading is a place to read from, not a stop
    const isLeft = last !== undefined && last.element !== element && last.element.matches(':not([tabindex="-1"])');
    if (isLeft && last.element.isConnected && lookOf(last.element) === last.look) unseen.push(nameOf(last.element));
    if (element === null || element === document.body) {
      delete held.lastStop;
      return { stop: null, unseen };
    }
    held.lastStop = { element, look: lookOf(element) };
    const box = element.getBoundingClientRect();
    const inView = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    if (!inView) unseen.push(nameOf(element));
    return { stop: element.getAttribute('data-testid'), unseen };
  });
  for (const name of unseen) lost.add(`${new URL(page.url()).pathname}: ${name}`);
  return stop;
}

async function tabTo(testId: string): Promise<void> {
  const passed: (string | null)[] = [];
  for (let n = 0; n < 200; n++) {
    const stop = await tab();
    if (stop === testId) return;
    passed.push(stop);
  }
  throw new Error(`the Tab key does not reach ${testId}: ${passed.join(', ')}`);
}

const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null);
const press = (key: string) => page.keyboard.press(key);

test('signs in, and skips the menu', async () => {
  await page.goto(`${program.url}/sign-in`);
  await page.getByTestId('sign-in-email').waitFor();
  await tabTo('sign-in-email');
  await page.keyboard.type(credentials.email);
  await tabTo('sign-in-password');
  await page.keyboard.type(credentials.password);
  await press('Enter');
  await page.getByTestId('shop-card').first().waitFor();
  await tabTo('shop-card');
  await press('Enter');
  await page.getByTestId('platform-tiles').waitFor();
  await page.reload();
  await page.getByTestId('platform-tiles').waitFor();
  await press('Tab');
  await press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
});

test('chooses a platform, the status that counts, an uplift, and invites a developer', async () => {
  await tabTo('platform-woocommerce');
  await press('Enter');
  await page.locator('[data-testid=guide][data-platform=woocommerce] h3').first().waitFor();
  await expect.poll(focused).toBe('platform-change');

  await tabTo('setting-validation-paid');
  await press('ArrowDown');
  await tabTo('setting-validation-save');
  await press('Enter');
  await page.locator('[data-testid=setting-validation][data-value=placed]').waitFor();

  await tabTo('setting-uplift-account');
  await press('ArrowDown');
  await page.getByRole('option', { name: 'Commande', exact: true }).waitFor();
  while ((await page.locator('[role=option][data-combobox-selected]').textContent()) !== 'Commande')
    await press('ArrowDown');
  await press('Enter');
  await tabTo('setting-uplift-account-save');
  await press('Enter');
  await expect
    .poll(async () => {
      const { rows } = await program.base.pool.query(
        `select body -> 'uplift' ->> 'account' as basis from shop_settings where shop_id = 1 order by version desc limit 1`,
      );
      return rows[0]?.basis;
    })
    .toBe('4');

  await tabTo('developer-emails');
  await page.keyboard.type('dev@agence.example');
  await tabTo('developer-invite');
  await press('Enter');
  await page.locator('[data-testid=invitation][data-email="dev@agence.example"]').waitFor();

  await tabTo('key-private-show');
  await press('Enter');
  await page.getByTestId('key-private').getByText('private-of-the-test').waitFor();
});

test('opens what arrived, and leaves a dialog where it was opened', async () => {
  await page.goto(`${program.url}/shops/1/verification`);
  await page.getByTestId('verification-row').first().waitFor();
  await tabTo('verification-expand');
  await press('Enter');
  await page.getByTestId('verification-raw').first().waitFor();
  await press('Enter');
  await page.getByTestId('verification-raw').waitFor({ state: 'detached' });
  await page.goto(`${program.url}/shops/1/profiles`);
  await page.getByTestId('profile-row').first().waitFor();
  await tabTo('profile-link');
  await press('Enter');
  await page.getByTestId('basis-row').first().waitFor();
  await tabTo('profile-erase-open');
  await press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  for (let n = 0; n < 12; n++) await press('Tab');
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(focused).toBe('profile-erase-open');
});

test('on a phone the menu is no stop while it is closed, and is once it is open', async () => {
  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto(`${program.url}/shops/1/orders`);
  await page.getByTestId('order-row').first().waitFor();
  for (let n = 0; n < 12; n++) await tab();
  expect(await page.getByRole('navigation').count()).toBe(0);
  await page.getByRole('button', { name: 'Ouvrir le menu' }).focus();
  await press('Enter');
  const link = page.getByRole('navigation').getByRole('link', { name: 'Profils' });
  await link.waitFor();
  for (let n = 0; n < 25 && !(await link.evaluate((element) => element === document.activeElement)); n++) await tab();
  await press('Enter');
  await page.getByTestId('profile-row').first().waitFor();
});

test('every stop on the way could be seen', () => {
  expect([...lost]).toEqual([]);
});
