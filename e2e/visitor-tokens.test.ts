/** The life of a visitor's cookies, as a shop, its pages and a stranger see them (rules §6.4, §6.5). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestProgram, type TestProgram } from './harness.ts';

const day = 86_400_000;
const keys = { publicKey: 'tokens-public', privateKey: 'tokens-private' };
const password = 'a password of the token tests';
const camille = 'camille@shop.example';
let now = Date.now();
let program: TestProgram;
beforeAll(async () => {
  program = await startTestProgram(
    {
      DEMO: 'off',
      ADMIN_PASSWORD: password,
      SHOP_PUBLIC_KEY: keys.publicKey,
      SHOP_PRIVATE_KEY: keys.privateKey,
    },
    () => now,
  );
});
afterAll(() => program.stop());

interface SpJson {
  readonly cookie?: string;
  readonly vars: { readonly customer: { readonly exists: boolean } };
}

/** With credentials, as the published script asks. */
async function page(parameters: Record<string, string>): Promise<SpJson> {
  const query = new URLSearchParams({ publicKey: keys.publicKey, ...parameters });
  const answer = await fetch(`${program.url}/sp-json.php?${query}`, {
    headers: { origin: 'https://shop.example', cookie: 'sbt=ours; sbtl=theirs' },
  });
  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
  return answer.json();
}

/** What the shop's server puts into the cookie `sbtl` when somebody signs in. */
async function login(email: string): Promise<string> {
  const answer = await fetch(`${program.url}/api/RegenCookie`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${keys.publicKey}:${keys.privateKey}`)}` },
    body: new URLSearchParams({ 'data[customer_email]': email }),
  });
  return (await answer.json()).datas.cookie;
}

async function counts(): Promise<Record<string, number>> {
  const { rows } = await program.base.pool.query(
    `select (select count(*)::int from journal) as journal, (select count(*)::int from intake) as waiting,
       (select count(*)::int from visitor_token) as tokens, (select count(*)::int from profile) as profiles`,
  );
  return rows[0];
}

test('a leftover sbtl speaks as often as it comes, is renewed, and gives way to the next customer', async () => {
  const handed = await login(camille);
  for (let visits = 0; visits < 3; visits++) {
    expect(await page({ sbtl: handed })).toMatchObject({ vars: { customer: { exists: true } } });
  }
  now += 31 * day;
  const { cookie = '' } = await page({ sbtl: handed });
  expect((await page({ sbt: cookie })).vars.customer.exists).toBe(true);
  expect((await page({ sbtl: handed, sbt: 'undefined' })).vars.customer.exists).toBe(true);
  const next = await login('lea@shop.example');
  expect((await page({ sbtl: next, sbt: cookie })).vars.customer.exists).toBe(true);
  now += 150 * day;
  expect((await page({ sbtl: handed })).vars.customer.exists).toBe(false);
  expect((await page({ sbtl: handed, sbt: cookie })).vars.customer.exists).toBe(true);
});

test('naming a customer who exists tells nothing, binds nothing and leaves nothing, whatever cookie comes with it', async () => {
  const anonymous = (await page({})).cookie ?? '';
  // what the test before said is applied first
  await expect.poll(async () => (await counts()).waiting).toBe(0);
  const before = await counts();
  const names: Record<string, string>[] = [
    { email: camille },
    { email: camille.toUpperCase() },
    { email_md5: 'b3f0a1f35a0b7b1a2f5d0f0a0d5c9c11' },
    { external_id: '37' },
    { email: 'nobody@shop.example' },
    { email: `${camille}&sbtl=x` },
  ];
  for (const name of names) {
    const bare = await page(name);
    expect([typeof bare.cookie, bare.vars.customer.exists]).toEqual(['string', false]);
    expect(await page({ ...name, sbt: anonymous })).toEqual(await page({ sbt: anonymous }));
  }
  expect(await counts()).toEqual(before);
});

test('a shop revokes all its tokens: they speak for nobody, new ones do', async () => {
  const handed = await login(camille);
  const anonymous = (await page({})).cookie ?? '';
  expect((await page({ sbtl: handed })).vars.customer.exists).toBe(true);
  const signedIn = await fetch(`${program.url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@localhost', password }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ');
  const { shops } = await signedIn.json();
  const revoked = await fetch(`${program.url}/api/shops/${shops[0].id}/revoke-tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: '{}',
  });
  expect(await revoked.json()).toMatchObject({ outcome: 'applied' });
  now += 2_000;
  // Other processes hear of it by a notification; an unknown key makes this one look again at once.
  await fetch(`${program.url}/sp-json.php?publicKey=unknown`);
  expect(await page({ sbtl: handed })).toMatchObject({
    cookie: expect.any(String),
    vars: { customer: { exists: false } },
  });
  expect((await page({ sbt: anonymous })).cookie).not.toBeUndefined();
  const again = await login(camille);
  expect(await page({ sbtl: again })).toMatchObject({ vars: { customer: { exists: true } } });
  const { rows } = await program.base.pool.query(
    "select count(*)::int as n from audit where action = 'shop.revoke_tokens'",
  );
  expect(rows).toEqual([{ n: 1 }]);
});
