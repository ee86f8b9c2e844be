/** What a statement about a basis cannot say, at every door: an unknown id, a future day, a text without its version, a move against the table. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ObjectionsAnswer } from '#contract/contact.ts';
import type { ImportPage } from '#contract/imports.ts';
import type { SettledAnswer } from '#contract/profile.ts';
import type { JournalPage } from '#contract/verification.ts';
import { basic, codeIn, type PersonProgram, publicKey, startPersonProgram } from './person-program.ts';

let running: PersonProgram;
let profile: number;
const email = 'nina@b.example';
const future = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
const url = (path: string) => `${running.program.url}${path}`;

beforeAll(async () => {
  running = await startPersonProgram();
  const [made] = await ingest({ type: 'signup', data: { customer: { email } } });
  expect(made?.status).toBe('created');
  const { rows } = await running.program.base.pool.query('select id from profile where email_norm = $1', [email]);
  profile = rows[0].id;
  // The legal basis of orders, refused for good.
  expect((await staff({ status: 'refused' }, 4)).json.outcome).toBe('applied');
});
afterAll(() => running?.stop());

interface Said {
  readonly status: string;
  readonly reason?: string;
}

async function ingest(event: object): Promise<Said[]> {
  const answer = await fetch(url('/ingest'), {
    method: 'POST',
    headers: { authorization: basic, prefer: 'wait=10' },
    body: JSON.stringify({ events: [{ id: crypto.randomUUID(), ...event }] }),
  });
  return (await answer.json()).results;
}

const staff = (body: object, basis: number, who = profile) =>
  running.desk.call<SettledAnswer & { error?: { code: string } }>(
    'POST',
    `/api/shops/1/profiles/${who}/bases/${basis}`,
    { status: 'accepted', date: null, reason: null, ...body },
  );

async function v2(consent: object, who = profile): Promise<[number, string | undefined]> {
  const answer = await fetch(url(`/api/v2/customers-consents/${who}`), {
    method: 'POST',
    headers: { authorization: basic },
    body: JSON.stringify({ consent: { customerConsentStatus: 'accepted', ...consent } }),
  });
  const { error, reasons } = await answer.json();
  return [answer.status, error?.code ?? reasons?.[0]];
}

test('the API v2 answers each with a status and its reason', async () => {
  expect(await v2({ id: 4 }, 999_999)).toEqual([404, 'profile.unknown']);
  expect(await v2({ id: 999 })).toEqual([422, 'basis.name_unknown']);
  expect(await v2({ id: 3, createdAt: future })).toEqual([200, 'time.future']);
  expect(await v2({ id: 3, customerConsentStatus: 'refused', createdAt: future })).toEqual([200, 'time.future']);
  expect(await v2({ id: 4 })).toEqual([409, 'basis.refused_is_final']);
});

test('our own API says the reason in the result of the event', async () => {
  const customer = { email };
  expect(await ingest({ type: 'signup', data: { customer, consents: { NoSuchBasis: true } } })).toMatchObject([
    { reason: 'basis.name_unknown' },
  ]);
  expect(await ingest({ type: 'signup', data: { customer, consents: { LegalBasisOrder: true } } })).toMatchObject([
    { reason: 'basis.refused_is_final' },
  ]);
  const at = Date.now() + 3 * 86_400_000;
  const other = { email: 'omar@b.example' };
  expect(await ingest({ type: 'newsletter', at, data: { customer: other, optin: true } })).toMatchObject([
    { reason: 'time.future' },
  ]);
});

test('the drop-in answers 200, and verification says why nothing moved', async () => {
  const query = new URLSearchParams({ site: publicKey, email, action: 'signup', 'consents[NoSuchBasis]': '1' });
  query.set('consents[LegalBasisOrder]', '1');
  expect((await fetch(url(`/track?${query}`))).status).toBe(200);
  await vi.waitFor(
    async () => {
      const { json } = await running.desk.call<JournalPage>('GET', '/api/shops/1/journal?kind=account');
      const { reasons } = json.rows.find(({ source }) => source === 'browser') ?? {};
      expect(reasons).toEqual(expect.arrayContaining(['basis.name_unknown', 'basis.refused_is_final']));
    },
    { timeout: 60_000 },
  );
});

test('the screens of the team are told at once', async () => {
  expect((await staff({}, 1, 999_999)).json).toMatchObject({ outcome: 'rejected', reasons: ['profile.unknown'] });
  expect((await staff({}, 999)).json).toMatchObject({ outcome: 'rejected', reasons: ['basis.name_unknown'] });
  const late = await staff({ date: future }, 1);
  expect([late.status, late.json.error?.code]).toEqual([400, 'date.future']);
  expect((await staff({ reason: 'asked' }, 4)).json).toMatchObject({ reasons: ['basis.refused_is_final'] });
  // A consent may be the target of an opt-in only with the words that were shown.
  const target = { uplift: { optinSms: 2 } };
  expect((await running.desk.call<SettledAnswer>('POST', '/api/shops/1/settings', target)).json).toMatchObject({
    outcome: 'rejected',
    reasons: ['settings.proof_missing'],
  });
});

test('a file: each line ends with its reason', async () => {
  const file = [
    'E-mail,Commande,Date,Autre',
    `${email},1,,`,
    `olga@b.example,0,${future},`,
    'paul@b.example,,,1',
    'rosa@b.example,peut-être,,',
  ].join('\n');
  const columns = ['email', 'basis:4', 'basisDate:4', 'basis:999'];
  const page = await runImport(file, columns);
  const reasons = page.counts.reasons.map(({ reason, refused, n }) => [reason, refused, n]);
  expect(reasons.sort()).toEqual([
    ['basis.name_unknown', true, 1],
    ['basis.refused_is_final', false, 1],
    ['import.value_unknown', true, 1],
    ['time.future', false, 1],
  ]);
});

test('an objection dated in the future holds from now on, and both doors say so', async () => {
  const objections = [
    { email: 'olga@b.example', channel: 'email', date: future },
    { email: 'paul@b.example', channel: 'email', date: new Date().toISOString().slice(0, 10) },
  ];
  const noted = { recorded: 2, pending: false, refused: [], noted: [{ place: 0, why: 'time.future' }] };
  const api = await fetch(url('/api/objections'), {
    method: 'POST',
    headers: { authorization: basic },
    body: JSON.stringify({ objections }),
  });
  expect([api.status, await api.json()]).toEqual([200, noted]);
  const team = await running.desk.call<ObjectionsAnswer>('POST', '/api/shops/1/objections', { objections });
  expect([team.status, team.json]).toEqual([200, noted]);
  const { json } = await running.desk.call<JournalPage>('GET', '/api/shops/1/journal?kind=objection');
  expect(json.rows.map(({ reasons }) => reasons)).toEqual([['time.future'], ['time.future']]);
  const guard = await fetch(url('/api/may-contact'), {
    method: 'POST',
    headers: { authorization: basic },
    body: JSON.stringify({ channel: 'email', purpose: 'marketing', people: [{ email: 'olga@b.example' }] }),
  });
  expect((await guard.json()).answers).toEqual([{ allowed: false, why: 'objection' }]);
});

test("a person's acceptance without the version of its text is none", async () => {
  const asked = await fetch(url(`/my-data/${publicKey}`), { method: 'POST', body: new URLSearchParams({ email }) });
  const access = /name="access" value="([^"]+)"/.exec(await asked.text())?.[1] ?? '';
  const code = codeIn(await running.mail.wait(email));
  const open = await fetch(url('/my-data/session/open'), {
    method: 'POST',
    body: new URLSearchParams({ access, code }),
  });
  const session = /name="session" value="([^"]+)"/.exec(await open.text())?.[1] ?? '';
  const act = async (said: Record<string, string>) => {
    const body = new URLSearchParams({ session, profile: String(profile), what: 'accepted', ...said });
    return (await fetch(url('/my-data/session/act'), { method: 'POST', body })).status;
  };
  expect(await act({ basis: '1' })).toBe(409);
  expect(await act({ basis: '1', version: '1' })).toBe(409);
  expect(await act({ basis: '999', version: '1' })).toBeGreaterThanOrEqual(400);
  expect(await act({ basis: '4', version: '1' })).toBe(409);
});

async function runImport(text: string, columns: readonly string[]): Promise<ImportPage> {
  const { desk } = running;
  const bytes = new TextEncoder().encode(text);
  const made = await desk.call<ImportPage>('POST', '/api/shops/1/imports', {
    kind: 'consents',
    fileName: 'consents.csv',
    size: bytes.length,
  });
  const at = `/api/shops/1/imports/${made.json.id}`;
  const sent = await desk.fetch(`${at}/bytes?at=0`, { method: 'POST', body: bytes });
  expect(sent.status).toBe(200);
  const reaches = (state: string) =>
    vi.waitFor(
      async () => {
        const { json } = await desk.call<ImportPage>('GET', at);
        expect(json.state).toBe(state);
        return json;
      },
      { timeout: 60_000 },
    );
  await desk.call('POST', `${at}/read`, { encoding: null, separator: null });
  const { setup } = await reaches('ready');
  const set = await desk.call('POST', `${at}/setup`, { ...setup, columns });
  expect(set.status).toBe(200);
  await desk.call('POST', `${at}/run`, {});
  return reaches('done');
}
