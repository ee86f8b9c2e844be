/** Double opt-in over the real parts: intake, apply, jobs, a mail server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApplier } from '#apply/applier.ts';
import type { Fact } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import type { Envelope } from '#intake/envelope.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { type Settler, startSettler } from '#intake/settle.ts';
import { openMailer } from '#mail/smtp.ts';
import { openClient } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import {
  confirmationsJob,
  endedWaitsJob,
  mailsPerAddressDay,
  mailsPerBasisDay,
  mailsPerShopHour,
  resendAfterMs,
} from './confirmations.ts';
import { mailJob } from './mail.ts';
import { type MailServer, startMailServer } from './testing/mail-server.ts';

const keys = deriveKeys('a secret key for the confirmation tests');
const publicUrl = 'https://tracker.example';
const sender = { from: 'Spread <no-reply@tracker.example>', host: 'tracker.example' };
const day = 86_400_000;
let base: TestDatabase;
let server: MailServer;
let engine: IntakeEngine;
let settler: Settler;
let shop: ShopId;
let now = Date.UTC(2026, 4, 1, 10);
const faults: string[] = [];
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  base = await testDatabase();
  closers.push(() => base.close());
  server = await startMailServer();
  closers.push(() => server.stop());
  engine = await openPostgresEngine({ pool: base.pool, shards: 4, now: () => now });
  closers.push(() => engine.stop());
  settler = startSettler(base.pool);
  closers.push(() => settler.stop());
  const applier = startApplier({
    connect: () => openClient(base.url, { pipeline: true }),
    claims: postgresClaims,
    shards: 4,
    keys,
    onFault: (event) => faults.push(event),
  });
  closers.push(() => applier.stop());
  shop = (await createShop(base.pool, keys, { name: 'Maison Noir' })).shopId;
  await staff({ uplift: { optinEmail: 1 }, optinProof: { email: { wording: 'Oui', where: 'compte' } } });
  await staff({ basis: { id: 1, doubleOptIn: true, texts: { fr: 'Je veux la lettre.', en: 'I want the letter.' } } });
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  expect(faults).toEqual([]);
});

async function put(source: Envelope['source'], format: string, text: string) {
  const { seq, receivedAt } = await engine.append(
    {
      shopId: shop,
      format,
      arrivedAt: now,
      source,
      pageHost: null,
      mayRead: true,
      test: false,
      headers: {},
      ip: null,
      minted: null,
      door: 'accepted',
      deliveryKey: null,
      raw: Buffer.from(text),
    },
    'live',
  );
  const settled = await settler.settle({ shopId: shop, seq, receivedAt }, 20_000);
  expect(settled).not.toBeNull();
  return settled;
}
const staff = (change: object) =>
  put({ kind: 'staff', userId: '1' }, 'own', JSON.stringify({ facts: [{ type: 'settings', change }] }));
const signUp = (email: string, lang = 'fr') =>
  put({ kind: 'server' }, 'track', new URLSearchParams({ action: 'newsletter', email, lang }).toString());
const say = (fact: Partial<Fact>) => put({ kind: 'person' }, 'own', JSON.stringify({ facts: [fact] }));

/** What was mailed to an address so far, after both jobs have run. */
async function mails(email: string): Promise<string[]> {
  await confirmationsJob({ pool: base.pool, keys, publicUrl, now: () => now }).run(null, {} as never);
  await mailJob({ pool: base.pool, keys, mailer: openMailer(server.url), sender, now: () => now }).run(
    null,
    {} as never,
  );
  return server.mails.filter(({ to }) => to.includes(email)).map(({ text }) => text);
}
const nightly = () => endedWaitsJob({ pool: base.pool, engine, settler, now: () => now }).run(null, {} as never);
async function statusOf(email: string): Promise<string> {
  const { rows } = await base.pool.query(
    `select b.status from profile_basis b join profile p on p.shop_id = b.shop_id and p.id = b.profile_id
     where p.shop_id = $1 and p.email_norm = $2 and b.basis_id = 1`,
    [shop, email],
  );
  return rows[0]?.status;
}

test('whoever signs up waits, and is mailed a link in their language, in the shop’s name, with one-click headers', async () => {
  await signUp('lea@b.example');
  await signUp('tom@b.example', 'en-GB');
  expect(await statusOf('lea@b.example')).toBe('to confirm');
  const [french = '', ...more] = await mails('lea@b.example');
  expect(more).toEqual([]);
  expect(french).toMatch(/^From: Maison Noir <no-reply@tracker.example>\r$/m);
  expect(french).toContain('Je veux la lettre.');
  expect(french).toMatch(/https:\/\/tracker\.example\/my-data\/confirm\/\d+-[\w-]{32}(?![\w-])/);
  expect(french).toMatch(/^List-Unsubscribe:\s+<https:\/\/tracker\.example\/my-data\/stop\/[\w-]+>\r$/m);
  expect(french).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  const [english = ''] = await mails('tom@b.example');
  expect(english).toContain('I want the letter.');
  expect(english).toContain('confirm your subscription');
});

