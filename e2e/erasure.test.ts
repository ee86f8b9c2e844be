/**
 * One person fills every table with marks: address, name, phone, place, number of an order, id, token, browser. After the erasure no mark is
 * left in any column of any table, in the spool, the mails, the logs or an export, however it may be written down.
 */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byteSearch } from '../src/apply/byte-search.ts';
import { shopId } from '../src/domain/ids.ts';
import { type Envelope, encodeBatch, encodeEnvelope } from '../src/intake/envelope.ts';
import { openSpool } from '../src/intake/spool.ts';
import { type MailServer, startMailServer } from '../src/jobs/testing/mail-server.ts';
import { Receiver } from '../src/outbound/testing/receiver.ts';
import { columnsOf, personalData } from '../src/store/personal-data.ts';
import { deriveKeys, sealText } from '../src/store/secret.ts';
import { type TestDatabase, testDatabase } from '../src/store/test-database.ts';
import { endProcesses, freshDataDir, startProcess, type TestProcess, testSecretKey } from './harness.ts';

const marks = {
  email: 'marker.person@marker-mail.example',
  former: 'marker.before@marker-mail.example',
  contact: 'marker.contact@marker-mail.example',
  name: 'Marquenom',
  firstname: 'Marqueprénom',
  street: '12 rue du Marqueur',
  phone: '+33612349876',
  order: 'MARK-ORDER-77',
  number: 'MARK-NUMBER-78',
  id: 'MARK-ID-55',
  address: '198.51.100.',
  browser: 'Marqueur-Browser/5.0',
  reason: 'Marqueur de la demande écrite',
};
/** Of their browser: as its cookie has it, and the id in it. Minted, so nobody can choose it. */
const tokens: string[] = [];
const team = { email: 'camille@team.example', password: 'correct horse battery' };
const pair = `Basic ${Buffer.from('333abc:private-of-the-test').toString('base64')}`;
let base: TestDatabase;
let owner: pg.Client;
let dataDir: Awaited<ReturnType<typeof freshDataDir>>;
let mails: MailServer;
let receiver: Receiver;
let program: TestProcess;
let env: Record<string, string>;
const written: string[] = [];

beforeAll(async () => {
  base = await testDatabase();
  owner = new pg.Client({ connectionString: base.ownerUrl });
  await owner.connect();
  dataDir = await freshDataDir();
  mails = await startMailServer();
  receiver = await Receiver.open((request, response) => response.end(request.body.slice(0, 2000)));
  env = {
    DATABASE_URL: base.ownerUrl,
    DATA_DIR: dataDir.path,
    SECRET_KEY: testSecretKey,
    LOG_LEVEL: 'debug',
    SMTP_URL: mails.url,
    TRUSTED_PROXIES: '127.0.0.1',
    OUTBOUND_ALLOW: '127.0.0.1',
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: team.email,
    ADMIN_PASSWORD: team.password,
  };
  program = await startProcess(env);
});
afterAll(async () => {
  await endProcesses();
  await receiver?.close();
  await mails?.stop();
  await owner?.end();
  await base?.close();
  await dataDir?.remove();
});

test('no mark is left anywhere', async () => {
  const desk = await signIn();
  await fill(desk);
  const profile = await profileOf(marks.email);
  expect(await unfilled()).toEqual([]);
  expect(await marked()).toEqual(expect.arrayContaining(before));

  const erased = await desk(`/api/shops/1/profiles/${profile}/erase`, { reason: 'asked' });
  expect(await erased.json()).toEqual({ state: 'erased' });
  await expect.poll(marked, { timeout: 60_000, interval: 500 }).toEqual([]);

  // what waited on the disk of a web process comes after the erasure
  await program.end('SIGTERM');
  written.push(program.output.stdout, program.output.stderr);
  await spool();
  program = await startProcess(env);
  await expect
    .poll(() => count(`select from journal where 'person.erased' = any (reasons) and outcome = 'ignored'`))
    .toBe(3);
  await expect.poll(spooled).toEqual([]);
  expect(await marked()).toEqual([]);

  await program.end('SIGTERM');
  written.push(program.output.stdout, program.output.stderr);
  const found = byteSearch([...Object.values(marks), ...tokens]);
  expect(written.filter((text) => found(Buffer.from(text)))).toEqual([]);
  expect(await count('select from orders where total_minor = 4200 and profile_id is null and validated')).toBe(1);
  expect(await count('select from erasure where profile_id = $1', [profile])).toBe(1);
});

