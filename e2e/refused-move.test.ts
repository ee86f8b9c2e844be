/** A move the rules do not allow is no error: it is recorded, nothing moves, and its reason stands wherever it happened (rules §4). */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ProfilePage, SettledAnswer } from '#contract/profile.ts';
import type { JournalPage } from '#contract/verification.ts';
import { basic, codeIn, linkIn, type PersonProgram, publicKey, startPersonProgram } from './person-program.ts';

let running: PersonProgram;
let profile: number;
/** Milliseconds; each act has its own. */
let clock = Date.UTC(2026, 4, 1, 10);
const email = 'rita@b.example';
const url = (path: string) => `${running.program.url}${path}`;

beforeAll(async () => {
  running = await startPersonProgram(() => clock++);
  await order('R-1');
  const find = () => running.program.base.pool.query('select id from profile where email_norm = $1', [email]);
  await vi.waitFor(async () => expect((await find()).rowCount).toBe(1), { timeout: 60_000 });
  profile = (await find()).rows[0].id;
  // the order's basis by staff, the two others by the person: refused, all three
  expect((await staff(4, 'refused')).outcome).toBe('applied');
  expect((await v2(6, 'refused')).status).toBe(200);
  expect((await v2(1, 'refused')).status).toBe(200);
});
afterAll(() => running?.stop());

function order(key: string): Promise<Response> {
  return fetch(url('/api/CreateOrder'), {
    method: 'POST',
    headers: { authorization: basic },
    body: new URLSearchParams({
      'data[order_idorder]': key,
      'data[customer_email]': email,
      'data[order_amount]': '10',
      'data[order_state]': '20',
    }),
  });
}

const v2 = (id: number, customerConsentStatus: string, createdAt?: string) =>
  fetch(url(`/api/v2/customers-consents/${profile}`), {
    method: 'POST',
    headers: { authorization: basic },
    body: JSON.stringify({ consent: { id, customerConsentStatus, createdAt } }),
  });

async function staff(basis: number, status: string, reason: string | null = null): Promise<SettledAnswer> {
  const path = `/api/shops/1/profiles/${profile}/bases/${basis}`;
  return (await running.desk.call<SettledAnswer>('POST', path, { status, date: null, reason })).json;
}

/** The newest line of the verification page, once there is one of this kind. */
async function newest(kind: string) {
  const { json } = await running.desk.call<JournalPage>('GET', `/api/shops/1/journal?kind=${kind}`);
  return json.rows[0];
}

const page = async () => (await running.desk.call<ProfilePage>('GET', `/api/shops/1/profiles/${profile}`)).json;
const refused = async (basis: number) =>
  (await page()).history.filter((row) => row.basis === basis && row.why !== null);

test('a new order gives a refused legal basis to nobody: line and history say it is final', async () => {
  expect((await order('R-2')).status).toBe(200);
  await expect.poll(async () => (await newest('order'))?.reasons).toContain('basis.refused_is_final');
  expect((await newest('order'))?.bases).toEqual([
    expect.objectContaining({ basis: 4, from: 'refused', to: 'refused', cause: 'auto', why: 'basis.refused_is_final' }),
  ]);
  expect(await refused(4)).toEqual([
    expect.objectContaining({ from: 'refused', to: 'accepted', cause: 'auto', why: 'basis.refused_is_final' }),
  ]);
});

test('the API v2 tells when a refusal was made, not when it was heard of', async () => {
  expect((await v2(3, 'refused', '2024-03-03 10:00:00+0100')).status).toBe(200);
  const answer = await fetch(url(`/api/v2/customers-consents/${profile}`), { headers: { authorization: basic } });
  const { customer } = await answer.json();
  expect(customer.consents).toContainEqual(
    expect.objectContaining({
      consentId: '3',
      customerConsentStatus: 'refused',
      customerConsentCreatedAt: '2024-03-03T09:00:00+0000',
    }),
  );
});

