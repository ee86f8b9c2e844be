/** A real PHP with its real curl talks to the whole program, as shops' servers and the PrestaShop module do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { appliedChannel } from '#intake/settle.ts';
import { saveModuleUser } from '#store/module-sign-in.ts';
import { phpPath } from '../checks/programs.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const keys = {
  public: '333cafe0333cafe0333cafe0333cafe0333cafe0333cafe0333cafe0',
  private: 'the private key of this shop',
};
const folder = join(import.meta.dirname, 'php');

interface Call {
  readonly kind: 'v1' | 'v2 get' | 'v2 post' | 'v3 trigger' | 'v3 stop' | 'token';
  readonly what?: string;
  readonly data?: object;
  readonly private?: string;
}

interface Answer {
  readonly statuses: readonly number[];
  readonly failure: string;
  readonly json: unknown;
}

let program: TestProgram;
let proxy: Server;
let proxyUrl: string;
let shop: number;

beforeAll(async () => {
  program = await startTestProgram({ SHOP_PUBLIC_KEY: keys.public, SHOP_PRIVATE_KEY: keys.private, DEMO: 'off' });
  const { rows } = await program.base.pool.query('select shop_id from shop_key where public_key = $1', [keys.public]);
  shop = rows[0].shop_id;
  proxy = createServer((request, response) => {
    // as a proxy that adds what an address lacks: /old/… is moved to /…
    const { url = '' } = request;
    if (url.startsWith('/old/')) {
      request.resume();
      response.writeHead(301, { location: url.slice('/old'.length) }).end();
      return;
    }
    const { method, headers } = request;
    request.pipe(
      httpRequest(new URL(url, program.url), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await program.stop();
});

async function php(calls: readonly Call[], base = program.url): Promise<Answer[]> {
  const child = spawn(phpPath(), [join(folder, 'client.php'), base, keys.public, keys.private], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(JSON.stringify(calls));
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`PHP ended with ${code}: ${output} ${errors}`);
  return JSON.parse(output);
}

/** The shop's journal once as many items of these formats as given stand in it. */
async function journal(count: number, formats = '^(v1|v2|v3)/'): Promise<Record<string, unknown>[]> {
  const client = await program.base.pool.connect();
  try {
    await client.query(`listen ${appliedChannel}`);
    for (;;) {
      const heard = once(client, 'notification');
      const { rows } = await client.query(
        `select format, kind, outcome, reasons, facts, effects, profile_id from journal
       where shop_id = $1 and format ~ $2 order by received_at, seq`,
        [shop, formats],
      );
      if (rows.length >= count) return rows;
      await heard;
    }
  } finally {
    client.release(true);
  }
}

