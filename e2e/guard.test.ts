/** The sending guard and the objection list, through the private-key doors and the back office. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContactAnswers, ObjectionList, ObjectionsAnswer } from '#contract/contact.ts';
import { openDesk, type TestDesk } from './desk.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

let program: TestProgram;
let desk: TestDesk;
const now = Date.now();

beforeAll(async () => {
  program = await startTestProgram({ SHOP_PUBLIC_KEY: '333abc', SHOP_PRIVATE_KEY: 'private-of-the-test' }, () => now);
  desk = await openDesk(program);
  for (const name of ['ana', 'bob']) {
    const sent = await keyed('/api/CreateOrder', {
      'data[order_idorder]': name,
      'data[customer_email]': `${name}@example.test`,
      'data[customer_mobile]': name === 'ana' ? '0611111111' : '0622222222',
      'data[customer_isoptin]': '1',
      'data[order_amount]': '10',
      'data[order_state]': '20',
    });
    expect(sent.status).toBe(200);
  }
});
afterAll(() => program?.stop());

const basic = `Basic ${btoa('333abc:private-of-the-test')}`;

function keyed(path: string, body: object, authorization = basic): Promise<Response> {
  const isForm = path.includes('Create');
  return fetch(`${program.url}${path}`, {
    method: 'POST',
    headers: { authorization, ...(isForm ? {} : { 'content-type': 'application/json' }) },
    body: isForm ? new URLSearchParams(body as Record<string, string>) : JSON.stringify(body),
  });
}

async function ask(person: object, purpose = 'marketing', channel = 'email') {
  const answer = await keyed('/api/may-contact', { channel, purpose, people: [person] });
  const { answers }: ContactAnswers = await answer.json();
  const [one] = answers;
  if (one === undefined) throw new Error('no answer');
  return one;
}

test('yes names the ground and its proof; each no says why', async () => {
  await expect.poll(async () => (await ask({ email: 'bob@example.test' }, 'service')).allowed).toBe(true);
  expect(await ask({ email: 'ana@example.test' }, 'service')).toMatchObject({
    allowed: true,
    basis: { id: 4, name: 'Commande', ground: 'contract' },
    proof: expect.stringMatching(/^\d+:\d+$/),
  });
  // the opt-in goes to a legitimate interest towards customers, and the order is validated
  expect(await ask({ email: 'ANA@example.test ' })).toMatchObject({ allowed: true, basis: { id: 6 } });
  expect(await ask({ email: 'ana@example.test' }, 'marketing', 'sms')).toEqual({ allowed: false, why: 'no basis' });
  expect(await ask({ email: 'nobody@example.test' })).toEqual({ allowed: false, why: 'unknown' });
  expect(await ask({ email: 'not an address' })).toEqual({ allowed: false, why: 'invalid' });
  expect(await ask({ profile: 999_999 })).toEqual({ allowed: false, why: 'unknown' });
});

test('an objection by the sender beats the basis at once, and leaves service open', async () => {
  const stop = await keyed('/api/objections', {
    objections: [
      { email: 'ana@example.test', channel: 'email' },
      { phone: '0611111111', channel: 'sms', date: '2026-02-03' },
      { email: 'nonsense', channel: 'email' },
      { email: 'ana@example.test', channel: 'sms' },
      { phone: '0611111111', channel: 'sms', date: '2026-02-31' },
    ],
  });
  expect([stop.status, await stop.json()]).toEqual([
    200,
    {
      recorded: 2,
      pending: false,
      refused: [
        { place: 2, why: 'address.email' },
        { place: 3, why: 'address.channel' },
        { place: 4, why: 'date.invalid' },
      ],
      noted: [],
    } satisfies ObjectionsAnswer,
  ]);
  expect(await ask({ email: 'ana@example.test' })).toEqual({ allowed: false, why: 'objection' });
  expect(await ask({ email: 'ana@example.test' }, 'service')).toMatchObject({ allowed: true });
  expect(await ask({ email: 'bob@example.test' })).toMatchObject({ allowed: true });
  const { json } = await desk.call<ObjectionList>('GET', '/api/shops/1/objections');
  expect(json.standing).toBe(2);
  expect(json.objections.map(({ channel, cause }) => [channel, cause])).toEqual([
    ['email', 'api'],
    ['sms', 'api'],
  ]);
  expect(JSON.stringify(json)).not.toContain('ana@');
});

test('staff import a list, and export it whole: with the addresses the shop still holds, and marks of the others', async () => {
  const imported = await desk.call<ObjectionsAnswer>('POST', '/api/shops/1/objections', {
    objections: [
      { email: 'bob@example.test', channel: 'email' },
      { email: 'stranger@example.test', channel: 'email' },
    ],
  });
  expect(imported.json).toEqual({ recorded: 2, pending: false, refused: [], noted: [] });
  expect(await ask({ email: 'bob@example.test' })).toEqual({ allowed: false, why: 'objection' });
  expect(await ask({ email: 'stranger@example.test' })).toEqual({ allowed: false, why: 'objection' });
  const csv = await (await desk.fetch('/api/shops/1/objections.csv')).text();
  const lines = csv
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',').slice(0, 2).join(','));
  expect(lines.sort()).toEqual([
    '+33611111111,sms',
    'ana@example.test,email',
    'bob@example.test,email',
    expect.stringMatching(/^hash:[0-9a-f]{64},email$/),
  ]);
});

test('the list is read page by page, each objection once', async () => {
  const many = Array.from({ length: 250 }, (_, n) => ({ email: `p${n}@example.test`, channel: 'email' as const }));
  await desk.call<ObjectionsAnswer>('POST', '/api/shops/1/objections', { objections: many });
  const marks: string[] = [];
  for (let path: string | null = '/api/shops/1/objections'; path !== null; ) {
    const { json }: { json: ObjectionList } = await desk.call('GET', path);
    marks.push(...json.objections.map(({ mark, channel }) => `${mark} ${channel}`));
    path = json.next === null ? null : `/api/shops/1/objections?after=${json.next}`;
  }
  expect([marks.length, new Set(marks).size]).toEqual([254, 254]);
});

test('ten thousand in one call, in their order', async () => {
  const people = Array.from({ length: 10_000 }, (_, place) => ({
    email: place === 7 ? 'ana@example.test' : `x${place}@example.test`,
  }));
  const answer = await keyed('/api/may-contact', { channel: 'email', purpose: 'service', people });
  const { answers }: ContactAnswers = await answer.json();
  expect(answers).toHaveLength(10_000);
  expect(answers.flatMap((one, place) => (one.allowed ? [place] : []))).toEqual([7]);
});

test('bad calls are told what is wrong', async () => {
  const wrong = async (path: string, body: object) => {
    const answer = await keyed(path, body);
    return [answer.status, (await answer.json()).error?.field];
  };
  expect(
    await wrong('/api/may-contact', { channel: 'fax', purpose: 'service', people: [{ email: 'a@b.fr' }] }),
  ).toEqual([400, 'channel']);
  expect((await wrong('/api/may-contact', { channel: 'email', purpose: 'service', people: [] }))[0]).toBe(400);
  expect((await wrong('/api/objections', { objections: [{ channel: 'email', via: 'x' }] }))[0]).toBe(400);
  const none = await keyed('/api/may-contact', {}, 'Basic eDp5');
  expect(none.status).toBe(401);
});

test('while something older than ten seconds waits, the answer is no: behind', async () => {
  const client = await program.base.pool.connect();
  try {
    // the shard of shop 1, held so that nobody applies what waits in it
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(7702118, 1)');
    const wait = (ms: number) =>
      program.base.pool.query(
        `insert into intake (shard, batch_id, lane, received_at, n, body)
         values (1, $1, 0, to_timestamp($2::float8 / 1000), 1, '\\x')`,
        [ms, now - ms],
      );
    await wait(9_000);
    expect(await ask({ email: 'ana@example.test' }, 'service')).toMatchObject({ allowed: true });
    await wait(11_000);
    expect(await ask({ email: 'ana@example.test' }, 'service')).toEqual({ allowed: false, why: 'behind' });
    await program.base.pool.query('delete from intake where shard = 1');
    expect(await ask({ email: 'ana@example.test' }, 'service')).toMatchObject({ allowed: true });
  } finally {
    await client.query('rollback');
    client.release();
  }
});
