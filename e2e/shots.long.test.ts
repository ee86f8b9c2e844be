/** A picture of every route in both languages, two widths and two themes, in the ignored folder `shots/`: to look at, not to compare. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { startTestProgram } from './harness.ts';
import { fillShop, idsOf, openDeveloper, screens, signedOut, visit } from './screens.ts';

const folder = join(import.meta.dirname, '../shots');
const credentials = { email: 'camille@b.example', password: 'correct horse battery' };

test('every screen, in every language, width and theme', async () => {
  await mkdir(folder, { recursive: true });
  const program = await startTestProgram({
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: credentials.email,
    ADMIN_PASSWORD: credentials.password,
  });
  const browser = await openBrowser();
  let taken = 0;
  await fillShop(program, '333abc', credentials.email);
  for (const language of ['fr', 'en']) {
    for (const width of [390, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, context } = await browser.visit({ viewport: { width, height: 900 }, colorScheme });
        await context.addInitScript((chosen) => localStorage.setItem('spread-language', chosen), language);
        const shoot = async (list: typeof screens, ids: Readonly<Record<string, string>>): Promise<void> => {
          for (const screen of list) {
            await visit(page, program.url, screen, ids);
            const name = screen.route.replaceAll(/[/$]+/g, '-').slice(1);
            await page.screenshot({
              path: join(folder, `${name}.${language}.${width}.${colorScheme}.png`),
              fullPage: true,
            });
            taken += 1;
          }
        };
        await shoot(signedOut, {});
        await page.goto(`${program.url}/sign-in`);
        await page.getByTestId('sign-in-email').fill(credentials.email);
        await page.getByTestId('sign-in-password').fill(credentials.password);
        await page.getByTestId('sign-in-submit').click();
        await page.getByTestId('shop-card').first().waitFor();
        await page.goto(`${program.url}/shops/1/tracker`);
        await page.getByTestId('platform-tiles').or(page.getByTestId('platform-chosen')).waitFor();
        if (await page.getByTestId('platform-tiles').isVisible())
          await page.getByTestId('platform-woocommerce').click();
        await page.getByTestId('guide').locator('h3').first().waitFor();
        await openDeveloper(page, program.url);
        await shoot(screens, await idsOf(program));
        await context.close();
      }
    }
  }
  await browser.close();
  await program.stop();
  expect(taken).toBe((screens.length + signedOut.length) * 8);
});
