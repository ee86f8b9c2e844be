/** The verification screen live: a pause, a broken connection and a burst lose no line in silence; menus by role; charts to look into. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

let program: TestProgram;
let browser: TestBrowser;
let context: BrowserContext;
let page: Page;
let line: Line;

/** Between the browser and the program: may be cut. */
interface Line {
  readonly url: string;
  /** Ends every connection, and takes none until `restore`. */
  cut(): void;
  restore(): void;
  close(): void;
}

beforeAll(async () => {
  program = await startTestProgram({
    SHOP_NAME: 'Maison',
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
  });
  line = await openLine(Number(new URL(program.url).port));
  browser = await openBrowser();
  ({ page, context } = await browser.visit({ viewport: { width: 1280, height: 900 } }));
  const { pathname, hash } = new URL(program.signInLink ?? '', program.url);
  await page.goto(`${line.url}${pathname}${hash}`);
  await page.getByTestId('shop-card').first().waitFor();
});
afterAll(async () => {
  await context?.close();
  await browser?.close();
  line?.close();
  await program?.stop();
});

async function openLine(port: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server: Server = createServer((socket) => {
    if (!whole) {
      socket.destroy();
      return;
    }
    const beyond = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, beyond],
      [beyond, socket],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cut() {
      whole = false;
      for (const socket of sockets) socket.destroy();
    },
    restore() {
      whole = true;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Orders by the server's door, one call; answers when they are recorded. */
async function send(keys: readonly string[]): Promise<void> {
  const events = keys.map((key) => ({
    id: key,
    type: 'order',
    at: Date.now(),
    data: { key, total: 1234.5, currency: 'EUR', state: 'paid', customer: { email: `${key}@b.example` } },
  }));
  const answer = await fetch(`${program.url}/ingest`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('333abc:private-of-the-test').toString('base64')}` },
    body: JSON.stringify({ sentAt: Date.now(), events }),
  });
  expect(answer.status).toBe(200);
}

const rows = () => page.getByTestId('verification-row');
const rowOf = (key: string) => rows().filter({ hasText: key });
const live = () => page.locator('[data-testid=live-state][data-live]').waitFor();

test('a pause holds lines back and loses none', async () => {
  await page.goto(`${line.url}/shops/1/verification`);
  await live();
  await send(['P-before']);
  await rowOf('P-before').waitFor();
  await page.getByTestId('live-pause').click();
  await send(['P-during-1', 'P-during-2']);
  await page.getByText('2 nouvelles lignes').waitFor();
  expect(await rows().count()).toBe(1);
  await page.getByTestId('live-pause').click();
  await rowOf('P-during-2').waitFor();
  expect(await rows().count()).toBe(3);
});

test('a broken connection comes back by itself, without losing or repeating a line', async () => {
  await page.goto(`${line.url}/shops/1/verification`);
  await live();
  await send(['R-1', 'R-2', 'R-3']);
  await rowOf('R-3').waitFor();
  const before = await rows().count();
  line.cut();
  await page.locator('[data-testid=live-state]:not([data-live])').waitFor();
  await send(['R-4', 'R-5']);
  line.restore();
  await rowOf('R-5').waitFor();
  await live();
  await send(['R-6']);
  await rowOf('R-6').waitFor();
  for (const key of ['R-1', 'R-2', 'R-3', 'R-4', 'R-5', 'R-6']) expect(await rowOf(key).count()).toBe(1);
  expect(await rows().count()).toBe(before + 3);
  expect(await page.getByTestId('live-skipped').count()).toBe(0);
});

test('of a burst the page shows what a person can follow, and says how many it left out', async () => {
  await page.goto(`${line.url}/shops/1/verification`);
  await live();
  const burst = Array.from({ length: 400 }, (_, n) => `B-${n}`);
  await send(burst);
  const left = async () => Number(/\d+/.exec((await page.getByTestId('live-skipped').textContent()) ?? '')?.[0]);
  await page.getByTestId('live-skipped').waitFor();
  await expect.poll(async () => (await left()) + (await rowOf('B-').count())).toBe(400);
  expect(await left()).toBeGreaterThan(0);
});

const menus = {
  administrator: [
    'overview',
    'tracker',
    'webhooks',
    'verification',
    'orders',
    'profiles',
    'imports',
    'exports',
    'gdpr',
    'outbox',
    'settings',
    'members',
    'audit',
  ],
  user: ['overview', 'tracker', 'verification', 'orders', 'profiles', 'imports', 'exports', 'gdpr', 'settings'],
  developer: ['tracker', 'webhooks', 'verification'],
  accountant: ['overview', 'orders', 'exports'],
  support: ['orders', 'profiles', 'gdpr'],
} as const;

test.each(Object.entries(menus))('the menu of %s holds what they may see, and each entry opens', async (role, menu) => {
  await program.base.pool.query('update shop_member set role = $1', [role]);
  await page.goto(`${line.url}/shops/1`);
  const first = role === 'accountant' ? 'overview' : role === 'support' ? 'orders' : 'tracker';
  await page.waitForURL(`**/shops/1/${first}`);
  const links = page.locator('nav .nav-link:not(.nav-last)');
  await links.first().waitFor();
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(hrefs).toEqual(menu.map((name) => `/shops/1/${name}`));
  for (const name of menu) {
    await page.locator(`nav a[href="/shops/1/${name}"]`).click();
    await page.locator('h1').waitFor();
    await page.waitForLoadState('load');
    await expect.poll(() => page.getByRole('status').filter({ hasText: 'Chargement' }).count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
  }
  await program.base.pool.query("update shop_member set role = 'administrator'");
});

test('the Tracker page warns while calls come from pages that do not say whether their visitor agreed', async () => {
  const collect = (consent: string) =>
    fetch(`${program.url}/collect?key=333abc`, {
      method: 'POST',
      body: JSON.stringify({ sentAt: Date.now(), consent, events: [{ id: consent, type: 'page', at: Date.now() }] }),
    });
  const sighted = async () =>
    (await program.base.pool.query("select what from sighting where what in ('page', 'no-signal') order by what")).rows;
  await collect('banner');
  await expect.poll(sighted).toEqual([{ what: 'page' }]);
  await page.goto(`${line.url}/shops/1/tracker`);
  await page.getByTestId('installation-state').waitFor();
  expect(await page.getByTestId('check-no-signal').count()).toBe(0);
  await collect('page');
  await expect.poll(sighted).toEqual([{ what: 'no-signal' }, { what: 'page' }]);
  await page.reload();
  expect(await page.getByTestId('check-no-signal').textContent()).toContain('sans dire si le visiteur a accepté');
});

test('the check-list of a shop whose orders come by the script alone says whose they are, until its server sends one', async () => {
  const sighted = async () =>
    (await program.base.pool.query("select what from sighting where what like '%-order' order by what")).rows;
  await program.base.pool.query("delete from sighting where what like '%-order'");
  const event = { id: 'script-only', type: 'order', at: Date.now(), data: { key: 'script-only', total: 12.5 } };
  const body = JSON.stringify({ sentAt: Date.now(), consent: 'banner', events: [event] });
  await fetch(`${program.url}/collect?key=333abc`, { method: 'POST', body });
  await expect.poll(sighted).toEqual([{ what: 'browser-order' }]);
  await page.goto(`${line.url}/shops/1/verification`);
  expect(await page.getByTestId('check-script-only').textContent()).toMatch(
    /que pour les visiteurs qui ont accepté.*toutes les commandes/,
  );
  await fetch(`${program.url}/api/CreateOrder`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('333abc:private-of-the-test')}` },
    body: new URLSearchParams({ 'data[order_idorder]': 'by-server', 'data[customer_email]': 'a@client.example' }),
  });
  await expect.poll(sighted).toEqual([{ what: 'browser-order' }, { what: 'server-order' }]);
  await page.reload();
  await page.getByTestId('check-list').waitFor();
  expect(await page.getByTestId('check-script-only').count()).toBe(0);
});

