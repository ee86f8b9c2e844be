/** Runs the embedded PostgreSQL of one data folder: shared by all our processes there, stopped by the last one out. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { lchown, link, lstat, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Cluster, isAlive, openCluster } from './postgres-cluster.ts';
import { StartFault } from './start-fault.ts';

export interface Postgres {
  /** Connection string of database `spread` as its owner. */
  readonly url: string;
  /** Leaves the server; stops it when no other process of ours uses it. */
  stop(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

export interface PostgresOptions {
  /** Server settings beside the ones chosen here. */
  readonly settings?: Settings;
  readonly note?: (line: string) => void;
}

const run = promisify(execFile);
const startDeadline = 300_000;
/** Key of the session lock every process of ours holds while it uses the server. */
const leaseKey = 7_702_115;

const baseSettings: Settings = {
  listen_addresses: '',
  max_connections: '100',
  shared_buffers: `${sharedMegabytes(availableMemory())}MB`,
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Keeps row values and statements out of the log.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/**
 * An eighth of the memory, from 128 MB to 1 GB: what is kept here is neither read from the system, checked nor written again at each
 * batch. The rest is for the system's cache and for us.
 */
export function sharedMegabytes(memoryBytes: number): number {
  return Math.min(1024, Math.max(128, Math.floor(memoryBytes / 8 / 1024 / 1024)));
}

/** Of the machine, or of the container when that has less. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Starts the server below `dataDir`/postgres, making it at the first start, or joins the one that runs there. */
export async function startPostgres(dataDir: string, options: PostgresOptions = {}): Promise<Postgres> {
  const note = options.note ?? (() => undefined);
  const cluster = await openCluster(resolve(dataDir), note);
  let stopping = false;
  let rejoining: Promise<void> = Promise.resolve();
  const settings = { ...baseSettings, ...options.settings };
  let lease = await joinServer(cluster, settings);
  watch();
  return { url: connection(cluster, lease.socket, 'spread', 'spread'), stop };

  function watch(): void {
    lease.client.once('end', () => {
      if (stopping) return;
      rejoining = rejoin().catch((error) => note(`PostgreSQL is gone and did not come back: ${error.message}`));
    });
  }

  async function rejoin(): Promise<void> {
    note('PostgreSQL went away; starting it again');
    lease = await joinServer(cluster, settings);
    watch();
  }

  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    await rejoining;
    await leave(cluster, lease);
  }
}

interface Lease {
  readonly client: pg.Client;
  readonly socket: string;
}

/** Joins the running server, or starts it; several processes may do so at once. */
async function joinServer(cluster: Cluster, settings: Settings): Promise<Lease> {
  const deadline = Date.now() + startDeadline;
  let attempts = 0;
  while (Date.now() < deadline) {
    const running = await runningServer(cluster);
    if (running !== null) {
      const lease = await tryJoin(cluster, running.socket);
      if (lease !== null) return lease;
      await pause(20);
      continue;
    }
    attempts += 1;
    // processes of a killed server end when they notice; until then no other may start
    if (attempts > 20 && !/shared memory block/.test(await lastFatal(cluster))) break;
    const child = await launch(cluster, settings);
    const lease = await whenReady(cluster, child);
    if (lease !== null) return lease;
    await pause(250);
  }
  const why = await lastFatal(cluster);
  throw new StartFault(`The embedded database does not start (${why}); see ${join(cluster.area, 'server.log')}.`);
}

/** Process and socket folder as postmaster.pid tells; null when no server of this folder runs. */
async function runningServer(cluster: Cluster): Promise<{ pid: number; socket: string } | null> {
  const path = join(cluster.data, 'postmaster.pid');
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  if (!(await isServer(pid, cluster.data))) {
    // The number went to another program since; PostgreSQL would believe its predecessor alive.
    await removeLockOf(pid, path);
    return null;
  }
  return { pid, socket: lines[4] ?? '' };
}

/**
 * Takes a dead server's lock file away, and no other: between our look and now another process may have started a server, which without
 * its lock file can be joined by nobody and ends itself within a minute.
 */
export async function removeLockOf(pid: number, path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (Number((await readFile(aside, 'utf8')).split('\n')[0]) !== pid)
    await link(aside, path).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await rm(aside, { force: true });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function isServer(pid: number, data: string): Promise<boolean> {
  const command =
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)) ??
    (await run('ps', ['-o', 'command=', '-p', String(pid)]).then(
      (done) => done.stdout,
      () => '',
    ));
  return command.includes('postgres') && (command.includes(data) || command.includes(basename(dirname(data))));
}

