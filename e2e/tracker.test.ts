/** The modern tracker in a real Chromium: what was sent, and what was not. */
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
  ({ page, context, faults } = await browser.visit());
});
afterEach(() => context.close());

const stub = '<script>window.spread=window.spread||function(){(spread.q=spread.q||[]).push(arguments)};</script>';
const order = { key: '1042', total: 89.9, currency: 'EUR', customer: { email: 'camille@client.example' } };

/** Calls `spread` as a script of the page would. */
function say(...call: unknown[]): Promise<unknown> {
  return page.evaluate((words) => (window as unknown as { spread(...all: unknown[]): void }).spread(...words), call);
}

/** Everything the browser keeps for the shop. */
async function keptByBrowser(): Promise<{ items: string[]; cookies: string[] }> {
  const items = await page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)));
  return { items, cookies: (await context.cookies()).map(({ name }) => name) };
}

/** A page that has the tracker and is through with its first call. */
async function open(attributes: Record<string, string> = {}, path = '/'): Promise<void> {
  await page.goto(rig.page(path, stub + rig.tag(attributes)));
  await page.waitForFunction('window.spread && window.spread.v');
}

test('with consent a page is one call, without asking first, and its token becomes a cookie', async () => {
  rig.token = 'token-1';
  await page.goto(rig.page('/', `${stub}<script>spread('order', ${JSON.stringify(order)})</script>${rig.tag()}`));
  await page.waitForFunction("document.cookie.includes('sbt=token-1')");
  expect(rig.sent.map(({ method, path, query, contentType }) => [method, path, query, contentType])).toEqual([
    ['POST', '/collect', 'key=key-1', 'text/plain;charset=UTF-8'],
  ]);
  expect(rig.sent[0]?.body).toMatchObject({ token: null, consent: 'page', cookie: true });
  expect(rig.events().map(({ type, data }) => [type, data])).toEqual([
    ['order', order],
    ['page', undefined],
  ]);
  await page.reload();
  await rig.until(() => rig.events('page').length === 2);
  expect(rig.sent.at(-1)?.body?.token).toBe('token-1');
  expect(faults).toEqual([]);
});

test('while consent is pending nothing is sent and nothing is kept; once granted it leaves with its own time', async () => {
  await open({ 'data-consent': 'pending' });
  await say('identify', { email: 'camille@client.example' });
  await say('order', { key: '7' });
  expect(await keptByBrowser()).toEqual({ items: [], cookies: [] });
  expect(rig.sent).toEqual([]);
  await say('consent', 'granted');
  await rig.until(() => rig.events('order').length === 1);
  const { body } = rig.sent[0] ?? {};
  expect(body?.consent).toBe('banner');
  expect(rig.events('order')[0]?.data).toEqual({ key: '7', customer: { email: 'camille@client.example' } });
  expect(rig.events('order')[0]?.at).toBeLessThanOrEqual(body?.sentAt ?? 0);
});

test('what waited is forgotten when the visitor refuses, and stays forgotten', async () => {
  await open({ 'data-consent': 'pending' });
  await say('order', order);
  await say('consent', 'denied');
  await say('order', { key: 'after' });
  expect(await keptByBrowser()).toEqual({ items: [], cookies: [] });
  await say('consent', 'granted');
  await say('order', { key: 'later' });
  await rig.until(() => rig.events('order').length > 0);
  expect(rig.events('order').map(({ data }) => data.key)).toEqual(['later']);
});

test('a change of mind deletes the token and what was not sent yet', async () => {
  rig.token = 'token-1';
  await open();
  await page.waitForFunction("document.cookie.includes('sbt=')");
  rig.answers = [{ status: 503, retryAfter: 60 }];
  const before = rig.sent.length;
  await say('order', order);
  await rig.until(() => rig.sent.length > before);
  await say('consent', 'denied');
  expect(await keptByBrowser()).toEqual({ items: [], cookies: [] });
  await say('order', { key: 'after' });
  await page.reload();
  expect(rig.events('order').map(({ data }) => data.key)).toEqual(['1042']);
});

test('Global Privacy Control outweighs what the page assumes, not what the person answers', async () => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true }));
  await open();
  await say('order', order);
  expect(await keptByBrowser()).toEqual({ items: [], cookies: [] });
  expect(rig.sent).toEqual([]);
  await say('consent', 'granted');
  await say('order', { key: 'answered' });
  await rig.until(() => rig.sent.length > 0);
  expect(rig.events('order').map(({ data }) => data.key)).toEqual(['answered']);
});

test('without cookies there are none, anywhere', async () => {
  rig.token = 'token-1';
  await open({ 'data-cookie': 'false' });
  await rig.until(() => rig.sent.length === 1);
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  expect(rig.sent[0]?.body?.cookie).toBe(false);
  expect(await keptByBrowser()).toEqual({ items: [], cookies: [] });
});

