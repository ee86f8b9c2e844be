/** People of a shop, from their invitation to their leaving. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createShop } from '#store/shop.ts';
import {
  openTestBackOffice,
  type Speaker,
  secretIn,
  type TestBackOffice,
  testPassword,
} from './testing/back-office.ts';

let office: TestBackOffice;
let admin: Speaker & { readonly id: string };
let members: string;

beforeAll(async () => {
  office = await openTestBackOffice();
  admin = await office.admin('camille@b.example');
  members = `/api/shops/${office.shop}/members`;
});
afterAll(() => office.close());

function invite(email: string, role = 'developer') {
  return admin.post(`${members}/invite`, { email, role, lang: 'en' });
}

async function acts(): Promise<string[]> {
  const { rows } = await office.database.pool.query('select action from audit order by id');
  return rows.map(({ action }) => action);
}

test('somebody without an account is invited, chooses a name and a password, and is what the invitation says', async () => {
  expect((await invite('Dev@Agency.example ')).status).toBe(204);
  const list = (await admin.get(members)).body;
  expect(list.invitations).toMatchObject([
    { email: 'dev@agency.example', role: 'developer', invitedBy: 'camille@b.example', mail: { state: 'waiting' } },
  ]);
  const [letter] = await office.letters('dev@agency.example');
  expect(letter).toMatchObject({ kind: 'invitation', shop: 'Maison', role: 'developer' });
  const token = secretIn(letter);
  const { rows } = await office.database.pool.query('select encode(token_hash, $1) as hash from shop_invitation', [
    'hex',
  ]);
  expect(JSON.stringify(rows)).not.toContain(token);

  const dev = office.stranger();
  expect((await dev.post('/api/invitation', { token })).body).toMatchObject({
    shop: 'Maison',
    role: 'developer',
    email: 'dev@agency.example',
    account: 'new',
  });
  expect((await dev.post('/api/invitation/accept', { token })).body.error.code).toBe('account.incomplete');
  const short = await dev.post('/api/invitation/accept', { token, name: 'Dev', password: 'too short' });
  expect(short.status).toBe(400);
  const accepted = await dev.post('/api/invitation/accept', { token, name: 'Dev', password: testPassword });
  expect(accepted.body).toMatchObject({
    user: { email: 'dev@agency.example', name: 'Dev', lang: 'en', instanceAdmin: false },
    shops: [{ id: office.shop, role: 'developer' }],
  });
  expect((await dev.get(`/api/shops/${office.shop}/tracker`)).status).toBe(200);
  expect((await dev.get(members)).status).toBe(403);
  expect((await dev.post('/api/invitation/accept', { token, name: 'Dev', password: testPassword })).status).toBe(404);
  expect((await invite('dev@agency.example')).body.error.code).toBe('member.already');
  const again = office.stranger();
  expect((await again.post('/api/sign-in', { email: 'dev@agency.example', password: testPassword })).status).toBe(200);
});

test('who has an account joins with it alone, signed in', async () => {
  const { shopId } = await createShop(office.database.pool, office.keys, { name: 'Autre' });
  const owner = await office.admin('owner@b.example');
  const place = `/api/shops/${shopId}/members/invite`;
  office.now += 1_000;
  expect((await owner.post(place, { email: 'dev@agency.example', role: 'support', lang: 'fr' })).status).toBe(204);
  const token = secretIn((await office.letters('dev@agency.example')).at(-1));
  expect((await admin.post('/api/invitation', { token })).body.account).toBe('elsewhere');
  expect((await admin.post('/api/invitation/accept', { token })).status).toBe(401);
  const nobody = office.stranger();
  const stolen = await nobody.post('/api/invitation/accept', { token, name: 'x', password: testPassword });
  expect(stolen.status).toBe(401);

  const dev = office.stranger();
  await dev.post('/api/sign-in', { email: 'dev@agency.example', password: testPassword });
  expect((await dev.post('/api/invitation', { token })).body.account).toBe('here');
  const joined = await dev.post('/api/invitation/accept', { token });
  expect(joined.body.shops.map(({ name, role }: { name: string; role: string }) => [name, role])).toEqual([
    ['Maison', 'developer'],
    ['Autre', 'support'],
  ]);
});

test('an invitation sent again has another link; withdrawn or two weeks old, it opens nothing', async () => {
  await invite('late@agency.example', 'accountant');
  const first = secretIn((await office.letters('late@agency.example'))[0]);
  const id = (await admin.get(members)).body.invitations[0].id;
  const place = `/api/shops/${office.shop}/invitations/${id}`;
  office.now += 1_000;
  expect((await admin.post(`${place}/resend`)).status).toBe(204);
  const second = secretIn((await office.letters('late@agency.example'))[1]);
  const opens = async (token: string) => (await office.stranger().post('/api/invitation', { token })).status;
  expect([await opens(first), await opens(second)]).toEqual([404, 200]);

  const then = office.now;
  office.now = then + 14 * 86_400_000;
  expect(await opens(second)).toBe(404);
  office.now = then;
  expect((await admin.post(`${place}/withdraw`)).status).toBe(204);
  expect(await opens(second)).toBe(404);
  expect((await admin.post(`${place}/resend`)).status).toBe(404);
  expect((await admin.get(members)).body.invitations).toEqual([]);
  for (const token of [
    'nonsense-nonsense',
    '1.nonsense-nonsense-nonsense',
    `0${second}`,
    '99999999999.aaaaaaaaaaaaaaaaaaaaa',
  ])
    expect([token, await opens(token)]).toEqual([token, 404]);
});

test('two who take one invitation at once: one is let in, and nothing is left of the other', async () => {
  await invite('race@agency.example');
  const token = secretIn((await office.letters('race@agency.example'))[0]);
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      office.stranger().post('/api/invitation/accept', { token, name, password: testPassword }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
});

test('roles change at once; the last administrator stays one, though two remove each other at once', async () => {
  const second = await office.admin('second@b.example');
  const list = (await admin.get(members)).body.members;
  const dev = list.find(({ email }: { email: string }) => email === 'dev@agency.example');
  const owner = list.find(({ email }: { email: string }) => email === 'owner@b.example');
  expect((await admin.post(`${members}/${dev.userId}/role`, { role: 'support' })).status).toBe(204);
  expect((await admin.post(`${members}/${owner.userId}/remove`)).status).toBe(204);
  expect((await admin.post(`${members}/${owner.userId}/remove`)).status).toBe(404);

  const both = await Promise.all([
    admin.post(`${members}/${second.id}/remove`),
    second.post(`${members}/${admin.id}/remove`),
  ]);
  expect(both.map(({ status }) => status).sort((a, b) => a - b)[0]).toBe(204);
  expect(both.filter(({ status }) => status === 204)).toHaveLength(1);
  const stays = (await second.get(members)).status === 200 ? second : admin;
  const alone = await stays.post(`${members}/${stays.id}/remove`);
  expect([alone.status, alone.body.error.code]).toEqual([409, 'member.last_administrator']);
  const lower = await stays.post(`${members}/${stays.id}/role`, { role: 'user' });
  expect(lower.status).toBe(409);
  const gone = stays === second ? admin : second;
  expect((await gone.get(`/api/shops/${office.shop}/orders`)).status).toBe(404);
});

test('all of it is written down, with the address of whom it was about', async () => {
  expect(new Set(await acts())).toEqual(
    new Set(['member.invite', 'member.join', 'member.resend', 'member.withdraw', 'member.role', 'member.remove']),
  );
  const { rows } = await office.database.pool.query(
    `select who, kind, detail from audit where action = 'member.invite' order by id limit 1`,
  );
  expect(rows).toEqual([
    { who: 'camille@b.example', kind: 'send', detail: { email: 'dev@agency.example', role: 'developer' } },
  ]);
});