test('charts say what they count, answer the pointer in the language of the reader, and open the list behind them', async () => {
  await page.goto(`${line.url}/shops/1/overview`);
  const turnover = page.getByTestId('chart-turnover-EUR');
  await turnover.waitFor();
  for (const id of ['turnover-EUR', 'orders', 'profiles', 'bases', 'uplift', 'received', 'refused']) {
    const chart = page.getByTestId(`chart-${id}`);
    expect((await chart.locator('h2').getAttribute('title'))?.length).toBeGreaterThan(20);
    expect(await chart.getByRole('link').getAttribute('href')).toMatch(
      /^\/shops\/1\/(orders|profiles|gdpr|verification)/,
    );
  }
  await turnover.getByTestId('chart-day').last().hover();
  const word = await turnover.getByTestId('chart-word').textContent();
  expect(word).toMatch(/\d\u202f\d{3},\d\d\u00a0€/);
  await page.getByText('EN', { exact: true }).click();
  await turnover.getByTestId('chart-day').last().hover();
  expect(await turnover.getByTestId('chart-word').textContent()).toMatch(/€\d+,\d{3}/);
  await page.getByTestId('chart-uplift').getByRole('link').click();
  await page.waitForURL(/\/verification\?kind=order/);
  await page.locator('[data-testid=verification-row][data-kind=order]').first().waitFor();
  await page.goBack();
  await turnover.getByRole('link').click();
  await page.waitForURL(/\/shops\/1\/orders\?.*from=\d{4}-\d\d-\d\d/);
  await page.getByTestId('order-row').first().waitFor();
});
