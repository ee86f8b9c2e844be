import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { removeLockOf, sharedMegabytes, startPostgres } from './postgres.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function freshFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spread-launcher-'));
  await chmod(folder, mode);
  folders.push(folder);
  return join(folder, 'data');
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

test('the database takes an eighth of the memory, within bounds', () => {
  const gigabyte = 1024 ** 3;
  expect([gigabyte / 2, 2 * gigabyte, 24 * gigabyte].map(sharedMegabytes)).toEqual([128, 256, 1024]);
});

async function untilAnswered(url: string, sql: string): Promise<unknown[]> {
  for (;;) {
    const answer = await ask(url, sql).catch(() => null);
    if (answer !== null) return answer;
    await pause(50);
  }
}

async function serverPid(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** A process of its own that starts the server, writes a row and waits to be killed. */
async function startChild(dataDir: string, sql: string): Promise<{ kill(): Promise<void> }> {
  const source = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))};
    import pg from 'pg';
    const server = await startPostgres(process.argv[1]);
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(process.argv[2]);
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, dataDir, sql], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('keeps its data from one start to the next, durable and with checksums, owned by a role without superuser rights', async () => {
  const dataDir = await freshFolder();
  const first = await startPostgres(dataDir);
  await ask(first.url, 'create table kept as select 7 as n');
  expect(
    await ask(
      first.url,
      `select current_setting('fsync'), current_setting('synchronous_commit'), current_setting('data_checksums'), rolsuper
       from pg_roles where rolname = current_user`,
    ),
  ).toEqual(['on', 'on', 'on', false]);
  await first.stop();
  const second = await startPostgres(dataDir);
  expect(await ask(second.url, 'select n from kept')).toEqual([7]);
  await second.stop();
});

test('takes over the server a killed predecessor left running, and stops it as the last one out', async () => {
  const dataDir = await freshFolder();
  const child = await startChild(dataDir, 'create table kept (n int); insert into kept values (1)');
  await child.kill();
  const orphan = await serverPid(dataDir);
  const server = await startPostgres(dataDir);
  expect(await serverPid(dataDir)).toBe(orphan);
  expect(await ask(server.url, 'select n from kept')).toEqual([1]);
  await server.stop();
  await expect(serverPid(dataDir)).rejects.toThrow('ENOENT');
});

test('recovers when the server was killed too', async () => {
  const dataDir = await freshFolder();
  const child = await startChild(dataDir, 'create table kept (n int); insert into kept values (1)');
  await child.kill();
  process.kill(await serverPid(dataDir), 'SIGKILL');
  const server = await startPostgres(dataDir);
  expect(await ask(server.url, 'select n from kept')).toEqual([1]);
  await server.stop();
});

test('is not stopped by a stale lock file whose number another program has now', async () => {
  const dataDir = await freshFolder();
  await (await startPostgres(dataDir)).stop();
  await writeFile(join(dataDir, 'postgres/data/postmaster.pid'), `${process.pid}\n/elsewhere\n1\n5432\n/nowhere\n`);
  const server = await startPostgres(dataDir);
  expect(await ask(server.url, 'select 1')).toEqual([1]);
  await server.stop();
});

test('a lock file is taken from the dead server it names, never from another that has started since', async () => {
  const dataDir = await freshFolder();
  const server = await startPostgres(dataDir);
  const path = join(dataDir, 'postgres/data/postmaster.pid');
  const lock = await readFile(path, 'utf8');
  await removeLockOf(process.pid, path);
  expect(await readFile(path, 'utf8')).toBe(lock);
  await server.stop();
  await writeFile(path, `${process.pid}\n`);
  await removeLockOf(process.pid, path);
  expect(existsSync(path)).toBe(false);
  expect((await readdir(join(dataDir, 'postgres/data'))).filter((name) => name.startsWith('postmaster.pid'))).toEqual(
    [],
  );
});

test('two starts at once share one server; it goes with the second', async () => {
  const dataDir = await freshFolder();
  const [one, two] = await Promise.all([startPostgres(dataDir), startPostgres(dataDir)]);
  await one.stop();
  expect(await ask(two.url, 'select 1')).toEqual([1]);
  await two.stop();
  await expect(serverPid(dataDir)).rejects.toThrow('ENOENT');
});

test('works below a folder that only its owner may enter', async () => {
  const dataDir = await freshFolder(0o700);
  const server = await startPostgres(dataDir);
  expect(await ask(server.url, 'select 1')).toEqual([1]);
  await server.stop();
  folders.push(await realpath(join(dataDir, 'postgres')));
});

test('comes back under the same address when the server is killed, also below a long path', async () => {
  const folder = await freshFolder();
  const dataDir = join(folder, 'a-folder-with-a-long-name'.repeat(3), 'data');
  const server = await startPostgres(dataDir);
  await ask(server.url, 'create table kept as select 7 as n');
  const before = await serverPid(dataDir);
  process.kill(before, 'SIGKILL');
  const found = await untilAnswered(server.url, 'select n from kept');
  expect(found).toEqual([7]);
  expect(await serverPid(dataDir)).not.toBe(before);
  await server.stop();
});

test('says in one sentence what to do when the folder cannot be used', async () => {
  const dataDir = await freshFolder();
  await writeFile(dataDir, 'a file, not a folder');
  await expect(startPostgres(dataDir)).rejects.toThrow(/^The data folder .* set DATA_DIR to .*\.$/);
});