/** Some of the places that the search must find before it may say that there are none. */
const before = [
  ...['profile.email', 'profile.address', 'profile.phone', 'profile.custom', 'profile_identifier.value', 'orders.key'],
  ...[
    'orders.contact_email',
    'orders.items',
    'cart.items',
    'consent_evidence.body',
    'journal.facts',
    'journal_raw.raw',
  ],
  ...['journal_raw.headers', 'journal_unread.raw', 'parked.envelope', 'outbox.to_address', 'webhook_delivery.body'],
  ...[
    'webhook_attempt.answer',
    'delivery_key.key',
    'import.file_name',
    'import.look',
    'import_chunk.bytes',
    'import_line.said',
  ],
  ...['export_file.filter', 'export_chunk.bytes', 'visitor_token.token'],
];

type Desk = (path: string, body?: object) => Promise<Response>;

async function signIn(): Promise<Desk> {
  const signedIn = await fetch(`${program.url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(team),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return (path, body) =>
    fetch(`${program.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': typeOf(body) }) },
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
    });
}

function typeOf(body: object): string {
  return Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
}

const asBrowser = { 'x-forwarded-for': '198.51.100.77', 'user-agent': marks.browser };

function asServer(
  path: string,
  fields: Readonly<Record<string, string>> | string,
  type = 'application/x-www-form-urlencoded',
) {
  return fetch(`${program.url}/api/${path}`, {
    method: 'POST',
    headers: { authorization: pair, 'content-type': type, ...asBrowser },
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  });
}

