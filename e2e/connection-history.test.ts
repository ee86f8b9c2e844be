/** What is read from a store's API, on the Tracker page, and purchases told twice: by the page and by the server. */
import type { ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeWooCommerce, fakeWooCommerce } from '../src/outbound/testing/fake-stores.ts';
import { Receiver } from '../src/outbound/testing/receiver.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { recorded } from './php-plugin.ts';

const order = recorded('woocommerce/fixtures/own-recorded/wc7.9-classic-checkout-order.created-cod.json');
const keys = { publicKey: '333cafe0333cafe0333cafe0333cafe0', privateKey: 'private-of-the-shop' };

let program: TestProgram;
let browser: TestBrowser;
let page: Page;
let faults: string[];
let store: FakeWooCommerce;
let receiver: Receiver;
/** The second hundred of orders waits for the test. */
let held: { readonly asked: Promise<ServerResponse>; answer(): void };

beforeAll(async () => {
  store = fakeWooCommerce();
  receiver = await Receiver.open(store.behave);
  program = await startTestProgram({
    SHOP_NAME: 'Maison',
    SHOP_PUBLIC_KEY: keys.publicKey,
    SHOP_PRIVATE_KEY: keys.privateKey,
    OUTBOUND_ALLOW: '127.0.0.1',
  });
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

function history(from: number, to: number): FakeWooCommerce['orders'] {
  return Array.from({ length: to - from }, (_, n) => {
    const at = new Date(Date.UTC(2025, 0, 1, 0, from + n)).toISOString().slice(0, 19);
    return {
      ...order,
      id: from + n,
      number: String(from + n),
      date_created_gmt: at,
      date_modified_gmt: at,
      billing: { ...(order.billing as object), email: `p${from + n}@b.example` },
    };
  });
}

/** From now on the second hundred of orders is answered when the test says so. */
function hold(): typeof held {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  let answer = (): void => undefined;
  receiver.behave = (request, response) => {
    const url = new URL(request.path, 'http://store');
    if (!url.pathname.endsWith('/orders') || (url.searchParams.get('offset') ?? '0') === '0')
      return store.behave(request, response);
    answer = () => {
      receiver.behave = store.behave;
      store.behave(request, response);
    };
    resolve(response);
  };
  return { asked: promise, answer: () => answer() };
}

function wake(): Promise<unknown> {
  return program.base.pool.query("select wake_job('pulls')");
}

test('what a store had before is read when the merchant says so, and its progress shows', async () => {
  store.orders = history(1, 251);
  await page.goto(`${program.url}/shops/1/tracker#connections`);
  await page.getByTestId('connection-add').click();
  await page.getByTestId('connection-platform').selectOption('woocommerce');
  await page.getByTestId('connection-save').click();
  await page.getByTestId('connection-url').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('connection-api').click();
  await page.getByTestId('connection-api-address').fill(receiver.url);
  await page.getByTestId('connection-api-key').fill(store.key);
  await page.getByTestId('connection-api-secret').fill(store.secret);
  await page.getByTestId('connection-api-save').click();
  held = hold();
  await page.getByTestId('connection-history').click();
  await page.getByTestId('sure').click();
  await page.locator('[data-testid="pull-history"][data-state="running"]').waitFor();
  await wake();
  await held.asked;
  await page.getByText('Historique : 100 lus sur 250').waitFor();
  const bar = page.getByTestId('pull-history').getByRole('progressbar');
  await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe('40');
  held.answer();
  await page.locator('[data-testid="pull-history"][data-state="done"]').waitFor();
  await page.getByText('250 créés, 0 mis à jour').waitFor();
  await page.getByTestId('pull-report').waitFor();
});

test('what a lost delivery did is found again, and the page says what was repaired', async () => {
  const [first = { id: 0, date_modified_gmt: '' }] = store.orders;
  const at = new Date().toISOString().slice(0, 19);
  store.orders = [
    ...store.orders.slice(1),
    { ...first, status: 'completed', date_paid_gmt: at, date_modified_gmt: at },
  ];
  await page.getByTestId('connection-reconcile').click();
  await page.locator('[data-testid="pull-reconcile"]').waitFor();
  await wake();
  await page.locator('[data-testid="pull-reconcile"][data-state="done"]').waitFor();
  await expect
    .poll(async () => (await page.getByTestId('pull-reconcile').textContent()) ?? '')
    .toContain('0 créés, 1 mis à jour');
  await page.getByTestId('pull-repaired').waitFor();
});

test('a store whose keys were taken away says so, and what it lacks', async () => {
  store.scope = 'none';
  await page.getByTestId('connection-check').click();
  await page.getByTestId('connection-fault').waitFor();
  expect(await page.getByTestId('connection').getAttribute('data-state')).toBe('fault');
  expect(await page.getByTestId('connection-fault').textContent()).toContain('ne peuvent pas lire les commandes');
  store.scope = 'read_write';
  await page.getByTestId('connection-check').click();
  await page.getByTestId('connection-fault').waitFor({ state: 'detached' });
});

test('one purchase told by the page and by the server shows as twins, and the browser’s door is proposed shut', async () => {
  const told = { total: '42.50', currency: 'EUR', state: 'placed', customer: { email: 'zoe@b.example' } };
  const tell = (path: string, key: string, headers: Record<string, string> = {}) =>
    fetch(`${program.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        sentAt: Date.now(),
        consent: 'page',
        events: [{ id: `twin-${key}`, type: 'order', at: Date.now(), data: { key, ...told } }],
      }),
    });
  const basic = `Basic ${btoa(`${keys.publicKey}:${keys.privateKey}`)}`;
  expect((await tell(`/collect?key=${keys.publicKey}`, 'P-1')).status).toBe(200);
  expect((await tell('/ingest', 'S-1', { authorization: basic, prefer: 'wait=10' })).status).toBe(200);
  await expect
    .poll(async () => {
      await page.goto(`${program.url}/shops/1/tracker#browser`);
      await page.getByTestId('setting-browser-writes').waitFor();
      return page.getByTestId('twin').allTextContents();
    })
    .toEqual([expect.stringMatching(/42,50.*P-1.*S-1|42,50.*S-1.*P-1/s)]);
  await page.getByTestId('close-browser').getByRole('button').click();
  await page.getByTestId('close-browser').waitFor({ state: 'detached' });
  expect(await page.getByTestId('setting-browser-writes').isChecked()).toBe(false);
  // what a page says of an order no longer makes one
  expect((await tell(`/collect?key=${keys.publicKey}`, 'P-2')).status).toBe(200);
  await page.goto(`${program.url}/shops/1/verification`);
  await page.getByTestId('verification-row').filter({ hasText: 'n’accepte pas les commandes' }).waitFor();
  const { rows } = await program.base.pool.query(
    "select key from orders where shop_id = 1 and key like '_-_' order by key",
  );
  expect(rows.map(({ key }) => key)).toEqual(['P-1', 'S-1']);
  expect(faults).toEqual([]);
});
