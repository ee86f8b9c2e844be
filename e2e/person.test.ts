/** A customer, in a real browser without JavaScript, from a mail received by SMTP: confirms, unsubscribes, refuses, opens their page by a code, downloads. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { basic, codeIn, linkIn, type PersonProgram, publicKey, startPersonProgram } from './person-program.ts';

let running: PersonProgram;
let browser: TestBrowser;
let page: Page;
/** The same address, where scripts may look at the page: only what looks uses them. */
let looked: Page;
let faults: string[];
/** Kind and host of everything the browser asked for. */
const asked = new Set<string>();
let mail: string;
const email = 'lea@b.example';

beforeAll(async () => {
  running = await startPersonProgram();
  browser = await openBrowser();
  ({ page, faults } = await browser.visit({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } }));
  page.on('request', (request) => asked.add(`${request.resourceType()} ${new URL(request.url()).host}`));
  ({ page: looked } = await browser.visit({ bypassCSP: true, viewport: { width: 390, height: 800 } }));
  const call = (path: string, body: Record<string, string>) =>
    fetch(`${running.program.url}${path}`, {
      method: 'POST',
      headers: { authorization: basic },
      body: new URLSearchParams(body),
    });
  await call('/api/CreateOrder', {
    'data[order_idorder]': 'L-77',
    'data[customer_email]': email,
    'data[customer_firstname]': 'Léa',
    'data[order_amount]': '42.50',
    'data[order_state]': '20',
  });
  await fetch(
    `${running.program.url}/track?${new URLSearchParams({ site: publicKey, action: 'newsletter', email, optin: '1' })}`,
  );
  mail = await running.mail.wait(email);
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

async function statusOf(basis: number): Promise<string> {
  const { rows } = await running.program.base.pool.query(
    `select b.status from profile_basis b join profile p on p.shop_id = b.shop_id and p.id = b.profile_id
     where p.email_norm = $1 and b.basis_id = $2`,
    [email, basis],
  );
  return rows[0]?.status;
}

/** The page as it stands, past axe-core, in the light and in the dark, no wider than the phone. */
async function look(name: string): Promise<void> {
  const html = await page.content();
  for (const colorScheme of ['light', 'dark'] as const) {
    await looked.emulateMedia({ colorScheme });
    await looked.setContent(html);
    await looked.addScriptTag({ content: axe.source });
    const found = await looked.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    });
    expect(found, `${name} ${colorScheme}`).toEqual([]);
    const wide = await looked.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, name).toBeLessThanOrEqual(390);
    if (process.env.SHOTS !== undefined) {
      mkdirSync(process.env.SHOTS, { recursive: true });
      await looked.screenshot({ path: `${process.env.SHOTS}/${name}-${colorScheme}.png`, fullPage: true });
    }
  }
}

const said = () => page.getByTestId('said').textContent();

test('the mail leads to a page that shows the text and the masked address, and confirms by its button', async () => {
  expect(await statusOf(1)).toBe('to confirm');
  await page.goto(linkIn(mail, 'confirm'));
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Confirmez votre inscription');
  expect(await page.getByTestId('address').textContent()).toBe('l••@b••.example');
  expect(await page.getByTestId('wording').textContent()).toBe('Je veux recevoir la lettre.');
  expect(await statusOf(1)).toBe('to confirm');
  await look('confirm');
  await page.getByRole('button', { name: 'Oui, je confirme' }).click();
  expect(await said()).toContain('C’est confirmé');
  expect(await statusOf(1)).toBe('accepted');
  await look('confirmed');
  await page.goBack();
  await page.reload();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ce lien n’est plus valable');
  await look('gone');
});

test('in English where asked, with the same address', async () => {
  await page.goto(linkIn(mail, 'stop'));
  await page.getByRole('link', { name: 'English' }).click();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Receive no more messages');
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  await look('stop-en');
});

