/** Every screen and every page to print past axe-core in a real browser. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import {
  idsOf,
  openDeveloper,
  printed,
  type Screen,
  screens,
  signedOut,
  signInAsOwner,
  startFilledShop,
  visit,
} from './screens.ts';

/** Theme and width in px. */
export type Form = readonly ['light' | 'dark', number];

/** What axe finds serious or worse in one of the forms: route → a line each. Nothing found: empty. */
export async function seriousFaults(forms: readonly Form[]): Promise<Record<string, string[]>> {
  const program = await startFilledShop();
  const browser = await openBrowser();
  const found: Record<string, string[]> = {};
  const look = async (page: Page, at: readonly Screen[], ids: Readonly<Record<string, string>>): Promise<void> => {
    for (const screen of at) {
      await visit(page, program.url, screen, ids);
      const faults = await seriousOf(page, forms);
      if (faults.length > 0) found[screen.route] = faults;
    }
  };
  try {
    const { page } = await browser.visit({ viewport: { width: 1280, height: 900 } });
    await look(page, signedOut, {});
    await page.setViewportSize({ width: 1280, height: 900 });
    await signInAsOwner(page, program.url);
    await page.goto(`${program.url}/shops/1/tracker`);
    await page.getByTestId('platform-woocommerce').click();
    await page.getByTestId('platform-chosen').waitFor();
    await page.goto(`${program.url}/shops/1/verification`);
    await page.getByTestId('verification-row').nth(11).waitFor();
    const ids = await idsOf(program);
    await openDeveloper(page, program.url);
    await look(page, [...screens, ...printed], ids);
  } finally {
    await browser.close();
    await program.stop();
  }
  return found;
}

async function seriousOf(page: Page, forms: readonly Form[]): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const [colorScheme, width] of forms) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    const violations = await page.evaluate(async () => {
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
