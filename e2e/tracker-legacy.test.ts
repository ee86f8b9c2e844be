/** The drop-in: the published snippet in its forms, with only the host changed, and its requests byte for byte (legacy wire §1). */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { openTrackerRig, type TrackerRig } from './tracker-rig.ts';

let browser: TestBrowser;
let rig: TrackerRig;
let page: Page;
let context: BrowserContext;
let faults: string[];

beforeAll(async () => {
  [browser, rig] = await Promise.all([openBrowser(), openTrackerRig()]);
});
afterAll(async () => {
  await browser.close();
  await rig.close();
});
beforeEach(async () => {
  rig.reset();
  rig.token = 'token-1';
  ({ page, context, faults } = await browser.visit());
});
afterEach(() => context.close());

const end = 'add_tag=&del_tag=&add_order_tag=&del_order_tag=&site=key-1&source=tracker-js&customer_cookie=undefined';

function config(more = ''): string {
  return `var spconfig = { public_key: "key-1", env: "${new URL(rig.collector).host}", host: "http:", set_cookie: true${more} };`;
}

/** As published: loaded at the window's load, or at once in a tag manager. */
function loader(form: 'plain' | 'tag manager'): string {
  const load = `function loadSpreadTracker() {
    window.domLoadEventFired = true;
    var sp = document.createElement("script");
    sp.type = "text/javascript"; sp.async = true; sp.charset = "UTF-8"; sp.id = "spread-tracker";
    sp.src = "${rig.collector}/js/sb-tracker.js";
    document.body.appendChild(sp);
  }`;
  const start =
    form === 'tag manager'
      ? 'loadSpreadTracker();'
      : 'if (window.addEventListener) window.addEventListener("load", loadSpreadTracker, false); else if (window.attachEvent) window.attachEvent("onload", loadSpreadTracker); else window.onload = loadSpreadTracker;';
  return `${load}\n${start}`;
}

function snippet(form: 'plain' | 'tag manager' = 'plain', before = '', more = ''): string {
  return `<script type="text/javascript">${config(more)}${before}${loader(form)}</script>`;
}

const asked = (): [string, string][] => rig.sent.map(({ path, query }) => [path, query]);
const orderJson = '{action:"order",idorder:"1042",amount:"89.90",state:"10",email:"a@b.fr",optin:"1"}';
const orderQuery = `action=order&idorder=1042&amount=89.90&state=10&email=a%40b.fr&optin=1&&${end}`;