test('staff are answered with the reason, and the history keeps it with what they wrote', async () => {
  const answer = await staff(4, 'accepted', 'demandé au téléphone');
  expect(answer).toMatchObject({
    outcome: 'applied',
    reasons: ['basis.refused_is_final'],
    bases: [{ basis: 4, from: 'refused', to: 'refused', why: 'basis.refused_is_final' }],
  });
  expect((await newest('consent'))?.reasons).toEqual(['basis.refused_is_final']);
  expect((await refused(4))[0]).toMatchObject({ cause: 'staff', reason: 'demandé au téléphone' });
});

test('an undated acceptance with the private key is 409 with the reason', async () => {
  const answer = await v2(1, 'accepted');
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ error: { code: 'basis.refused_needs_act' } });
  expect((await newest('consent'))?.reasons).toEqual(['basis.refused_needs_act']);
  expect((await refused(1))[0]).toMatchObject({ cause: 'api', to: 'accepted', why: 'basis.refused_needs_act' });
});

test('a browser refuses nobody, and what it says of a legal basis changes nothing', async () => {
  const call = (fields: Record<string, string>) =>
    fetch(url(`/track?${new URLSearchParams({ site: publicKey, email, ...fields })}`));
  await call({ action: 'newsletter', optin: '0' });
  await expect.poll(async () => (await newest('newsletter'))?.reasons).toContain('trust.browser_cannot_refuse');
  await call({ action: 'signup', 'consents[Opt-in email]': '1' });
  await expect.poll(async () => (await newest('account'))?.reasons).toContain('basis.refused_is_final');
  expect((await refused(6))[0]).toMatchObject({ cause: 'act', why: 'basis.refused_is_final' });
});

test('a stored flag changed at the shop does not bring a legal basis back', async () => {
  await fetch(url('/api/UpdateAccount'), {
    method: 'POST',
    headers: { authorization: basic },
    body: new URLSearchParams({ 'data[customer_email]': email, 'data[consents][Opt-in email]': '1' }),
  });
  await expect.poll(async () => (await refused(6)).length).toBe(2);
});

test('the person reads why on their own page, and a form made by hand is answered with the reason', async () => {
  const asked = await fetch(url(`/my-data/${publicKey}`), { method: 'POST', body: new URLSearchParams({ email }) });
  const access = /name="access" value="([^"]+)"/.exec(await asked.text())?.[1] ?? '';
  const code = codeIn(await running.mail.wait(email));
  const open = await fetch(url('/my-data/session/open'), {
    method: 'POST',
    body: new URLSearchParams({ access, code }),
  });
  const own = await open.text();
  expect(own).toContain('data-why="basis.refused_is_final"');
  expect(own).toContain('La base légale a été refusée : ce refus est définitif.'.replace(' :', '\u00a0:'));
  const session = /name="session" value="([^"]+)"/.exec(own)?.[1] ?? '';
  const forged = await fetch(url('/my-data/session/act'), {
    method: 'POST',
    body: new URLSearchParams({ session, profile: String(profile), what: 'accepted', basis: '6', version: '1' }),
  });
  expect(forged.status).toBe(409);
  expect(await forged.text()).toContain('ce refus est définitif');
  expect((await refused(6))[0]).toMatchObject({ cause: 'person', why: 'basis.refused_is_final' });
});

test('while a consent waits for its link, only the link decides', async () => {
  clock += 60_000;
  await fetch(url('/api/UpdateAccount'), {
    method: 'POST',
    headers: { authorization: basic },
    body: new URLSearchParams({ 'data[customer_email]': email, 'data[consents][NewsEmail]': '1' }),
  });
  const link = linkIn(await running.mail.wait(email), 'confirm');
  expect(await staff(1, 'accepted', 'dit au téléphone')).toMatchObject({ reasons: ['basis.move_not_allowed'] });
  const dated = await v2(1, 'accepted', '2026-05-01T10:30:00Z');
  expect([dated.status, (await dated.json()).error.code]).toEqual([409, 'basis.move_not_allowed']);
  expect((await page()).bases.find(({ id }) => id === 1)?.status).toBe('to confirm');
  // a refusal ends the waiting, and then the link lifts nothing
  expect((await staff(1, 'refused')).outcome).toBe('applied');
  expect((await fetch(link)).status).toBe(404);
});