async function refused(route: string): Promise<number> {
  const text = await (await fetch(`${program.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.includes('keys.wrong') && one.includes(`"${route}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const person = {
  customer_email: 'Camille.Durand@example.com',
  customer_name: 'Durand & Fils',
  customer_firstname: 'Camille',
  customer_birthday: '0000-00-00',
  customer_gender: 'Mme',
  customer_isoptin: true,
  group: 'Clients "pro"',
  customer_cookie: null,
};

test('the module’s calls, each sent twice, leave one trace and their effects', async () => {
  const order = { ...person, order_idorder: 1042, order_amount: 89.9, date: '2026-11-20 10:15:00', action: 'order' };
  const calls: Call[] = [
    { kind: 'v1', what: 'CreateAccount', data: { data: person } },
    {
      kind: 'v1',
      what: 'UpdateAccount',
      data: {
        data: {
          ...person,
          customer_address: '12 rue de la Paix, Bât. B',
          customer_cp: '75002',
          customer_city: 'Paris',
          customer_country: 'FR',
          customer_mobile: '0612345678',
          customer_company: '',
          customer_fonction: false,
          custom_fields: { 327: 'Bleu', 85: ['a', 'b'] },
          add_tag: ['t1', 't 2'],
        },
      },
    },
    {
      kind: 'v1',
      what: 'CreateOrder',
      data: { data: { ...order, order_state: 10, add_order_tag: 'noël, cadeau' }, request: { order_idorder: 1042 } },
    },
    {
      kind: 'v1',
      what: 'UpdateOrder',
      data: { data: { ...order, order_state: 20 }, request: { order_idorder: 1042 } },
    },
    { kind: 'v1', what: 'UpdateAccount', data: { data: { ...person, customer_isoptin: false } } },
  ];
  const answers = await php(calls);
  for (const answer of answers) {
    expect(answer).toMatchObject({ statuses: [401, 200], failure: '', json: { datas: {} } });
  }
  const rows = await journal(calls.length);
  expect(rows).toHaveLength(calls.length);
  expect(rows.map(({ format, outcome }) => [format, outcome])).toEqual(
    calls.map(({ what }) => [`v1/${what}`, 'applied']),
  );
  expect(await refused('/api/CreateAccount')).toBe(1);
  expect(await refused('/api/UpdateAccount')).toBe(2);
  const { rows: profiles } = await program.base.pool.query(
    'select name, gender, birthday, customer_group, address, mobile_e164, company, job, tags, custom from profile where shop_id = $1',
    [shop],
  );
  expect(profiles).toEqual([
    {
      name: 'Durand & Fils',
      gender: 'female',
      birthday: null,
      customer_group: 'Clients "pro"',
      address: '12 rue de la Paix, Bât. B',
      mobile_e164: '+33612345678',
      company: null,
      // PHP's false is 0 in a form
      job: '0',
      tags: ['t1', 't 2'],
      custom: { 327: 'Bleu', 85: 'a, b' },
    },
  ]);
  const { rows: orders } = await program.base.pool.query(
    'select key, total_minor, payment, validated, tags, placed_at from orders where shop_id = $1',
    [shop],
  );
  expect(orders).toEqual([
    {
      key: '1042',
      total_minor: 8990,
      payment: 'paid',
      validated: true,
      tags: ['noël', 'cadeau'],
      placed_at: new Date('2026-11-20T09:15:00Z'),
    },
  ]);
  const { rows: bases } = await program.base.pool.query(
    'select basis_id, status from profile_basis where shop_id = $1 order by basis_id',
    [shop],
  );
  // order and account uplift; the opt-in was ticked, then unticked in the account
  expect(bases).toEqual([
    { basis_id: 4, status: 'accepted' },
    { basis_id: 5, status: 'accepted' },
    { basis_id: 6, status: 'refused' },
  ]);
});

test('v2 reads what v1 wrote, and takes JSON under curl’s content type', async () => {
  const [customers, orders, order, again] = await php([
    { kind: 'v2 get', what: 'customers/?maxResults=1' },
    { kind: 'v2 get', what: 'orders?createdAfter=2026-11-20&createBefore=2026-11-21' },
    { kind: 'v2 get', what: 'orders/1042/' },
    { kind: 'v2 get', what: 'segments' },
  ]);
  const list = customers?.json as { customers: { id: string; lastName: string }[]; count: number; nextPageUrl: string };
  expect(customers?.statuses).toEqual([200]);
  expect([list.count, list.customers[0]?.lastName]).toEqual([1, 'Durand & Fils']);
  expect(orders?.json).toMatchObject({ count: 1, orders: [{ orderId: '1042', status: '20', amount: '89.90' }] });
  expect(order?.json).toMatchObject({ order: { createdAt: '2026-11-20 10:15:00', tags: ['noël', 'cadeau'] } });
  expect(again?.json).toEqual({ segments: [], count: 0 });
  const id = list.customers[0]?.id;
  const [next, consent, consents, credit] = await php([
    { kind: 'v2 get', what: list.nextPageUrl },
    {
      kind: 'v2 post',
      what: `customers-consents/${id}`,
      data: { consent: { id: 1, createdAt: '2026-11-20', customerConsentStatus: 'accepted', ip: '1.1.1.1' } },
    },
    { kind: 'v2 get', what: `customers-consents/${id}` },
    { kind: 'v2 post', what: 'cagnottes/', data: { customer: { customerId: id }, cagnotte: { amount: 1 } } },
  ]);
  expect(next?.json).toEqual({ customers: [], count: 0 });
  expect([consent?.statuses, consent?.json]).toMatchObject([[401, 200], { outcome: 'applied' }]);
  const given = consents?.json as { customer: { consents: Record<string, string>[] } };
  expect(
    given.customer.consents.find(({ consentTechName }) => consentTechName === 'NewsEmail')?.customerConsentStatus,
  ).toBe('accepted');
  expect(credit?.statuses).toEqual([401, 422]);
});

test('carts of v3: filled, changed, stopped', async () => {
  const cart = {
    key: { cartId: 12345 },
    customerEmail: 'camille.durand@example.com',
    cart_items_count: 1,
    cart_items_qty: 2,
    cart_currency_code: 'EUR',
    cart_grandTotal: 24.9,
    is_guest: false,
    note: null,
    items: [{ idProduct: 7, name: 'Mug « été »', price: 12.45, quantity: 2 }],
  };
  const stop = { key: { cartId: 12345 }, customerEmail: 'camille.durand@example.com' };
  const answers = await php([
    { kind: 'v3 trigger', what: 'abandoned_cart', data: cart },
    { kind: 'v3 trigger', what: 'abandoned_cart', data: { ...cart, cart_grandTotal: 12.45 } },
    { kind: 'v3 trigger', what: 'relance_devis', data: { ...stop, devis: 7 } },
  ]);
  expect(answers.map(({ statuses }) => statuses)).toEqual([[200], [200], [200]]);
  const rows = await journal(3, '^v3/');
  expect(rows.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'ignored']);
  expect(rows[2]).toMatchObject({ reasons: ['automation.none'], profile_id: rows[0]?.profile_id });
  const carts = async () =>
    (
      await program.base.pool.query(
        `select key, status, total_minor, count, data->>'is_guest' as guest from cart where shop_id = $1`,
        [shop],
      )
    ).rows;
  expect(await carts()).toEqual([{ key: '12345', status: 'open', total_minor: 1245, count: 2, guest: '0' }]);
  await php([{ kind: 'v3 stop', what: 'abandoned_cart', data: stop }]);
  await journal(4, '^v3/');
  expect(await carts()).toEqual([{ key: '12345', status: 'emptied', total_minor: null, count: 0, guest: null }]);
});

test('wrong keys are refused after both copies, and leave no trace', async () => {
  const before = (await journal(0)).length;
  const [answer] = await php([
    { kind: 'v1', what: 'CreateAccount', data: { data: person }, private: 'another private key' },
  ]);
  expect(answer?.statuses).toEqual([401, 401]);
  expect(answer?.json).toMatchObject({ error: { code: 'keys.wrong' } });
  expect(await journal(0)).toHaveLength(before);
});

test('behind a redirect a v2 post is made again; a v1 post becomes a read, which is told so', async () => {
  const before = (await journal(0)).length;
  const [v1, v2] = await php(
    [
      { kind: 'v1', what: 'CreateAccount', data: { data: person } },
      { kind: 'v2 post', what: 'cagnottes/', data: { cagnotte: { amount: 1 } } },
    ],
    `${proxyUrl}/old`,
  );
  expect(v1?.statuses).toEqual([301, 404]);
  expect(v2?.statuses).toEqual([301, 401, 422]);
  expect(await journal(before + 1)).toHaveLength(before + 1);
});

test('the module keeps its keys, and signs in who allowed it', async () => {
  const ask = async (privateKey?: string) =>
    (await php([{ kind: 'token', ...(privateKey === undefined ? {} : { private: privateKey }) }]))[0];
  expect(await ask()).toEqual({ deleted: false, verified: true, sbt: '' });
  expect(await ask('another private key')).toEqual({ deleted: true, verified: false, sbt: '' });
  const { rows } = await program.base.pool.query(
    'select user_id, u.email from shop_member m join app_user u on u.id = m.user_id where shop_id = $1',
    [shop],
  );
  await saveModuleUser(program.base.pool, shopId(shop), rows[0].user_id);
  const token = (await ask()) as unknown as { verified: boolean; sbt: string };
  expect(token.verified).toBe(true);
  const opened = await fetch(`${program.url}/boi?token=${token.sbt}`, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
  const cookie = opened.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const me = await fetch(`${program.url}/api/me`, { headers: { cookie } });
  expect(await me.json()).toMatchObject({ user: { email: rows[0].email } });
});

test('a login hands the browser a cookie that speaks for its bearer', async () => {
  const server = spawn(phpPath(), ['-S', '127.0.0.1:0', '-t', join(folder, 'shop')], {
    env: { SPREAD_BASE: program.url, SPREAD_PUBLIC: keys.public, SPREAD_PRIVATE: keys.private },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      server.stderr.setEncoding('utf8').on('data', (text) => {
        said += text;
        const started = /\((http:\S+)\) started/.exec(said)?.[1];
        if (started !== undefined) resolve(started);
      });
      server.once('exit', () => reject(new Error(`PHP's server ended: ${said}`)));
    });
    const exists = async (parameters: string): Promise<{ vars: { customer: { exists: boolean } }; cookie?: string }> =>
      (await fetch(`${program.url}/sp-json.php?publicKey=${keys.public}${parameters}`)).json();
    const visitor = await exists('');
    expect(visitor.vars.customer.exists).toBe(false);
    const before = (await journal(0)).length;
    const login = await fetch(`${url}/`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'camille.durand@example.com' }),
      headers: { cookie: `sbt=${visitor.cookie}` },
    });
    expect(await login.text()).toBe('Bonjour');
    const [cookie = ''] = login.headers.getSetCookie();
    expect(cookie).toMatch(/^sbtl=[A-Za-z0-9_-]+; expires=.*Max-Age=15552000; path=\/$/i);
    const rows = await journal(before + 2);
    expect(rows.slice(before).map(({ format, outcome }) => [format, outcome])).toEqual([
      ['v1/UpdateAccount', 'applied'],
      ['v1/RegenCookie', 'applied'],
    ]);
    expect((await exists(`&sbtl=${cookie.slice('sbtl='.length).split(';')[0]}`)).vars.customer.exists).toBe(true);
  } finally {
    server.kill();
  }
});
