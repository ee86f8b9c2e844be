/** A real Chromium for the tests that look at pages. */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { chromiumFlags, chromiumPath } from '../checks/programs.ts';

/** ms until what should come counts as never coming: longer than the busiest machine takes. */
export const patience = 120_000;

export interface TestBrowser {
  /** A page of a visitor nobody has seen before. Faults of its scripts are collected in `faults`. */
  visit(options?: BrowserContextOptions): Promise<{ page: Page; context: BrowserContext; faults: string[] }>;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags });
  return {
    async visit(options = {}) {
      const context = await browser.newContext({ locale: 'fr-FR', ...options });
      context.setDefaultTimeout(patience);
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      return { page, context, faults };
    },
    close: () => browser.close(),
  };
}

/** Resolves once `expression` holds in the page; under a policy without `unsafe-eval` too, where `waitForFunction` can look only once. */
export async function holds(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(`!!(${expression})`), { timeout: patience }).toBe(true);
}
