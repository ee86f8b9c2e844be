/** Sign-in from the administration of a shop's platform. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { createSignInToken } from '#store/auth-link.ts';
import { findModuleUser } from '#store/module-sign-in.ts';
import { createShop } from '#store/shop.ts';
import { openTestBackOffice, type TestBackOffice } from './testing/back-office.ts';

let office: TestBackOffice;

beforeAll(async () => {
  office = await openTestBackOffice();
});
afterAll(() => office.close());

function cookieOf(header: string | string[] | undefined): string {
  return [header ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ');
}

test('each allows the module for themselves, and its link signs in once, outside a frame', async () => {
  const camille = await office.admin('camille@localhost');
  const cookie = camille.cookie();
  const theirs = (await createShop(office.database.pool, office.keys, { name: 'La leur' })).shopId;
  const path = `/api/shops/${office.shop}/module-sign-in`;
  const allow = (allowed: boolean) =>
    office.app
      .inject({ method: 'POST', url: path, payload: { allowed }, headers: { cookie } })
      .then((answer) => answer.json());
  expect((await office.app.inject({ url: path, headers: { cookie } })).json()).toEqual({ name: null, mine: false });
  expect(await allow(true)).toEqual({ name: 'camille@localhost', mine: true });
  expect(await findModuleUser(office.database.pool, shopId(office.shop))).toBe(camille.id);
  expect(
    (await office.app.inject({ url: `/api/shops/${theirs}/module-sign-in`, headers: { cookie } })).statusCode,
  ).toBe(404);

  const token = await createSignInToken(office.database.pool, camille.id, Date.now(), 60_000);
  const open = (headers: Record<string, string> = {}) => office.app.inject({ url: `/boi?token=${token}`, headers });
  const framed = await open({ 'sec-fetch-dest': 'iframe', 'accept-language': 'en' });
  expect(framed.statusCode).toBe(200);
  expect(framed.body).toContain(`href="/boi?token=${token}" target="_blank"`);
  expect(framed.headers['set-cookie']).toBeUndefined();
  // somebody signed in stays who they are, and the link is not used up
  const known = await open({ cookie });
  expect([known.statusCode, known.headers.location, known.headers['set-cookie']]).toEqual([303, '/', undefined]);
  const first = await open();
  expect([first.statusCode, first.headers.location]).toEqual([303, '/']);
  const opened = cookieOf(first.headers['set-cookie']);
  expect((await office.app.inject({ url: '/api/me', headers: { cookie: opened } })).json().user.name).toBe(
    'camille@localhost',
  );
  for (const url of [`/boi?token=${token}`, '/boi?token=', '/boi', '/boi?token=%3Cscript%3E']) {
    const again = await office.app.inject({ url });
    expect([again.statusCode, again.headers.location]).toEqual([303, '/sign-in']);
  }
  const strange = await office.app.inject({ url: '/boi?token="><script>', headers: { 'sec-fetch-dest': 'iframe' } });
  expect(strange.body).not.toContain('script');

  expect(await allow(false)).toEqual({ name: null, mine: false });
  expect(await findModuleUser(office.database.pool, shopId(office.shop))).toBeNull();
});
