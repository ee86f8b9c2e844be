import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openAuth } from './auth.ts';
import { createSignInLink, createSignInToken } from './auth-link.ts';
import { createAdmin } from './auth-user.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  dropSecondFactor,
  hasSecondFactor,
  makeBackupCodes,
  useSecondFactor,
} from './second-factor.ts';
import { deriveKeys } from './secret.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

const secretKey = 'a-secret-key-for-tests-0123456789';
const keys = deriveKeys(secretKey);
const start = Date.UTC(2026, 10, 25, 12);
const step = 30_000;
const password = 'correct horse battery';
let database: TestDatabase;
let n = 0;
let user: { id: string; email: string };
let secret: string;
let codes: readonly string[];

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Each test has a person of its own, whose second step was turned on at `start`. */
beforeEach(async () => {
  const email = `person${++n}@localhost`;
  user = { id: await createAdmin(database.pool, { email, password }), email };
  secret = (await beginSecondFactor(database.pool, keys, user, start))?.secret ?? '';
  codes = (await confirmSecondFactor(database.pool, keys, user.id, codeAt(start), start)) ?? [];
});

/** What the authenticator shows. */
function codeAt(now: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now });
}

/** A code that is none of those that would be taken. */
function wrongAt(now: number): string {
  const right = [-step, 0, step].map((shift) => codeAt(now + shift));
  return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? '';
}

function use(code: string, now: number) {
  return useSecondFactor(database.pool, keys, user.id, code, now);
}

test('what a phone shows is taken once, up to one step early or late; neither secret nor codes stand in the database', async () => {
  expect(await use(codeAt(start), start)).toBe('wrong');
  const later = start + 10 * step;
  expect(await use(codeAt(later), later + step)).toBe('right');
  expect(await use(codeAt(later), later + step)).toBe('wrong');
  expect(await use(codeAt(later + 2 * step), later + step)).toBe('right');
  expect(await use(codeAt(later + 9 * step), later + 11 * step)).toBe('wrong');
  const { rows } = await database.pool.query(
    `select encode(secret, 'escape') as text from second_factor union all select encode(code_hash, 'escape') from backup_code`,
  );
  const kept = JSON.stringify(rows);
  for (const text of [secret, ...codes]) expect(kept).not.toContain(text);
});

test('a code of RFC 6238 is what ours is', () => {
  const rfc = new TOTP({ secret: Secret.fromLatin1('12345678901234567890'), digits: 8 });
  expect(rfc.generate({ timestamp: 59_000 })).toBe('94287082');
});

test('five wrong codes in a row lock for a quarter of an hour, whatever comes', async () => {
  const now = start + 10 * step;
  for (let tried = 1; tried < 5; tried++) expect(await use(wrongAt(now), now)).toBe('wrong');
  expect(await use(wrongAt(now), now)).toBe('locked');
  expect(await use(codeAt(now), now)).toBe('locked');
  expect(await use(codes[0] ?? '', now)).toBe('locked');
  const after = now + 15 * 60_000 + 1;
  expect(await use(codeAt(after), after)).toBe('right');
});

test('of ten guesses at once, no more than five are looked at', async () => {
  const now = start + 10 * step;
  const answers = await Promise.all(Array.from({ length: 10 }, () => use(wrongAt(now), now)));
  expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(4);
  expect(answers.filter((answer) => answer === 'locked')).toHaveLength(6);
});

test('ten backup codes work once each, however they are typed; new ones void them', async () => {
  expect(codes).toHaveLength(10);
  expect(new Set(codes).size).toBe(10);
  const [first = '', second = '', third = ''] = codes;
  expect(await use(first.toLowerCase().replace('-', ' '), start)).toBe('right');
  expect(await use(first, start)).toBe('wrong');
  expect(await use(second, start)).toBe('right');
  const fresh = await makeBackupCodes(database.pool, keys, user.id);
  expect(await use(third, start)).toBe('wrong');
  expect(await use(fresh[0] ?? '', start)).toBe('right');
});

test('a second step is on only once a code of the secret was typed; turned off, it asks nothing', async () => {
  expect(await beginSecondFactor(database.pool, keys, user, start)).toBeNull();
  expect(await dropSecondFactor(database.pool, user.id)).toBe(true);
  expect(await hasSecondFactor(database.pool, user.id)).toBe(false);
  secret = (await beginSecondFactor(database.pool, keys, user, start))?.secret ?? '';
  expect(await hasSecondFactor(database.pool, user.id)).toBe(false);
  expect(await use(codeAt(start), start)).toBe('wrong');
  expect(await confirmSecondFactor(database.pool, keys, user.id, wrongAt(start), start)).toBeNull();
  expect(await confirmSecondFactor(database.pool, keys, user.id, codeAt(start), start)).toHaveLength(10);
  expect(await hasSecondFactor(database.pool, user.id)).toBe(true);
});

test('a password or a link opens no session by itself any more; the code does, once, within five minutes', async () => {
  let now = start + 10 * step;
  const auth = openAuth({ pool: database.pool, secretKey, publicUrl: 'http://localhost', now: () => now });
  const challengeOf = (answer: object | null) =>
    answer !== null && 'challenge' in answer ? String(answer.challenge) : '';
  const sessions = async () =>
    (await database.pool.query('select from user_session where user_id = $1', [user.id])).rowCount;

  const byPassword = challengeOf(await auth.signInWithPassword(user.email, password, new Headers()));
  const link = await createSignInToken(database.pool, user.id, now, 60_000);
  const byLink = challengeOf(await auth.signInWithLink(link, new Headers()));
  expect([byPassword.length, byLink.length]).toEqual([43, 43]);
  expect(await sessions()).toBe(0);

  expect(await auth.signInWithCode(byPassword, wrongAt(now), new Headers())).toBe('wrong');
  expect(await auth.signInWithCode('unknown', codeAt(now), new Headers())).toBe('over');
  expect(await auth.signInWithCode(byPassword, codeAt(now), new Headers())).toMatchObject({ user: { id: user.id } });
  now += step;
  expect(await auth.signInWithCode(byPassword, codeAt(now), new Headers())).toBe('over');
  expect(await sessions()).toBe(1);
  now += 5 * 60_000;
  expect(await auth.signInWithCode(byLink, codeAt(now), new Headers())).toBe('over');
});

test('who runs commands on the server has a way back in', async () => {
  const auth = openAuth({ pool: database.pool, secretKey, publicUrl: 'http://localhost', now: () => start });
  const link = await createSignInLink(database.pool, user.id, start, { skipsSecondFactor: true });
  expect(await auth.signInWithLink(link.split('#')[1] ?? '', new Headers())).toMatchObject({ user: { id: user.id } });
});
