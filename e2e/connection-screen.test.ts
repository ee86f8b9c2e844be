/** Connected stores on the Tracker page, in a real browser: connected, delivering, refused, its API checked, ended. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumFlags, chromiumPath } from '../checks/programs.ts';
import { type FakeWooCommerce, fakeWooCommerce } from '../src/outbound/testing/fake-stores.ts';
import { Receiver } from '../src/outbound/testing/receiver.ts';
import { patience } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByLink } from './sign-in.ts';

const recorded = readFileSync(
  join(
    import.meta.dirname,
    '../src/wire/woocommerce/fixtures/own-recorded/wc7.9-classic-checkout-order.created-cod.json',
  ),
);
let program: TestProgram;
let browser: Browser;
let page: Page;
let store: FakeWooCommerce;
let receiver: Receiver;
let url = '';
let secret = '';
const complaints: string[] = [];

beforeAll(async () => {
  store = fakeWooCommerce();
  receiver = await Receiver.open(store.behave);
  program = await startTestProgram({ SHOP_NAME: 'Maison', OUTBOUND_ALLOW: '127.0.0.1' });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags] });
  page = await browser.newPage();
  page.setDefaultTimeout(patience);
  page.on('pageerror', (error) => complaints.push(error.message));
  await signInByLink(page, program);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await receiver.close();
});

function deliver(body: Buffer, signedWith: string): Promise<Response> {
  return fetch(url.replace(/^https?:\/\/[^/]+/, program.url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': 'order.created',
      'x-wc-webhook-signature': createHmac('sha256', signedWith).update(body).digest('base64'),
    },
    body: new Uint8Array(body),
  });
}

test('a store is connected, and says so with its first delivery', async () => {
  await page.goto(`${program.url}/shops/1/tracker#connections`);
  await page.getByTestId('connection-add').click();
  await page.getByTestId('connection-platform').selectOption('woocommerce');
  await page.getByTestId('connection-name').fill('La boutique');
  await page.getByTestId('connection-save').click();
  url = (await page.getByTestId('connection-url').textContent()) ?? '';
  secret = (await page.getByTestId('connection-secret').textContent()) ?? '';
  expect(url).toMatch(/\/ingest\/[0-9a-f]{32}$/);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  await page.keyboard.press('Escape');
  await page.locator('[data-testid="connection"][data-state="waiting"]').waitFor();
  await expect.poll(async () => (await deliver(recorded, secret)).status).toBe(200);
  await page.locator('[data-testid="connection"][data-state="receiving"]').waitFor();
  await page.getByText('order.created').first().waitFor();
});

test('how long a delivery was on its way is said, from the store’s own time of the event', async () => {
  const modified = new Date(Date.now() - 5_400_000).toISOString().slice(0, 19);
  const order = { ...JSON.parse(recorded.toString()), date_modified_gmt: modified };
  expect((await deliver(Buffer.from(JSON.stringify(order)), secret)).status).toBe(200);
  await page
    .getByTestId('connection-lag')
    .getByText(/9[0-5] min/)
    .waitFor();
});

test('a delivery that nobody signed right is counted, and why is said', async () => {
  expect((await deliver(recorded, 'another secret')).status).toBe(401);
  await page.getByTestId('connection-refusal').waitFor();
  expect(await page.getByTestId('connection-refused').textContent()).toBe('1');
  expect(await page.getByTestId('connection-refusal').textContent()).toContain('signature');
});

test('what was delivered and what was refused stand on the verification page', async () => {
  await page.goto(`${program.url}/shops/1/verification`);
  await page.getByText('jeanne@example.test').first().waitFor();
  await page.getByText('La signature ne correspond pas').first().waitFor();
});

test('its API is checked before it is kept, and its webhooks are made', async () => {
  await page.goto(`${program.url}/shops/1/tracker#connections`);
  await page.getByTestId('connection-api').click();
  await page.getByTestId('connection-api-address').fill(receiver.url);
  await page.getByTestId('connection-api-key').fill(store.key);
  await page.getByTestId('connection-api-secret').fill('cs_wrong');
  await page.getByTestId('connection-api-save').click();
  await page.getByText('La boutique n’accepte pas ces clés').waitFor();
  await page.getByTestId('connection-api-secret').fill(store.secret);
  await page.getByTestId('connection-api-save').click();
  await page.getByText('6 créés').waitFor();
  expect(store.webhooks.map(({ delivery_url }) => delivery_url)).toEqual(Array(6).fill(url));
  await page.getByTestId('connection-check').click();
  await page.getByText('6 déjà là').waitFor();
});

test('a store that is disconnected is not listened to any more', async () => {
  await page.getByTestId('connection-delete').click();
  await page.getByTestId('sure').click();
  await page.getByText('Aucune boutique n’est connectée').waitFor();
  await expect.poll(async () => (await deliver(recorded, secret)).status).toBe(404);
  expect(complaints).toEqual([]);
});
