/** What the tracker loads only when asked: banners, the dataLayer, pages and products. */
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

interface Banner {
  readonly name: string;
  /** What the banner's own script does on the page, before anybody answered. */
  readonly page: string;
  readonly yes: string;
  readonly no: string;
}

const banners: readonly Banner[] = [
  {
    name: 'IAB TCF',
    page: `window.calls = []; window.__tcfapi = function (command, version, listener) { calls.push(listener); listener({ eventStatus: 'cmpuishown' }, true); };
      window.answer = function (yes) { calls.forEach(function (f) { f({ eventStatus: 'useractioncomplete', gdprApplies: true, purpose: { consents: { 1: yes, 8: yes } } }, true); }); };`,
    yes: 'answer(true)',
    no: 'answer(false)',
  },
  {
    name: 'Google Consent Mode',
    page: `window.dataLayer = []; function gtag() { dataLayer.push(arguments); } gtag('consent', 'default', { analytics_storage: 'denied' });`,
    yes: `gtag('consent', 'update', { analytics_storage: 'granted' })`,
    no: `gtag('consent', 'update', { analytics_storage: 'denied' })`,
  },
  {
    name: 'tarteaucitron',
    page: 'window.tarteaucitron = { state: {} };',
    yes: `document.dispatchEvent(new Event('spread_allowed'))`,
    no: `document.dispatchEvent(new Event('spread_disallowed'))`,
  },
  {
    name: 'Axeptio',
    page: `window.axeptioSettings = {}; window._axcb = []; window.complete = [];
      window.sdk = { on: function (what, then) { if (what === 'cookies:complete') complete.push(then); } };
      setTimeout(function () { _axcb.forEach(function (f) { f(sdk); }); _axcb.push = function (f) { f(sdk); }; });`,
    yes: 'complete.forEach(function (f) { f({ spread: true }); })',
    no: 'complete.forEach(function (f) { f({ spread: false }); })',
  },
  {
    name: 'Didomi',
    page: `window.state = { asked: true, enabled: false, listeners: [] };
      window.Didomi = { shouldUserStatusBeCollected: function () { return state.asked; }, on: function (what, then) { if (what === 'consent.changed') state.listeners.push(then); },
        getCurrentUserStatus: function () { return { vendors: { 'c:spread': { enabled: state.enabled } } }; } };
      window.didomiOnReady = { push: function (f) { f(Didomi); } };
      window.answer = function (yes) { state.asked = false; state.enabled = yes; state.listeners.forEach(function (f) { f(); }); };`,
    yes: 'answer(true)',
    no: 'answer(false)',
  },
  {
    name: 'OneTrust',
    page: `window.boxClosed = false; window.OnetrustActiveGroups = ',C0001,'; window.OneTrust = { IsAlertBoxClosed: function () { return boxClosed; } }; window.OptanonWrapper = function () {};
      window.answer = function (yes) { boxClosed = true; OnetrustActiveGroups = yes ? ',C0001,C0002,' : ',C0001,'; dispatchEvent(new Event('OneTrustGroupsUpdated')); };`,
    yes: 'answer(true)',
    no: 'answer(false)',
  },
  {
    name: 'Cookiebot',
    page: `window.Cookiebot = { hasResponse: false, consent: {} };
      window.answer = function (yes) { Cookiebot.hasResponse = true; Cookiebot.consent.statistics = yes; dispatchEvent(new Event(yes ? 'CookiebotOnAccept' : 'CookiebotOnDecline')); };`,
    yes: 'answer(true)',
    no: 'answer(false)',
  },
];

test.each(banners)('$name: nothing before the answer, all of it after yes, nothing after no', async (banner) => {
  const body = `<script>${banner.page}</script>${rig.tag({ 'data-consent': 'pending', 'data-with': 'banners' })}`;
  rig.token = 'token-1';
  await page.goto(rig.page('/', body));
  await page.waitForLoadState('networkidle');
  await page.evaluate(
    `spread('order', { key: '1' }); window.said = []; spread('on', 'consent', function (s) { said.push(s); })`,
  );
  expect(rig.sent).toEqual([]);
  await page.evaluate(banner.yes);
  await page.waitForFunction("document.cookie.includes('sbt=')");
  expect(rig.events('order')).toHaveLength(1);
  expect(rig.sent[0]?.body?.consent).toBe('banner');
  await page.evaluate(banner.no);
  expect(await page.evaluate('said')).toEqual(['granted', 'denied']);
  expect(await context.cookies()).toEqual([]);
  await page.evaluate(`spread('order', { key: '2' })`);
  expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
  expect(rig.events('order')).toHaveLength(1);
  expect(faults).toEqual([]);
});