test('offline it waits in the browser, and leaves once the network is back', async () => {
  await open();
  await rig.until(() => rig.events('page').length === 1);
  await context.setOffline(true);
  await say('order', order);
  await page.waitForFunction('Object.keys(localStorage).length === 1');
  expect(rig.events('order')).toEqual([]);
  await context.setOffline(false);
  await rig.until(() => rig.events('order').length > 0);
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  expect(rig.events('order')).toHaveLength(1);
});

test('a reload in the middle loses nothing, and the event keeps its id', async () => {
  rig.answers = [{ status: 503, retryAfter: 60 }];
  await open();
  await say('order', order);
  await rig.until(() => rig.events('order').length > 0);
  rig.answers = [];
  await page.reload();
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  const ids = new Set(rig.events('order').map(({ id }) => id));
  expect(ids.size).toBe(1);
});

test('two tabs send an event once', async () => {
  rig.answers = [{ status: 503, retryAfter: 60 }];
  await open();
  await say('order', order);
  await rig.until(() => rig.events('order').length > 0);
  await page.goto('about:blank');
  rig.sent.length = 0;
  rig.answers = [];
  let release = (): void => undefined;
  rig.gate = new Promise((resolve) => {
    release = resolve;
  });
  await page.goto(rig.page('/', stub + rig.tag()));
  await rig.until(() => rig.events('order').length === 1);
  const second = await context.newPage();
  await second.goto(`${rig.shop}/`);
  await second.waitForFunction('window.spread && window.spread.v');
  release();
  rig.gate = null;
  await rig.until(() => rig.events('page').length >= 2);
  await second.waitForFunction('Object.keys(localStorage).length === 0');
  expect(rig.events('order')).toHaveLength(1);
});

test('503, then it recovers: not before Retry-After, and then once', async () => {
  rig.answers = [{ status: 503, retryAfter: 1 }, { status: 200 }];
  await open();
  await say('order', order);
  await rig.until(() => rig.events('order').length === 2);
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  const [first, again] = rig.sent.filter(({ body }) => body?.events.some(({ type }) => type === 'order'));
  expect((again?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  expect(first?.body?.events[0]?.id).toBe(again?.body?.events[0]?.id);
  expect(again?.body?.sentAt).toBeGreaterThan(first?.body?.sentAt ?? Number.POSITIVE_INFINITY);
});

test('408, 429 and every 5xx are tried again, the same event', async () => {
  await open();
  for (const status of [408, 429, 500, 502, 504]) {
    rig.answers = [{ status }, { status: 200 }];
    await say('order', { key: status });
    const sent = () => rig.events('order').filter(({ data }) => data.key === status);
    await rig.until(() => sent().length === 2);
    await page.waitForFunction('Object.keys(localStorage).length === 0');
    expect(new Set(sent().map(({ id }) => id)).size).toBe(1);
  }
});

test('no other 4xx is tried again', async () => {
  await open();
  await rig.until(() => rig.events('page').length === 1);
  for (const status of [400, 401, 403, 404, 409, 410, 413, 422, 451]) {
    rig.answers = [{ status }];
    await say('order', { key: status });
    await rig.until(() => rig.events('order').some(({ data }) => data.key === status));
    await page.waitForFunction('Object.keys(localStorage).length === 0');
  }
  // A call that succeeds goes on without what was refused.
  rig.answers = [];
  await say('order', { key: 'last' });
  await rig.until(() => rig.events('order').some(({ data }) => data.key === 'last'));
  expect(rig.events('order').map(({ data }) => data.key)).toEqual([
    400,
    401,
    403,
    404,
    409,
    410,
    413,
    422,
    451,
    'last',
  ]);
});

test('while the server asks to wait, what comes meanwhile waits too, and leaves with it', async () => {
  rig.answers = [{ status: 429, retryAfter: 2 }, { status: 200 }];
  await open();
  await say('order', { key: 'first' });
  await rig.until(() => rig.sent.length === 1);
  // The page view went along, and is kept as well.
  await page.waitForFunction('Object.keys(localStorage).length === 2');
  await say('order', { key: 'second' });
  await rig.until(() => rig.events('order').some(({ data }) => data.key === 'second'));
  expect(rig.sent).toHaveLength(2);
  expect((rig.sent[1]?.at ?? 0) - (rig.sent[0]?.at ?? 0)).toBeGreaterThanOrEqual(1990);
  const orders = rig.sent[1]?.body?.events.filter(({ type }) => type === 'order');
  expect(orders?.map(({ data }) => data.key)).toEqual(['first', 'second']);
});

test('a page view waits for a quiet moment, in memory, and shares a call with what comes meanwhile', async () => {
  await page.addInitScript(() => {
    // The quiet moment is the test's to give.
    // biome-ignore lint/suspicious/noExplicitAny: the page's global
    (window as any).requestIdleCallback = (work: () => void) => ((window as any).quiet = work);
  });
  await open();
  await say('product', { key: 'miel' });
  await page.waitForFunction('window.quiet');
  expect(rig.sent).toEqual([]);
  expect(await keptByBrowser()).toEqual({ items: [], cookies: [] });
  await page.evaluate('quiet()');
  await rig.until(() => rig.sent.length > 0);
  expect(rig.sent[0]?.body?.events.map(({ type }) => type)).toEqual(['product', 'page']);
});

test('a page that is left before its quiet moment is counted, once', async () => {
  await page.addInitScript(() => {
    // biome-ignore lint/suspicious/noExplicitAny: the page's global
    (window as any).requestIdleCallback = () => 0;
  });
  await open();
  await page.goto(rig.page('/elsewhere', ''));
  await rig.until(() => rig.sent.length > 0);
  expect(rig.sent.map(({ body }) => body?.events.map(({ type }) => type))).toEqual([['page']]);
  expect((await keptByBrowser()).items).toEqual([]);
});

test('a page that is left offline is kept, and sent by the next one', async () => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'onLine', { get: () => !location.hash });
    // The page that is left has no quiet moment before, however slow this machine is: nothing of it is on its way.
    // biome-ignore lint/suspicious/noExplicitAny: the page's global
    if (location.pathname !== '/next') (window as any).requestIdleCallback = () => 0;
  });
  await open();
  await page.evaluate("location.hash = 'offline'; spread('page', { key: 'left' })");
  await page.goto(rig.page('/next', stub + rig.tag()));
  await rig.until(() => rig.events('page').some(({ data }) => data?.key === 'left'));
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  expect(rig.events('page').filter(({ data }) => data?.key === 'left')).toHaveLength(1);
});

