/** A backup of the embedded database, restored into a server of the system and from there into an embedded one again; nobody erased meanwhile comes back. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBackup } from '#store/backup-file.ts';
import { emptyDatabase } from '#store/test-database.ts';
import { openDesk, type TestDesk } from './desk.ts';
import { endProcesses, freshDataDir, runProcess, startProcess, type TestProcess } from './harness.ts';
import { type SystemPostgres, startSystemPostgres } from './system-postgres.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

type Folder = Awaited<ReturnType<typeof freshDataDir>>;
const folders: Folder[] = [];
const drops: (() => Promise<void>)[] = [];
const keys = { SHOP_PUBLIC_KEY: 'abc', SHOP_PRIVATE_KEY: 'a private key of the test', DEMO: 'off' };
const basic = `Basic ${btoa(`${keys.SHOP_PUBLIC_KEY}:${keys.SHOP_PRIVATE_KEY}`)}`;

let home: Folder;
let program: TestProcess;
let desk: TestDesk;
let file: string;
let system: SystemPostgres;

beforeAll(async () => {
  system = await startSystemPostgres();
  home = await folder();
  program = await startProcess({ DATA_DIR: home.path, ...keys });
  const signInLink = /Sign in once +(\S+)/.exec(program.output.stdout)?.[1] ?? '';
  desk = await openDesk({ url: program.url, signInLink } as never);
  file = join(home.path, 'backups', 'one.backup');
});
afterAll(async () => {
  await endProcesses();
  for (const drop of drops) await drop();
  for (const one of folders) await one.remove();
  await system?.stop();
});

async function folder(): Promise<Folder> {
  const made = await freshDataDir();
  folders.push(made);
  return made;
}

async function server(): Promise<string> {
  const { ownerUrl, drop } = await emptyDatabase();
  drops.push(drop);
  return ownerUrl;
}

/** A folder for DATA_DIR with the secret key of the installation that made the backup. */
async function withKey(erasures: boolean): Promise<string> {
  const { path } = await folder();
  await mkdir(path, { recursive: true });
  await copyFile(join(home.path, 'secret-key'), join(path, 'secret-key'));
  if (erasures) await copyFile(join(home.path, 'erasures.jsonl'), join(path, 'erasures.jsonl'));
  return path;
}

function order(url: string, key: string, email: string, date?: string): Promise<Response> {
  return fetch(`${url}/api/CreateOrder`, {
    method: 'POST',
    headers: { authorization: basic },
    body: new URLSearchParams({
      'data[order_idorder]': key,
      'data[customer_email]': email,
      'data[order_amount]': '10',
      'data[order_state]': '20',
      ...(date === undefined ? {} : { 'data[order_date]': date }),
    }),
  });
}

async function profileOf(email: string): Promise<number | undefined> {
  const { json } = await desk.call<{ profiles: { id: number }[] }>('GET', `/api/shops/1/profiles?search=${email}`);
  return json.profiles[0]?.id;
}

/** What each table holds, whatever the order of its rows. */
async function contents(path: string): Promise<Record<string, string>> {
  const reader = await openBackup(path);
  const found: Record<string, string> = {};
  for (const { name } of reader.head.tables) {
    let text = '';
    for await (const chunk of reader.rows()) text += chunk.toString('utf8');
    const rows = text.split('\n').sort();
    found[name] = `${rows.length - 1} ${createHash('sha256').update(rows.join('\n')).digest('hex')}`;
  }
  await reader.end();
  reader.close();
  return found;
}

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

test('a backup is made while the program runs, for its owner alone, and says what else to keep', async () => {
  for (const name of ['lea', 'max', 'zoe'])
    expect((await order(program.url, name, `${name}@b.example`)).status).toBe(200);
  await vi.waitFor(async () => expect(await profileOf('zoe@b.example')).toBeTypeOf('number'), { timeout: 60_000 });
  const refused = { status: 'refused', date: null, reason: null };
  await desk.call('POST', `/api/shops/1/profiles/${await profileOf('zoe@b.example')}/bases/6`, refused);
  const made = await runProcess({ DATA_DIR: home.path }, 'backup', file);
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toMatch(/\d+ rows of \d+ tables \(schema \d+\) are in /);
  expect(made.stdout).toContain(join(home.path, 'secret-key'));
  expect(made.stdout).toContain('erasures.jsonl');
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
  const reader = await openBackup(file);
  reader.close();
  const key = (await readFile(join(home.path, 'secret-key'), 'utf8')).trim();
  expect(JSON.stringify(reader.head)).not.toContain(key);
  expect(reader.head.anchors).toMatchObject([{ shop: 1, n: 4, signature: expect.any(String) }]);
});

