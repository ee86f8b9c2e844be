/** The running program, and ways to send it bytes that nobody sends in good faith. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { startPostgres } from '#store/postgres.ts';
import { endProcesses, freshDataDir, startProcess, type TestProcess, testSecretKey } from './harness.ts';

/** Stands in everything that could be about a person: no log line may hold it. */
export const marker = 'zq7marker';

const keys = { publicKey: 'hostile-public', privateKey: `${marker}-private` };
const password = `a password, ${marker}`;

/** `{site}`, `{basic}` and `{cookie}` stand for a real shop's public key, its pair of keys, and the session of who owns it. */
export interface HostileRequest {
  readonly bytes: string;
  /** False: the server may rightly wait for more of it. */
  readonly whole: boolean;
}

export interface Target {
  readonly program: TestProcess;
  readonly databaseUrl: string;
  readonly publicKey: string;
  /** Statuses of all answers; rejects when the connection does not come to its end. */
  send(request: HostileRequest): Promise<number[]>;
  /** Sends and hangs up at once. */
  hangUp(bytes: string): Promise<void>;
  open(): Promise<Socket>;
  /** Items committed since the start, as /metrics counts them. */
  recorded(): Promise<number>;
  rssMb(): Promise<number>;
  signIn(): Promise<void>;
  /** Lines logged since the last time that tell of a fault of ours, or of a person. */
  troubles(): string[];
  stop(): Promise<void>;
}

/** Longer than the server gives a request that does not end (60 s, looked at every 5 s). */
const endMs = 90_000;
/** A server silent for so long is waiting for more, and is told that there is none. */
const quietMs = 2_000;
const last = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

export async function openTarget(env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const server = await freshDataDir();
  const dataDir = await freshDataDir();
  const postgres = await startPostgres(server.path);
  const program = await startProcess({
    DATABASE_URL: postgres.url,
    DATA_DIR: dataDir.path,
    SECRET_KEY: testSecretKey,
    ADMIN_PASSWORD: password,
    SHOP_PUBLIC_KEY: keys.publicKey,
    SHOP_PRIVATE_KEY: keys.privateKey,
    LOG_LEVEL: 'debug',
    ...env,
  });
  const port = Number(new URL(program.url).port);
  const basic = Buffer.from(`${keys.publicKey}:${keys.privateKey}`).toString('base64');
  let cookie = 'none=1';
  let told = 0;
  const filled = (bytes: string): string =>
    bytes.replaceAll('{site}', keys.publicKey).replaceAll('{basic}', basic).replaceAll('{cookie}', cookie);
  return {
    program,
    databaseUrl: postgres.url,
    publicKey: keys.publicKey,
    send: ({ bytes, whole }) => send(port, filled(bytes), whole),
    hangUp: async (bytes) => {
      const socket = await opened(port);
      await new Promise((resolve) => socket.write(filled(bytes), 'latin1', resolve));
      socket.resetAndDestroy();
    },
    open: () => opened(port),
    recorded: async () => {
      const text = await (await fetch(`${program.url}/metrics`)).text();
      const counts = text.matchAll(/spread_intake_appended_total\{[^}]*\} (\d+)/g);
      return [...counts].reduce((sum, [, n]) => sum + Number(n), 0);
    },
    rssMb: async () => {
      const status = await readFile(`/proc/${program.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    signIn: async () => {
      const answer = await fetch(`${program.url}/api/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'admin@localhost', password }),
      });
      if (!answer.ok) throw new Error(`signing in was answered ${answer.status}`);
      cookie = answer.headers
        .getSetCookie()
        .map((one) => one.split(';', 1)[0])
        .join('; ');
    },
    troubles: () => {
      const lines = `${program.output.stdout}${program.output.stderr}`.split('\n').slice(told, -1);
      told += lines.length;
      return lines.filter((line) => line.includes(marker) || /http\.fault|"level":[56]0/.test(line));
    },
    stop: async () => {
      await program.end('SIGTERM');
      await endProcesses();
      await postgres.stop();
      await dataDir.remove();
      await server.remove();
    },
  };
}

async function opened(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  // A server that has said no closes while we still write.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** A whole request is followed by one that asks to close. What is not whole is half-closed when the server has fallen silent. */
async function send(port: number, bytes: string, whole: boolean): Promise<number[]> {
  const socket = await opened(port);
  let text = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end after ${endMs} ms: ${bytes.slice(0, 300)}`));
    }, endMs);
    const quiet = whole ? undefined : setTimeout(() => socket.end(), quietMs);
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      quiet?.refresh();
    });
    socket.on('close', () => {
      clearTimeout(late);
      clearTimeout(quiet);
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
      resolve(statuses.filter((status) => status >= 200));
    });
    socket.write(bytes + last, 'latin1');
  });
}

/** All of them, so many at once; what went wrong, with the bytes that did it. */
export async function sendAll(target: Target, requests: readonly HostileRequest[], atOnce = 40): Promise<string[]> {
  const faults: string[] = [];
  const waiting = requests.values();
  const caller = async (): Promise<void> => {
    for (const request of waiting) {
      const say = (what: string): number => faults.push(`${what}: ${JSON.stringify(request.bytes.slice(0, 1_000))}`);
      const statuses = await target.send(request).catch((error: Error) => void say(error.message));
      if (statuses?.some((status) => status >= 500)) say(statuses.join(', '));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return faults;
}