test('what the server refuses is not sent again, and the page hears of it', async () => {
  await open();
  rig.answers = [{ status: 404 }];
  const told = page.evaluate(
    () =>
      new Promise((resolve) => {
        // biome-ignore lint/suspicious/noExplicitAny: the page's global
        const { spread } = window as any;
        spread('on', 'refused', (_events: unknown, status: number) => resolve(status));
        spread('order', { key: '1' });
      }),
  );
  expect(await told).toBe(404);
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  expect(rig.events('order')).toHaveLength(1);
});

test('a page that leaves at once after its order has sent it', async () => {
  await open();
  const next = rig.page('/thanks', 'thank you');
  await page.evaluate(
    ([data, url]) => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's global
      (window as any).spread('order', data);
      location.href = url as string;
    },
    [order, next] as const,
  );
  await rig.until(() => rig.events('order').length > 0);
  await page.waitForURL(next);
  expect(rig.sent.at(-1)?.contentType).toBe('text/plain;charset=UTF-8');
  expect(rig.sent.every(({ method }) => method === 'POST')).toBe(true);
});

test('where beacons are blocked the last words leave all the same', async () => {
  await page.addInitScript(() => {
    navigator.sendBeacon = () => false;
    // biome-ignore lint/suspicious/noExplicitAny: the page's global
    addEventListener('pagehide', () => (window as any).spread('order', { key: 'last words' }));
  });
  await open();
  await rig.until(() => rig.events('page').length === 1);
  await page.goto(rig.page('/elsewhere', ''));
  await rig.until(() => rig.events('order').length > 0);
  expect(rig.events('order')[0]?.data.key).toBe('last words');
});

test('blocked storage and cookies: inside a sandboxed frame it still speaks, and nothing is thrown', async () => {
  rig.token = 'token-1';
  rig.page('/frame', `${stub}<script>spread('order', ${JSON.stringify(order)})</script>${rig.tag()}`);
  await page.goto(rig.page('/', `<iframe sandbox="allow-scripts" src="/frame"></iframe>`));
  await rig.until(() => rig.events('order').length > 0);
  expect(rig.events('order')).toHaveLength(1);
  expect(faults).toEqual([]);
});

test('a strict policy with Trusted Types holds, without one violation', async () => {
  rig.script(
    '/shop.js',
    `window.spread=window.spread||function(){(spread.q=spread.q||[]).push(arguments)};spread('order', {key:'csp'});`,
  );
  const policy = `default-src 'none'; img-src data:; script-src 'self' ${rig.collector}; connect-src ${rig.collector}; require-trusted-types-for 'script'; trusted-types 'none'`;
  const datalayer = `<script async src="${rig.collector}/js/datalayer.js"></script>`;
  await page.goto(
    rig.page('/', `<script src="/shop.js"></script>${rig.tag()}${datalayer}`, { 'content-security-policy': policy }),
  );
  await rig.until(() => rig.events('order').length > 0);
  expect(faults).toEqual([]);
});