test.each(['plain', 'tag manager'] as const)(
  'the %s form asks who it is, keeps the token and shows it again',
  async (form) => {
    await page.goto(rig.page('/', snippet(form)));
    await page.waitForFunction("document.cookie.includes('sbt=token-1')");
    await page.reload();
    await rig.until(() => rig.sent.length === 2);
    expect(asked()).toEqual([
      ['/sp-json.php', 'publicKey=key-1'],
      ['/sp-json.php', 'publicKey=key-1&sbt=token-1'],
    ]);
    expect(rig.sent.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(faults).toEqual([]);
  },
);

test('three parts in three places: an account, an order, and every other page', async () => {
  await page.goto(rig.page('/', snippet()));
  await page.waitForFunction("document.cookie.includes('sbt=token-1')");
  await page.goto(
    rig.page(
      '/account',
      `<script>var sporder = {email:"a@b.fr",action:"signup",custom_fields:{}};</script>${snippet()}`,
    ),
  );
  await rig.until(() => rig.sent.length === 3);
  await page.goto(
    rig.page(
      '/order',
      `<script>var sporder = {idorder:"7",email:"a@b.fr",add_tag:["x","y z"],custom_fields:{327:"v"},name:null};</script>${snippet()}`,
    ),
  );
  await rig.until(() => rig.sent.length === 5);
  const rest = end.replace('undefined', 'token-1');
  expect(asked().slice(1)).toEqual([
    ['/track', `email=a%40b.fr&action=signup&&${rest}`],
    ['/sp-json.php', 'publicKey=key-1&email=a%40b.fr&sbt=token-1'],
    [
      '/track',
      `idorder=7&email=a%40b.fr&add_tag%5B0%5D=x&add_tag%5B1%5D=y%20z&custom_fields%5B327%5D=v&${rest.replace('add_tag=&', '')}`,
    ],
    ['/sp-json.php', 'publicKey=key-1&email=a%40b.fr&sbt=token-1'],
  ]);
});

test('the globals of before spconfig and sporder', async () => {
  const globals = `var siteid = "key-1", sb_json = "${new URL(rig.collector).host}"; var orderemail = "a@b.fr", spreadOrderAmount = "12.50", idorder = "A9", orderoptin = 1, spreadOrderFirstname = "Léa", city = "Lyon", add_tag = "a, b", sbCustomFieldText1 = "t", sbactionOrder = 1;`;
  await page.goto(rig.page('/', `<script>${globals}${loader('plain')}</script>`));
  await rig.until(() => rig.sent.length === 2);
  expect(asked()[0]).toEqual([
    '/track',
    `email=a%40b.fr&amount=12.50&firstname=L%C3%A9a&optin=1&idorder=A9&city=Lyon&action=order&add_tag%5B0%5D=a&add_tag%5B1%5D=b&customer_txt1=t&&${end.replace('add_tag=&', '')}`,
  ]);
});

test('the cookie-banner form starts nothing by itself, and does what it is told', async () => {
  const before = `window.spAutoload = false; var sporder = ${orderJson}; window.ready = 0; window.addEventListener("SPREAD_ready", function () { window.ready++; });`;
  await page.goto(rig.page('/', snippet('plain', before)));
  await page.waitForFunction('window.ready === 1');
  expect(rig.sent).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await page.evaluate('SPREAD.launch({ tracker: true, widgets: false })');
  await page.waitForFunction("document.cookie.includes('sbt=token-1')");
  expect(asked()).toEqual([
    ['/track', orderQuery],
    ['/sp-json.php', 'publicKey=key-1&email=a%40b.fr'],
  ]);
  await page.evaluate('SPREAD.launch({ tracker: false })');
  expect(await context.cookies()).toEqual([]);
});

test('a supported banner holds everything back until the visitor answers', async () => {
  const banner = 'window.tarteaucitron = { state: {} };';
  await page.goto(rig.page('/', snippet('plain', `${banner} var sporder = ${orderJson};`)));
  await page.waitForFunction('window.SPREAD && document.querySelector(\'script[src$="banners.js"]\')');
  await page.waitForLoadState('networkidle');
  expect(rig.sent).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await page.evaluate('document.dispatchEvent(new Event("spread_disallowed"))');
  expect(rig.sent).toEqual([]);
  await page.evaluate('document.dispatchEvent(new Event("spread_allowed"))');
  await page.waitForFunction("document.cookie.includes('sbt=token-1')");
  expect(asked().map(([path]) => path)).toEqual(['/track', '/sp-json.php']);
  await page.evaluate('document.dispatchEvent(new Event("spread_disallowed"))');
  expect(await context.cookies()).toEqual([]);
});

test('set_cookie false sets none', async () => {
  await page.goto(rig.page('/', snippet('plain', '', ', set_cookie: false').replace('set_cookie: true, ', '')));
  await page.waitForFunction('window.spStatsEnabled === false');
  expect(await context.cookies()).toEqual([]);
});

test('an order that found no answer is sent again, the same bytes, by the next page', async () => {
  rig.answers = [{ status: 503, retryAfter: 60 }];
  await page.goto(rig.page('/', snippet('plain', `var sporder = ${orderJson};`)));
  await page.waitForFunction('Object.keys(localStorage).length === 1');
  await rig.until(() => rig.sent.length > 0);
  rig.answers = [];
  await page.goto(rig.page('/next', snippet()));
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  const tracks = asked().filter(([path]) => path === '/track');
  expect(tracks.length).toBeGreaterThan(1);
  expect(new Set(tracks.map(([, query]) => query))).toEqual(new Set([orderQuery]));
});

test('without a public key nothing is sent and the page hears that it is ready', async () => {
  const body = `<script>var spconfig = {}; window.ready = 0; window.addEventListener("SPREAD_ready", function () { window.ready++; });${loader('plain')}</script>`;
  await page.goto(rig.page('/', body));
  await page.waitForFunction('window.ready === 1');
  expect(rig.sent).toEqual([]);
});

test('sbtl, set by the shop after a sign-in, becomes the token', async () => {
  await page.goto(rig.page('/', ''));
  await page.evaluate("document.cookie = 'sbtl=hand-over; path=/'");
  rig.token = null;
  await page.goto(rig.page('/', snippet()));
  await rig.until(() => rig.sent.length === 1);
  expect(asked()).toEqual([['/sp-json.php', 'publicKey=key-1&sbtl=hand-over&sbt=hand-over']]);
  await page.waitForFunction("document.cookie === 'sbt=hand-over'");
});

/** What the console was told, in order; the words of debug mode begin with a label and its style. */
function consoleOf(): string[] {
  const words: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('%cspread')) words.push(message.text());
  });
  return words;
}

