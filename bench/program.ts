/** The product itself, as `npm start` runs it, in processes of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpuOf } from './cpu.ts';

const root = join(import.meta.dirname, '..');

export const benchKeys = { publicKey: 'bench-public', privateKey: 'bench-private-key' } as const;
const admin = { email: 'bench@localhost', password: 'a password of benchmarks' } as const;

export interface BenchProgram {
  readonly port: number;
  readonly pid: number;
  /** Microseconds it has used so far. */
  cpu(): number;
  /** Cookie of a signed-in member of the team. */
  signIn(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the program over a data folder; resolves when it has greeted. Rejects with its words when it ends instead. */
export async function startProgramOver(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchProgram> {
  const start = await startWords();
  const child = spawn(process.execPath, start.words, {
    cwd: root,
    env: {
      ...start.env,
      PATH: '/usr/local/bin:/usr/bin:/bin',
      ...{ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, DEMO: 'off', LOG_LEVEL: 'error' },
      ...{ SHOP_PUBLIC_KEY: benchKeys.publicKey, SHOP_PRIVATE_KEY: benchKeys.privateKey },
      ...{ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password },
      ...(process.env.BENCH_NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const port = Number(await greeting(child, /localhost:(\d+)/));
  return {
    port,
    pid: child.pid ?? 0,
    cpu: () => cpuOf(child.pid ?? 0),
    signIn: () => signIn(port),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** What `npm start` gives to node. */
async function startWords(): Promise<{ env: Readonly<Record<string, string>>; words: readonly string[] }> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const [, settings, words] = /^((?:\w+=\w+ )*)exec node (.+)$/.exec(scripts.start) ?? [];
  if (settings === undefined || words === undefined) throw new Error(`npm start does something else: ${scripts.start}`);
  const env = Object.fromEntries(settings.split(' ').flatMap((one) => (one === '' ? [] : [one.split('=')])));
  return { env, words: words.split(' ') };
}

/** The first thing the process says that matches. What it writes to stderr is passed on. */
export function greeting(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk) => process.stderr.write(chunk));
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      const found = pattern.exec(said);
      if (found !== null) resolve(found[1] ?? found[0]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the program ended with code ${code}`)));
  });
}

async function signIn(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(admin),
  });
  if (!answer.ok) throw new Error(`sign-in answered ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}
