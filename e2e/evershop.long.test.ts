/**
 * A real storefront: an EverShop shop, connected through sdk/ by an extension of its own (e2e/evershop), sells in a browser; its seller
 * takes the money, ships and cancels; the check-list of the verification screen ticks itself meanwhile.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTracker } from '../sdk/client.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { type EverShop, seller, startEverShop } from './evershop.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const keys = { publicKey: 'e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7', privateKey: 'private key of the storefront' };
const buyer = { email: 'camille.martin@client.example', name: 'Camille Martin' };

let browser: TestBrowser;
let program: TestProgram;
let storefront: EverShop;
/** Our back office, EverShop's, and the shop window. */
let merchant: Page;
let admin: Page;
let visitor: Page;

beforeAll(async () => {
  browser = await openBrowser();
  program = await startTestProgram({ DEMO: 'off', SHOP_PUBLIC_KEY: keys.publicKey, SHOP_PRIVATE_KEY: keys.privateKey });
  storefront = await startEverShop({ url: program.url, ...keys });
  const size = { viewport: { width: 1280, height: 900 } };
  merchant = (await browser.visit(size)).page;
  admin = (await browser.visit(size)).page;
  visitor = (await browser.visit(size)).page;
  await merchant.goto(program.signInLink ?? '');
  await merchant.waitForURL(/\/shops\/\d+\//);
  await merchant.goto(merchant.url().replace(/(\/shops\/\d+).*/, '$1/verification'));
  await merchant.locator('[data-testid="live-state"][data-live]').waitFor();
  await admin.goto(`${storefront.url}/admin/login`);
  await admin.locator('[name="email"]').fill(seller.email);
  await admin.locator('[name="password"]').fill(seller.password);
  await admin.getByRole('button', { name: 'Sign in' }).click();
  await admin.waitForURL(`${storefront.url}/admin`);
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await storefront?.stop();
  await program?.stop();
});

async function ticked(what: string): Promise<void> {
  await merchant.locator(`[data-testid="check"][data-what="${what}"][data-state="done"]`).waitFor();
}

/** Makes an account; the purchases that follow are a guest's, with the same address. */
async function register(): Promise<void> {
  const { page, context } = await browser.visit();
  await page.goto(`${storefront.url}/account/register`);
  await page.locator('[name="full_name"]').fill(buyer.name);
  await page.locator('[name="email"]').fill(buyer.email);
  await page.locator('[name="password"]').fill('Tasse-en-gres-7');
  await page.getByRole('button', { name: /sign up/i }).click();
  await ticked('account');
  await context.close();
}

/** Buys a cup, paid on delivery; answers the order's uuid. */
async function buy(): Promise<string> {
  await visitor.goto(`${storefront.url}/tasse`);
  await visitor.getByRole('button', { name: 'Add to cart' }).click();
  await visitor.getByText('Checkout', { exact: true }).first().click();
  await visitor.waitForURL(/\/checkout/);
  await visitor.locator('[name="contact.email"]').fill(buyer.email);
  const address = {
    full_name: buyer.name,
    telephone: '0612345678',
    address_1: '3 rue des Lilas',
    city: 'Paris',
    postcode: '75011',
  };
  for (const [field, value] of Object.entries(address))
    await visitor.locator(`[name="shippingAddress.${field}"]`).fill(value);
  await visitor.locator('[id="field-shippingAddress.country"]').click();
  await visitor.getByRole('option', { name: 'France', exact: true }).click();
  await visitor.locator('[id="field-shippingAddress.province"]').click();
  await visitor.getByRole('option', { name: 'Ile-de-France' }).click();
  await visitor.locator('label[id^="shipping-method-"]').first().click();
  await visitor.getByText('Shipping (Standard)').first().waitFor({ state: 'attached' });
  await visitor.getByText('Cash on delivery').first().click();
  await visitor.getByRole('button', { name: 'Place Order' }).click();
  await visitor.waitForURL(/\/checkout\/success\/[\w-]+/);
  return visitor.url().split('/').pop() ?? '';
}

interface Order {
  readonly key: string;
  readonly payment: string;
  readonly fulfilment: string;
  readonly cancelled: boolean;
  readonly total: string;
  readonly currency: string;
  readonly refunded: string;
}

async function orders(): Promise<readonly Order[]> {
  const { rows } = await program.base.pool.query(`
    select key, payment, fulfilment, cancelled, total_minor::text as total, currency, refunded_minor::text as refunded
    from orders order by key::int`);
  return rows;
}

test('an account, an order paid on delivery and shipped, another cancelled, a refund told by the shop’s own code', async () => {
  await register();

  const first = await buy();
  await ticked('order');
  const placed = { key: '1', payment: 'none', fulfilment: 'none', cancelled: false };
  expect(await orders()).toEqual([{ ...placed, total: '1740', currency: 'EUR', refunded: '0' }]);
  await admin.goto(`${storefront.url}/admin/order/edit/${first}`);
  await admin.getByRole('button', { name: 'Capture Payment' }).click();
  await admin.getByText('Customer paid using cash.').first().waitFor();
  await ticked('paid');
  await expect.poll(orders).toMatchObject([{ ...placed, payment: 'paid' }]);
  const shipped = { ...placed, payment: 'paid', fulfilment: 'shipped' };
  await admin.getByRole('button', { name: 'Create shipment' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Create shipment' }).click();
  await expect.poll(orders).toMatchObject([shipped]);

  const second = await buy();
  await expect.poll(orders).toMatchObject([shipped, { ...placed, key: '2' }]);
  await admin.goto(`${storefront.url}/admin/order/edit/${second}`);
  await admin.getByRole('button', { name: 'Cancel Order' }).first().click();
  const sure = admin.getByRole('dialog');
  await sure.getByPlaceholder('Reason for cancellation').fill('changed their mind');
  await sure.getByRole('button', { name: 'Submit Cancellation' }).click();
  await expect.poll(orders).toMatchObject([shipped, { ...placed, key: '2', cancelled: true }]);

  await connectTracker({ url: program.url, ...keys }).order({ key: '1', refunded: '5.00', update: true });
  await expect.poll(orders).toMatchObject([{ ...shipped, refunded: '500' }, { key: '2' }]);
  const { rows: people } = await program.base.pool.query('select email_norm from profile');
  expect(people).toEqual([{ email_norm: buyer.email }]);
  const { rows: kept } = await program.base.pool.query("select convert_from(raw, 'utf8') as raw from journal_raw");
  expect(kept.length).toBeGreaterThan(5);
  expect(JSON.stringify(kept)).not.toMatch(/password|\$2[aby]\$/);
  expect(storefront.output()).not.toContain('TrackerError');
});
