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

/** What axe finds serious or worse, a line each. */
async function seriousOf(on: Page): Promise<string[]> {
  await on.evaluate(axe.source);
  const { violations } = await on.evaluate(() => {
    const tool = Reflect.get(window, 'axe') as typeof import('axe-core');
    return tool.run(document, { resultTypes: ['violations'] });
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(' ')}`));
}

// Thirty screens, looked at one by one on a busy machine.
const lookMs = 300_000;

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
] as const)('no screen has a serious fault, %s, at %i px', { timeout: lookMs }, async (colorScheme, width) => {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 900 });
  const found: [string, string[]][] = [];
  for (const screen of screens) {
    await visit(page, program.url, screen, ids);
    const faults = await seriousOf(page);
    if (faults.length > 0) found.push([screen.route, faults]);
  }
  expect(found).toEqual([]);
});

test('no screen of who is signed out has a serious fault', async () => {
  const stranger = await browser.visit();
  for (const width of [1280, 390]) {
    await stranger.page.setViewportSize({ width, height: 900 });
    for (const screen of signedOut satisfies readonly Screen[]) {
      await visit(stranger.page, program.url, screen, ids);
      expect([screen.route, width, await seriousOf(stranger.page)]).toEqual([screen.route, width, []]);
    }
  }
});
