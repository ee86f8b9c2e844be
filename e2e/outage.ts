/** Stops the database for real under load, kills a web process in the middle of it, and looks for what was lost or doubled. */
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres } from '#store/postgres.ts';
import { endProcesses, freshDataDir, startProcess, testSecretKey } from './harness.ts';
import {
  connected,
  drained,
  inspect,
  order,
  ready,
  type ShopKeys,
  spooledCalls,
  type TruthReport,
} from './order-truth.ts';

export interface OutageReport extends TruthReport {
  /** Calls answered 200 while the database was stopped. */
  readonly acknowledgedWhileAway: number;
  /** Answers other than 200 and 503; a connection cut by the kill counts as none. */
  readonly otherAnswers: readonly number[];
  /** Calls that waited on the disk just before the database came back, of the web process that lived on. */
  readonly spooled: number;
  /** What /readyz said while the database was stopped. */
  readonly readyWhileAway: unknown;
}

export interface OutageOptions {
  readonly callers: number;
  /** Between two calls of a caller. */
  readonly pauseMs: number;
  /** How long the database is away at least, and how many calls must have been taken meanwhile. */
  readonly seconds: number;
  readonly calls: number;
}

const keys: ShopKeys = { publicKey: 'outage-public', privateKey: 'outage-private' };

export async function outage(options: OutageOptions): Promise<OutageReport> {
  const server = await freshDataDir();
  const dataDir = await freshDataDir();
  let postgres = await startPostgres(server.path);
  const env = {
    DATABASE_URL: postgres.url,
    DATA_DIR: join(dataDir.path, 'of two web processes'),
    SECRET_KEY: testSecretKey,
    DEMO: 'off',
    ADMIN_PASSWORD: 'a password nobody uses here',
    SHOP_PUBLIC_KEY: keys.publicKey,
    SHOP_PRIVATE_KEY: keys.privateKey,
    LOG_LEVEL: 'silent',
  };
  try {
    const first = await startProcess(env, 'web');
    const second = await startProcess(env, 'web');
    await startProcess(env, 'worker');
    const load = startLoad([first.url, second.url], options);
    await load.answered(300);
    await postgres.stop();
    const before = load.acknowledged.size;
    const readyWhileAway = await (await fetch(`${second.url}/readyz`)).json();
    await load.answered(options.calls / 2);
    await first.end('SIGKILL');
    load.leave(first.url);
    await Promise.all([load.answered(options.calls / 2), pause(options.seconds * 1000)]);
    const spooled = await spooledCalls(second.url);
    const acknowledgedWhileAway = load.acknowledged.size - before;
    postgres = await startPostgres(server.path);
    await load.answered(300);
    const third = await startProcess(env, 'web');
    load.join(third.url);
    await load.answered(300);
    await load.end();
    await ready(third.url);
    const client = await connected(postgres.url);
    await drained(client, [second.url, third.url]);
    const report = await inspect(client, load.sent, load.acknowledged);
    await client.end();
    return { ...report, acknowledgedWhileAway, otherAnswers: [...load.otherAnswers], spooled, readyWhileAway };
  } finally {
    await endProcesses();
    await postgres.stop();
    await dataDir.remove();
    await server.remove();
  }
}

function startLoad(start: readonly string[], { callers, pauseMs }: OutageOptions) {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const sent = new Map<string, number>();
  const acknowledged = new Set<string>();
  const otherAnswers = new Set<number>();
  let urls = start;
  let number = 0;
  let ended = false;
  let waiting: { after: number; done: () => void }[] = [];
  const caller = async (): Promise<void> => {
    while (!ended) {
      const n = ++number;
      const amountMinor = (n * 7919) % 100_000;
      const key = `o-${n}`;
      sent.set(key, amountMinor);
      const status = await order(urls[n % urls.length] ?? '', agent, keys, key, amountMinor, n % 4 < 2).catch(() => 0);
      if (status === 200) acknowledged.add(key);
      else if (status !== 503 && status !== 0) otherAnswers.add(status);
      for (const one of waiting) if (acknowledged.size >= one.after) one.done();
      waiting = waiting.filter((one) => acknowledged.size < one.after);
      await pause(status === 200 ? pauseMs : 50);
    }
  };
  const running = Promise.all(Array.from({ length: callers }, caller));
  return {
    sent,
    acknowledged,
    otherAnswers,
    /** Resolves when so many more calls were answered 200. */
    answered: (more: number) => new Promise<void>((done) => waiting.push({ after: acknowledged.size + more, done })),
    leave: (url: string) => {
      urls = urls.filter((one) => one !== url);
    },
    join: (url: string) => {
      urls = [...urls, url];
    },
    end: async () => {
      ended = true;
      await running;
      agent.destroy();
    },
  };
}
