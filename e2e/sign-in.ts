/** Into the back office, as people come in. */
import type { Page } from 'playwright-core';
import type { TestProgram } from './harness.ts';

/** Uses up the first sign-in link; the shops are shown. */
export async function signInByLink(page: Page, program: Pick<TestProgram, 'url' | 'signInLink'>): Promise<void> {
  const { pathname, hash } = new URL(program.signInLink ?? '', program.url);
  await page.goto(`${program.url}${pathname}${hash}`);
  await page.getByTestId('shop-card').first().waitFor();
}

/** What comes next depends on who signs in: a code, a shop, several. */
export async function signInByPassword(
  page: Page,
  url: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByTestId('sign-in-email').fill(email);
  await page.getByTestId('sign-in-password').fill(password);
  await page.getByTestId('sign-in-submit').click();
}