/** Through every door there is; what no door can bring about is put in by hand. */
async function fill(desk: Desk): Promise<void> {
  const hook = {
    name: 'Marks',
    url: `${receiver.url}/hook`,
    kinds: ['order.created', 'order.changed', 'profile.created', 'profile.changed', 'basis.accepted'],
  };
  await desk('/api/shops/1/webhooks', hook);
  const endpoint = await count('select from webhook_endpoint');
  if (endpoint === 0) await addEndpoint(hook.url);
  const person = {
    'data[external_id]': marks.id,
    'data[customer_name]': marks.name,
    'data[customer_firstname]': marks.firstname,
    'data[customer_address]': marks.street,
    'data[customer_address_2]': marks.street,
    'data[customer_address_3]': marks.street,
    'data[customer_cp]': '75002',
    'data[customer_city]': marks.street,
    'data[customer_country]': 'FR',
    'data[customer_tel]': marks.phone,
    'data[customer_mobile]': marks.phone,
    'data[customer_fonction]': marks.name,
    'data[customer_company]': marks.name,
    'data[customer_birthday]': '1980-02-01',
    'data[customer_gender]': 'female',
    'data[customer_lang]': 'fr_FR',
    'data[group]': marks.name,
    'data[add_tag][0]': marks.name,
    'data[custom_fields][327]': marks.name,
    'data[customer_isoptin]': '1',
  };
  await asServer('CreateAccount', { ...person, 'data[customer_email]': marks.former });
  await profileOf(marks.former);
  await asServer('UpdateAccount', { ...person, 'data[customer_email]': marks.email });
  const profile = await profileOf(marks.email);
  const minted = await asServer('RegenCookie', { 'data[external_id]': marks.id, 'data[customer_email]': marks.email });
  const token = (await minted.json()).datas.cookie;
  await expect.poll(() => count('select from visitor_token')).toBeGreaterThan(0);
  const { rows: bound } = await owner.query('select token from visitor_token');
  tokens.push(token, ...bound.map((row) => row.token));
  await asServer('CreateOrder', {
    'data[order_idorder]': `V1-${marks.order}`,
    'data[customer_email]': marks.email,
    'data[external_id]': marks.id,
    'data[order_state]': '10',
    'data[product_attributes][0][0]': marks.name,
  });
  await asServer('v3/automations/trigger/abandoned_cart', {
    'key[cart_id]': `v3-${marks.order}`,
    customerEmail: marks.email,
    external_id: marks.id,
    [marks.name]: marks.name,
  });
  const order = {
    id: 'mark-order-event',
    type: 'order',
    at: Date.now(),
    data: {
      key: marks.order,
      number: marks.number,
      total: 42,
      currency: 'EUR',
      state: 'paid',
      invoiceNumber: marks.number,
      serviceStart: '2026-01-01',
      serviceEnd: '2026-01-02',
      tags: [marks.name],
      items: [{ sku: 'm', name: marks.name, quantity: 1, price: 42 }],
      customer: { email: marks.contact, externalId: marks.id },
    },
  };
  await asServer('../ingest', JSON.stringify({ sentAt: Date.now(), events: [order] }), 'application/json');
  const cart = {
    id: 'mark-cart-event',
    type: 'cart',
    at: Date.now(),
    data: {
      key: `cart-${marks.order}`,
      total: 12,
      items: [{ sku: 'm', name: marks.name, quantity: 1 }],
      page: marks.name,
      customer: { email: marks.email },
    },
  };
  await fetch(`${program.url}/collect?key=333abc`, {
    method: 'POST',
    headers: { ...asBrowser, referer: `https://shop.example/${marks.name}` },
    body: JSON.stringify({ sentAt: Date.now(), token, events: [cart] }),
  });
  // a visit of the verified token is told a few seconds later
  await expect.poll(() => count(`select from journal where kind = 'visit'`)).toBeGreaterThan(0);
  await fetch(
    `${program.url}/track?${new URLSearchParams({ site: '333abc', action: 'order', email: marks.email, idorder: 'T-2', state: '10', amount: '1' })}`,
    { headers: { ...asBrowser, referer: `https://shop.example/${marks.name}` } },
  );
  // refused at the door, and nothing any decoder reads
  await asServer('CreateOrder', { 'data[nothing]': marks.email });
  await asServer('CreateOrder', `%ff%fe${encodeURIComponent(marks.email)}`);
  await asServer(
    '../ingest',
    `{"events": [${Buffer.from(`....${marks.email}....`).toString('base64')}`,
    'application/json',
  );
  await desk(`/api/shops/1/profiles/${profile}/bases/1`, { status: 'accepted', date: null, reason: marks.reason });
  await desk(`/api/shops/1/profiles/${profile}`, { fields: { job: marks.name } });
  await asServer(
    'objections',
    JSON.stringify({ objections: [{ phone: marks.phone, channel: 'sms' }] }),
    'application/json',
  );
  const request = { kind: 'erasure', email: marks.email, lang: 'fr', note: marks.reason };
  await asServer('rights-requests', JSON.stringify(request), 'application/json');
  await desk('/api/shops/1/rights/1/identity', {});
  await mails.wait(marks.email);
  await fileOf(desk);
  await byHand(profile);
  await expect.poll(() => count('select from orders where key = $1', [marks.order])).toBe(1);
  await exported(desk);
  await expect.poll(() => count(`select from journal where outcome in ('rejected', 'unreadable')`)).toBeGreaterThan(2);
  await expect.poll(() => count('select from webhook_attempt where answer is not null')).toBeGreaterThan(0);
  await expect.poll(() => count(`select from intake`)).toBe(0);
}

/** A file that waits for somebody to run it: looked at, tried, its values given a meaning. */
async function fileOf(desk: Desk): Promise<void> {
  const bytes = Buffer.from(`E-mail;Nom;NewsEmail\n${marks.email};${marks.name};${marks.email}\n`);
  const made = await desk('/api/shops/1/imports', {
    kind: 'profiles',
    fileName: `${marks.email}.csv`,
    size: bytes.length,
  });
  const at = `/api/shops/1/imports/${(await made.json()).id}`;
  await desk(`${at}/bytes?at=0`, bytes);
  await desk(`${at}/read`, { encoding: null, separator: null });
  await expect.poll(async () => (await (await desk(at)).json()).state).toBe('ready');
  const { setup } = await (await desk(at)).json();
  await desk(`${at}/setup`, {
    ...setup,
    rules: { ...setup.rules, statuses: { [marks.email]: 'nothing', x: 'refused' } },
  });
  await desk(`${at}/check`, {});
  await expect.poll(() => count('select from import where forecast is not null')).toBe(1);
  await owner.query(`update import set forecast = jsonb_build_object('unknownValues', jsonb_build_array($1::text))`, [
    marks.email,
  ]);
}

