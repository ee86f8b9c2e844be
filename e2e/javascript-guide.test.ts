/** The guides for JavaScript and tag managers, followed word by word in both languages, against the whole program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { modernSnippet, orderSnippet, pageSnippet } from '#ui/tracker-snippet.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const root = join(import.meta.dirname, '..');
let browser: TestBrowser;
let program: TestProgram;
let shop: FastifyInstance;
let origin: string;
let publicKey: string;
let integrity: { versioned: string; integrity: string };
const pages = new Map<string, string>();
let page: Page;
let context: BrowserContext;
let faults: string[];

beforeAll(async () => {
  browser = await openBrowser();
  program = await startTestProgram();
  const { rows } = await program.base.pool.query(
    "select public_key from shop_key where may_write and public_key not like 'test%' order by id limit 1",
  );
  publicKey = rows[0].public_key;
  integrity = (await (await fetch(`${program.url}/js/manifest.json`)).json()).tracker;
  shop = fastify({ forceCloseConnections: true });
  shop.get('/*', (request, reply) => reply.type('text/html').send(pages.get(request.url) ?? ''));
  origin = await shop.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await browser.close();
  await shop.close();
  await program.stop();
});
beforeEach(async () => {
  ({ page, context, faults } = await browser.visit());
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

async function visit(path: string, head: string, body = ''): Promise<void> {
  pages.set(
    path,
    `<!doctype html><html><head><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
  );
  await page.goto(origin + path);
}

const script = (text: string): string => `<script>${text}</script>`;
const orderOf = async (key: string) =>
  (await program.base.pool.query('select contact_email, total_minor::int as total from orders where key = $1', [key]))
    .rows;
const journal = async () =>
  (await program.base.pool.query("select kind, outcome from journal where format in ('collect', 'track') order by seq"))
    .rows;

test.each(['en', 'fr'])('part A of the JavaScript guide (%s)', async (language) => {
  const read = (heading: string, place = 0) =>
    code('javascript', language, heading, place).replaceAll('1042', `A-${language}`);
  const before = (await journal()).length;
  await visit('/order', read('A1'), script(read('A2')));
  await page.waitForFunction('window.spread.v');
  await page.waitForLoadState('networkidle');
  expect(await context.cookies()).toEqual([]);
  expect(await journal()).toHaveLength(before);
  await page.evaluate(read('A1', 1));
  await expect.poll(() => orderOf(`A-${language}`)).toEqual([{ contact_email: 'client@example.com', total: 8990 }]);
  await expect.poll(async () => (await context.cookies()).map(({ name }) => name)).toEqual(['sbt']);
  await page.evaluate(read('A3'));
  await expect
    .poll(async () =>
      (await journal())
        .slice(before)
        .map(({ kind, outcome }) => `${kind} ${outcome}`)
        .sort(),
    )
    .toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^account /),
        expect.stringMatching(/^cart /),
        expect.stringMatching(/^newsletter /),
        'order applied',
      ]),
    );
  expect(faults).toEqual([]);
});

test.each(['en', 'fr'])('a versioned script with its integrity value (%s)', async (language) => {
  await visit('/strict', code('javascript', language, 'A5'));
  await page.waitForFunction('window.spread.v');
  expect(faults).toEqual([]);
});

test.each(['en', 'fr'])('part B of the JavaScript guide (%s)', async (language) => {
  const read = (heading: string, place = 0) =>
    code('javascript', language, heading, place).replaceAll('1042', `B-${language}`);
  await visit('/order', '', read('B1') + read('B3') + read('B2'));
  await page.waitForFunction('window.SPREAD');
  await page.waitForLoadState('networkidle');
  expect(await orderOf(`B-${language}`)).toEqual([]);
  await page.evaluate(read('B1', 1));
  await expect.poll(() => orderOf(`B-${language}`)).toEqual([{ contact_email: 'client@example.com', total: 8990 }]);
  expect(faults).toEqual([]);
});

test.each(['en', 'fr'])('the tag manager guide (%s): one tag, and a purchase becomes an order', async (language) => {
  const key = `G-${language}`;
  const layer = `window.dataLayer = []; function gtag() { dataLayer.push(arguments); } gtag('consent', 'default', { analytics_storage: 'denied' });`;
  await visit('/gtm', script(layer), code('tag-manager', language, 'A'));
  await page.waitForFunction('window.spread.v');
  await page.evaluate(
    `dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: '${key}', value: 12.5, currency: 'EUR', items: [] } })`,
  );
  await page.waitForLoadState('networkidle');
  expect(await orderOf(key)).toEqual([]);
  await page.evaluate(`gtag('consent', 'update', { analytics_storage: 'granted' })`);
  await expect.poll(() => orderOf(key)).toEqual([{ contact_email: null, total: 1250 }]);
  expect(faults).toEqual([]);
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
