import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres } from '#store/postgres.ts';
import { emptyDatabase } from '#store/test-database.ts';
import { endProcesses, freePort, freshDataDir, runProcess, startProcess, testSecretKey } from './harness.ts';

let dataDir: Awaited<ReturnType<typeof freshDataDir>>;

beforeEach(async () => {
  dataDir = await freshDataDir();
});
afterEach(async () => {
  await endProcesses();
  await dataDir.remove();
});

const order = (id: string): string =>
  new URLSearchParams({ type: 'order', id, email: 'jeanne@example.com' }).toString();

async function countReceived(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    'select (select count(*) from journal)::int + coalesce((select sum(n) from intake), 0)::int as received',
  );
  await client.end();
  return rows[0].received;
}

test('a first start makes a shop and a sign-in link, answers, and ends without an error when asked to', async () => {
  const program = await startProcess({ DATA_DIR: dataDir.path });
  expect((await fetch(`${program.url}/readyz`)).status).toBe(200);
  expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
  expect(program.output.stdout).toMatch(/Sign in once +http:\/\/localhost:\d+\/sign-in\/link#\S{20,}/);
  const { code, stderr } = await program.end('SIGTERM');
  expect(code).toBe(0);
  expect(stderr).not.toContain('/sign-in');
});

test('a second start keeps the data, also after the first was killed', async () => {
  const env = { DATA_DIR: dataDir.path, SHOP_PUBLIC_KEY: 'kept-key', SHOP_PRIVATE_KEY: 'kept-secret', DEMO: 'off' };
  const first = await startProcess(env);
  expect((await fetch(`${first.url}/sp-json.php?publicKey=kept-key`)).status).toBe(200);
  await first.end('SIGKILL');
  const second = await startProcess(env);
  expect((await fetch(`${second.url}/sp-json.php?publicKey=kept-key`)).status).toBe(200);
  expect((await second.end('SIGTERM')).code).toBe(0);
  const third = await startProcess({ DATA_DIR: dataDir.path });
  expect((await fetch(`${third.url}/sp-json.php?publicKey=kept-key`)).status).toBe(200);
  expect((await third.end('SIGINT')).code).toBe(0);
});

test('with ADMIN_PASSWORD there is no link', async () => {
  const program = await startProcess({ DATA_DIR: dataDir.path, ADMIN_PASSWORD: 'a long enough password' });
  expect(program.output.stdout).not.toContain('sign-in/link');
  await program.end('SIGTERM');
});

test('a stop under load keeps every call that was answered with success', async () => {
  const { ownerUrl, drop } = await emptyDatabase();
  const program = await startProcess({
    DATA_DIR: dataDir.path,
    DATABASE_URL: ownerUrl,
    SHOP_PUBLIC_KEY: 'busy',
    SHOP_PRIVATE_KEY: 'busy-secret',
    DEMO: 'off',
  });
  let sent = 0;
  let answered = 0;
  const callers = Array.from({ length: 20 }, async () => {
    for (;;) {
      const id = String(sent++);
      const status = await fetch(`${program.url}/track?site=busy&${order(id)}`).then(
        (answer) => answer.status,
        () => null,
      );
      if (status === 200) answered += 1;
      else if (status === null || status === 503) return;
      if (answered === 300) void program.end('SIGTERM');
    }
  });
  await Promise.all(callers);
  expect((await program.end('SIGTERM')).code).toBe(0);
  expect(answered).toBeGreaterThanOrEqual(300);
  expect(await countReceived(ownerUrl)).toBeGreaterThanOrEqual(answered);
  await drop();
});

test('web and worker run as processes of their own over one embedded database', async () => {
  const web = await startProcess({ DATA_DIR: dataDir.path }, 'web');
  const worker = await startProcess({ DATA_DIR: dataDir.path }, 'worker');
  expect((await fetch(`${web.url}/readyz`)).status).toBe(200);
  expect((await web.end('SIGTERM')).code).toBe(0);
  expect((await worker.end('SIGTERM')).code).toBe(0);
});

test('replay decides again what could not be used', async () => {
  const env = { DATA_DIR: dataDir.path, SHOP_PUBLIC_KEY: 'again', SHOP_PRIVATE_KEY: 'again-secret', DEMO: 'off' };
  const program = await startProcess(env);
  const authorization = `Basic ${Buffer.from('again:again-secret').toString('base64')}`;
  const answer = await fetch(`${program.url}/api/CreateOrder`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'nothing=useful',
  });
  expect(answer.status).toBe(422);
  await program.end('SIGTERM');
  // The worker may have been stopped before it had applied the call: a start picks it up.
  const worker = await startProcess(env, 'worker');
  const range = ['replay', '--from', '2020-01-01', '--to', '2100-01-01'];
  await expect.poll(async () => (await runProcess(env, ...range)).stdout).toContain('Decided 1 items');
  await worker.end('SIGTERM');
});

