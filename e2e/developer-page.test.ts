/** An invited developer without a browser: what their link opens, what it never shows, and that it dies at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeveloperKeys, DeveloperPage, InvitationList } from '#contract/developer.ts';
import type { OrderList } from '#contract/orders.ts';
import type { JournalPage, VerificationRow } from '#contract/verification.ts';
import { type MailServer, startMailServer } from '#jobs/testing/mail-server.ts';
import { openDesk, type TestDesk } from './desk.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

let program: TestProgram;
let desk: TestDesk;
let mails: MailServer;
let ahead = 0;
const dayMs = 86_400_000;
/** Everything a person may be known by; found in no other text. */
const person = {
  email: 'zyxwvut.srqp@kjihg.example',
  external_id: 'cust-8765432',
  name: 'Zyxwvut',
  firstname: 'Quirinus',
  address: '17 rue Zyxwvut',
  city: 'Vutville',
  cp: '98765',
  mobile: '0698765432',
  company: 'Zyxwvut SARL',
  'add_tag[]': 'zyx-tag',
  'custom_fields[327]': 'zyx-custom',
};
const personal = /zyx|srqp|kjihg|8765432|quirinus|17 rue|vutville|98765/i;

beforeAll(async () => {
  mails = await startMailServer();
  program = await startTestProgram(
    { SHOP_NAME: 'Maison', SHOP_PUBLIC_KEY: '333abc', SHOP_PRIVATE_KEY: 'private-of-the-shop', SMTP_URL: mails.url },
    () => Date.now() + ahead,
  );
  desk = await openDesk(program);
});
afterAll(async () => {
  await program?.stop();
  await mails?.stop();
});

interface Visitor {
  readonly cookie: string;
  get(path: string): Promise<Response>;
  post(path: string, body?: object): Promise<Response>;
}