/** A link to what a search found, and a file that lies ready. */
async function exported(desk: Desk): Promise<void> {
  await desk('/api/shops/1/exports/orders', { format: 'csv', lang: 'fr', filter: { search: marks.email } });
  await owner.query(
    `insert into export_file (shop_id, id, kind, format, lang, scope, filter, file_name, state, asked_by, created_at)
      select 1, gen_random_uuid(), 'profiles', 'csv', 'fr', 'full', jsonb_build_object('search', $1::text), 'profils.csv', 'waiting', id, now()
      from app_user limit 1`,
    [marks.email],
  );
  await owner.query(`select wake_job('export')`);
  await expect.poll(() => count(`select from export_file where state = 'ready'`)).toBe(1);
}

async function addEndpoint(url: string): Promise<void> {
  const secret = sealText(deriveKeys(testSecretKey), `whsec_${'A'.repeat(32)}`, 'webhook_endpoint 1');
  await owner.query(
    `insert into webhook_endpoint (shop_id, name, url, kinds, secret, created_at) values (1, 'Marks', $1, $2, $3, now())`,
    [url, ['order.created', 'profile.created', 'profile.changed', 'order.updated'], secret],
  );
}

/** An item that failed and waits, a mail that waits, an access asked for, an event's name that says who, a refused line of a store's history. */
async function byHand(profile: number): Promise<void> {
  const keys = deriveKeys(testSecretKey);
  const failed = encodeEnvelope(
    envelope('v1/CreateOrder', `data[order_idorder]=P-1&data[customer_email]=${marks.email}`),
  );
  // a store's history under way, which lists an object of theirs
  await owner.query(
    `with made as (insert into import (shop_id, id, kind, state, file_name, size, created_by, created_at, started_at)
       values (1, gen_random_uuid(), 'history', 'running', 'La boutique', 0, 'tests', now(), now()) returning id),
     line as (insert into import_line (shop_id, import_id, line, result, reasons, said)
       select 1, id, 1, 'refused', '{wire.missing_field}', $1 from made)
     insert into pull (shop_id, connection_id, kind, state, next_at, started_at, import_id)
       select 1, 99, 'history', 'running', now() + interval '1 day', now(), id from made`,
    [JSON.stringify(['orders:1', marks.email])],
  );
  await owner.query(
    `insert into parked (shop_id, seq, shard, received_at, envelope, error, next_try_at) values (1, 1, 1, now(), $1, 'test', now() + interval '1 day')`,
    [failed],
  );
  await owner.query(
    `insert into outbox (id, of_shop, kind, to_address, lang, sealed, created_at, next_try_at)
      values ('mark', 1, 'person_code', $1, 'fr', $2, now(), now() + interval '1 day')`,
    [` ${marks.email.toUpperCase()} `, sealText(keys, JSON.stringify({ kind: 'person_code' }), 'outbox mark')],
  );
  await owner.query(
    `insert into delivery_key (shop_id, key, seq, received_at) select 1, $1, seq, received_at from journal
      where profile_id = $2 order by seq limit 1 on conflict do nothing`,
    [`page:${marks.order}`, profile],
  );
  await owner.query(
    `insert into person_access (shop_id, id, asked_at, lang, address_hash, address)
      select 1, 'mark', now(), 'fr', address_hash, $1 from rights_request limit 1`,
    [sealText(keys, marks.email, 'person_access 1 mark')],
  );
  await owner.query(
    `with history as (
        insert into import (shop_id, id, kind, state, file_name, size, created_by, created_at, started_at)
        values (1, gen_random_uuid(), 'history', 'done', '', 0, 'mark', now(), now()) returning id)
      insert into import_line (shop_id, import_id, line, result, reasons, said)
      select 1, id, 1, 'refused', '{}', $1 from history`,
    [JSON.stringify({ customer: marks.email })],
  );
}

