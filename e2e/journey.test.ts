import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { act, order, signUp, type Visitor } from './demo-visit.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const visitor: Visitor = {
  email: 'camille.martin@client.example',
  firstname: 'Camille',
  name: 'Martin',
  mobile: '0612345678',
};

let browser: TestBrowser;
let program: TestProgram;
let merchant: Page;
let buyer: Page;
let shop: string;
let office: string;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  program = await startTestProgram();
  const link = program.signInLink ?? '';
  shop = `${new URL(link).origin}/demo`;
  merchant = (await browser.visit({ viewport: { width: 1280, height: 900 } })).page;
  await merchant.goto(link);
  await merchant.getByTestId('shop-card').filter({ hasText: 'Démonstration' }).click();
  await merchant.waitForURL(/\/shops\/\d+\/tracker/);
  office = merchant.url().replace(/\/tracker.*/, '');
  buyer = (await browser.visit()).page;
});
afterEach(async () => {
  await merchant.context().close();
  await buyer.context().close();
  await program.stop();
});

/** The verification screen, its stream open before anything is sent. */
async function watch(): Promise<void> {
  await merchant.goto(`${office}/verification`);
  await merchant.locator('[data-testid="live-state"][data-live]').waitFor();
}

function rows(text: string) {
  return merchant.getByTestId('verification-row').filter({ hasText: text });
}

async function openProfile(): Promise<void> {
  await merchant.goto(`${office}/profiles`);
  await merchant.getByRole('link', { name: visitor.email }).first().click();
  await merchant.getByTestId('basis-row').first().waitFor();
}

function basisStatus(name: string) {
  return merchant.locator(`[data-testid="basis-row"][data-name="${name}"]`).getByTestId('basis-status');
}

async function setBasis(name: string, status: string, reason: string, date = ''): Promise<void> {
  await merchant.locator(`[data-testid="basis-row"][data-name="${name}"]`).getByTestId('basis-set-open').click();
  await merchant.getByTestId(`basis-set-${status}`).check();
  await merchant.getByTestId('basis-set-date').fill(date);
  await merchant.getByTestId('basis-set-reason').fill(reason);
  await merchant.getByTestId('basis-set-submit').click();
  await merchant.locator('[data-testid="basis-set-answer"][data-moved="true"]').waitFor();
  await merchant.getByTestId('basis-set-close').click();
}

test('an order goes from the shop to the verification screen, live, and a hundred copies of it change nothing', async () => {
  await watch();
  await signUp(buyer, shop, visitor);
  const account = merchant.locator('[data-testid="verification-row"][data-kind="account"]');
  await account.filter({ hasText: 'Inscription : Inconnu → Accepté' }).first().waitFor();

  const reference = await order(buyer, shop, visitor, { optIns: true });
  const bought = rows(reference);
  // what cannot be seen is said
  await merchant
    .getByTestId('live-news')
    .filter({ hasText: /nouvelles? lignes?/ })
    .waitFor({ state: 'attached' });
  for (const name of ['Commande', 'Opt-in email', 'Opt-in SMS']) {
    await bought
      .filter({ hasText: `${name} : Inconnu → Accepté` })
      .first()
      .waitFor();
  }
  expect(await bought.filter({ hasText: 'Commande créée' }).count()).toBe(1);
  await expect.poll(() => bought.count()).toBe(2);
  expect((await bought.allTextContents()).every((text) => text.includes(' · Non validée'))).toBe(true);

  expect(await act(buyer, shop, reference, 'paid')).toBe('UpdateOrder 20 → 200');
  await bought.filter({ hasText: 'Commande mise à jour · Validée' }).waitFor();

  expect(await act(buyer, shop, reference, 'again')).toBe('CreateOrder 20 × 100/100 → 200');
  await merchant.goto(`${office}/orders`);
  const order1 = merchant.getByTestId('order-row');
  await order1.first().waitFor();
  expect(await order1.count()).toBe(1);
  expect(await order1.getAttribute('data-key')).toBe(reference);
  expect(await order1.getByTestId('order-validated').getAttribute('data-validated')).toBe('validated');

  await openProfile();
  for (const name of ['Commande', 'Inscription', 'Opt-in email', 'Opt-in SMS']) {
    expect([name, await basisStatus(name).getAttribute('data-status')]).toEqual([name, 'accepted']);
  }
});

test('with the other setting an order is validated as soon as it is placed', async () => {
  await merchant.getByTestId('setting-validation-placed').check();
  await merchant.getByTestId('setting-validation-save').click();
  await merchant.locator('[data-testid="setting-validation"][data-value="placed"]').waitFor();
  await watch();
  const reference = await order(buyer, shop, visitor, { optIns: false });
  await rows(reference).filter({ hasText: 'Commande créée · Validée' }).waitFor();
});

test('a refused basis stays refused when its person orders again, and the screen says why', async () => {
  await watch();
  const first = await order(buyer, shop, visitor, { optIns: false });
  await rows(first).filter({ hasText: 'Commande : Inconnu → Accepté' }).waitFor();
  await openProfile();
  await setBasis('Commande', 'refused', 'objection par courrier');
  await expect.poll(() => basisStatus('Commande').getAttribute('data-status')).toBe('refused');

  await watch();
  const second = await order(buyer, shop, visitor, { optIns: false });
  await rows(second)
    .filter({ hasText: 'Commande : reste Refusé' })
    .filter({ hasText: 'ce refus est définitif' })
    .first()
    .waitFor();
  await openProfile();
  expect(await basisStatus('Commande').getAttribute('data-status')).toBe('refused');
});

test('an objection that comes after the order, dated before it, ends the same way', async () => {
  await watch();
  const reference = await order(buyer, shop, visitor, { optIns: false });
  await rows(reference).filter({ hasText: 'Commande : Inconnu → Accepté' }).waitFor();
  await openProfile();
  const before = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
  await setBasis('Commande', 'refused', 'lettre retrouvée', before);
  await expect.poll(() => basisStatus('Commande').getAttribute('data-status')).toBe('refused');
  const written = merchant.locator('[data-testid="basis-history-row"][data-to="refused"]');
  const day = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(before));
  await written
    .filter({ hasText: 'lettre retrouvée' })
    .filter({ hasText: day })
    .filter({ hasText: 'reçu le' })
    .waitFor();

  await watch();
  const next = await order(buyer, shop, visitor, { optIns: false });
  await rows(next)
    .filter({ hasText: 'Commande : reste Refusé' })
    .filter({ hasText: 'ce refus est définitif' })
    .first()
    .waitFor();
  await openProfile();
  expect(await basisStatus('Commande').getAttribute('data-status')).toBe('refused');
});

test('the demo shop takes its new pair after a rotation, and goes on when the old one has ended', async () => {
  const pages = await merchant.evaluate(async (place) => {
    const call = async (path: string, body?: object) => {
      const headers = { 'content-type': 'application/json' };
      const asked = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`/api${place}${path}`, asked)).status;
    };
    const { keys }: { keys: { id: number }[] } = await (await fetch(`/api${place}/tracker`)).json();
    const id = keys[0]?.id;
    return [await call(`/keys/${id}/rotate`, { hours: 24 }), await call(`/keys/${id}/end`, {})];
  }, new URL(office).pathname);
  expect(pages).toEqual([200, 204]);
  await watch();
  const reference = await order(buyer, shop, visitor, { optIns: false });
  await rows(reference).filter({ hasText: 'Commande créée' }).waitFor();
  await expect.poll(() => rows(reference).count()).toBe(2);
  expect(await act(buyer, shop, reference, 'paid')).toBe('UpdateOrder 20 → 200');
});
