/** A store's history in a real browser: from the store's card to the import that counts it, and its report. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '../src/domain/ids.ts';
import { fakeShopify } from '../src/outbound/testing/fake-shopify.ts';
import { Receiver } from '../src/outbound/testing/receiver.ts';
import { createConnection, saveStoreApi } from '../src/store/connection.ts';
import { deriveKeys } from '../src/store/secret.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram, testSecretKey } from './harness.ts';

let program: TestProgram;
let browser: TestBrowser;
let page: Page;
let faults: string[];
let receiver: Receiver;

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });

beforeAll(async () => {
  const store = fakeShopify();
  store.orders = Array.from({ length: 40 }, (_, place) => ({
    ...{ id: `gid://shopify/Order/${9_007_199_254_740_993n + BigInt(place)}`, name: `#${place + 1}` },
    ...{ email: `s${place}@client.example`, createdAt: '2025-01-01T10:00:00Z', updatedAt: '2025-01-01T10:00:00Z' },
    ...{ cancelledAt: null, currencyCode: 'EUR', taxesIncluded: true, displayFinancialStatus: 'PAID' },
    ...{ displayFulfillmentStatus: 'UNFULFILLED', refunds: [], transactions: [], lineItems: [] },
    totalPriceSet: money(place === 7 ? 'gratuit' : '24.00'),
  }));
  receiver = await Receiver.open(store.behave);
  program = await startTestProgram({ SHOP_NAME: 'Maison', OUTBOUND_ALLOW: '127.0.0.1' });
  const { pool } = program.base;
  const keys = deriveKeys(testSecretKey);
  const made = { platform: 'shopify', store: 'shopify', name: 'La boutique', secret: 'app secret', createdBy: 'tests' };
  const { id } = await createConnection(pool, keys, shopId(1), made, Date.now());
  await saveStoreApi(pool, keys, shopId(1), id, { address: receiver.url, credentials: { token: store.token } });
  browser = await openBrowser();
  ({ page, faults } = await browser.visit());
  const { pathname, hash } = new URL(program.signInLink ?? '', program.url);
  await page.goto(`${program.url}${pathname}${hash}`);
  await page.getByTestId('shop-card').first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await receiver?.close();
});

test('the card of a store leads to the counts and the report of its history', async () => {
  await page.goto(`${program.url}/shops/1/tracker#connections`);
  await page.getByTestId('connection-history').click();
  await page.getByTestId('sure').click();
  await page.locator('[data-testid="pull-history"][data-state="done"]').waitFor({ timeout: 60_000 });
  await page.getByTestId('pull-report').click();
  await page.locator('[data-testid="import"][data-state="done"]').waitFor({ timeout: 60_000 });
  await page.getByRole('heading', { name: 'La boutique' }).waitFor();
  await page.getByText('Historique d’une boutique connectée').waitFor();
  expect(await page.locator('[data-testid="import-counts"] [data-result="created"]').textContent()).toContain('39');
  expect(await page.locator('[data-testid="import-counts"] [data-result="refused"]').textContent()).toContain('1');
  await page.getByTestId('import-reasons').waitFor();
  expect(await page.getByTestId('import-resume').count()).toBe(0);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('import-report').click()]);
  const csv = await readFile(await download.path(), 'utf8');
  const [header, ...lines] = csv.trim().split('\n');
  expect(header).toContain('resource;id;object');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^1;.*;orders;9007199254741000;/);
  expect(lines[0]).toContain('gratuit');
});

test('it stands among the imports', async () => {
  await page.goto(`${program.url}/shops/1/imports`);
  await page.getByRole('link', { name: 'La boutique' }).waitFor();
  await page.goto(`${program.url}/shops/1/tracker#connections`);
  await page.getByTestId('connection').waitFor();
  await page.getByTestId('pull-report').waitFor();
  expect(faults).toEqual([]);
});
