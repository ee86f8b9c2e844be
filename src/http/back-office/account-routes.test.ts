/** Everybody's own account: password, second step, sessions, the way back in by mail. */
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  openTestBackOffice,
  type Speaker,
  secretIn,
  type TestBackOffice,
  testPassword,
} from './testing/back-office.ts';

const other = 'another horse battery';
let office: TestBackOffice;
let me: Speaker & { readonly id: string };
let email: string;
let n = 0;

beforeAll(async () => {
  office = await openTestBackOffice();
});
afterAll(() => office.close());
beforeEach(async () => {
  email = `person${++n}@b.example`;
  me = await office.admin(email);
});

async function signIn(password: string): Promise<Speaker> {
  const speaker = office.stranger();
  expect((await speaker.post('/api/sign-in', { email, password })).status).toBe(200);
  return speaker;
}

async function turnOn(): Promise<{ code: () => string; codes: string[] }> {
  const begun = await me.post('/api/account/second-factor', { password: testPassword });
  expect(begun.body.uri).toContain(`secret=${begun.body.secret}`);
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) });
  const code = () => totp.generate({ timestamp: office.now });
  const confirmed = await me.post('/api/account/second-factor/confirm', { code: code() });
  return { code, codes: confirmed.body.codes };
}

async function kinds(): Promise<unknown[]> {
  return (await office.letters(email)).map(({ kind, what }) => what ?? kind);
}

test('a new password needs the old one, ends every other session, and is told by mail', async () => {
  const elsewhere = await signIn(testPassword);
  const wrong = await me.post('/api/account/password', { current: 'not this one', password: other });
  expect([wrong.status, wrong.body.error.code]).toEqual([400, 'password.wrong']);
  expect((await me.post('/api/account/password', { current: null, password: other })).status).toBe(400);
  expect((await me.post('/api/account/password', { current: testPassword, password: 'short' })).status).toBe(400);
  expect((await me.post('/api/account/password', { current: testPassword, password: other })).status).toBe(204);
  expect((await me.get('/api/account')).status).toBe(200);
  expect((await elsewhere.get('/api/account')).status).toBe(401);
  expect((await office.stranger().post('/api/sign-in', { email, password: testPassword })).status).toBe(401);
  await signIn(other);
  expect(await kinds()).toEqual(['password']);
});

