import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Challenged, openAuth, type SignedIn } from './auth.ts';
import { createSignInLink } from './auth-link.ts';
import { createAdmin } from './auth-user.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

let database: TestDatabase;
const secretKey = 'a-secret-key-for-tests-0123456789';
const hour = 3_600_000;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

function auth(now: () => number = Date.now, publicUrl = 'http://localhost:3000') {
  return openAuth({ pool: database.pool, secretKey, publicUrl, now });
}

function withCookies(cookies: readonly string[]): Headers {
  return new Headers({ cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') });
}

/** Signed in, and not asked for a code. */
function opened(answer: SignedIn | Challenged | null): SignedIn | null {
  return answer === null || 'challenge' in answer ? null : answer;
}

function tokenOf(link: string): string {
  return link.slice(link.indexOf('#') + 1);
}

test('a sign-in link works once, within its hour', async () => {
  const start = Date.now();
  let now = start;
  const userId = await createAdmin(database.pool, { email: 'Link@localhost' });
  const token = tokenOf(await createSignInLink(database.pool, userId, now));
  const { rows } = await database.pool.query('select token_hash from sign_in_link');
  expect(JSON.stringify(rows)).not.toContain(token);

  const first = opened(await auth(() => now).signInWithLink(token, new Headers()));
  expect(first?.user).toEqual({ id: userId, email: 'link@localhost', name: 'link@localhost' });
  expect(await auth(() => now).signInWithLink(token, new Headers())).toBeNull();

  const late = tokenOf(await createSignInLink(database.pool, userId, now));
  now = start + hour;
  expect(await auth(() => now).signInWithLink(late, new Headers())).toBeNull();
  expect(await auth(() => now).signInWithLink('unknown', new Headers())).toBeNull();
});

test('two uses of one link at once open one session', async () => {
  const userId = await createAdmin(database.pool, { email: 'race@localhost' });
  const token = tokenOf(await createSignInLink(database.pool, userId, Date.now()));
  const both = await Promise.all([1, 2, 3].map(() => auth().signInWithLink(token, new Headers())));
  expect(both.filter((one) => one !== null)).toHaveLength(1);
});

test('a password opens a session that lasts until sign-out', async () => {
  await createAdmin(database.pool, { email: 'admin@localhost', password: 'correct horse battery' });
  const signedIn = opened(await auth().signInWithPassword('ADMIN@localhost', 'correct horse battery', new Headers()));
  const cookies = signedIn?.cookies ?? [];
  expect(cookies[0]).toMatch(/HttpOnly/i);
  expect(cookies[0]).toMatch(/SameSite=Lax/i);
  expect(cookies[0]).not.toMatch(/Secure/i);
  expect((await auth().findSession(withCookies(cookies)))?.user.email).toBe('admin@localhost');

  await auth().signOut(withCookies(cookies));
  expect(await auth().findSession(withCookies(cookies))).toBeNull();
});

test('a wrong password, an unknown user and an account without a password are all refused', async () => {
  await createAdmin(database.pool, { email: 'linkonly@localhost' });
  for (const [email, password] of [
    ['admin@localhost', 'wrong'],
    ['nobody@localhost', 'wrong'],
    ['linkonly@localhost', 'nobody has this password'],
  ] as const) {
    expect(await auth().signInWithPassword(email, password, new Headers())).toBeNull();
  }
});

test('a session cookie of another SECRET_KEY says nothing; https makes cookies secure', async () => {
  const signedIn = opened(
    await auth(Date.now, 'https://tracker.example').signInWithPassword(
      'admin@localhost',
      'correct horse battery',
      new Headers(),
    ),
  );
  expect(signedIn?.cookies[0]).toMatch(/^__Secure-/);
  expect(signedIn?.cookies[0]).toMatch(/; Secure/i);
  const other = openAuth({
    pool: database.pool,
    secretKey: 'another-secret-key-0123456789012345',
    publicUrl: 'https://tracker.example',
  });
  expect(await other.findSession(withCookies(signedIn?.cookies ?? []))).toBeNull();
});

test('an admin made twice is one user and keeps the first password', async () => {
  const first = await createAdmin(database.pool, { email: 'twice@localhost', password: 'the first password' });
  const second = await createAdmin(database.pool, { email: 'twice@localhost', password: 'the second password' });
  expect(second).toBe(first);
  expect(await auth().signInWithPassword('twice@localhost', 'the first password', new Headers())).not.toBeNull();
});