test("GA4's events, pushed before and after, become ours, an order once", async () => {
  const before = `window.dataLayer = [{ ecommerce: null }, { event: 'view_item', ecommerce: { items: [{ item_id: 'miel', item_name: 'Miel', price: '12.50' }] } }];
    function gtag() { dataLayer.push(arguments); }`;
  await page.goto(rig.page('/', `<script>${before}</script>${rig.tag({ 'data-with': 'datalayer' })}`));
  await rig.until(() => rig.events('product').length === 1);
  await page.evaluate(`
    dataLayer.push({ event: 'login', user_id: 'C37', user_data: { email: 'a@b.fr' } });
    dataLayer.push({ event: 'add_to_cart', ecommerce: { currency: 'EUR', items: [{ item_id: 'miel', price: 12.5, quantity: 2 }] } });
    dataLayer.push({ event: 'add_to_cart', ecommerce: { currency: 'EUR', items: [{ item_id: 'savon', price: '6,00', quantity: 1 }] } });
    dataLayer.push({ event: 'remove_from_cart', ecommerce: { currency: 'EUR', items: [{ item_id: 'miel', price: 12.5, quantity: 1 }] } });
    gtag('event', 'purchase', { transaction_id: 'T1', value: 18.5, tax: 1, shipping: 4.9, currency: 'EUR', items: [{ item_id: 'miel', price: 12.5, quantity: 1 }, { item_id: 'savon', price: 6 }] });
    gtag('event', 'purchase', { transaction_id: 'T1', value: 18.5, currency: 'EUR' });
    dataLayer.push({ event: 'purchase', ecommerce: { purchase: { actionField: { id: 'U1', revenue: '30.00' }, products: [{ id: 'x', price: '30.00', quantity: 1 }] }, currencyCode: 'EUR' } });
    dataLayer.push({ event: 'refund', ecommerce: { transaction_id: 'T1', value: 6 } });
    dataLayer.push({ event: 'sign_up', user_data: { email: 'a@b.fr' } });
    dataLayer.push({ event: 'purchase', ecommerce: {} }); dataLayer.push('odd'); dataLayer.push(null);
  `);
  await rig.until(() => rig.events('signup').length === 1);
  const customer = { email: 'a@b.fr', externalId: 'C37' };
  expect(rig.events('product')[0]?.data).toMatchObject({ key: 'miel', price: 12.5 });
  expect(rig.events('identify')[0]?.data).toEqual({ customer });
  expect(rig.events('cart').map(({ data }) => [data.total, data.items.length])).toEqual([
    [25, 1],
    [31, 2],
    [18.5, 2],
  ]);
  expect(rig.events('order').map(({ data }) => [data.key, data.total, data.update, data.refunded])).toEqual([
    ['T1', 24.4, undefined, undefined],
    ['U1', 30, undefined, undefined],
    ['T1', undefined, true, 6],
  ]);
  expect(rig.events('order')[0]?.data.customer).toEqual(customer);
  // what is unanswered when the page goes would come again under its id
  await page.waitForFunction('Object.keys(localStorage).length === 0');
  await page.reload();
  await page.evaluate(`gtag('event', 'purchase', { transaction_id: 'T1', value: 18.5, currency: 'EUR' })`);
  await rig.until(() => rig.events('page').length === 2);
  expect(rig.events('order')).toHaveLength(3);
  expect(faults).toEqual([]);
});

test("single-page navigation and schema.org's product", async () => {
  const product = {
    '@graph': [
      { '@type': 'WebPage' },
      { '@type': 'Product', sku: 'miel', name: 'Miel', offers: { price: '12.50', priceCurrency: 'EUR' } },
    ],
  };
  const json = `<script type="application/ld+json">${JSON.stringify(product)}</script>`;
  await page.goto(rig.page('/', `${json}${rig.tag({ 'data-with': 'pages' })}`));
  await rig.until(() => rig.events('product').length === 1);
  expect(rig.events('product')[0]?.data).toEqual({
    key: 'miel',
    sku: 'miel',
    name: 'Miel',
    price: '12.50',
    currency: 'EUR',
  });
  await page.evaluate(
    `document.querySelector('script[type="application/ld+json"]').remove(); history.pushState({}, '', '/other')`,
  );
  await rig.until(() => rig.events('page').length === 2);
  await page.evaluate(`history.pushState({}, '', '/other#part')`);
  await page.evaluate(`history.back()`);
  await rig.until(() => rig.events('page').length >= 2);
  expect(rig.events('product')).toHaveLength(1);
});