test('unsubscribes from the mail: an objection, said as done when it is', async () => {
  await page.goto(linkIn(mail, 'stop'));
  await look('stop');
  await page.getByRole('button', { name: 'Ne plus rien recevoir de commercial' }).click();
  expect(await said()).toContain('C’est fait');
  const { json } = await running.desk.call<{ answers: { allowed: boolean; why?: string }[] }>(
    'POST',
    '/api/shops/1/may-contact',
    { channel: 'email', purpose: 'marketing', people: [{ email }] },
  );
  expect(json.answers[0]).toMatchObject({ allowed: false, why: 'objection' });
  expect(await statusOf(1)).toBe('accepted');
});

test('refuses one by one; a contract is shown and not offered', async () => {
  await page.goto(linkIn(mail, 'stop'));
  expect(await page.getByRole('checkbox', { name: /Commande/ }).count()).toBe(0);
  await page.getByRole('checkbox', { name: /Informations commerciales par email/ }).check();
  await page.getByRole('button', { name: 'Refuser ce qui est coché' }).click();
  expect(await said()).toContain('vos refus sont appliqués');
  expect([await statusOf(1), await statusOf(4)]).toEqual(['refused', 'accepted']);
});

test('a code opens the page of everything; a wrong one does not', async () => {
  await page.goto(`${running.program.url}/my-data/${publicKey}`);
  await look('ask');
  await page.getByLabel('Adresse e-mail').fill(' LEA@b.example ');
  await page.getByRole('button', { name: 'M’envoyer un code' }).click();
  const code = codeIn(await running.mail.wait(email));
  await look('code');
  await page.getByLabel('Code à 6 chiffres').fill(code === '123456' ? '654321' : '123456');
  await page.getByRole('button', { name: 'Ouvrir' }).click();
  expect(await said()).toContain('n’est pas le bon');
  await page.getByLabel('Code à 6 chiffres').fill(code);
  await page.getByRole('button', { name: 'Ouvrir' }).click();
  const text = await page.textContent('main');
  for (const held of [email, 'Léa', 'L-77', 'Vos choix']) expect(text).toContain(held);
  await look('own');
});

test('accepts again, which lifts the objection; the refusal of a legal basis is final, and the page says why', async () => {
  const row = (basis: number) => page.locator(`[data-testid=own-basis][data-basis="${basis}"]`);
  expect(await page.locator('[data-testid=own-channel][data-channel=email]').getAttribute('data-objected')).toBe(
    'true',
  );
  await row(1)
    .getByRole('button', { name: /^Accepter/ })
    .click();
  expect(await said()).toContain('vous avez accepté');
  expect(await row(1).getAttribute('data-status')).toBe('accepted');
  expect(await page.locator('[data-testid=own-channel][data-channel=email]').getAttribute('data-objected')).toBe(
    'false',
  );
  await row(6)
    .getByRole('button', { name: /^Refuser/ })
    .click();
  expect(await row(6).getAttribute('data-status')).toBe('refused');
  expect(await row(6).getByRole('button').count()).toBe(0);
  expect(await row(6).textContent()).toContain('définitif');
  expect([await statusOf(1), await statusOf(6)]).toEqual(['accepted', 'refused']);
});

test('downloads everything kept about them', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Télécharger mes données' }).click(),
  ]);
  const packed = await readFile(await download.path());
  expect(packed.subarray(0, 2).toString()).toBe('PK');
  expect(download.suggestedFilename()).toBe('data.zip');
  const names = packed.toString('latin1');
  for (const name of ['index.html', 'donnees.json', 'bases.csv', 'orders.csv']) expect(names).toContain(name);
});

test('erases everything after a tick, and the page says so when it is done', async () => {
  await page.getByRole('checkbox', { name: /ne peut pas être défait/ }).check();
  await page.getByRole('button', { name: 'Effacer mes données' }).click();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Vos données sont effacées');
  await look('erased');
  const { rows } = await running.program.base.pool.query('select from profile where email_norm = $1', [email]);
  expect(rows).toEqual([]);
  await page.goto(linkIn(mail, 'stop'));
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ce lien n’est plus valable');
});

test('no page asked for a script, a cookie or anything from elsewhere', async () => {
  // the two pages that say no
  expect(faults.filter((fault) => !/status of (403|404)/.test(fault))).toEqual([]);
  expect([...asked]).toEqual([`document ${new URL(running.program.url).host}`]);
  expect(await page.context().cookies()).toEqual([]);
});
