/** Bases as the merchant's own, through the doors: defined, worded, refused where they cannot be, and counted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BasisList, BasisPage, BasisPeople } from '#contract/bases.ts';
import type { SettledAnswer } from '#contract/profile.ts';
import { openDesk, type TestDesk } from './desk.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

let program: TestProgram;
let desk: TestDesk;

beforeAll(async () => {
  program = await startTestProgram({ SHOP_PUBLIC_KEY: '333abc', SHOP_PRIVATE_KEY: 'private-of-the-test' });
  desk = await openDesk(program);
});
afterAll(() => program?.stop());

const bases = async () => (await desk.call<BasisList>('GET', '/api/shops/1/bases')).json.bases;

test('a basis is created, worded anew, and its old text stays', async () => {
  const made = await desk.call<SettledAnswer>('POST', '/api/shops/1/bases', {
    name: 'Ventes privées',
    ground: 'consent',
    purposes: ['marketing'],
    channels: ['email', 'sms'],
    texts: { fr: 'J’accepte les ventes privées.' },
  });
  expect([made.status, made.json.outcome]).toEqual([200, 'applied']);
  const basis = (await bases()).find(({ name }) => name === 'Ventes privées');
  expect(basis).toMatchObject({ id: 8, kind: 'consent', textVersion: 1, feeds: [], active: true });
  await desk.call('POST', '/api/shops/1/bases/8', { texts: { fr: 'Oui aux ventes privées.' } });
  const { json } = await desk.call<BasisPage>('GET', '/api/shops/1/bases/8');
  expect(json.texts.map(({ version, texts, by }) => [version, texts.fr, by !== null])).toEqual([
    [2, 'Oui aux ventes privées.', true],
    [1, 'J’accepte les ventes privées.', true],
  ]);
});

test.each([
  [404, null, '/api/shops/1/bases/x', { name: 'x' }],
  [400, null, '/api/shops/1/bases', { name: '' }],
  [400, null, '/api/shops/1/bases', { channels: ['fax'] }],
  [400, null, '/api/shops/1/bases/1', { expiry: { days: 0, prolongedBy: [] } }],
  [400, null, '/api/shops/1/bases/1', { kind: 'legal' }],
  [400, null, '/api/shops/1/bases/1', {}],
  [200, 'settings.basis_unknown', '/api/shops/1/bases/99', { name: 'x' }],
  [200, 'settings.basis_incomplete', '/api/shops/1/bases', { name: 'Sans canal' }],
  [200, 'settings.basis_in_use', '/api/shops/1/bases/4', { active: false }],
  [200, 'settings.contract_is_service', '/api/shops/1/bases/4', { purposes: ['marketing'] }],
])('%i %s: %s %j', async (status, reason, path, body) => {
  const answer = await desk.call<SettledAnswer>('POST', path, body);
  if (status === 404) expect([400, 404]).toContain(answer.status);
  else expect(answer.status).toBe(status);
  if (reason !== null) expect(answer.json).toMatchObject({ outcome: 'rejected', reasons: [reason] });
});

test('what a shop sends is counted where it stands, and its people are listed', async () => {
  const call = (body: Record<string, string>) =>
    fetch(`${program.url}/api/CreateOrder`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('333abc:private-of-the-test')}` },
      body: new URLSearchParams(body),
    });
  for (const name of ['ana', 'bob', 'cy']) {
    const sent = await call({
      'data[order_idorder]': name,
      'data[customer_email]': `${name}@example.test`,
      'data[order_amount]': '10',
      'data[order_state]': '20',
    });
    expect(sent.status).toBe(200);
  }
  const three = async () => (await bases()).find(({ id }) => id === 4)?.counts;
  await expect.poll(three).toEqual({ accepted: 3, refused: 0, toConfirm: 0, unknown: 0 });
  const people = await desk.call<BasisPeople>('GET', '/api/shops/1/bases/4/people?status=accepted&limit=2');
  expect(people.json.people.map(({ email }) => email)).toEqual(['ana@example.test', 'bob@example.test']);
  const refuse = { status: 'refused', date: null, reason: null };
  await desk.call('POST', `/api/shops/1/profiles/${people.json.people[0]?.id}/bases/4`, refuse);
  expect(await three()).toEqual({ accepted: 2, refused: 1, toConfirm: 0, unknown: 0 });
  const rest = await desk.call<BasisPeople>(
    'GET',
    `/api/shops/1/bases/4/people?status=accepted&after=${people.json.next}`,
  );
  expect([rest.json.people.map(({ email }) => email), rest.json.next]).toEqual([['cy@example.test'], null]);
});
