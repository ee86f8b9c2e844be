/** Starts the complete program: inside the test on a test database, or as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { readConfig } from '../src/config.ts';
import { openLog } from '../src/log.ts';
import { startProgram } from '../src/program.ts';

const root = join(import.meta.dirname, '..');

export interface TestProgram {
  readonly url: string;
  readonly signInLink: string | null;
  readonly base: TestDatabase;
  stop(): Promise<void>;
}

export const testSecretKey = 'a secret key for tests, and for tests only';

/** Everything in this process, on a free port and a database of its own. `env` as in .env.example. */
export async function startTestProgram(
  env: Readonly<Record<string, string>> = {},
  now: () => number = Date.now,
): Promise<TestProgram> {
  const base = await testDatabase();
  const config = readConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: base.ownerUrl,
    SECRET_KEY: testSecretKey,
    ...env,
  });
  const log = openLog(env.LOG_LEVEL ?? 'silent');
  const web = await startProgram(config, log, 'web', now);
  const worker = await startProgram(config, log, 'worker', now);
  return {
    url: web.url ?? '',
    signInLink: web.signInLink,
    base,
    async stop() {
      await web.stop();
      await worker.stop();
      await base.close();
    },
  };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestProcess {
  /** From its greeting; empty for a worker. */
  readonly url: string;
  readonly pid: number;
  readonly output: Ended;
  /** Resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

const started: { end(signal: NodeJS.Signals): Promise<Ended> }[] = [];

/** `node src/main.ts <command>` with these variables only; resolves when it has greeted. */
export async function startProcess(env: Readonly<Record<string, string>>, command = 'all'): Promise<TestProcess> {
  const { child, output } = launch(env, [command]);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let asked = false;
  const end = async (signal: NodeJS.Signals): Promise<Ended> => {
    // A second polite signal would mean "at once".
    if (!asked || signal === 'SIGKILL') child.kill(signal);
    asked = true;
    await gone;
    output.code = child.exitCode;
    return output;
  };
  started.push({ end });
  // a greeting may come in pieces: its last line ends it
  const greeted = command === 'worker' ? /is running\./ : /Back office +\S+\n/;
  for await (const _ of child.stdout) if (greeted.test(output.stdout)) break;
  if (!greeted.test(output.stdout)) {
    await gone;
    throw new Error(`the program ended (${child.exitCode ?? child.signalCode}): ${output.stdout}${output.stderr}`);
  }
  const url = /Back office +(\S+)\//.exec(output.stdout)?.[1] ?? '';
  return { url, pid: child.pid ?? 0, output, end };
}

/** Runs the program until it ends by itself. */
export async function runProcess(env: Readonly<Record<string, string>>, ...words: string[]): Promise<Ended> {
  return runInterruptible(env, ...words).ended;
}

/** A command that runs, to be ended by itself or by a signal. */
export function runInterruptible(
  env: Readonly<Record<string, string>>,
  ...words: string[]
): { signal(name: NodeJS.Signals): void; readonly ended: Promise<Ended> } {
  const { child, output } = launch(env, words);
  const ended = once(child, 'close').then(([code]) => {
    output.code = code;
    return output;
  });
  return { signal: (name) => void child.kill(name), ended };
}

/** Kills what a failed test left running. */
export async function endProcesses(): Promise<void> {
  for (const { end } of started.splice(0)) await end('SIGKILL');
}

function launch(env: Readonly<Record<string, string>>, words: readonly string[]) {
  const child = spawn(process.execPath, ['src/main.ts', ...words], {
    cwd: root,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { code: null as number | null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  return { child, output };
}

/** A port nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A folder for DATA_DIR that the database's own user can reach, and its removal. */
export async function freshDataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'spread-e2e-'));
  await chmod(folder, 0o755);
  const path = join(folder, 'data');
  return {
    path,
    async remove() {
      const area = await realpath(join(path, 'postgres')).catch(() => null);
      if (area !== null) await rm(area, { recursive: true, force: true, maxRetries: 5 });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
