/** Every screen past axe-core in a real browser: nothing serious stands in anybody's way, in the light, in the dark, and on a phone. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { fillShop, idsOf, openDeveloper, type Screen, screens, signedOut, visit } from './screens.ts';

const credentials = { email: 'camille@b.example', password: 'correct horse battery' };
let program: TestProgram;
let browser: TestBrowser;
let page: Page;
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  program = await startTestProgram({
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: credentials.email,
    ADMIN_PASSWORD: credentials.password,
  });
  browser = await openBrowser();
  ({ page } = await browser.visit({ viewport: { width: 1280, height: 900 } }));
  await fillShop(program, '333abc', credentials.email);
  await page.goto(`${program.url}/sign-in`);
  await page.getByTestId('sign-in-email').fill(credentials.email);
  await page.getByTestId('sign-in-password').fill(credentials.password);
  await page.getByTestId('sign-in-submit').click();
  await page.getByTestId('shop-card').first().waitFor();
  await page.goto(`${program.url}/shops/1/tracker`);
  await page.getByTestId('platform-woocommerce').click();
  await page.getByTestId('platform-chosen').waitFor();
  await page.goto(`${program.url}/shops/1/verification`);
  await page.getByTestId('verification-row').nth(11).waitFor();
  ids = await idsOf(program);
  await openDeveloper(page, program.url);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const forms = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const;

/** What axe finds serious or worse on the open screen in each of its forms, a line each. */
async function seriousOf(on: Page): Promise<string[]> {
  await on.evaluate(axe.source);
  const found: string[] = [];
  for (const [colorScheme, width] of forms) {
    await on.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await on.setViewportSize({ width, height: 900 });
    const violations = await on.evaluate(async () => {
      // drawn in the new form first, colours that fade over among it
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const fading = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
      await Promise.allSettled(fading.map(({ finished }) => finished));
      const tool = Reflect.get(window, 'axe') as typeof import('axe-core');
      return (await tool.run(document, { resultTypes: ['violations'] })).violations;
    });
    found.push(
      ...violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${colorScheme} ${width}: ${id} ${target.join(' ')}`)),
    );
  }
  return found;
}

async function look(on: Page, at: readonly Screen[]): Promise<void> {
  const found: [string, string[]][] = [];
  for (const screen of at) {
    await visit(on, program.url, screen, ids);
    const faults = await seriousOf(on);
    if (faults.length > 0) found.push([screen.route, faults]);
  }
  expect(found).toEqual([]);
}

// A hundred and forty looks on a busy machine.
test('no screen has a serious fault', { timeout: 900_000 }, () => look(page, screens));

test('no screen of who is signed out has a serious fault', async () => {
  const stranger = await browser.visit();
  await look(stranger.page, signedOut);
});
