/** The Webhooks screen and the site check in a real browser: an endpoint made, tested, its log read; a page checked. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumFlags, chromiumPath } from '../checks/programs.ts';
import { Receiver } from '../src/outbound/testing/receiver.ts';
import { verifies } from '../src/outbound/testing/verify-signature.ts';
import { patience } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByLink } from './sign-in.ts';

let program: TestProgram;
let browser: Browser;
let page: Page;
let receiver: Receiver;
const complaints: string[] = [];

beforeAll(async () => {
  receiver = await Receiver.open();
  program = await startTestProgram({
    SHOP_NAME: 'Maison',
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    OUTBOUND_ALLOW: '127.0.0.1',
  });
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

test('an endpoint is made, shown its secret once, told of an order, and its log says so', async () => {
  await page.goto(`${program.url}/shops/1/webhooks`);
  await page.getByTestId('webhook-add').click();
  await page.getByTestId('webhook-name').fill('ERP');
  await page.getByTestId('webhook-url').fill('https://10.0.0.1/');
  await page.getByTestId('webhook-kind-order.validated').check();
  await page.getByTestId('webhook-save').click();
  await page.getByText('réseau privé ou réservé').waitFor();
  await page.getByTestId('webhook-url').fill(`${receiver.url}/hook`);
  await page.getByTestId('webhook-save').click();
  const secret = (await page.getByTestId('webhook-secret').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await page.keyboard.press('Escape');
  await page.getByTestId('webhook-test').click();
  await receiver.count(1);
  await fetch(`${program.url}/api/CreateOrder`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('333abc:private-of-the-test').toString('base64')}` },
    body: new URLSearchParams({
      'data[order_idorder]': '1042',
      'data[customer_email]': 'anna@shop.example',
      'data[order_amount]': '89.90',
      'data[order_state]': '20',
    }),
  });
  await receiver.count(2);
  expect(receiver.got.every((got) => verifies(got, secret))).toBe(true);
  await page.getByTestId('webhook-log').click();
  await page.locator('[data-testid="webhook-delivery"][data-kind="order.validated"]').waitFor();
  await page.locator('[data-testid="webhook-delivery"][data-kind="webhook.test"][data-state="delivered"]').waitFor();
  await page.getByTestId('webhook-expand').first().click();
  await page.getByText('"order.validated"').waitFor();
});

test('the site check looks at a page and says what it found', async () => {
  receiver.behave = (_request, response) =>
    response
      .setHeader('content-type', 'text/html')
      .end(`<script async src="${program.url}/js/tracker.js" data-key="333abc"></script>`);
  await page.goto(`${program.url}/shops/1/tracker`);
  await page.getByTestId('site-check-url').fill(receiver.url);
  await page.getByTestId('site-check-submit').click();
  await page.locator('[data-testid="site-check-finding"][data-code="key.this"]').waitFor();
  await page.locator('[data-testid="site-check-finding"][data-code="cookies.no_https"]').waitFor();
  expect(complaints).toEqual([]);
});
