/** Kills a process of the running program in the middle of hundreds of calls, again and again, and looks for what was lost or doubled. */
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { startPostgres } from '#store/postgres.ts';
import { endProcesses, freshDataDir, startProcess, type TestProcess } from './harness.ts';
import { connected, drained, inspect, order, ready, type ShopKeys, type TruthReport } from './order-truth.ts';

export interface KillReport extends TruthReport {
  readonly killed: Readonly<Record<Victim, number>>;
}

type Victim = 'web' | 'worker' | 'postgres backend' | 'postgres server';
const victims: readonly Victim[] = ['web', 'worker', 'postgres backend', 'postgres server'];

const inFlight = 300;
const keys: ShopKeys = { publicKey: 'kill-public', privateKey: 'kill-private' };

/** `seed` fixes which process dies and after how many answers. */
export async function killRounds(rounds: number, seed: number): Promise<KillReport> {
  const random = sequence(seed);
  const dataDir = await freshDataDir();
  const postgres = await startPostgres(dataDir.path);
  const env = {
    DATA_DIR: dataDir.path,
    DEMO: 'off',
    ADMIN_PASSWORD: 'a password nobody uses here',
    SHOP_PUBLIC_KEY: keys.publicKey,
    SHOP_PRIVATE_KEY: keys.privateKey,
    LOG_LEVEL: 'silent',
  };
  try {
    const killed = { web: 0, worker: 0, 'postgres backend': 0, 'postgres server': 0 };
    const sent = new Map<string, number>();
    const acknowledged = new Set<string>();
    let web = await startProcess(env, 'web');
    let worker = await startProcess(env, 'worker');
    for (let round = 0; round < rounds; round++) {
      const victim = victims[Math.floor(random() * victims.length)] ?? 'web';
      const after = 100 + Math.floor(random() * 1500);
      await load(web.url, round, sent, acknowledged, after, () => kill(victim, web, worker, postgres.url));
      killed[victim] += 1;
      if (victim === 'web') web = await startProcess(env, 'web');
      if (victim === 'worker') worker = await startProcess(env, 'worker');
      await ready(web.url);
      // ready without its database too: the next round needs both
      await (await connected(postgres.url)).end();
    }
    const client = await connected(postgres.url);
    await drained(client, [web.url]);
    const report = await inspect(client, sent, acknowledged);
    await client.end();
    return { ...report, killed };
  } finally {
    await endProcesses();
    await postgres.stop();
    await dataDir.remove();
  }
}

/** Keeps `inFlight` calls open until `after` were answered, kills, and lets every open call end as it may. */
async function load(
  url: string,
  round: number,
  sent: Map<string, number>,
  acknowledged: Set<string>,
  after: number,
  strike: () => Promise<void>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  let answers = 0;
  let number = 0;
  let strikes: Promise<void> | null = null;
  const caller = async (): Promise<void> => {
    while (strikes === null) {
      const key = `${round}-${++number}`;
      const amountMinor = (number * 7919) % 100_000;
      sent.set(key, amountMinor);
      const status = await order(url, agent, keys, key, amountMinor, number % 2 === 0).catch(() => 0);
      if (status === 200) acknowledged.add(key);
      if (++answers === after) strikes ??= strike();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  await strikes;
  agent.destroy();
}

async function kill(victim: Victim, web: TestProcess, worker: TestProcess, url: string): Promise<void> {
  if (victim === 'web') await web.end('SIGKILL');
  else if (victim === 'worker') await worker.end('SIGKILL');
  else process.kill(await postgresPid(victim, url), 'SIGKILL');
}

/** The server itself, or one of the backends that take calls in or apply them. */
async function postgresPid(victim: Victim, url: string): Promise<number> {
  const client = await connected(url);
  if (victim === 'postgres server') {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const stat = await readFile(`/proc/${rows[0]?.pid}/stat`, 'utf8');
    await client.end();
    // the parent of a backend; its lock file comes and goes with each start
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`,
  );
  await client.end();
  return rows[0]?.pid ?? postgresPid(victim, url);
}

/** Repeatable numbers from 0 to 1 (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
