/** The guides for JavaScript, tag managers and Shopify's pixel, followed word by word in both languages, against the whole program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { modernSnippet, orderSnippet, pageSnippet } from '#ui/tracker-snippet.ts';
import { holds, openBrowser, type TestBrowser } from './browser.ts';
import { type DemoPage, type DemoPages, openDemoPages, type Put } from './demo-pages.ts';
import { order, signUp, type Visitor } from './demo-visit.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const root = join(import.meta.dirname, '..');
const buyer: Visitor = { email: 'camille@client.example', firstname: 'Camille', name: 'Martin', mobile: '0612345678' };

let browser: TestBrowser;
let program: TestProgram;
let shop: DemoPages;
let publicKey: string;
let integrity: { versioned: string; integrity: string };
/** What the merchant put into the pages of the demo shop. */
let put: (page: DemoPage) => Put;
let page: Page;
let context: BrowserContext;
let faults: string[];

beforeAll(async () => {
  browser = await openBrowser();
  program = await startTestProgram();
  integrity = (await (await fetch(`${program.url}/js/manifest.json`)).json()).tracker;
  shop = await openDemoPages(program, (one) => put(one));
  ({ publicKey } = shop);
});
afterAll(async () => {
  await browser.close();
  await shop.close();
  await program.stop();
});
beforeEach(async () => {
  ({ page, context, faults } = await browser.visit());
  put = () => ({});
  // Only the pages speak: the demo shop's server would state the same.
  await page.goto(shop.url);
  await page.getByTestId('demo-mode-browser').click();
});
afterEach(() => context.close());