test('from the embedded database into a server of the system, and from there into an embedded one: every row of every table', async () => {
  expect(system.version).toBeGreaterThanOrEqual(15);
  const serverUrl = await system.database('restored');
  const there = await withKey(false);
  const restored = await runProcess({ DATA_DIR: there, DATABASE_URL: serverUrl }, 'restore', file);
  expect([restored.code, restored.stderr]).toEqual([0, '']);
  const second = join(there, 'second.backup');
  expect((await runProcess({ DATA_DIR: there, DATABASE_URL: serverUrl }, 'backup', second)).code).toBe(0);
  const first = await contents(file);
  expect(Object.keys(first).length).toBeGreaterThan(40);
  expect(first.profile).toMatch(/^3 /);
  expect(await contents(second)).toEqual(first);

  const back = await withKey(false);
  const again = await runProcess({ DATA_DIR: back }, 'restore', second);
  expect([again.code, again.stderr]).toEqual([0, '']);
  const third = join(back, 'third.backup');
  expect((await runProcess({ DATA_DIR: back }, 'backup', third)).code).toBe(0);
  expect(await contents(third)).toEqual(first);
});

test('who was erased after the backup is erased again, and does not come back by what is old', async () => {
  const { json } = await desk.call<{ state: string }>(
    'POST',
    `/api/shops/1/profiles/${await profileOf('lea@b.example')}/erase`,
    { reason: 'asked' },
  );
  expect(json.state).toBe('erased');
  await vi.waitFor(
    async () => expect(await readFile(join(home.path, 'erasures.jsonl'), 'utf8')).toMatch(/^\{.*\}\n$/),
    { timeout: 60_000 },
  );
  expect(await readFile(join(home.path, 'erasures.jsonl'), 'utf8')).not.toContain('lea');
  const there = await withKey(true);
  const url = await system.database('erased_again');
  const restored = await runProcess({ DATA_DIR: there, DATABASE_URL: url }, 'restore', file);
  expect([restored.code, restored.stderr]).toEqual([0, '']);
  expect(restored.stdout).toContain('Erased again, as they were since: 1.');
  const emails = async () =>
    (await ask<{ email: string }>(url, 'select email from profile order by email')).map(({ email }) => email);
  expect(await emails()).toEqual(['max@b.example', 'zoe@b.example']);
  expect(await ask(url, `select from journal_raw where convert_from(raw, 'UTF8') like '%lea%'`)).toEqual([]);

  const revived = await startProcess({ DATA_DIR: there, DATABASE_URL: url, DEMO: 'off' });
  expect((await order(revived.url, 'old', 'lea@b.example', '2020-01-01 10:00:00')).status).toBe(200);
  expect((await order(revived.url, 'new', 'tom@b.example')).status).toBe(200);
  await vi.waitFor(async () => expect(await emails()).toContain('tom@b.example'), { timeout: 60_000 });
  expect(await emails()).toEqual(['max@b.example', 'tom@b.example', 'zoe@b.example']);
  // new rows get new numbers: the sequences came along
  const heads = await ask<{ n: string }>(url, 'select n::text as n from ledger_head where shop_id = 1');
  expect(Number(heads[0]?.n)).toBeGreaterThan(4);
  expect((await revived.end('SIGTERM')).code).toBe(0);
});

test.each([
  [
    'another key',
    async (path: string) => writeFile(join(path, 'secret-key'), 'x'.repeat(40)),
    'SECRET_KEY is not the one',
  ],
  ['a file that is cut', async (path: string) => cut(path), 'cannot be used'],
  ['a file with a changed byte', async (path: string) => change(path), 'cannot be used'],
  ['no backup at all', async (path: string) => writeFile(join(path, 'b.backup'), 'hello'), 'cannot be used'],
])('%s restores nothing, and says why in a sentence', async (_what, harm, sentence) => {
  const path = await withKey(false);
  await copyFile(file, join(path, 'b.backup'));
  await harm(path);
  const url = await server();
  const ended = await runProcess({ DATA_DIR: path, DATABASE_URL: url }, 'restore', join(path, 'b.backup'));
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(sentence);
  expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  const [shop] = await ask<{ n: string | null }>(url, `select to_regclass('shop')::text as n`);
  if (shop?.n !== null) expect(await ask(url, 'select from shop')).toEqual([]);
});

test('a database that holds a shop is left alone', async () => {
  const ended = await runProcess({ DATA_DIR: home.path }, 'restore', file);
  expect([ended.code, ended.stdout]).toEqual([1, '']);
  expect(ended.stderr).toContain('holds a shop already');
  expect(await profileOf('max@b.example')).toBeTypeOf('number');
});

async function cut(path: string): Promise<void> {
  const bytes = await readFile(join(path, 'b.backup'));
  await writeFile(join(path, 'b.backup'), bytes.subarray(0, bytes.length - 400));
}

async function change(path: string): Promise<void> {
  const bytes = await readFile(join(path, 'b.backup'));
  const place = Math.floor(bytes.length / 2);
  bytes[place] = (bytes[place] ?? 0) ^ 0xff;
  await writeFile(join(path, 'b.backup'), bytes);
}
