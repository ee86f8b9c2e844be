/** What the person's pages must never do, over the real program, database and mail server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, codeIn, linkIn, type PersonProgram, publicKey, startPersonProgram } from './person-program.ts';

let running: PersonProgram;
let clock = Date.now();
const url = (path: string) => `${running.program.url}${path}`;

beforeAll(async () => {
  running = await startPersonProgram(() => clock);
});
afterAll(() => running?.stop());

async function signUp(email: string, lang: '' | 'fr' | 'en' = 'fr'): Promise<void> {
  const sent = await fetch(url('/api/UpdateAccount'), {
    method: 'POST',
    headers: { authorization: basic },
    body: new URLSearchParams({
      'data[customer_email]': email,
      'data[customer_lang]': lang,
      'data[consents][NewsEmail]': '1',
    }),
  });
  expect(sent.status).toBe(200);
}

function post(
  address: string,
  fields: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
) {
  return fetch(address, { method: 'POST', body: new URLSearchParams(fields), headers });
}

async function statusOf(email: string, basis = 1): Promise<string | undefined> {
  const { rows } = await running.program.base.pool.query(
    `select b.status from profile_basis b join profile p on p.shop_id = b.shop_id and p.id = b.profile_id
     where p.email_norm = $1 and b.basis_id = $2`,
    [email, basis],
  );
  return rows[0]?.status;
}

async function objectionsOf(): Promise<number> {
  const { rows } = await running.program.base.pool.query(
    'select count(*)::int as n from objection where lifted_at is null',
  );
  return rows[0].n;
}

const hidden = (page: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';

test('looking at a link, however often, confirms nothing; the button does, once', async () => {
  await signUp('lea@b.example');
  const link = linkIn(await running.mail.wait('lea@b.example'), 'confirm');
  for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200);
  expect((await post(link, {})).status).toBe(400);
  expect(await statusOf('lea@b.example')).toBe('to confirm');
  const page = await (await fetch(link)).text();
  expect(page).toContain('l••@b••.example');
  expect(page).not.toContain('lea@b.example');
  const answered = await post(link, { answer: 'yes', version: hidden(page, 'version') }, { 'user-agent': 'Lea/1.0' });
  expect([answered.status, await statusOf('lea@b.example')]).toEqual([200, 'accepted']);
  expect((await fetch(link)).status).toBe(404);
  expect((await post(link, { answer: 'no' })).status).toBe(404);
  expect(await statusOf('lea@b.example')).toBe('accepted');
});

test('what was confirmed is proven by the text shown, its version, the browser and the truncated address', async () => {
  const { rows } = await running.program.base.pool.query(
    `select h.text_version, h.cause, e.body from basis_history h join profile p on p.shop_id = h.shop_id and p.id = h.profile_id
     join consent_evidence e on e.subject_key = h.subject_key and e.seq = h.seq and e.n = h.n
     where p.email_norm = 'lea@b.example' and h.to_status = 'accepted'`,
  );
  expect(rows).toEqual([
    {
      text_version: 2,
      cause: 'person',
      body: {
        form: 'double-opt-in',
        page: expect.stringMatching(/\/my-data\/confirm$/),
        wording: 'Je veux recevoir la lettre.',
        language: 'fr',
        ip: '127.0.0.0/24',
        agent: 'Lea/1.0',
      },
    },
  ]);
});

test('“not me” refuses; a text that changed meanwhile is shown again before it can be accepted', async () => {
  await signUp('zoe@b.example', 'en');
  const link = linkIn(await running.mail.wait('zoe@b.example'), 'confirm');
  const stale = await post(link, { answer: 'yes', version: '1' });
  expect([stale.status, await statusOf('zoe@b.example')]).toEqual([409, 'to confirm']);
  expect(await stale.text()).toContain('The text has changed');
  expect((await post(link, { answer: 'no' })).status).toBe(200);
  expect(await statusOf('zoe@b.example')).toBe('refused');
});

test('who names no language reads the first of the shop’s', async () => {
  await running.desk.call('POST', '/api/shops/1/shop-settings', { languages: ['en', 'fr'] });
  await signUp('ian@b.example', '');
  const link = linkIn(await running.mail.wait('ian@b.example'), 'confirm');
  expect(await (await fetch(link)).text()).toContain('<html lang="en">');
  await running.desk.call('POST', '/api/shops/1/shop-settings', { languages: ['fr', 'en'] });
});

test('a link past its life, of a changed address or made up is none', async () => {
  await signUp('old@b.example');
  const link = linkIn(await running.mail.wait('old@b.example'), 'confirm');
  const before = clock;
  clock += 7 * 86_400_000 + 1000;
  expect((await post(link, { answer: 'yes', version: '2' })).status).toBe(404);
  clock = before;
  const { rows } = await running.program.base.pool.query(`select id from profile where email_norm = 'old@b.example'`);
  await running.desk.call('POST', `/api/shops/1/profiles/${rows[0].id}`, { email: 'new@b.example' });
  expect((await fetch(link)).status).toBe(404);
  for (const made of ['x', `1-${'a'.repeat(32)}`, '999999999-'.padEnd(42, 'b'), '%00', '../stop/x']) {
    expect((await fetch(url(`/my-data/confirm/${made}`))).status, made).toBeGreaterThanOrEqual(400);
  }
});

test('one click of a mail program objects and moves no status; opening the address does nothing', async () => {
  await signUp('gil@b.example');
  const mail = await running.mail.wait('gil@b.example');
  const stop = /^List-Unsubscribe:\s+<([^>]+)>/m.exec(mail)?.[1] ?? '';
  expect(mail).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  const before = await objectionsOf();
  expect((await fetch(stop)).status).toBe(200);
  expect(await objectionsOf()).toBe(before);
  const clicked = await post(stop, { 'List-Unsubscribe': 'One-Click' });
  expect([clicked.status, await objectionsOf()]).toEqual([200, before + 1]);
  expect(clicked.headers.getSetCookie()).toEqual([]);
  expect(await statusOf('gil@b.example')).toBe('to confirm');
  const parts = new FormData();
  parts.append('List-Unsubscribe', 'One-Click');
  expect((await fetch(stop, { method: 'POST', body: parts })).status).toBe(200);
  expect(await objectionsOf()).toBe(before + 1);
});

test('a changed link reaches nobody, and one of another shop’s key neither', async () => {
  const { rows } = await running.program.base.pool.query(`select id from profile where email_norm = 'lea@b.example'`);
  const asked = await fetch(url('/api/unsubscribe-links'), {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/json' },
    body: JSON.stringify({
      people: [{ email: ' LEA@b.example' }, { profile: rows[0].id }, { email: 'none@b.example' }],
    }),
  });
  const { links } = (await asked.json()) as { links: (string | null)[] };
  const [byAddress, byId, nobody] = links;
  expect(byAddress).toBe(byId);
  expect(nobody).toBeNull();
  const token = byAddress?.split('/').at(-1) ?? '';
  expect((await fetch(byAddress ?? '')).status).toBe(200);
  for (let place = 0; place < token.length; place += 7) {
    const changed = token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1);
    expect((await fetch(url(`/my-data/stop/${changed}`))).status).toBe(404);
  }
  for (const body of ['{}', '{"people":[]}', '{"people":[{"email":"x@y.z","profile":1}]}', 'no json']) {
    const wrong = await fetch(url('/api/unsubscribe-links'), {
      method: 'POST',
      headers: { authorization: basic },
      body,
    });
    expect(wrong.status).toBe(400);
  }
  expect((await fetch(url('/api/unsubscribe-links'), { method: 'POST', body: '{}' })).status).toBe(401);
});

test('a mailed link lowers: it refuses what is ticked, says what is final, and lets nothing be accepted', async () => {
  await signUp('ben@b.example');
  await fetch(url('/api/CreateOrder'), {
    method: 'POST',
    headers: { authorization: basic },
    body: new URLSearchParams({
      'data[order_idorder]': 'B-1',
      'data[customer_email]': 'ben@b.example',
      'data[order_amount]': '10',
      'data[order_state]': '20',
    }),
  });
  const stop = linkIn(await running.mail.wait('ben@b.example'), 'stop');
  const page = await (await fetch(stop)).text();
  expect(page).not.toMatch(/Accepté|Refusé|Inconnu|ben@b/);
  expect(page).toContain('Refuser est définitif.');
  const none = await post(stop, { what: 'refuse' });
  expect(none.status).toBe(400);
  const refused = await post(stop, [
    ['what', 'refuse'],
    ['basis', '1'],
    ['basis', '5'],
    ['basis', '4'],
    ['basis', '99'],
  ]);
  expect(refused.status).toBe(200);
  expect(await refused.text()).toContain('vos refus sont appliqués');
  expect([await statusOf('ben@b.example'), await statusOf('ben@b.example', 5)]).toEqual(['refused', 'refused']);
  // a contract is not refused here
  expect(await statusOf('ben@b.example', 4)).toBe('accepted');
  for (const what of ['accepted', 'download', 'erase', 'see'])
    expect((await post(stop, { what, basis: '1' })).status).toBe(400);
});

test('asked for an address, the page answers the same whether anybody has it, and only a code opens it', async () => {
  const ask = async (email: string) => {
    const answer = await post(url(`/my-data/${publicKey}`), { email });
    const page = await answer.text();
    return { status: answer.status, access: hidden(page, 'access'), page: page.replace(hidden(page, 'access'), '') };
  };
  const [known, unknown] = [await ask('lea@b.example'), await ask('nobody-here@b.example')];
  expect(known.page).toBe(unknown.page);
  const code = codeIn(await running.mail.wait('lea@b.example'));
  const open = (access: string, tried: string) => post(url('/my-data/session/open'), { access, code: tried });
  const wrong = await open(known.access, code === '000000' ? '000001' : '000000');
  const none = await open(unknown.access, code);
  expect([wrong.status, none.status]).toEqual([403, 403]);
  const bare = (text: string) => text.replaceAll(known.access, '').replaceAll(unknown.access, '');
  expect(bare(await wrong.text())).toBe(bare(await none.text()));
  const opened = await open(known.access, ` ${code.slice(0, 3)} ${code.slice(3)}`);
  expect(opened.status).toBe(200);
  expect(await opened.text()).toContain('lea@b.example');
  // once
  expect((await open(known.access, code)).status).toBe(403);
  expect(running.mail.mails.filter(({ to }) => to.includes('nobody-here@b.example'))).toEqual([]);
});

test('five wrong codes close it, a late one is none, and an address gets no more than so many an hour', async () => {
  const ask = async (email: string) => {
    const page = await (await post(url(`/my-data/${publicKey}`), { email })).text();
    return hidden(page, 'access');
  };
  const open = async (access: string, code: string) =>
    (await post(url('/my-data/session/open'), { access, code })).status;
  const guessed = await ask('ben@b.example');
  const code = codeIn(await running.mail.wait('ben@b.example'));
  for (let n = 0; n < 5; n++)
    expect(await open(guessed, String((Number(code) + n + 1) % 1_000_000).padStart(6, '0'))).toBe(403);
  expect(await open(guessed, code)).toBe(403);
  const late = await ask('ben@b.example');
  const lateCode = codeIn(await running.mail.wait('ben@b.example'));
  clock += 15 * 60_000 + 1;
  expect(await open(late, lateCode)).toBe(403);
  for (let n = 0; n < 5; n++) await ask('ben@b.example');
  await expect
    .poll(
      async () => (await running.program.base.pool.query('select from person_access where code_hash is null')).rowCount,
    )
    .toBe(0);
  const mailed = await running.program.base.pool.query(
    `select count(*) filter (where mailed)::int as mailed from person_access a
     where a.address_hash = (select address_hash from person_access where id = $1)`,
    [late.split('.')[1]],
  );
  expect(mailed.rows[0].mailed).toBe(5);
});

test('who asks too often from one place is told to wait', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  const answers: number[] = [];
  for (let n = 0; n < 21; n++) {
    answers.push((await post(url(`/my-data/${publicKey}`), { email: `p${n}@b.example` }, headers)).status);
  }
  expect(answers).toEqual([...Array(20).fill(200), 429]);
  const tries: number[] = [];
  for (let n = 0; n < 61; n++) {
    tries.push((await post(url('/my-data/session/open'), { access: '1.x', code: '1' }, headers)).status);
  }
  expect(tries).toEqual([...Array(60).fill(403), 429]);
});

test('a session is worth nothing forged, over, or for another’s record', async () => {
  const page = await (await post(url(`/my-data/${publicKey}`), { email: 'lea@b.example' })).text();
  const code = codeIn(await running.mail.wait('lea@b.example'));
  const opened = await (await post(url('/my-data/session/open'), { access: hidden(page, 'access'), code })).text();
  const [session, profile] = [hidden(opened, 'session'), hidden(opened, 'profile')];
  let shown = '';
  const act = async (fields: Record<string, string>) => {
    const answer = await post(url('/my-data/session/act'), {
      session,
      profile,
      what: 'refused',
      basis: '1',
      ...fields,
    });
    shown = await answer.text();
    return answer.status;
  };
  expect(await act({ session: `${session.slice(0, -1)}${session.endsWith('A') ? 'B' : 'A'}` })).toBe(403);
  const { rows } = await running.program.base.pool.query(
    `select id::text from profile where email_norm = 'ben@b.example'`,
  );
  expect(await act({ profile: rows[0].id })).toBe(403);
  expect(await act({ what: 'unheard' })).toBe(409);
  expect(await statusOf('lea@b.example')).toBe('accepted');
  expect(await act({})).toBe(200);
  expect(await statusOf('lea@b.example')).toBe('refused');
  // at the very moment of a refusal the refusal stands, and the page says so
  expect(await act({ what: 'accepted', version: '2' })).toBe(409);
  clock += 1;
  expect(await act({ what: 'accepted', version: '1' })).toBe(409);
  expect(shown).toContain('Le texte a changé');
  expect(await act({ what: 'accepted' })).toBe(409);
  expect(await act({ what: 'accepted', version: '2' })).toBe(200);
  expect(await statusOf('lea@b.example')).toBe('accepted');
  clock += 30 * 60_000 + 1;
  expect(await act({})).toBe(403);
});

test('every page forbids scripts, cookies, frames, referrers and caches', async () => {
  for (const path of [`/my-data/${publicKey}`, '/my-data/stop/x', '/my-data/unknown-key']) {
    const { headers } = await fetch(url(path));
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|unsafe-inline/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect([headers.get('referrer-policy'), headers.get('cache-control'), headers.get('set-cookie')]).toEqual([
      'no-referrer',
      'no-store',
      null,
    ]);
  }
});