/** In a session of its own: a Ctrl-C in the terminal must reach us alone, so that we stop before the database does. */
async function launch(cluster: Cluster, chosen: Settings): Promise<ChildProcess> {
  const socket = await socketFolder(cluster);
  const settings = { ...chosen, unix_socket_directories: socket };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const path = join(cluster.area, 'server.log');
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  const log = await open(path, size > 16 * 1024 * 1024 ? 'w' : 'a', 0o600);
  try {
    const child = spawn(join(cluster.bin, 'postgres'), ['-D', cluster.data, ...words], {
      ...cluster.user,
      cwd: '/',
      env: { LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.on('error', () => undefined);
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** A socket's path may have about 100 characters; a longer one lies in a folder whose name stays, for pools that reconnect. */
async function socketFolder(cluster: Cluster): Promise<string> {
  if (Buffer.byteLength(cluster.area) <= 80) return cluster.area;
  const folder = `/tmp/spread-pg-${createHash('sha256').update(cluster.area).digest('hex').slice(0, 20)}`;
  const owner = cluster.user?.uid ?? process.getuid?.();
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(folder);
  if (found.uid === process.getuid?.() && cluster.user !== null)
    await lchown(folder, cluster.user.uid, cluster.user.gid);
  else if (found.uid !== owner || !found.isDirectory()) {
    throw new StartFault(
      `The folder ${folder} belongs to somebody else; remove it or choose a DATA_DIR with a shorter path.`,
    );
  }
  return folder;
}

async function whenReady(cluster: Cluster, child: ChildProcess): Promise<Lease | null> {
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const running = await runningServer(cluster);
    const lease = running === null ? null : await tryJoin(cluster, running.socket);
    if (lease !== null) return lease;
    await pause(15);
  }
  return null;
}

/** Null while the server is starting or stopping. */
async function tryJoin(cluster: Cluster, socket: string): Promise<Lease | null> {
  if (socket === '') return null;
  const client = new pg.Client({
    connectionString: connection(cluster, socket, 'postgres', 'postgres'),
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Waits while the last one out is stopping the server; that ends in an error here.
    await client.query('select pg_advisory_lock_shared($1)', [leaseKey]);
    await makeDatabase(client, cluster.password);
    return { client, socket };
  } catch (error) {
    await close(client);
    if (error instanceof pg.DatabaseError && error.code === '28P01') {
      throw new StartFault(
        `The embedded database refuses the password in ${join(cluster.area, 'password')}; put back the file that belongs to it.`,
      );
    }
    return null;
  }
}

/** An owner without superuser rights, as on a real server. */
async function makeDatabase(client: pg.Client, password: string): Promise<void> {
  const found = await client.query<{ role: boolean; base: boolean }>(
    `select exists (select from pg_roles where rolname = 'spread') as role, exists (select from pg_database where datname = 'spread') as base`,
  );
  const row = found.rows[0];
  if (row === undefined || (row.role && row.base)) return;
  await client.query('select pg_advisory_lock($1)', [leaseKey + 1]);
  try {
    await client
      .query(`create role spread login createrole createdb password ${client.escapeLiteral(password)}`)
      .catch(unless('42710'));
    await client.query('create database spread owner spread').catch(unless('42P04'));
  } finally {
    await client.query('select pg_advisory_unlock($1)', [leaseKey + 1]);
  }
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof pg.DatabaseError) || error.code !== code) throw error;
  };
}

async function leave(cluster: Cluster, lease: Lease): Promise<void> {
  const { client } = lease;
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [leaseKey]);
    if (!(await isLast(client))) return;
    const running = await runningServer(cluster);
    if (running === null) return;
    process.kill(running.pid, 'SIGINT');
    while ((await runningServer(cluster)) !== null) await pause(15);
    if (lease.socket !== cluster.area) await rm(lease.socket, { recursive: true, force: true });
  } catch {
    // The server is gone already.
  } finally {
    await close(client);
  }
}

/** `end` may never settle once the server has closed the connection. */
async function close(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), pause(1000, undefined, { ref: false })]);
}

/** Whether nobody else holds a lease; the server needs a moment to notice that a process of ours died. */
async function isLast(client: pg.Client): Promise<boolean> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { rows } = await client.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [leaseKey]);
    if (rows[0]?.last === true) return true;
    await pause(30);
  }
  return false;
}

function connection(cluster: Cluster, socket: string, user: string, database: string): string {
  return `postgres://${user}:${encodeURIComponent(cluster.password)}@localhost/${database}?host=${encodeURIComponent(socket)}`;
}

async function lastFatal(cluster: Cluster): Promise<string> {
  const log = await readFile(join(cluster.area, 'server.log'), 'utf8').catch(() => '');
  const line = log.split('\n').findLast((text) => text.includes('FATAL') || text.includes('PANIC'));
  return line?.replace(/^.*?(FATAL|PANIC): */, '') ?? 'it said nothing';
}