test('a clock that is wrong harms nothing: what counts is how long before the sending', async () => {
  await page.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() - 300 * 86_400_000;
  });
  await open();
  await say('order', order);
  await rig.until(() => rig.events('order').length > 0);
  const { body } = rig.sent.at(-1) ?? {};
  const ago = (body?.sentAt ?? 0) - (body?.events[0]?.at ?? Number.POSITIVE_INFINITY);
  expect(ago).toBeGreaterThanOrEqual(0);
  expect(ago).toBeLessThan(20_000);
});

test('it never throws into the page, touches no global but its own, and runs once', async () => {
  await page.goto(rig.page('/', ''));
  const before = await page.evaluate(() => Object.getOwnPropertyNames(window));
  await page.goto(rig.page('/', rig.tag() + rig.tag({ 'data-key': 'key-2' })));
  await page.waitForFunction('window.spread && window.spread.v');
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noExplicitAny: the page's global
    const { spread } = window as any;
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    spread();
    spread(null, null);
    spread('order');
    spread('order', loop);
    spread('on');
    spread('on', '*', () => {
      throw new Error('the page is at fault');
    });
    spread('consent', 'perhaps');
    spread('consent', 'granted');
  });
  await say('order', order);
  await rig.until(() => rig.events('order').some(({ data }) => data?.key === '1042'));
  const after = await page.evaluate(() => Object.getOwnPropertyNames(window));
  expect(after.filter((name) => !before.includes(name))).toEqual(['spread']);
  expect(new Set(rig.sent.map(({ query }) => query)).size).toBe(1);
  expect(faults).toEqual([]);
});

test('a full queue lets pages go before carts, and keeps orders', async () => {
  await open();
  await rig.until(() => rig.events('page').length === 1);
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  await context.setOffline(true);
  const dropped = await page.evaluate(() => {
    const gone: string[] = [];
    // biome-ignore lint/suspicious/noExplicitAny: the page's global
    const { spread } = window as any;
    spread('on', 'dropped', (events: { type: string }[]) => gone.push(...events.map(({ type }) => type)));
    for (let n = 0; n < 60; n++) spread('page');
    for (let n = 0; n < 60; n++) spread('cart', { key: n });
    for (let n = 0; n < 60; n++) spread('order', { key: n });
    return gone;
  });
  expect(dropped).toEqual([...Array(60).fill('page'), ...Array(20).fill('cart')]);
  await context.setOffline(false);
  await rig.until(() => new Set(rig.events('order').map(({ id }) => id)).size === 60);
});

test('who is signed in goes along, is told once a tab, and is forgotten at the end', async () => {
  rig.token = 'token-1';
  await open();
  await page.waitForFunction("document.cookie.includes('sbt=')");
  await say('identify', { externalId: 37, email: 'camille@client.example' });
  await rig.until(() => rig.events('identify').length === 1);
  await page.reload();
  await page.waitForFunction('window.spread && window.spread.v');
  await say('identify', { externalId: 37, email: 'camille@client.example' });
  await say('cart', { items: [] });
  await rig.until(() => rig.events('cart').length === 1);
  // one that was on its way while the page went may come again under its id
  expect(new Set(rig.events('identify').map(({ id }) => id)).size).toBe(1);
  expect(rig.events('cart')[0]?.data.customer).toEqual({ externalId: 37, email: 'camille@client.example' });
  rig.token = null;
  await say('reset');
  await say('cart', { items: [] });
  await rig.until(() => rig.events('cart').length === 2);
  expect(rig.events('cart')[1]?.data).toEqual({ items: [] });
  expect((await keptByBrowser()).cookies).toEqual([]);
});

test('debug mode says in words what happens', async () => {
  const words: string[] = [];
  page.on('console', (message) => words.push(message.text()));
  await open({ 'data-consent': 'pending' });
  // What waits since before debug mode is told as well.
  const late = page.waitForEvent('console', (message) => message.text().includes('held back: page'));
  await say('debug');
  await late;
  await say('order', order);
  const sent = page.waitForEvent('console', (message) => message.text().includes('The server has it (200)'));
  await say('consent', 'granted');
  await sent;
  expect(words.join('\n')).toMatch(
    /debug mode is on[\s\S]*held back: order\. Consent is pending[\s\S]*consent is now granted/,
  );
  await say('consent', 'pending');
  await say('order', order);
  const gone = page.waitForEvent('console', (message) => message.text().includes('let go: order. Consent was refused'));
  await say('consent', 'denied');
  await gone;
});