test('sessions are listed as browsers call themselves, and end one by one or all but this one', async () => {
  const [second, third] = [await signIn(testPassword), await signIn(testPassword)];
  const list = (await me.get('/api/account')).body.sessions;
  expect(list).toHaveLength(3);
  expect(list.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
  const thirds = (await third.get('/api/account')).body.sessions.find(({ current }: { current: boolean }) => current);
  expect((await me.post('/api/account/sessions/end', { sessionId: thirds.id })).status).toBe(204);
  expect([(await second.get('/api/account')).status, (await third.get('/api/account')).status]).toEqual([200, 401]);
  expect((await me.post('/api/account/sessions/end', { sessionId: null })).status).toBe(204);
  expect([(await me.get('/api/account')).status, (await second.get('/api/account')).status]).toEqual([200, 401]);
});

test('nobody ends another’s session', async () => {
  const stranger = await office.admin(`other${n}@b.example`);
  const mine = (await me.get('/api/account')).body.sessions[0].id;
  expect((await stranger.post('/api/account/sessions/end', { sessionId: mine })).status).toBe(204);
  expect((await me.get('/api/account')).status).toBe(200);
});

test('a second step: shown, confirmed, asked for, turned off with a code alone, each told by mail', async () => {
  expect((await me.post('/api/account/second-factor', { password: 'not this one' })).status).toBe(400);
  const { code, codes } = await turnOn();
  expect(codes).toHaveLength(10);
  expect((await me.get('/api/account')).body.secondFactor).toMatchObject({ backupCodesLeft: 10 });
  expect((await me.post('/api/account/second-factor', { password: testPassword })).status).toBe(409);

  office.now += 60_000;
  const phone = office.stranger();
  const asked = await phone.post('/api/sign-in', { email, password: testPassword });
  expect([asked.status, Object.keys(asked.body)]).toEqual([202, ['challenge']]);
  expect(phone.cookie()).toBe('');
  expect((await phone.get('/api/me')).status).toBe(204);
  const { challenge } = asked.body;
  const wrong = await phone.post('/api/sign-in/code', { challenge, code: '000-000' });
  expect([wrong.status, wrong.body.error.code]).toEqual([401, 'code.wrong']);
  expect((await phone.post('/api/sign-in/code', { challenge, code: code() })).body.user.email).toBe(email);
  expect((await phone.get('/api/account')).status).toBe(200);

  const backup = await office.stranger().post('/api/sign-in', { email, password: testPassword });
  const lost = office.stranger();
  const byBackup = { challenge: backup.body.challenge, code: codes[0] };
  expect((await lost.post('/api/sign-in/code', byBackup)).status).toBe(200);
  expect((await me.get('/api/account')).body.secondFactor.backupCodesLeft).toBe(9);

  office.now += 60_000;
  const fresh = await me.post('/api/account/second-factor/codes', { code: code() });
  expect(fresh.body.codes).not.toContain(codes[1]);
  expect((await me.post('/api/account/second-factor/off', { code: codes[1] })).status).toBe(400);
  expect((await me.post('/api/account/second-factor/off', { code: fresh.body.codes[0] })).status).toBe(204);
  await signIn(testPassword);
  expect(await kinds()).toEqual(['second_factor_on', 'second_factor_off']);
});

test('five wrong codes lock the second step, and the answer says how long', async () => {
  const { code } = await turnOn();
  office.now += 60_000;
  const phone = office.stranger();
  const { challenge } = (await phone.post('/api/sign-in', { email, password: testPassword })).body;
  const answers: number[] = [];
  for (let tried = 0; tried < 5; tried++)
    answers.push((await phone.post('/api/sign-in/code', { challenge, code: 'AAAAA-AAAAA' })).status);
  expect(answers).toEqual([401, 401, 401, 401, 429]);
  const locked = await phone.post('/api/sign-in/code', { challenge, code: code() });
  expect([locked.status, locked.body.error.code]).toEqual([429, 'code.locked']);
});

test('a forgotten password: a link by mail, once, within the hour; every session ends, the second step stays', async () => {
  const { code } = await turnOn();
  const forgot = async (typed: string) =>
    (await office.stranger().post('/api/password/forgotten', { email: typed })).status;
  expect([await forgot(email.toUpperCase()), await forgot('nobody@b.example'), await forgot('no address')]).toEqual([
    204, 204, 204,
  ]);
  await expect.poll(async () => (await kinds()).includes('password_reset')).toBe(true);
  const letter = (await office.letters(email)).find(({ kind }) => kind === 'password_reset');
  expect(letter?.url).toMatch(/^http:\/\/localhost(:\d+)?\/sign-in\/reset#/);
  const { rows } = await office.database.pool.query(`select from outbox where to_address = 'nobody@b.example'`);
  expect(rows).toEqual([]);

  const token = secretIn(letter);
  const reset = (password: string) => office.stranger().post('/api/password/reset', { token, password });
  expect((await office.stranger().post('/api/sign-in/link', { token })).status).toBe(401);
  expect((await reset('short')).status).toBe(400);
  expect((await reset(other)).status).toBe(204);
  expect((await reset(testPassword)).status).toBe(401);
  expect((await me.get('/api/account')).status).toBe(401);
  const asked = await office.stranger().post('/api/sign-in', { email, password: other });
  expect(asked.status).toBe(202);
  office.now += 60_000;
  const phone = office.stranger();
  expect((await phone.post('/api/sign-in/code', { challenge: asked.body.challenge, code: code() })).status).toBe(200);

  await forgot(email);
  await expect.poll(async () => (await kinds()).filter((kind) => kind === 'password_reset').length).toBe(2);
  const late = secretIn((await office.letters(email)).filter(({ kind }) => kind === 'password_reset').at(-1));
  office.now += 3_600_000;
  expect((await office.stranger().post('/api/password/reset', { token: late, password: testPassword })).status).toBe(
    401,
  );
});

test('the name a caller gives this server in the Host header leads nobody away', async () => {
  const answer = await office.stranger().post('/api/password/forgotten', { email }, { host: 'evil.example' });
  expect(answer.status).toBe(204);
  await expect
    .poll(async () => (await office.letters(email)).map(({ url }) => url))
    .toEqual([expect.stringMatching(/^http:\/\/localhost\/sign-in\/reset#/)]);
});

test('guesses of a password stop after ten', async () => {
  const guess = async () =>
    (await office.stranger().post('/api/sign-in', { email, password: 'guess guess guess' })).status;
  const answers: number[] = [];
  for (let tried = 0; tried < 12; tried++) answers.push(await guess());
  expect(answers.slice(0, 9)).toEqual(Array(9).fill(401));
  expect(answers.slice(-2)).toEqual([429, 429]);
  expect((await office.stranger().post('/api/sign-in', { email, password: testPassword })).status).toBe(429);
});

test('a name and a language are kept, and mails come in that language', async () => {
  expect((await me.post('/api/account', { name: '  Léa ', lang: 'en' })).status).toBe(204);
  expect((await me.get('/api/me')).body.user).toMatchObject({ name: 'Léa', lang: 'en' });
  await me.post('/api/account/password', { current: testPassword, password: other });
  const { rows } = await office.database.pool.query('select lang from outbox where to_address = $1', [email]);
  expect(rows).toEqual([{ lang: 'en' }]);
  expect((await me.post('/api/account', { name: 'Léa', lang: 'de' })).status).toBe(400);
});

test('everybody chooses their alarms, shop by shop', async () => {
  const alarmsOf = async () => (await me.get('/api/account')).body.shops[0].alarms;
  expect(await alarmsOf()).toEqual(['silent', 'errors', 'old_key', 'store']);
  expect((await me.post(`/api/shops/${office.shop}/alarms`, { alarms: ['errors'] })).status).toBe(204);
  expect(await alarmsOf()).toEqual(['errors']);
  expect((await me.post(`/api/shops/${office.shop}/alarms`, { alarms: ['nothing'] })).status).toBe(400);
});