async function open(token: string): Promise<Visitor | number> {
  const answer = await fetch(`${program.url}/api/dev/open`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (answer.status !== 204) return answer.status;
  const [given = ''] = answer.headers.getSetCookie();
  expect(given).toMatch(/; HttpOnly; SameSite=Strict/);
  const cookie = given.split(';')[0] ?? '';
  return {
    cookie,
    get: (path) => fetch(`${program.url}${path}`, { headers: { cookie } }),
    post: (path, body) =>
      fetch(`${program.url}${path}`, {
        method: 'POST',
        headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

async function invite(email: string, more: object = {}) {
  const body = { emails: [email], lang: 'fr', note: '', days: 30, mayRead: false, ...more };
  const { status, json } = await desk.call<InvitationList>('POST', '/api/shops/1/developers', body);
  expect(status).toBe(200);
  const row = json.invitations.find((one) => one.email === email);
  if (row === undefined) throw new Error('not invited');
  return { id: row.id, token: tokenIn(await mails.wait(email)) };
}

function tokenIn(mail: string): string {
  return /\/dev#([\w.-]+)/.exec(mail)?.[1] ?? '';
}

async function enter(token: string): Promise<Visitor> {
  const visitor = await open(token);
  if (typeof visitor === 'number') throw new Error(`the link answered ${visitor}`);
  return visitor;
}

async function rowOf(id: number) {
  const { json } = await desk.call<InvitationList>('GET', '/api/shops/1/developers');
  return json.invitations.find((one) => one.id === id);
}

function basic(publicKey: string, privateKey: string) {
  return { authorization: `Basic ${Buffer.from(`${publicKey}:${privateKey}`).toString('base64')}` };
}

/** Reads a stream until a text stands in it, or it ends. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string): Promise<string> {
  let text = '';
  while (!text.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) return `${text}(ended)`;
    text += Buffer.from(value).toString('utf8');
  }
  return text;
}

test('the link opens by a pressed button alone, and the page shows keys; the private ones after a mailed code', async () => {
  const { id, token } = await invite('dev@agence.example', { note: 'Bonjour à vous' });
  // a program that looks into mails gets the page, and nothing is opened
  expect((await fetch(`${program.url}/dev`)).headers.get('referrer-policy')).toBe('no-referrer');
  expect((await rowOf(id))?.openedAt).toBeNull();
  expect(await rowOf(id)).toMatchObject({ seenAt: null, mail: { state: 'sent', fault: null } });
  for (const wrong of [
    '',
    'x',
    token.slice(0, -1),
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    '1.999.x',
  ])
    expect([wrong, await open(wrong)]).toEqual([wrong, 401]);
  const dev = await enter(token);
  expect((await rowOf(id))?.openedAt).not.toBeNull();

  const answer = await dev.get('/api/dev/page');
  expect([answer.headers.get('cache-control'), answer.headers.get('x-robots-tag')]).toEqual(['no-store', 'noindex']);
  const page: DeveloperPage = await answer.json();
  expect(page).toMatchObject({
    shop: 'Maison',
    publicKey: '333abc',
    proved: false,
    mayRead: false,
    email: 'd••@a••.example',
  });
  expect(page.ownKey).not.toBe('333abc');
  const archive = await dev.get('/api/dev/plugins/prestashop');
  expect([archive.status, archive.headers.get('content-type')]).toEqual([200, 'application/zip']);

  expect((await dev.post('/api/dev/keys')).status).toBe(403);
  expect((await dev.post('/api/dev/code')).status).toBe(204);
  const mail = await mails.wait('dev@agence.example');
  const code = /^Subject: .*?(\d{6})/m.exec(mail)?.[1] ?? '';
  const wrongCode = code === '000000' ? '000001' : '000000';
  expect((await dev.post('/api/dev/code/prove', { code: wrongCode })).status).toBe(400);
  // the code is this browser's
  const other = await enter(token);
  expect((await other.post('/api/dev/code/prove', { code })).status).toBe(400);
  expect((await dev.post('/api/dev/code/prove', { code })).status).toBe(204);
  const keys: DeveloperKeys = await (await dev.post('/api/dev/keys')).json();
  expect((await other.post('/api/dev/keys')).status).toBe(403);

  // the pair writes, and reads nobody
  const headers = basic(page.ownKey, keys.own);
  const order = await fetch(`${program.url}/api/CreateOrder`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'data%5Bcustomer_email%5D=essai%40b.example&data%5Border_idorder%5D=DEV-1',
  });
  expect(order.status).toBe(200);
  for (const path of ['/api/v2/customers', '/api/v2/orders', '/api/v2/consents'])
    expect([path, (await fetch(`${program.url}${path}`, { headers })).status]).toEqual([path, 403]);
  const asked = await fetch(`${program.url}/api/may-contact`, { method: 'POST', headers, body: '{}' });
  expect(asked.status).toBe(403);
  const { rows } = await program.base.pool.query(`select who, user_id from audit where action = 'developer.reveal'`);
  expect(rows).toEqual([{ who: 'dev@agence.example', user_id: null }]);
});

test('a code is guessed at five times, and mailed five times an hour', async () => {
  const { token } = await invite('guess@agence.example');
  const dev = await enter(token);
  for (let n = 0; n < 5; n++) expect((await dev.post('/api/dev/code')).status).toBe(204);
  expect((await dev.post('/api/dev/code')).status).toBe(429);
  for (let n = 0; n < 4; n++) await mails.wait('guess@agence.example');
  const code = /^Subject: .*?(\d{6})/m.exec(await mails.wait('guess@agence.example'))?.[1] ?? '';
  const wrong = code === '111111' ? '222222' : '111111';
  for (let n = 0; n < 5; n++) expect((await dev.post('/api/dev/code/prove', { code: wrong })).status).toBe(400);
  expect((await dev.post('/api/dev/code/prove', { code })).status).toBe(400);
});

test('nothing of a person stands in any answer, the stream included, whichever door they came by', async () => {
  const { token } = await invite('mask@agence.example');
  const dev = await enter(token);
  const stream = await dev.get('/api/dev/live');
  const reader = stream.body?.getReader();
  if (reader === undefined) throw new Error('no stream');
  await readUntil(reader, 'event: open');

  const track = (fields: Readonly<Record<string, string>>) =>
    fetch(`${program.url}/track?${new URLSearchParams({ site: '333abc', ...fields })}`, {
      headers: { referer: `https://boutique.example/compte?email=${person.email}`, 'user-agent': 'Zyxwvut/1' },
    });
  await track({ ...person, action: 'signup', optin: '1' });
  await track({ ...person, action: 'newsletter', optin: '1' });
  await track({ ...person, action: person.email });
  // an order that is named by its buyer, and fields named by a person
  await track({ ...person, action: 'order', idorder: person.email, amount: '12' });
  await track({
    ...person,
    action: 'order',
    idorder: `${person.firstname} ${person.name}`,
    amount: '12',
    [person.email]: person.name,
  });
  const keyed = { ...basic('333abc', 'private-of-the-shop') };
  const v1 = new URLSearchParams();
  for (const [name, value] of Object.entries(person)) v1.set(`data[customer_${name}]`, value);
  v1.set('data[external_id]', person.external_id);
  v1.set('data[order_idorder]', 'V1-1');
  await fetch(`${program.url}/api/CreateOrder`, { method: 'POST', headers: keyed, body: v1 });
  await fetch(`${program.url}/api/CreateOrder`, { method: 'POST', headers: keyed, body: `data=${person.email}` });
  const event = {
    id: 'order-77',
    type: 'order',
    data: {
      key: 'IN-77',
      total: '10',
      customer: { email: person.email, name: person.name },
      items: [{ sku: 'A', name: person.name }],
    },
  };
  const json = { ...keyed, 'content-type': 'application/json' };
  await fetch(`${program.url}/ingest`, { method: 'POST', headers: json, body: JSON.stringify({ events: [event] }) });
  await fetch(`${program.url}/ingest`, { method: 'POST', headers: json, body: `{"events": [${person.email}` });
  // staff correct the profile: their own facts show too
  const { rows } = await program.base.pool.query<{ id: string }>(
    `select id from profile where email_norm = $1 limit 1`,
    [person.email],
  );
  await expect
    .poll(async () => (await program.base.pool.query('select from journal where shop_id = 1')).rows.length)
    .toBeGreaterThan(8);
  await desk.call('POST', `/api/shops/1/profiles/${rows[0]?.id}`, { fields: { city: person.city } });
  await track({ action: 'order', email: person.email, idorder: 'LAST-1', amount: '1', state: '20' });
  const streamed = await readUntil(reader, 'LAST-1');
  await reader.cancel();

  const journal: JournalPage = await (await dev.get('/api/dev/journal')).json();
  expect(journal.rows.length).toBeGreaterThan(9);
  const details = await Promise.all(
    journal.rows.map(async ({ receivedAt, seq }) => (await dev.get(`/api/dev/journal/${receivedAt}/${seq}`)).text()),
  );
  const answers = [streamed, JSON.stringify(journal), ...details];
  for (const path of ['page', 'troubles', 'orders', 'journal?outcome=unreadable', 'journal?kind=order'])
    answers.push(await (await dev.get(`/api/dev/${path}`)).text());
  const { orders }: OrderList = await (await dev.get('/api/dev/orders')).json();
  const states = await (
    await dev.get(`/api/dev/orders/${orders.find(({ key }) => key === 'LAST-1')?.id}/states`)
  ).json();
  expect(states).toMatchObject({ states: [{ source: 'browser', state: { payment: 'paid' } }] });
  expect((await dev.get('/api/dev/orders/999999/states')).status).toBe(404);
  answers.push(JSON.stringify(states));
  for (const text of answers) expect(personal.exec(text)).toBeNull();

  // what is shown is of use all the same
  const last: VerificationRow | undefined = journal.rows.find(({ order }) => order?.key === 'LAST-1');
  expect(last).toMatchObject({ who: 'z••@k••.example', profileId: null, order: { state: { payment: 'paid' } } });
  expect(details.some((text) => text.includes('idorder=LAST-1'))).toBe(true);
  // to ask for a person is not offered
  expect((await dev.get(`/api/dev/journal?subject=${person.email}`)).status).toBe(400);
  // and the shop's own screens stay shut
  for (const path of ['/api/shops/1/tracker', '/api/shops/1/profiles', '/api/shops/1/live'])
    expect([path, (await dev.get(path)).status]).toEqual([path, 401]);
});

test('a revoked link is dead at once: page, stream, keys and browsers', async () => {
  const { id, token } = await invite('gone@agence.example');
  const dev = await enter(token);
  const page: DeveloperPage = await (await dev.get('/api/dev/page')).json();
  await dev.post('/api/dev/code');
  const code = /^Subject: .*?(\d{6})/m.exec(await mails.wait('gone@agence.example'))?.[1] ?? '';
  await dev.post('/api/dev/code/prove', { code });
  const keys: DeveloperKeys = await (await dev.post('/api/dev/keys')).json();
  const write = () =>
    fetch(`${program.url}/api/CreateAccount`, {
      method: 'POST',
      headers: basic(page.ownKey, keys.own),
      body: 'data%5Bcustomer_email%5D=essai%40b.example',
    });
  expect((await write()).status).toBe(200);
  const reader = (await dev.get('/api/dev/live')).body?.getReader();
  if (reader === undefined) throw new Error('no stream');
  await readUntil(reader, 'event: open');

  const { status } = await desk.call('POST', `/api/shops/1/developers/${id}/revoke`, {});
  expect(status).toBe(200);
  // the answer of the revocation is the line: whatever is asked after it is refused
  expect((await dev.get('/api/dev/page')).status).toBe(401);
  expect(await open(token)).toBe(401);
  await fetch(`${program.url}/track?site=333abc&action=order&email=after%40b.example&idorder=AFTER-1`);
  const rest = await readUntil(reader, 'AFTER-1');
  expect(rest).toContain('(ended)');
  expect(rest).not.toContain('AFTER-1');
  await expect.poll(async () => (await write()).status).toBe(401);
  expect((await (await write()).json()).error.code).toBe('keys.ended');
  expect(await rowOf(id)).toMatchObject({ revokedAt: expect.any(Number) });
  const again = await desk.call('POST', `/api/shops/1/developers/${id}/resend`, { days: 3 });
  expect(again.status).toBe(404);
});

test('sending again makes a new link, and the old one and its browsers are dead', async () => {
  const { id, token } = await invite('again@agence.example', { days: 1 });
  const dev = await enter(token);
  const { status, json } = await desk.call<InvitationList>('POST', `/api/shops/1/developers/${id}/resend`, {
    days: 60,
  });
  expect(status).toBe(200);
  expect((await dev.get('/api/dev/page')).status).toBe(401);
  expect(await open(token)).toBe(401);
  const fresh = await enter(tokenIn(await mails.wait('again@agence.example')));
  const page: DeveloperPage = await (await fresh.get('/api/dev/page')).json();
  expect(page.until - Date.now()).toBeGreaterThan(59 * dayMs);
  expect(json.invitations.find((one) => one.id === id)?.expiresAt).toBe(page.until);
});

test('an address that bounces says so in the list, one that is no address is refused with its place', async () => {
  const body = { emails: ['nobody@agence.example'], lang: 'en', note: '', days: 30, mayRead: false };
  const { json } = await desk.call<InvitationList>('POST', '/api/shops/1/developers', body);
  const row = json.invitations.find(({ email }) => email === 'nobody@agence.example');
  await expect.poll(async () => (await rowOf(row?.id ?? 0))?.mail?.state).toBe('refused');
  expect((await rowOf(row?.id ?? 0))?.mail?.fault).toMatch(/550/);
  const wrong = { ...body, emails: ['fine@agence.example', 'no address'] };
  const refused = await desk.call<{ error: { code: string; field: string } }>('POST', '/api/shops/1/developers', wrong);
  expect([refused.status, refused.json.error]).toMatchObject([400, { code: 'email.invalid', field: 'emails.1' }]);
  const { json: after } = await desk.call<InvitationList>('GET', '/api/shops/1/developers');
  expect(after.invitations.some(({ email }) => email === 'fine@agence.example')).toBe(false);
});

test('an administrator replaces the pair of the shop: the page lists both, the old one with its end and its calls', async () => {
  interface Keys {
    readonly keys: readonly {
      id: number;
      publicKey: string;
      expiresAt: number | null;
      use: { calls: number } | null;
    }[];
  }
  const keysOf = async () => (await desk.call<Keys>('GET', '/api/shops/1/tracker')).json.keys;
  const [old] = await keysOf();
  const path = `/api/shops/1/keys/${old?.id}`;
  // a pair without a successor is not ended, an invited developer's is not the page's matter
  expect((await keysOf()).length).toBe(1);
  expect((await desk.call('POST', `${path}/end`, {})).status).toBe(409);
  expect((await desk.call('POST', `${path}/rotate`, { hours: 24 })).status).toBe(200);
  expect((await desk.call('POST', `${path}/rotate`, { hours: 24 })).status).toBe(409);
  await expect.poll(async () => (await keysOf()).map(({ use }) => use === null)).toEqual([true, false]);
  const track = (site = '333abc') => fetch(`${program.url}/track?site=${site}&action=signup&email=old%40b.example`);
  // the doors count the old pair's calls from when they know its end, and with it the new pair
  const [fresh] = await keysOf();
  await expect.poll(async () => (await track(fresh?.publicKey)).status).toBe(200);
  await track();
  await expect.poll(async () => (await keysOf())[1]?.use?.calls).toBe(1);
  const ended = await desk.fetch(`${path}/end`, { method: 'POST' });
  expect(ended.status).toBe(204);
  await expect.poll(async () => (await track()).status).toBe(401);
  const { rows } = await program.base.pool.query<{ action: string }>(
    `select action from audit where action like 'key.%' order by id`,
  );
  expect(rows.map(({ action }) => action)).toEqual(['key.rotate', 'key.end']);
});

test('an invitation ends by itself, with its stream', async () => {
  const { token } = await invite('late@agence.example', { days: 2 });
  const dev = await enter(token);
  ahead += dayMs;
  expect((await dev.get('/api/dev/page')).status).toBe(200);
  ahead += dayMs;
  expect((await dev.get('/api/dev/page')).status).toBe(401);
  expect((await dev.get('/api/dev/live')).status).toBe(401);
  expect(await open(token)).toBe(401);
});