test('debug mode tells what the banner held back, and what became of it', async () => {
  const words = consoleOf();
  const banner = 'window.tarteaucitron = { state: {} };';
  const first = page.waitForEvent('console', (message) => message.text().includes('held back: order 1042'));
  await page.goto(rig.page('/', snippet('plain', `${banner} var sporder = ${orderJson};`, ', debug: true')));
  await first;
  expect(words[0]).toContain('debug mode is on');
  expect(words.join('\n')).toMatch(/held back: order 1042 and the visit\. A cookie banner was found on this page/);
  expect(rig.sent).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  const refused = page.waitForEvent('console', (message) => message.text().includes('consent is now denied'));
  await page.waitForFunction('document.querySelector(\'script[src$="banners.js"]\')');
  await page.evaluate('SPREAD.consent("denied")');
  expect((await refused).text()).toContain('Let go: order 1042 and the visit.');
  expect(rig.sent).toEqual([]);

  const visit = page.waitForEvent('console', (message) => message.text().includes('sent: the visit'));
  await page.evaluate('SPREAD.consent("granted")');
  expect((await visit).text()).toContain('The server answered 200');
  expect(words.join('\n')).toMatch(/consent is now granted[\s\S]*sent: order\. The server has it \(200\)/);
  expect(faults).toEqual([]);
});

test('debug mode, asked for by a bookmark after the page was told, says all of it, once', async () => {
  const words = consoleOf();
  await page.goto(rig.page('/', snippet('plain', `window.spAutoload = false; var sporder = ${orderJson};`)));
  await page.waitForFunction('window.SPREAD');
  await page.evaluate('SPREAD.launch({ tracker: true })');
  await page.waitForFunction('window.spStatsEnabled === false');
  expect(words).toEqual([]);
  const load = `new Promise(function (done) { var s = document.createElement('script'); s.src = '${rig.collector}/js/debug.js'; s.onload = done; document.head.appendChild(s); })`;
  await page.evaluate(load);
  await page.evaluate(load);
  await page.evaluate('SPREAD.launch({ tracker: false })');
  await expect.poll(() => words.length).toBe(6);
  expect(words).toEqual([
    expect.stringContaining('debug mode is on'),
    expect.stringMatching(/held back: order 1042 and the visit\. spAutoload is false/),
    expect.stringContaining('SPREAD.launch({"tracker":true})'),
    expect.stringContaining('sent: order. The server has it (200).'),
    expect.stringContaining('sent: the visit. The server answered 200.'),
    expect.stringContaining('SPREAD.launch({"tracker":false})'),
  ]);
});

test('the cookie spdebug turns debug mode on, also where nothing has started', async () => {
  await page.goto(rig.page('/', ''));
  await page.evaluate("document.cookie = 'spdebug=1; path=/'");
  const held = page.waitForEvent('console', (message) => message.text().includes('held back: the visit.'));
  await page.goto(rig.page('/', snippet('plain', 'window.spAutoload = false;')));
  await held;
  expect(rig.sent).toEqual([]);
});
