import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Letter } from '#contract/letter.ts';
import { openMailer } from '#mail/smtp.ts';
import { queueMail } from '#store/outbox.ts';
import { deriveKeys } from '#store/secret.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { findMailHealth, listMails } from '#views/outbox.ts';
import { mailJob, retryDelayMs } from './mail.ts';
import { type MailServer, startMailServer } from './testing/mail-server.ts';

const keys = deriveKeys('a secret key for the mail tests');
const sender = { from: 'no-reply@tracker.example', host: 'tracker.example' };
const letter: Letter = { kind: 'password_reset', url: 'https://tracker.example/password#s3cret', minutes: 60 };
let base: TestDatabase;
let server: MailServer;
let now = Date.UTC(2026, 5, 1);

beforeAll(async () => {
  base = await testDatabase();
  server = await startMailServer();
});
afterAll(async () => {
  await server.stop();
  await base.close();
});

function queue(to: string) {
  return queueMail(base.pool, keys, { shopId: null, to, lang: 'fr', letter }, now);
}

async function run(url: string | null = server.url) {
  const mailer = url === null ? null : openMailer(url);
  await mailJob({ pool: base.pool, keys, mailer, sender, now: () => now }).run(null, {} as never);
}

async function find(id: string) {
  return (await listMails(base.db, null, null)).rows.find((row) => row.id === id);
}

test('without a mail server mails wait, sealed; with one they go, and nothing of their words is kept', async () => {
  const id = await queue('lea@b.example');
  await run(null);
  expect(await find(id)).toMatchObject({ state: 'waiting', tries: 0, kept: true });
  expect((await findMailHealth(base.db)).waiting).toBe(1);
  const { rows } = await base.pool.query<{ sealed: Buffer }>('select sealed from outbox');
  expect(rows[0]?.sealed.toString('latin1')).not.toContain('s3cret');
  await run();
  expect(await server.wait('lea@b.example')).toContain('https://tracker.example/password#s3cret');
  expect(await find(id)).toMatchObject({ state: 'sent', tries: 1, kept: false, sentAt: now });
});

test('an address that is refused says so at once, in the words of its server', async () => {
  const id = await queue('nobody@b.example');
  await run();
  const row = await find(id);
  expect(row).toMatchObject({ state: 'refused', tries: 1, nextTryAt: null });
  expect(row?.fault).toMatch(/550.*No such user/);
});

test('a busy or absent server is tried again, later each time, and given up after three days', async () => {
  const busy = await queue('busy@b.example');
  const away = await queue('away@b.example');
  await run();
  expect(await find(busy)).toMatchObject({ state: 'waiting', tries: 1, nextTryAt: now + retryDelayMs(1) });
  now += retryDelayMs(1) - 1;
  await run();
  expect(await find(busy)).toMatchObject({ tries: 1 });
  now += 1;
  await run('smtp://127.0.0.1:1');
  expect(await find(busy)).toMatchObject({ state: 'waiting', tries: 2 });
  expect((await findMailHealth(base.db)).fault).toContain('ECONNREFUSED');
  expect(await find(away)).toMatchObject({ state: 'sent' });
  now += 4 * 86_400_000;
  await run();
  expect(await find(busy)).toMatchObject({ state: 'given_up', kept: true });
});

test('two jobs at once send each mail once', async () => {
  await Promise.all(Array.from({ length: 8 }, () => queue('many@b.example')));
  await Promise.all([run(), run(), run()]);
  expect(server.mails.filter((mail) => mail.to.includes('many@b.example'))).toHaveLength(8);
});

test('retries wait half a minute, then twice as long each time, six hours at most', () => {
  expect([1, 2, 3, 20].map(retryDelayMs)).toEqual([30_000, 60_000, 120_000, 21_600_000]);
});
