/** The visitor's cookie on a shop that speaks https, by a server that does: rules §6.5, legacy wire §1.6. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { makeCertificate } from './certificate.ts';
import { openTrackerRig, type TrackerRig } from './tracker-rig.ts';

let browser: TestBrowser;
let rig: TrackerRig;
let page: Page;
let context: BrowserContext;
let faults: string[];

beforeAll(async () => {
  [browser, rig] = await Promise.all([openBrowser(), openTrackerRig(makeCertificate())]);
});
afterAll(async () => {
  await browser.close();
  await rig.close();
});
beforeEach(async () => {
  rig.reset();
  rig.token = 'tok en/1';
  ({ page, context, faults } = await browser.visit({ ignoreHTTPSErrors: true }));
});
afterEach(() => context.close());

const everywhere = { name: 'sbt', value: 'tok%20en%2F1', domain: '.shop.localhost', path: '/', secure: true };

/** The published snippet with nothing of a host in it: scheme from the page, host from the script's address. */
function dropIn(more = ''): string {
  return `<script>var spconfig = { public_key: "key-1"${more} };</script><script async id="spread-tracker" src="${rig.collector}/js/sb-tracker.js"></script>`;
}

async function daysOf(name: string): Promise<number> {
  const found = (await context.cookies()).find((cookie) => cookie.name === name);
  return Math.round(((found?.expires ?? 0) - Date.now() / 1000) / 86_400);
}

test('the modern one: Lax and Secure, 93 days, for the whole domain of the shop', async () => {
  await page.goto(rig.page('/', rig.tag()));
  await page.waitForFunction("document.cookie.includes('sbt=')");
  expect(await context.cookies()).toMatchObject([{ ...everywhere, sameSite: 'Lax', httpOnly: false }]);
  expect(await daysOf('sbt')).toBe(93);
  await page.evaluate("spread('consent', 'denied')");
  expect(await context.cookies()).toEqual([]);
  expect(faults).toEqual([]);
});

test("the drop-in's: None and Secure, 93 days, for the whole domain, shown again on the next page", async () => {
  await page.goto(rig.page('/', dropIn()));
  await page.waitForFunction("document.cookie.includes('sbt=')");
  expect(await context.cookies()).toMatchObject([{ ...everywhere, sameSite: 'None', httpOnly: false }]);
  expect(await daysOf('sbt')).toBe(93);
  await page.goto(rig.page('/next', dropIn()));
  await rig.until(() => rig.sent.length === 2);
  expect(rig.sent.map(({ path, query }) => [path, query])).toEqual([
    ['/sp-json.php', 'publicKey=key-1'],
    ['/sp-json.php', 'publicKey=key-1&sbt=tok%20en%2F1'],
  ]);
  await page.evaluate('SPREAD.launch({ tracker: false })');
  expect(await context.cookies()).toEqual([]);
  expect(faults).toEqual([]);
});

test("the hand-over a server set on its host alone becomes the drop-in's cookie, and is gone", async () => {
  rig.token = null;
  await page.goto(rig.page('/', '', { 'set-cookie': 'sbtl=tok%20en%2F1; Path=/; Max-Age=15552000' }));
  await page.goto(rig.page('/signed-in', dropIn()));
  await rig.until(() => rig.sent.length === 1);
  expect(rig.sent[0]?.query).toBe('publicKey=key-1&sbtl=tok%20en%2F1&sbt=tok%20en%2F1');
  expect(await context.cookies()).toMatchObject([{ ...everywhere, sameSite: 'None' }]);
});

test('set_cookie false: none, whatever the server answers', async () => {
  await page.goto(rig.page('/', dropIn(', set_cookie: false')));
  await page.waitForFunction('window.spStatsEnabled === false');
  expect(await context.cookies()).toEqual([]);
  await page.goto(rig.page('/modern', rig.tag({ 'data-cookie': 'false' })));
  await rig.until(() => rig.events('page').length === 1);
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  expect(await context.cookies()).toEqual([]);
});

test('a refusal reaches what is on its way: its answer sets no cookie', async () => {
  for (const refuse of ["spread('consent', 'denied')", 'SPREAD.launch({ tracker: false })']) {
    const [path, tag] = refuse.startsWith('spread') ? ['/modern', rig.tag()] : ['/legacy', dropIn()];
    let release = (): void => undefined;
    rig.gate = new Promise((resolve) => {
      release = resolve;
    });
    rig.sent.length = 0;
    await page.goto(rig.page(path, tag));
    await rig.until(() => rig.sent.length === 1);
    const answered = page.waitForResponse(/collect\?|sp-json/);
    await page.evaluate(refuse);
    release();
    await (await answered).finished();
    await page.evaluate('new Promise((resolve) => setTimeout(resolve))');
    expect(await context.cookies()).toEqual([]);
  }
});
