/** A shop's program sends files by itself: whole, again, in pieces, broken off; and curl as the documentation has it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImportPush } from '#contract/imports.ts';
import { keepTemplate } from '#store/import-template.ts';
import { shopId } from '../src/domain/ids.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const keys = 'publique:private-of-the-test';
const authorization = `Basic ${Buffer.from(keys).toString('base64')}`;
let program: TestProgram;

beforeAll(async () => {
  program = await startTestProgram({
    SHOP_NAME: 'Maison',
    SHOP_PUBLIC_KEY: 'publique',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: 'camille@b.example',
  });
});
afterAll(() => program?.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ImportPush & { readonly error: { readonly code: string; readonly message: string } };
}

async function put(query: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const sent = { authorization, 'content-type': 'text/csv', ...headers };
  const bytes = new Uint8Array(Buffer.from(body as string));
  const answer = await fetch(`${program.url}/api/imports?${query}`, { method: 'PUT', headers: sent, body: bytes });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] };
}

async function state(id: string): Promise<ImportPush> {
  const answer = await fetch(`${program.url}/api/imports/${id}`, { headers: { authorization } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as ImportPush;
}

async function ended(id: string): Promise<ImportPush> {
  await expect.poll(async () => (await state(id)).state, { timeout: 60_000 }).toMatch(/^(done|failed)$/);
  return state(id);
}

const clients = 'E-mail;Nom\nanna@example.test;Petit\nbob@example.test;Bon\nnobody;X\n';
const imports = async () => (await program.base.pool.query('select id from import')).rows.length;

test('a file is taken, run and reported on; the same one again is the same import', async () => {
  const first = await put('kind=profiles&fileName=clients.csv', clients);
  expect([first.status, first.headers.get('location')]).toEqual([202, `/api/imports/${first.body.id}`]);
  expect(await ended(first.body.id)).toMatchObject({
    state: 'done',
    received: clients.length,
    size: clients.length,
    counts: { created: 2, updated: 0, unchanged: 0, refused: 1 },
  });
  const again = await put('kind=profiles', clients);
  expect([again.status, again.headers.get('idempotent-replayed'), again.body.id]).toEqual([200, 'true', first.body.id]);
  expect(await imports()).toBe(1);
});

test('a key stands for its file: sent again it is answered, with another file it is refused', async () => {
  const key = { 'idempotency-key': 'night-1' };
  const first = await put('kind=profiles', `${clients}carl@example.test;C\n`, key);
  expect(first.status).toBe(202);
  await ended(first.body.id);
  const again = await put('kind=profiles', `${clients}carl@example.test;C\n`, key);
  expect([again.status, again.body.id]).toEqual([200, first.body.id]);
  expect(await put('kind=profiles', clients, key)).toMatchObject({
    status: 400,
    body: { error: { code: 'idempotency.reused' } },
  });
});

test('by settings that were kept: columns are found by name; a file that lacks one fails with a reason', async () => {
  const rules = {
    dates: 'dmy',
    decimal: null,
    store: null,
    currency: null,
    statuses: {},
    states: {},
    asOf: null,
    reset: null,
    uplift: false,
  };
  const setup = { encoding: null, separator: null, header: true, columns: ['email', 'city'], grouped: false, rules };
  await keepTemplate(program.base.pool, shopId(1), { kind: 'profiles', name: 'ERP n°1', setup, headers: ['A', 'B'] });
  const template = `kind=profiles&template=${encodeURIComponent('ERP n°1')}`;
  const good = await put(template, 'B;A\nLyon;anna@example.test\n');
  expect(await ended(good.body.id)).toMatchObject({ state: 'done', counts: { updated: 1 } });
  const bad = await put(template, 'A;C\nanna@example.test;Lyon\n');
  expect(await ended(bad.body.id)).toMatchObject({ state: 'failed', fault: 'import.template_unfit' });
  const unclear = await put('kind=profiles', 'E-mail;Anniversaire\nanna@example.test;01/02/1990\n');
  expect(await ended(unclear.body.id)).toMatchObject({ state: 'failed', fault: 'import.dates_unclear' });
  // nobody watches what a program sends: the first failure of a day is told by mail
  const { rows } = await program.base.pool.query(`select to_address from outbox where kind = 'push_failed'`);
  expect(rows).toEqual([{ to_address: 'camille@b.example' }]);
});

test('pieces under one key, on from where a connection broke', async () => {
  const bytes = Buffer.from(
    `E-mail;Nom\n${Array.from({ length: 60_000 }, (_, n) => `p${n}@example.test;Nom ${n}\n`).join('')}`,
  );
  const key = { 'idempotency-key': 'night-2' };
  const range = (at: number, end: number) => ({ ...key, 'content-range': `bytes ${at}-${end - 1}/${bytes.length}` });
  expect((await put('kind=profiles', bytes.subarray(0, 400_000), range(0, 400_000))).body).toMatchObject({
    state: 'uploading',
    received: 400_000,
  });
  // announces more than it sends, and hangs up
  await new Promise<void>((resolve) => {
    const end = bytes.length;
    const headers = { authorization, ...range(400_000, end), 'content-length': String(end - 400_000) };
    const call = request(`${program.url}/api/imports?kind=profiles`, { method: 'PUT', headers });
    call.on('error', () => resolve());
    call.write(bytes.subarray(400_000, 1_600_000), () => call.destroy());
  });
  const { rows } = await program.base.pool.query(`select id from import where state = 'uploading'`);
  const { id } = rows[0];
  // of what came, one whole piece: it is kept, and only it
  await expect.poll(async () => (await state(id)).received).toBeGreaterThan(400_000);
  const from = (await state(id)).received;
  const wrong = await put('kind=profiles', bytes.subarray(0, 10), range(0, 10));
  expect(wrong).toMatchObject({ status: 409, body: { error: { code: 'import.piece' } } });
  expect(wrong.body.error.message).toContain(`begins at byte ${from},`);
  const last = await put('kind=profiles', bytes.subarray(from), range(from, bytes.length));
  expect(last.status).toBe(202);
  expect(await ended(last.body.id)).toMatchObject({ state: 'done', lines: 60_000 });
  const again = await put('kind=profiles', bytes.subarray(from), range(from, bytes.length));
  expect([again.status, again.body.id]).toEqual([200, last.body.id]);
});

test('what cannot be taken says what to do', async () => {
  const before = await imports();
  const refused = async (query: string, body: string, headers?: Record<string, string>) => {
    const answer = await put(query, body, headers);
    return [answer.status, answer.body.error.code];
  };
  expect(await refused('kind=clients', 'a')).toEqual([400, 'import.kind']);
  expect(await refused('kind=profiles&template=nothing', 'a')).toEqual([400, 'import.template']);
  expect(await refused('kind=profiles', '')).toEqual([400, 'import.empty']);
  expect(await refused('kind=profiles', 'abc', { 'content-range': 'bytes 0-9/10' })).toEqual([400, 'import.range']);
  expect(await refused('kind=profiles', 'abc', { 'content-range': 'bytes 0-2/10' })).toEqual([
    400,
    'idempotency.missing',
  ]);
  expect(await refused('kind=profiles', 'a', { 'idempotency-key': 'a b' })).toEqual([400, 'idempotency.invalid']);
  expect(await refused('kind=profiles', 'a', { authorization: 'Basic eDp5' })).toEqual([401, 'keys.wrong']);
  const other = await fetch(`${program.url}/api/imports/6ba7b810-9dad-11d1-80b4-00c04fd430c8`, {
    headers: { authorization },
  });
  expect(other.status).toBe(404);
  expect(await imports()).toBe(before);
});

test('curl sends it as documented', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spread-push-'));
  try {
    await writeFile(join(folder, 'orders.csv'), 'Référence;E-mail;Total;État\nA-1;anna@example.test;10,50;Payée\n');
    const url = `${program.url}/api/imports?kind=orders&fileName=orders.csv`;
    const { stdout } = await promisify(execFile)('curl', ['-sS', '-u', keys, '-T', join(folder, 'orders.csv'), url]);
    expect(await ended(JSON.parse(stdout).id)).toMatchObject({ state: 'done', counts: { created: 1, refused: 0 } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
