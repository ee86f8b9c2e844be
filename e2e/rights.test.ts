/** What people ask about their data, in a real browser with real mails: a request comes in, its maker is checked, it is carried out. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailServer, startMailServer } from '../src/jobs/testing/mail-server.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startTestProgram, type TestProgram } from './harness.ts';
import { signInByLink } from './sign-in.ts';

const pair = `Basic ${btoa('333abc:private-of-the-test')}`;
let program: TestProgram;
let mails: MailServer;
let browser: TestBrowser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  mails = await startMailServer();
  program = await startTestProgram({
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    SMTP_URL: mails.url,
  });
  browser = await openBrowser();
  ({ page, faults } = await browser.visit({ acceptDownloads: true }));
  await signInByLink(page, program);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await mails?.stop();
});

test('a person asks by mail, confirms by the mailed button, and gets everything in one file', async () => {
  await order('A-1', 'lea@b.example');
  await page.goto(`${program.url}/shops/1/gdpr/requests`);
  await page.getByTestId('rights-email').fill('Lea@B.example');
  await page.getByTestId('rights-note').fill('Que savez-vous de moi ?');
  await page.getByTestId('rights-take').click();
  await page.locator('[data-testid=rights-step][data-what=received]').waitFor();
  expect(await page.getByTestId('request-profile').count()).toBe(1);
  expect(await page.getByTestId('request-archive').count()).toBe(0);
  await page.getByTestId('identity-mail').click();
  const mail = await mails.wait('lea@b.example');
  const link = /https?:\S+\/rights\/[\w-]+/.exec(mail)?.[0] ?? '';

  const { page: hers, context } = await browser.visit({ javaScriptEnabled: false });
  await hers.goto(link);
  expect(await hers.textContent('body')).toContain('l••@b••.example');
  expect(await hers.textContent('body')).not.toContain('lea@');
  await page.reload();
  expect(await page.getByTestId('rights-state').getAttribute('data-state')).toBe('open');
  await hers.getByRole('button').click();
  await hers.getByText('votre demande est confirmée').waitFor();
  await context.close();

  await page.reload();
  await page.locator('[data-testid=rights-step][data-what=identity_link]').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('request-archive').click()]);
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  const path = join(folder, 'archive.zip');
  await download.saveAs(path);
  const files = unzip(await readFile(path));
  await rm(folder, { recursive: true });
  const everything = JSON.parse(files.get('donnees.json') ?? '');
  expect(everything.parts.profile[0].email).toBe('lea@b.example');
  expect(everything.parts.orders[0]).toMatchObject({ key: 'A-1', total: '42.00', currency: 'EUR' });
  expect(everything.parts.received[0].bytes).toContain('A-1');
  expect(files.get('orders.csv')).toContain('\r\nA-1,');
  expect(files.get('index.html')).toContain('lea@b.example');
  await page.getByTestId('request-done').click();
  await page.locator('[data-testid=rights-state][data-state=done]').waitFor();
  expect({ text: await mails.wait('lea@b.example') }.text).toContain('a été traitée');
});

test('the shop hands a request in; the code read out on the phone opens it; the person is erased and told', async () => {
  await order('B-1', 'max@b.example');
  const taken = await fetch(`${program.url}/api/rights-requests`, {
    method: 'POST',
    headers: { authorization: pair },
    body: JSON.stringify({ kind: 'erasure', email: 'max@b.example', lang: 'en' }),
  });
  expect(taken.status).toBe(201);
  const { id } = await taken.json();
  await page.goto(`${program.url}/shops/1/gdpr/requests/${id}`);
  await page.getByTestId('identity-mail').click();
  const mail = await mails.wait('max@b.example');
  const code = /\b[A-Z2-9]{8}\b/.exec(mail)?.[0] ?? '';
  await page.getByTestId('identity-code').fill('WRONGXYZ');
  await page.getByTestId('identity-check').click();
  await page.getByTestId('request-not-moved').waitFor();
  await page.getByTestId('identity-code').fill(code.toLowerCase());
  await page.getByTestId('identity-check').click();
  await page.locator('[data-testid=rights-step][data-what=identity_code]').waitFor();
  await page.getByTestId('request-erase').click();
  await page.locator('[data-testid=rights-state][data-state=done]').waitFor();
  expect({ text: await mails.wait('max@b.example') }.text).toContain('has been dealt with');
  expect(await page.getByTestId('request-email').textContent()).not.toContain('max@');
  const { rows } = await program.base.pool.query(
    `select count(*)::int as n from profile where email = 'max@b.example'`,
  );
  expect(rows[0].n).toBe(0);
  const known = await fetch(`${program.url}/api/rights-requests/${id}`, { headers: { authorization: pair } });
  expect(await known.json()).toMatchObject({ id, kind: 'erasure', state: 'done', refusal: null });
});

test('a correction that was asked for is made on the profile, as a statement of staff, and the request says so', async () => {
  await order('D-1', 'iris@b.example');
  const taken = await fetch(`${program.url}/api/rights-requests`, {
    method: 'POST',
    headers: { authorization: pair },
    body: JSON.stringify({ kind: 'rectification', email: 'iris@b.example', lang: 'fr', note: 'Je m’appelle Iris.' }),
  });
  const { id } = await taken.json();
  await page.goto(`${program.url}/shops/1/gdpr/requests/${id}`);
  await page.getByTestId('identity-vouch').click();
  await page.locator('[data-testid=rights-state][data-state=verified]').waitFor();
  await page.getByTestId('request-profile').first().click();
  await page.getByTestId('profile-edit').click();
  await page.getByTestId('profile-form-firstname').fill('Iris');
  await page.getByTestId('profile-form-save').click();
  await page.getByTestId('profile-edit').waitFor();
  await page.getByText('Iris', { exact: true }).first().waitFor();
  await page.goto(`${program.url}/shops/1/gdpr/requests/${id}`);
  await page.getByTestId('request-done').click();
  await page.locator('[data-testid=rights-state][data-state=done]').waitFor();
  expect({ text: await mails.wait('iris@b.example') }.text).toContain('a été traitée');
  const { rows } = await program.base.pool.query(
    `select p.firstname, (select string_agg(action, ' ' order by id) from audit where profile_id = p.id) as audit
     from profile p where email = 'iris@b.example'`,
  );
  expect(rows).toEqual([{ firstname: 'Iris', audit: expect.stringContaining('profile.change') }]);
});

test('from the profile: typed once more, with a reason; who came in with the order stays turnover', async () => {
  await order('C-1', 'zoe@b.example');
  await page.goto(`${program.url}/shops/1/profiles`);
  await page.getByTestId('profile-row').filter({ hasText: 'zoe@b.example' }).getByRole('link').first().click();
  await page.getByTestId('profile-erase-open').click();
  await page.locator('[data-testid=erase-preview][data-profiles="1"]').waitFor();
  expect(await page.getByTestId('erase-submit').isDisabled()).toBe(true);
  await page.getByTestId('erase-reason').click();
  await page.getByRole('option', { name: 'la personne l’a demandé' }).click();
  await page.getByTestId('erase-confirm').fill('zoe@b.example');
  await page.getByTestId('erase-submit').click();
  await page.waitForURL(/\/profiles$/);
  await page.getByTestId('profile-row').filter({ hasText: 'lea@b.example' }).waitFor();
  expect(await page.getByTestId('profile-row').filter({ hasText: 'zoe@b.example' }).count()).toBe(0);
  const { rows } = await program.base.pool.query(
    `select action, detail from audit where action = 'profile.erase' and profile_id is not null order by id desc limit 1`,
  );
  expect(rows[0]).toEqual({ action: 'profile.erase', detail: { reason: 'asked' } });
});

test('a wrong link says nothing, and the browser complained about nothing', async () => {
  const answer = await fetch(`${program.url}/rights/1-${'x'.repeat(32)}`);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain('b.example');
  expect(faults).toEqual([]);
});

async function order(key: string, email: string): Promise<void> {
  const fields = { site: '333abc', action: 'order', email, idorder: key, amount: '42' };
  await fetch(`${program.url}/track?${new URLSearchParams(fields)}`);
  await expect
    .poll(async () => (await program.base.pool.query('select 1 from profile where email = $1', [email])).rowCount)
    .toBe(1);
}

/** By the central directory: what any program that opens zip files reads. */
function unzip(file: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const end = file.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    const [size, length, offset] = [file.readUInt32LE(at + 20), file.readUInt16LE(at + 28), file.readUInt32LE(at + 42)];
    const name = file.toString('utf8', at + 46, at + 46 + length);
    const start = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28);
    files.set(name, inflateRawSync(file.subarray(start, start + size)).toString('utf8'));
    at += 46 + length;
  }
  return files;
}