test('the secret of a link is kept nowhere', async () => {
  const [mail = ''] = await mails('lea@b.example');
  const secret = /confirm\/\d+-([\w-]{32})/.exec(mail)?.[1] ?? '';
  expect(secret).toHaveLength(32);
  for (const table of ['confirmation', 'confirmation_ask', 'outbox', 'profile_basis']) {
    const { rows } = await base.pool.query(`select t::text as row from ${table} t`);
    expect(rows.map(({ row }) => row).join()).not.toContain(secret);
  }
});

test('asked again, it is mailed again: not within ten minutes, and at most three times a day', async () => {
  await signUp('again@b.example');
  expect(await mails('again@b.example')).toHaveLength(1);
  await signUp('again@b.example');
  expect(await mails('again@b.example')).toHaveLength(1);
  for (let round = 2; round <= mailsPerBasisDay + 2; round++) {
    now += resendAfterMs;
    await signUp('again@b.example');
    expect(await mails('again@b.example')).toHaveLength(Math.min(round, mailsPerBasisDay));
  }
  now += day;
  await signUp('again@b.example');
  expect(await mails('again@b.example')).toHaveLength(mailsPerBasisDay + 1);
});

test('a stored flag that is sent again asks nobody again', async () => {
  const update = () =>
    put({ kind: 'server' }, 'v1/UpdateAccount', 'data[customer_email]=flag@b.example&data[customer_isoptin]=1');
  await update();
  expect(await statusOf('flag@b.example')).toBe('to confirm');
  expect(await mails('flag@b.example')).toHaveLength(1);
  now += 2 * resendAfterMs;
  await update();
  expect(await mails('flag@b.example')).toHaveLength(1);
});

test('one address gets no more than so many a day, however many bases ask', async () => {
  for (let id = 8; id < 8 + mailsPerAddressDay + 2; id++) {
    await staff({
      basis: {
        id: null,
        name: `Lettre ${id}`,
        techName: `L${id}`,
        ground: 'consent',
        purposes: ['marketing'],
        channels: ['email'],
        doubleOptIn: true,
      },
    });
    await put({ kind: 'server' }, 'v1/UpdateAccount', `data[customer_email]=many@b.example&data[consents][L${id}]=1`);
  }
  expect(await mails('many@b.example')).toHaveLength(mailsPerAddressDay);
});

test('what a shop asks over its hour waits for the next one', async () => {
  await base.pool.query(
    `insert into confirmation (shop_id, token_hash, profile_id, basis_id, address_hash, sent_at, ends_at)
     select $1, sha256(n::text::bytea), 1, 1, sha256((n || 'a')::bytea), to_timestamp($2::float8 / 1000), to_timestamp($2::float8 / 1000)
     from generate_series(1, $3::int) n`,
    [shop, now, mailsPerShopHour],
  );
  await signUp('late@b.example');
  expect(await mails('late@b.example')).toEqual([]);
  now += 3_600_001;
  expect(await mails('late@b.example')).toHaveLength(1);
});

test('without an answer the basis is what it was: unknown, or refused; the night’s run twice changes nothing twice', async () => {
  await signUp('quiet@b.example');
  await signUp('once@b.example');
  const consent = {
    type: 'consent',
    subject: { email: 'once@b.example' },
    basis: { id: 1 },
    status: 'refused',
  } as const;
  await say(consent as never);
  now += 1000;
  await signUp('once@b.example');
  await mails('quiet@b.example');
  expect([await statusOf('quiet@b.example'), await statusOf('once@b.example')]).toEqual(['to confirm', 'to confirm']);
  now += 7 * day - 1000;
  await nightly();
  expect(await statusOf('quiet@b.example')).toBe('to confirm');
  now += 1001;
  await nightly();
  await nightly();
  expect([await statusOf('quiet@b.example'), await statusOf('once@b.example')]).toEqual(['unknown', 'refused']);
  const { rows } = await base.pool.query(
    `select h.to_status, h.cause from basis_history h join profile p on p.shop_id = h.shop_id and p.id = h.profile_id
     where p.email_norm = 'quiet@b.example' order by h.arrived_at, h.n`,
  );
  expect(rows.map(({ to_status, cause }) => `${to_status} ${cause}`)).toEqual(['to confirm act', 'unknown expiry']);
});

test('a shorter life is taken from the settings; a mail sent again begins it anew', async () => {
  await staff({ confirmDays: 2 });
  await signUp('short@b.example');
  await mails('short@b.example');
  now += day;
  await signUp('short@b.example');
  expect(await mails('short@b.example')).toHaveLength(2);
  now += day + 1;
  await nightly();
  expect(await statusOf('short@b.example')).toBe('to confirm');
  now += day;
  await nightly();
  expect(await statusOf('short@b.example')).toBe('unknown');
});