function envelope(format: string, text: string): Envelope {
  return {
    shopId: shopId(1),
    format,
    arrivedAt: Date.now(),
    source: { kind: 'server' },
    pageHost: null,
    mayRead: true,
    test: false,
    headers: { 'user-agent': marks.browser },
    ip: '198.51.100.0',
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: Buffer.from(text),
  };
}

/** What a web process that died had taken while the database was away. */
async function spool(): Promise<void> {
  const { rows } = await owner.query(`select value from instance where key = 'id'`);
  const folder = join(dataDir.path, 'spool', String(rows[0].value));
  await rm(folder, { recursive: true, force: true });
  const spooling = await openSpool(dataDir.path, { folder, maxBytes: 1_000_000, onFault: () => undefined });
  const items = ['v1/UpdateOrder', 'v1/CreateOrder', 'track'].map((format) => {
    const form =
      format === 'track'
        ? `action=order&idorder=${marks.order}&email=${encodeURIComponent(marks.email)}&amount=1`
        : `data[order_idorder]=${marks.order}&data[customer_email]=${encodeURIComponent(marks.email)}&data[order_state]=50`;
    const one = envelope(format, form);
    return format === 'track' ? { ...one, source: { kind: 'browser' } as const, mayRead: false } : one;
  });
  await spooling?.append([
    {
      shard: 1,
      lane: 'live',
      batchId: 7_000_000_001,
      receivedAt: Date.now(),
      n: items.length,
      body: encodeBatch(items),
    },
  ]);
  expect((await spooled()).length).toBeGreaterThan(0);
  await spooling?.close();
  // its owner is the process that has just ended
  for (const name of await readdir(folder))
    await rename(join(folder, name), join(folder, name.replace(`-${process.pid}-`, `-${program.pid}-`)));
}

/** Files of the spool that hold anything. */
async function spooled(): Promise<string[]> {
  const names = await readdir(join(dataDir.path, 'spool'), { recursive: true }).catch(() => []);
  const found: string[] = [];
  for (const name of names.filter((one) => one.endsWith('.spool'))) {
    const bytes = await readFile(join(dataDir.path, 'spool', name)).catch(() => Buffer.alloc(0));
    if (byteSearch(Object.values(marks))(bytes)) found.push(name);
  }
  return found;
}

/** Columns said to hold personal data of the shop's people that nothing was put into: the list, or this test, is not true. */
async function unfilled(): Promise<string[]> {
  const empty: string[] = [];
  for (const [table, { kind, personal }] of Object.entries(personalData)) {
    if (kind === 'team' || kind === 'none') continue;
    for (const column of columnsOf(personal)) {
      const says = `"${column}" is not null and "${column}"::text not in ('', '{}', '[]', '\\x')`;
      if (passing.includes(table) || (await count(`select from ${table} where ${says}`)) > 0) continue;
      empty.push(`${table}.${column}`);
    }
  }
  return empty;
}

/** Taken out within the moment they come: `intake` by the applier, the terms of an erasure are made by it. */
const passing = ['intake', 'erasure'];

/** Every value of every table, whatever its type, and every file of the data folder. */
async function marked(): Promise<string[]> {
  const found = byteSearch([...Object.values(marks), ...tokens, '0612349876', '612349876']);
  const places: string[] = [];
  const { rows: tables } = await owner.query(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker')`,
  );
  for (const { schema, name } of tables) {
    const { rows } = await owner.query(`select * from "${schema}"."${name}"`);
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        const bytes = Buffer.isBuffer(value)
          ? value
          : Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
        if (found(bytes)) places.push(`${name.replace(/_\d{8}$/, '')}.${column}`);
      }
    }
  }
  const files = await readdir(dataDir.path, { recursive: true, withFileTypes: true });
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    if (found(await readFile(path).catch(() => Buffer.alloc(0)))) places.push(path);
  }
  return [...new Set(places)];
}

async function profileOf(email: string): Promise<number> {
  const find = async (): Promise<number> =>
    (await owner.query('select id::int from profile where email = $1', [email])).rows[0]?.id ?? 0;
  await expect.poll(find).toBeGreaterThan(0);
  return find();
}

async function count(text: string, values: readonly unknown[] = []): Promise<number> {
  return (await owner.query(text, [...values])).rowCount ?? 0;
}