/** The code of a guide under a heading, filled in as the Tracker page fills it in. */
function code(guide: string, language: string, heading: string, place = 0): string {
  const text = readFileSync(join(root, `docs/guides/${guide}.${language}.md`), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}.`)) ?? '';
  const block = [...section.matchAll(/```\w+\n([\s\S]*?)\n```/g)][place]?.[1] ?? '';
  const values: Record<string, string> = {
    collectorUrl: program.url,
    publicKey,
    currency: 'EUR',
    modernSnippet: modernSnippet(program.url, publicKey),
    snippet: pageSnippet(program.url, publicKey),
    orderSnippet: orderSnippet('EUR'),
    versionedUrl: `${program.url}/js/${integrity.versioned}`,
    integrity: integrity.integrity,
  };
  expect(block).not.toBe('');
  return block.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? 'missing');
}

/** The line of a block that says this word. */
function lineOf(block: string, word: string): string {
  const found = block.split('\n').find((line) => line.startsWith(`spread('${word}'`));
  expect(found).toBeDefined();
  return found ?? '';
}

const script = (text: string): string => `<script>${text}</script>`;

/** "Replace the values by those of your page": the order's number, what was paid, and who bought. */
function ofThisPage(block: string, path: string): string {
  const reference = path.split('/').at(-1) ?? '';
  const filled = block
    .replaceAll('1042', reference)
    .replaceAll(/89\.90?/g, '12.50')
    .replaceAll('client@example.com', buyer.email);
  expect(filled).not.toBe(block);
  return filled;
}

const isOrder = ({ path }: DemoPage): boolean => path.startsWith('/demo/confirmation/');

const orderOf = async (key: string) =>
  (await program.base.pool.query('select contact_email, total_minor::int as total from orders where key = $1', [key]))
    .rows;
const journal = async () =>
  (
    await program.base.pool.query(
      "select kind, outcome, source from journal where format in ('collect', 'track') order by seq",
    )
  ).rows;

test.each(['en', 'fr'])('part A of the JavaScript guide on the demo shop (%s)', async (language) => {
  const read = (heading: string, place = 0) => code('javascript', language, heading, place);
  let accepted = false;
  put = (one) => {
    const said = [accepted ? read('A1', 1) : ''];
    if (isOrder(one)) said.push(ofThisPage(read('A2'), one.path));
    if (one.path === '/demo/welcome') said.push(lineOf(read('A3'), 'signup'), lineOf(read('A3'), 'identify'));
    if (one.path === '/demo/newsletter') said.push(lineOf(read('A3'), 'newsletter'));
    if (one.path === '/demo/cart') said.push(lineOf(read('A3'), 'cart'));
    return { head: read('A1'), body: script(said.join('\n')) };
  };
  const before = (await journal()).length;
  await signUp(page, shop.url, buyer, null);
  const refused = await order(page, shop.url, buyer, { optIns: true, last: null });
  await holds(page, 'window.spread?.v');
  await page.waitForLoadState('networkidle');
  expect((await context.cookies()).map(({ name }) => name).filter((name) => !name.startsWith('demo'))).toEqual([]);
  expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
  expect(await journal()).toHaveLength(before);

  accepted = true;
  await signUp(page, shop.url, buyer, '/collect');
  const reference = await order(page, shop.url, buyer, { optIns: true, last: '/collect' });
  await expect.poll(() => orderOf(reference)).toEqual([{ contact_email: buyer.email, total: 1250 }]);
  expect(await orderOf(refused)).toEqual([]);
  await page.getByTestId('demo-newsletter-email').fill(buyer.email);
  await page.getByTestId('demo-newsletter-submit').click();
  await expect
    .poll(async () => (await context.cookies()).map(({ name }) => name).filter((name) => !name.startsWith('demo')))
    .toEqual(['sbt']);
  const kinds = async () => new Set((await journal()).slice(before).map(({ kind, source }) => `${kind} of ${source}`));
  await expect
    .poll(kinds)
    .toEqual(new Set(['account of browser', 'cart of browser', 'order of browser', 'newsletter of browser']));
  expect(faults).toEqual([]);
});

test.each(['en', 'fr'])('a versioned script with its integrity value on the demo shop (%s)', async (language) => {
  put = () => ({ head: code('javascript', language, 'A5') });
  await page.goto(shop.url);
  await holds(page, 'window.spread?.v');
  expect(faults).toEqual([]);
});

test.each(['en', 'fr'])('part B of the JavaScript guide on the demo shop (%s)', async (language) => {
  const read = (heading: string, place = 0) => code('javascript', language, heading, place);
  put = (one) => ({
    body: read('B1') + (isOrder(one) ? ofThisPage(read('B3'), one.path) : '') + read('B2'),
  });
  const reference = await order(page, shop.url, buyer, { optIns: true, last: null });
  await holds(page, 'window.SPREAD');
  await page.waitForLoadState('networkidle');
  expect(await orderOf(reference)).toEqual([]);
  await page.evaluate(read('B1', 1));
  await expect.poll(() => orderOf(reference)).toEqual([{ contact_email: buyer.email, total: 1250 }]);
  expect(faults).toEqual([]);
});

test.each(['en', 'fr'])(
  'the tag manager guide on the demo shop (%s): one tag, and a purchase becomes an order',
  async (language) => {
    const layer = `window.dataLayer = []; function gtag() { dataLayer.push(arguments); } gtag('consent', 'default', { analytics_storage: 'denied' });`;
    put = (one) => {
      const ecommerce = { transaction_id: one.path.split('/').at(-1), value: 12.5, currency: 'EUR', items: [] };
      const purchase = isOrder(one) ? `dataLayer.push(${JSON.stringify({ event: 'purchase', ecommerce })});` : '';
      return { head: script(layer + purchase), body: code('tag-manager', language, 'A') };
    };
    const reference = await order(page, shop.url, buyer, { optIns: true, last: null });
    await holds(page, 'window.spread?.v');
    await page.waitForLoadState('networkidle');
    expect(await orderOf(reference)).toEqual([]);
    await page.evaluate(`gtag('consent', 'update', { analytics_storage: 'granted' })`);
    await expect.poll(() => orderOf(reference)).toEqual([{ contact_email: null, total: 1250 }]);
    expect(faults).toEqual([]);
  },
);

test.each(['en', 'fr'])(
  "the tag manager guide on the demo shop (%s): SPREAD's two tags, the order's before the other",
  async (language) => {
    put = (one) => ({
      body:
        (isOrder(one) ? ofThisPage(code('tag-manager', language, 'B2'), one.path) : '') +
        code('tag-manager', language, 'B1'),
    });
    const reference = await order(page, shop.url, buyer, { optIns: true });
    await expect.poll(() => orderOf(reference)).toEqual([{ contact_email: buyer.email, total: 1250 }]);
    expect(faults).toEqual([]);
  },
);

test('the bookmark of the guide: what the modern tracker does, and what the drop-in does, is told in the console', async () => {
  const bookmark = code('javascript', 'en', 'A6');
  expect(code('javascript', 'fr', 'A6')).toBe(bookmark);
  // What a bookmark says is run by the page when it can, and may lead away from it.
  const press = (): Promise<unknown> =>
    page.evaluate(`void setTimeout(function () { ${decodeURIComponent(bookmark.replace(/^javascript:/, ''))} })`);
  const words: string[] = [];
  page.on('console', (message) => words.push(message.text()));
  put = () => ({ head: code('javascript', 'en', 'A1') });
  await page.goto(`${shop.url}/cart`);
  await holds(page, 'window.spread?.v');
  await Promise.all([page.waitForEvent('console', (one) => one.text().includes('debug mode is on')), press()]);
  await page.evaluate(lineOf(code('javascript', 'en', 'A3'), 'cart'));
  const sent = page.waitForEvent('console', (message) => message.text().includes('The server has it (200)'));
  await page.evaluate(code('javascript', 'en', 'A1', 1));
  await sent;
  expect(words.join('\n')).toMatch(/held back: cart\. Consent is pending[\s\S]*consent is now granted/);

  put = () => ({ body: code('javascript', 'en', 'B2') });
  await page.goto(shop.url);
  await holds(page, 'window.SPREAD');
  await Promise.all([page.waitForEvent('console', (one) => one.text().includes('sent: the visit')), press()]);
  expect(faults).toEqual([]);
});

test('Global Privacy Control is written down with what is sent anyway', async () => {
  const visit = await browser.visit({ extraHTTPHeaders: { 'sec-gpc': '1' } });
  await visit.page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true }));
  put = () => ({ head: code('javascript', 'en', 'A1').replace('"pending"', '"granted"') });
  const before = (await journal()).length;
  await visit.page.goto(`${shop.url}/cart`);
  await holds(visit.page, 'window.spread?.v');
  await visit.page.evaluate(`spread('cart', { key: 'before the answer' })`);
  await visit.page.waitForLoadState('networkidle');
  expect(await journal()).toHaveLength(before);
  // The person answers for himself: what he allows is sent, with what his browser said.
  const answered = visit.page.waitForResponse(/\/collect\?/);
  await visit.page.evaluate(
    `spread('consent', 'granted'); spread('cart', { key: 'gpc', items: [{ sku: 'miel' }] }); spread('order', { key: 'gpc', total: 1 })`,
  );
  await answered;
  const orders = `${program.url}/track?site=${publicKey}&action=order&idorder=gpc-track&amount=1&external_id=7`;
  await visit.page.evaluate((url) => fetch(url), orders);
  const recorded = async () =>
    (
      await program.base.pool.query(
        `select j.format, j.kind from journal j join journal_raw r on r.shop_id = j.shop_id and r.seq = j.seq
         where j.shop_id = $1 and r.headers->>'sec-gpc' = '1' order by j.format, j.kind`,
        [shop.shopId],
      )
    ).rows;
  await expect.poll(recorded).toEqual([
    { format: 'collect', kind: 'cart' },
    { format: 'collect', kind: 'order' },
    { format: 'track', kind: 'order' },
  ]);
  await visit.context.close();
});

test('the same event sent again is applied once, and the check-list has seen the page', async () => {
  const event = { id: 'twice-1', type: 'order', at: Date.now(), data: { key: 'twice', customer: { email: 'a@b.fr' } } };
  const body = JSON.stringify({ sentAt: Date.now(), consent: 'page', events: [event] });
  const send = () => fetch(`${program.url}/collect?key=${publicKey}`, { method: 'POST', body });
  const [first] = await Promise.all([send(), send(), send()]);
  expect(await first?.json()).toMatchObject({ results: [{ id: 'twice-1', status: 'recorded' }] });
  const reasons = async () =>
    (
      await program.base.pool.query(
        `select array_to_string(reasons, ',') as r from journal j join delivery_key d on d.shop_id = j.shop_id
         where d.key = 'page:twice-1' and j.received_at >= d.received_at order by j.seq desc limit 3`,
      )
    ).rows.filter(({ r }) => r === 'delivery.repeated').length;
  await expect.poll(reasons).toBe(2);
  const seen = async () =>
    (
      await program.base.pool.query(
        "select what from sighting where what in ('script', 'page', 'no-signal') order by what",
      )
    ).rows;
  await expect.poll(seen).toEqual([{ what: 'no-signal' }, { what: 'page' }, { what: 'script' }]);
});

test.each([
  ['en', '5512'],
  ['fr', '5513'],
])('the custom pixel of the Shopify guide tells an order from its sandbox (%s)', async (language, id) => {
  const event = {
    data: {
      checkout: {
        order: { id: `gid://shopify/Order/${id}` },
        totalPrice: { amount: 12.5 },
        currencyCode: 'EUR',
        email: buyer.email,
        phone: null,
        buyerAcceptsEmailMarketing: true,
      },
    },
  };
  // as Shopify runs it: in a frame without an origin, with an `analytics` to subscribe to
  const analytics = 'const heard = {}; const analytics = { subscribe: (name, hear) => { heard[name] = hear; } };';
  const fired = `heard.checkout_completed(${JSON.stringify(event)});`;
  const frame = script([analytics, code('shopify', language, '2'), fired].join('\n')).replaceAll('"', '&quot;');
  const { page: sandboxed, context: apart, faults: faulty } = await browser.visit();
  await sandboxed.setContent(`<iframe sandbox="allow-scripts" srcdoc="${frame}"></iframe>`);
  await expect.poll(() => orderOf(id)).toEqual([{ contact_email: buyer.email, total: 1250 }]);
  expect(faulty).toEqual([]);
  await apart.close();
});
