/** A picture of every route in both languages, two widths and two themes, in the ignored folder `shots/`: to look at, not to compare. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { idsOf, openDeveloper, screens, signedOut, signInAsOwner, startFilledShop, visit } from './screens.ts';

const folder = join(import.meta.dirname, '../shots');

test('every screen, in every language, width and theme', async () => {
  await mkdir(folder, { recursive: true });
  const program = await startFilledShop();
  const browser = await openBrowser();
  let taken = 0;
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
        await signInAsOwner(page, program.url);
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
