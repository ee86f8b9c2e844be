/** The PrestaShop module's own pages: settings, what the law asks, what shoppers' pages carry, and its end. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import {
  configure,
  env,
  installed,
  module,
  php,
  publicKey,
  readNonce,
  receiver,
  rows,
  secret,
  setEnv,
  startPages,
  useShop,
} from './prestashop-shop.ts';
import { recordedHook } from './prestashop-world.ts';

useShop();

test('the settings: a form of one’s own, a right, and no secret shown again', async () => {
  await installed();
  const [page] = await php({ call: 'getContent' });
  expect(page).not.toContain(secret);
  expect(page).toContain('English &lt;GB&gt;');
  expect(page).toContain(`value="${receiver.url}"`);
  const forged = { submitSpreadtracker: '1', SPREADTRACKER_URL: 'https://elsewhere.example/ingest/x' };
  for (const post of [forged, { ...forged, spreadtracker_nonce: '0'.repeat(64) }])
    expect((await php({ call: 'getContent', post }))[0]).toContain('class="error"');
  expect(await configure({ SPREADTRACKER_URL: 'https://elsewhere.example/' })).toContain('L’adresse d’envoi');
  setEnv({ STUB_MAY_CONFIGURE: '0' });
  expect(await configure({ SPREADTRACKER_PUBLIC_KEY: 'another-key-of-it' })).toContain('class="error"');
  setEnv({ STUB_LANGUAGE: '2' });
  const [english] = await php({ call: 'getContent' });
  expect(english).toContain('Delivery address');
  expect(english).toContain(`value="${receiver.url}"`);
  expect(english).toContain(`value="${publicKey}"`);
  // an empty field keeps the secret
  setEnv({ STUB_MAY_CONFIGURE: '1' });
  expect(await configure({ SPREADTRACKER_SECRET: '', testSpreadtracker: '1' })).toContain('The connection works');
});

test('PrestaShop’s GDPR hooks give out and erase what waits, and pass the request on', async () => {
  const asked: string[] = [];
  const tracker = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    asked.push(`${request.url} ${request.headers.authorization} ${body}`);
    response.writeHead(201).end('{}');
  });
  await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`;
    await installed();
    const newsletter = recordedHook('actionNewsletterRegistrationAfter');
    const person = { hook: 'actionExportGDPRData', params: { email: 'NEWS21839@example.test' } };
    const erase = { ...person, hook: 'actionDeleteGDPRCustomer' };
    const [, exported, erased, left, nothing] = await php(newsletter, person, erase, rows, erase);
    expect(exported).toContain('news21839@example.test');
    expect(exported).toContain(`\\/my-data\\/${publicKey}`);
    expect([left, JSON.parse(String(erased))]).toEqual([[], expect.stringContaining('Effacez aussi cette personne')]);
    expect(nothing).toBe(erased);
    await configure({ SPREADTRACKER_URL: `${url}/ingest/abc`, SPREADTRACKER_PRIVATE_KEY: 'the private key' });
    expect(await php(erase)).toEqual(['true']);
    const basic = Buffer.from(`${publicKey}:the private key`).toString('base64');
    expect(asked).toEqual([
      `/api/rights-requests Basic ${basic} {"kind":"erasure","email":"NEWS21839@example.test","lang":"fr","note":"PrestaShop"}`,
    ]);
  } finally {
    tracker.closeAllConnections();
    tracker.close();
  }
});

test('pages carry the script; behind the shopper’s back they send what waits and take the token after a sign-in', async () => {
  const calls: { url: string; body: string }[] = [];
  const tracker = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    calls.push({ url: request.url ?? '', body });
    response.end(JSON.stringify({ datas: { cookie: 'the-token-of-luc' } }));
  });
  await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`;
  await php({ call: 'install' });
  await readNonce();
  await configure({
    SPREADTRACKER_URL: `${origin}/ingest/abc`,
    SPREADTRACKER_HANDOVER: '1',
    SPREADTRACKER_PRIVATE_KEY: 'the private key',
  });
  const shop = await startPages({ ...env, STUB_MODULE: module.folder, STUB_CUSTOMER: '5' });
  const cookie = { cookie: 'sbt=a-token-of-the-visitor' };
  const page = async (headers: Record<string, string>) => (await fetch(`${shop.url}/`, { headers })).text();
  try {
    const before = await page(cookie);
    expect(before).toContain(`src="${origin}/js/tracker.js" data-key="${publicKey}" data-consent="pending"`);
    expect(before).not.toContain('/module/');
    await php({ hook: 'actionAuthentication', params: { customer: { '@Customer': 5 } } });
    // who has not agreed to a cookie is given none
    expect(await page({})).not.toContain('handover');
    expect(await page(cookie)).toContain('\\/module\\/spreadtracker\\/handover');
    expect(await page(cookie)).toContain('\\/module\\/spreadtracker\\/send');
    const refused = await fetch(`${shop.url}/module/spreadtracker/handover`, { method: 'POST' });
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([204, []]);
    const handed = await fetch(`${shop.url}/module/spreadtracker/handover`, { method: 'POST', headers: cookie });
    const [set = ''] = handed.headers.getSetCookie();
    expect(set).toMatch(/^sbtl=the-token-of-luc; expires=.*Max-Age=15552000; path=\/$/i);
    expect(new URLSearchParams(calls[0]?.body).get('data[customer_cookie]')).toBe('a-token-of-the-visitor');
    expect(await page(cookie)).not.toContain('handover');
    const sent = await fetch(`${shop.url}/module/spreadtracker/send`, { method: 'POST' });
    expect([sent.status, await sent.text()]).toEqual([204, '']);
    expect(calls.map(({ url }) => url)).toEqual(['/api/RegenCookie', '/ingest/abc']);
    expect(await page(cookie)).not.toContain('/module/');
  } finally {
    await shop.stop();
    tracker.closeAllConnections();
    tracker.close();
  }
});

test('where PHP can close the shopper’s answer first, what waits leaves as the request ends', async () => {
  await installed();
  setEnv({ STUB_FPM: '1' });
  await php(recordedHook('actionValidateOrder'), recordedHook('actionCustomerAccountAdd'));
  expect(receiver.deliveries.map(({ topic }) => topic)).toEqual(['order.upsert', 'customer.upsert']);
});

test('uninstalled, nothing is left', async () => {
  await installed();
  const [, , tables, left] = await php(
    recordedHook('actionValidateOrder'),
    { call: 'uninstall' },
    { sql: "select name from sqlite_master where name like 'ps_%'" },
    { sql: "select name from stub where name like 'SPREADTRACKER%'" },
  );
  expect([tables, left]).toEqual([[], []]);
});
