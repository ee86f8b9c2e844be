/** A PostgreSQL server of the system, mostly of another version than the one that comes along: what a merchant's own server is. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { serverUser } from '#store/postgres-binaries.ts';
import { postgresFolder } from '../checks/programs.ts';

const run = promisify(execFile);
const env = { LC_ALL: 'C', PATH: process.env.PATH };

export interface SystemPostgres {
  /** Major version. */
  readonly version: number;
  /** An empty database, as its owner. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startSystemPostgres(): Promise<SystemPostgres> {
  const bin = postgresFolder();
  const folder = await mkdtemp(join(tmpdir(), 'spread-system-pg-'));
  const user = await serverUser(folder);
  if (user !== null) await chown(folder, user.uid, user.gid);
  const as = { ...user, cwd: folder, env };
  const data = join(folder, 'data');
  const words = ['-D', data, '-U', 'owner', '--auth', 'trust', '--no-locale', '-E', 'UTF8', '--no-sync'];
  await run(join(bin, 'initdb'), words, as);
  const settings = { listen_addresses: '', unix_socket_directories: folder, fsync: 'off' };
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const gone = once(child, 'exit');
  await ready(child.stderr, gone);
  const url = (name: string): string => `postgres://owner@localhost/${name}?host=${encodeURIComponent(folder)}`;
  const admin = new pg.Client({ connectionString: url('postgres') });
  await admin.connect();
  const { rows } = await admin.query<{ version: string }>(`select current_setting('server_version_num') as version`);
  return {
    version: Math.floor(Number(rows[0]?.version) / 10_000),
    async database(name) {
      await admin.query(`create database ${admin.escapeIdentifier(name)}`);
      return url(name);
    },
    async stop() {
      await admin.end();
      child.kill('SIGINT');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ready(said: NodeJS.ReadableStream, gone: Promise<unknown>): Promise<void> {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<'ready'>();
  createInterface(said).on('line', (line) => {
    lines.push(line);
    if (line.includes('database system is ready to accept connections')) resolve('ready');
  });
  if ((await Promise.race([promise, gone])) !== 'ready') throw new Error(`the server ended: ${lines.join('\n')}`);
}
