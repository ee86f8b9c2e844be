/** One database server for a whole test run: the embedded one, and TEST_DATABASE_URL for the project `server`; with a migrated template on it. */
import { chmod, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from './migrate.ts';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Owner's connection string of the server, name of the template and role of the application. */
    database: { url: string; template: string; role: string | null };
  }
}

const prefix = 'spread-tests-';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server =
    project.name === 'server' && given !== undefined ? { url: given, stop: async () => undefined } : await startOwn();
  try {
    return await prepare(project, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function prepare(
  project: TestProject,
  server: { url: string; stop(): Promise<void> },
): Promise<() => Promise<void>> {
  const template = `${prefix}${process.pid}-${Date.now().toString(36)}`.replaceAll('-', '_');
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create database ${template}`);
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  const { role } = await migrate(url.href).catch(async (error) => {
    await admin.end();
    throw error;
  });
  project.provide('database', { url: server.url, template, role });
  return async () => {
    const { rows } = await admin.query<{ name: string }>(
      'select datname as name from pg_database where datname like $1',
      [`${template}%`],
    );
    for (const { name } of rows)
      await admin.query(`drop database if exists ${admin.escapeIdentifier(name)} with (force)`);
    if (role !== null) await admin.query(`drop role if exists ${admin.escapeIdentifier(role)}`).catch(() => undefined);
    await admin.end();
    await server.stop();
  };
}

/** Not durable: what tests lose with the power they can make again. The tests of durability start their own. */
async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await chmod(folder, 0o755);
  const server = await startPostgres(folder, {
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      shared_buffers: '128MB',
      max_connections: '200',
      // its worker is the superuser's: an owner may not drop a database it is just looking at
      autovacuum: 'off',
    },
  });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await removeFolder(folder);
    },
  };
}

/** Removes what killed runs left behind. */
async function sweep(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const pid = Number(/^spread-tests-(\d+)-/.exec(entry)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = join(tmpdir(), entry);
    const lock = await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '');
    const server = Number(lock.split('\n')[0]);
    const command = await readFile(`/proc/${server}/cmdline`, 'utf8').catch(() => '');
    if (server > 0 && command.includes(folder)) process.kill(server, 'SIGQUIT');
    await removeFolder(folder);
  }
}

async function removeFolder(folder: string): Promise<void> {
  const area = await realpath(join(folder, 'postgres')).catch(() => null);
  if (area !== null) await rm(area, { recursive: true, force: true, maxRetries: 5 });
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