test.each(['all', 'web'])(
  '%s: a database that comes up later is waited for, and who calls is told',
  async (command) => {
    const server = await freshDataDir();
    const before = await startPostgres(server.path);
    await before.stop();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { DATABASE_URL: before.url, DATA_DIR: dataDir.path, SECRET_KEY: testSecretKey, PORT: String(port) };
    const starting = startProcess({ ...env, SHOP_PUBLIC_KEY: 'late', SHOP_PRIVATE_KEY: 'late-secret' }, command);
    const ready = () =>
      fetch(`${url}/readyz`).then(
        ({ status }) => status,
        () => 'nobody',
      );
    await expect.poll(ready).toBe(503);
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
      status: 'not ready',
      why: 'the database does not answer',
      database: 'away',
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const call = await fetch(`${url}/api/CreateOrder`, { method: 'POST', body: 'data[a]=b' });
    expect([call.status, call.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await fetch(`${url}/track?site=late`)).status).toBe(503);
    const after = await startPostgres(server.path);
    const program = await starting;
    expect(program.output.stderr).toMatch(/database\.waiting.*The database at localhost\/spread does not answer yet/);
    expect((await fetch(`${url}/sp-json.php?publicKey=late`)).status).toBe(200);
    await program.end('SIGTERM');
    await after.stop();
    await server.remove();
  },
);

describe('a failure at start is one sentence that says what to do', () => {
  const sentence = /^[^\n]{20,400}[.)]\n$/;

  async function failure(env: Record<string, string>, command = 'all'): Promise<string> {
    const { code, stdout, stderr } = await runProcess({ DATA_DIR: dataDir.path, LOG_LEVEL: 'silent', ...env }, command);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
    return stderr;
  }

  test('a variable', async () => {
    expect(await failure({ PORT: 'eighty' })).toContain('PORT');
    expect(await failure({ SECRET_KEY: 'short' })).toContain('SECRET_KEY');
  });

  test('an unknown command', async () => {
    expect(await failure({}, 'fly')).toContain('Usage');
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await failure({ PORT: String(port) })).toContain(`Port ${port} is taken`);
    other.close();
  });

  test('an address this machine does not have', async () => {
    expect(await failure({ HOST: '192.0.2.1' })).toContain('HOST');
  });

  test('a database that does not answer', async () => {
    const url = 'postgres://me:hush@127.0.0.1:1/spread';
    expect(await failure({ DATABASE_URL: url, DATABASE_WAIT: '0' })).toContain('DATABASE_URL');
    expect(await failure({ DATABASE_URL: url, DATABASE_WAIT: '1' }, 'worker')).toContain('DATABASE_URL');
  });

  test('a data folder that is a file, and one that cannot be written', async () => {
    await writeFile(dataDir.path, '');
    expect(await failure({})).toContain('DATA_DIR');
  });

  test('another secret key than the database was made with', async () => {
    const { ownerUrl, drop } = await emptyDatabase();
    const env = { DATABASE_URL: ownerUrl, SECRET_KEY: 'the first key, long enough to be one' };
    const program = await startProcess({ DATA_DIR: dataDir.path, ...env });
    await program.end('SIGTERM');
    expect(await failure({ ...env, SECRET_KEY: 'another key, long enough to be one' })).toContain('SECRET_KEY');
    await drop();
  });

  test('a secret key file that was emptied', async () => {
    await mkdir(dataDir.path);
    await chmod(dataDir.path, 0o755);
    await writeFile(join(dataDir.path, 'secret-key'), '');
    expect(await failure({})).toContain('secret key');
  });
});
