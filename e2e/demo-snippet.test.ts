import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { demoShop } from '../demo/demo-shop.ts';
import { holds, openBrowser, type TestBrowser } from './browser.ts';
import { act, order, signUp, type Visitor } from './demo-visit.ts';

const root = join(import.meta.dirname, '..');
const buyer: Visitor = {
  email: 'camille@client.example',
  firstname: 'Camille',
  name: "L'Été <b>",
  mobile: '0612345678',
};

interface Seen {
  readonly door: string;
  readonly query: string;
  readonly body: string;
  readonly authorization: string | null;
}

let browser: TestBrowser;
let app: FastifyInstance;
let shop: string;
let seen: Seen[];
let trackStatus: number;
let script: string;

beforeAll(async () => {
  execFileSync(process.execPath, ['src/tracker/build.ts'], { cwd: root });
  script = readFileSync(join(root, 'dist/tracker/sb-tracker.js'), 'utf8');
  browser = await openBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  seen = [];
  trackStatus = 200;
  app = fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.get('/js/sb-tracker.js', (_request, reply) => reply.type('text/javascript').send(script));
  app.addHook('preHandler', async (request) => {
    const [path = '', query = ''] = request.url.split('?');
    if (!/^\/(track|sp-json|api)/.test(path)) return;
    const authorization = request.headers.authorization ?? null;
    seen.push({ door: path, query, body: String(request.body ?? ''), authorization });
  });
  app.get('/track', (_request, reply) => reply.code(trackStatus).send({}));
  app.get('/sp-json.php', async () => ({ widgets: [], cookie: 'token-1', statsEnabled: false, vars: {} }));
  app.post('/api/:method', async () => ({ datas: {} }));
  await app.register(demoShop, {
    prefix: '/demo',
    collectorUrl: () => origin(),
    publicUrl: null,
    pair: async () => ({ publicKey: 'public-1', privateKey: 'private-1' }),
    log: { warn: () => undefined },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  shop = `${origin()}/demo`;
});
afterEach(() => app.close());

function origin(): string {
  const address = app.server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function calls(door: string): Seen[] {
  return seen.filter((one) => one.door === door);
}

test('a visit asks who it is, keeps the token, and shows it the next time', async () => {
  const { page, context, faults } = await browser.visit();
  for (let visit = 0; visit < 2; visit++) {
    const answered = page.waitForResponse(/sp-json/);
    await page.goto(shop);
    await answered;
    await holds(page, 'window.sbt === "token-1"');
  }
  expect(seen.map(({ door, query }) => [door, query])).toEqual([
    ['/sp-json.php', 'publicKey=public-1'],
    ['/sp-json.php', 'publicKey=public-1&sbt=token-1'],
  ]);
  expect((await context.cookies()).find(({ name }) => name === 'sbt')?.value).toBe('token-1');
  expect(faults).toEqual([]);
  await context.close();
});

test('a sign-up and an order leave from the page and from the server, in the published words', async () => {
  const { page, context, faults } = await browser.visit();
  await signUp(page, shop, buyer);
  const reference = await order(page, shop, buyer, { optIns: true });
  expect(await act(page, shop, reference, 'paid')).toBe('UpdateOrder 20 → 200');
  expect(faults).toEqual([]);

  const [account, bought] = calls('/track').map(({ query }) => query);
  const person = `name=${encodeURIComponent(buyer.name).replaceAll("'", '%27')}&firstname=Camille`;
  const end =
    '&lang=fr_FR&&add_tag=&del_tag=&add_order_tag=&del_order_tag=&site=public-1&source=tracker-js&customer_cookie=token-1';
  expect(account).toMatch(/^action=signup&email=camille%40client\.example&external_id=C\d+&/);
  expect(account).toContain(`&${person}&optin=0&country=FR&mobile=0612345678&mobile_optin=0${end}`);
  expect(bought).toMatch(
    new RegExp(`^action=order&idorder=${reference}&amount=12\\.50&state=10&email=camille%40client\\.example&`),
  );
  expect(bought).toContain('&optin=1&');
  expect(bought?.endsWith(`&mobile_optin=1${end}`)).toBe(true);

  const [created] = calls('/api/CreateOrder').map(({ body }) => new URLSearchParams(body));
  expect(Object.fromEntries(created ?? [])).toMatchObject({
    'data[customer_email]': buyer.email,
    'data[customer_name]': buyer.name,
    'data[customer_isoptin]': '1',
    'data[customer_mobile_optin]': '1',
    'data[customer_cookie]': 'token-1',
    'data[order_idorder]': reference,
    'data[order_amount]': '12.50',
    'data[order_state]': '10',
    'data[date]': expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    'data[action]': 'order',
    'request[order_idorder]': reference,
  });
  const paid = new URLSearchParams(calls('/api/UpdateOrder')[0]?.body);
  expect([paid.get('data[order_idorder]'), paid.get('data[order_state]')]).toEqual([reference, '20']);
  expect(calls('/api/CreateAccount').map(({ body }) => new URLSearchParams(body).get('data[customer_email]'))).toEqual([
    buyer.email,
  ]);
  const basic = `Basic ${Buffer.from('public-1:private-1').toString('base64')}`;
  expect(seen.filter(({ door }) => door.startsWith('/api/')).every((one) => one.authorization === basic)).toBe(true);
  await context.close();
});

test('the switch says which side sends', async () => {
  const { page, context } = await browser.visit();
  await page.goto(shop);
  await page.getByTestId('demo-mode-browser').click();
  await order(page, shop, buyer, { optIns: false });
  expect([calls('/track').length, calls('/api/CreateOrder').length]).toEqual([1, 0]);
  await page.getByTestId('demo-mode-server').click();
  await order(page, shop, buyer, { optIns: false });
  await expect.poll(() => [calls('/track').length, calls('/api/CreateOrder').length]).toEqual([1, 1]);
  await context.close();
});

test('an order is sent a hundred times again, each time the same', async () => {
  const { page, context } = await browser.visit();
  const reference = await order(page, shop, buyer, { optIns: false });
  expect(await act(page, shop, reference, 'again')).toBe('CreateOrder 10 × 100/100 → 200');
  const bodies = calls('/api/CreateOrder').map(({ body }) => body);
  expect([bodies.length, new Set(bodies).size]).toEqual([101, 1]);
  await context.close();
});

test('an answer other than 200 ends the chain, and the page does not notice', async () => {
  trackStatus = 503;
  const { page, context, faults } = await browser.visit();
  await page.goto(`${shop}/p/savon`);
  await page.getByTestId('demo-add').click();
  const visited = page.waitForResponse(/sp-json/);
  await page.getByTestId('demo-checkout').click();
  for (const field of ['email', 'firstname', 'name'] as const) {
    await page.getByTestId(`demo-field-${field}`).fill(buyer[field]);
  }
  await visited;
  seen.length = 0;
  const answered = page.waitForResponse(/\/track\?/);
  await page.getByTestId('demo-order').click();
  await answered;
  await page.getByTestId('demo-confirmation').waitFor();
  expect(calls('/sp-json.php')).toEqual([]);
  expect(faults.filter((text) => !text.includes('503'))).toEqual([]);
  await context.close();
});

test('a form that lacks something says so and forgets nothing', async () => {
  const { page, context } = await browser.visit();
  await page.goto(`${shop}/sign-up?lang=en`);
  await page.getByTestId('demo-field-firstname').fill('"><script>alert(1)</script>');
  await page.getByTestId('demo-optin-sms').check();
  await page.getByTestId('demo-sign-up-submit').click();
  expect(await page.getByTestId('demo-error-email').textContent()).toBe('This e-mail address cannot be read.');
  expect(await page.getByTestId('demo-error-mobile').isVisible()).toBe(true);
  expect(await page.getByTestId('demo-field-firstname').inputValue()).toBe('"><script>alert(1)</script>');
  await context.close();
});
