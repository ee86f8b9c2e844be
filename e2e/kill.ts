/** Kills a process of the running program in the middle of hundreds of calls, again and again, and looks for what was lost or doubled. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '#store/postgres.ts';
import { endProcesses, freshDataDir, startProcess, type TestProcess } from './harness.ts';

export interface KillReport {
  readonly durability: { readonly fsync: string; readonly synchronousCommit: string };
  readonly killed: Readonly<Record<Victim, number>>;
  /** Calls answered 200. */
  readonly acknowledged: number;
  /** Acknowledged orders that are not there. */
  readonly lost: number;
  /** Orders, journal rows or history rows that are there more than once, or that nobody sent. */
  readonly doubled: number;
  /** What was received and is still waiting, or could not be applied. */
  readonly waiting: number;
  readonly turnoverMinor: number;
  readonly expectedTurnoverMinor: number;
  /** Profiles whose "Commande" was accepted other than exactly once. */
  readonly wrongBases: number;
}

type Victim = 'web' | 'worker' | 'postgres backend' | 'postgres server';
const victims: readonly Victim[] = ['web', 'worker', 'postgres backend', 'postgres server'];

const inFlight = 300;
const keys = { public: 'kill-public', private: 'kill-private' };

/** `seed` fixes which process dies and after how many answers. */
export async function killRounds(rounds: number, seed: number): Promise<KillReport> {
  const random = sequence(seed);
  const dataDir = await freshDataDir();
  const postgres = await startPostgres(dataDir.path);
  const env = {
    DATA_DIR: dataDir.path,
    DEMO: 'off',
    ADMIN_PASSWORD: 'a password nobody uses here',
    SHOP_PUBLIC_KEY: keys.public,
    SHOP_PRIVATE_KEY: keys.private,
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
      await load(web.url, round, sent, acknowledged, after, () =>
        kill(victim, web, worker, postgres.url, dataDir.path),
      );
      killed[victim] += 1;
      if (victim === 'web') web = await startProcess(env, 'web');
      if (victim === 'worker') worker = await startProcess(env, 'worker');
      await ready(web.url);
    }
    const client = await connected(postgres.url);
    await drained(client);
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
      const status = await order(url, agent, key, amountMinor, number % 2 === 0).catch(() => 0);
      if (status === 200) acknowledged.add(key);
      if (++answers === after) strikes ??= strike();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  await strikes;
  agent.destroy();
}

/** One new order of one new person, by the shop's server or by its page. */
async function order(url: string, agent: Agent, key: string, amountMinor: number, byServer: boolean): Promise<number> {
  const amount = (amountMinor / 100).toFixed(2);
  const email = `p${key}@example.test`;
  const call = byServer
    ? request(`${url}/api/CreateOrder`, {
        agent,
        method: 'POST',
        auth: `${keys.public}:${keys.private}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    : request(`${url}/track?site=${keys.public}&action=order&idorder=${key}&email=${email}&amount=${amount}&state=20`, {
        agent,
      });
  call.end(
    byServer
      ? `data[customer_email]=${email}&data[order_idorder]=${key}&data[order_amount]=${amount}&data[order_state]=20`
      : undefined,
  );
  const [response] = await once(call, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

async function kill(
  victim: Victim,
  web: TestProcess,
  worker: TestProcess,
  url: string,
  dataDir: string,
): Promise<void> {
  if (victim === 'web') await web.end('SIGKILL');
  else if (victim === 'worker') await worker.end('SIGKILL');
  else process.kill(await postgresPid(victim, url, dataDir), 'SIGKILL');
}

/** The server itself, or one of the backends that take calls in or apply them. */
async function postgresPid(victim: Victim, url: string, dataDir: string): Promise<number> {
  if (victim === 'postgres server') {
    const [first] = (await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n');
    return Number(first);
  }
  const client = await connected(url);
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`,
  );
  await client.end();
  return rows[0]?.pid ?? postgresPid(victim, url, dataDir);
}

async function ready(url: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const status = await fetch(`${url}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the program was not ready again within a minute');
}

/** The server may still be recovering from the round before. */
async function connected(url: string): Promise<pg.Client> {
  const until = Date.now() + 60_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Waits for the applier to tell of its batches until nothing received is left. */
async function drained(client: pg.Client): Promise<void> {
  await client.query('listen applied');
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    const { rows } = await client.query('select exists (select from intake) as waiting');
    if (!rows[0].waiting) return;
    await Promise.race([once(client, 'notification'), new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
}

type Inspection = Omit<KillReport, 'killed'>;

async function inspect(
  client: pg.Client,
  sent: ReadonlyMap<string, number>,
  acknowledged: ReadonlySet<string>,
): Promise<Inspection> {
  const one = async (sql: string): Promise<Record<string, unknown>> => (await client.query(sql)).rows[0];
  const orders = (await client.query('select key, total_minor::int as minor from orders')).rows as {
    key: string;
    minor: number;
  }[];
  const there = new Set(orders.map(({ key }) => key));
  const strangers = orders.filter(({ key }) => !sent.has(key)).length;
  const { doubled } = await one(`
    select (select count(*) from (select key from orders group by key having count(*) > 1) o)
      + (select count(*) from (select order_id from order_state_history group by order_id having count(*) > 1) h)
      + (select count(*) from (select facts->0->'order'->>'key' from journal group by 1 having count(*) > 1) j)
      + (select abs(count(*) - (select count(*) from orders)) from journal)
      + (select abs(count(*) - (select count(*) from orders)) from order_state_history)
      + (select abs(count(*) - (select count(*) from orders)) from profile) as doubled`);
  const { waiting } = await one('select (select count(*) from intake) + (select count(*) from parked) as waiting');
  const { wrong } = await one(`
    select count(*) as wrong
    from profile p
    where 1 <> (select count(*) from basis_history b where b.profile_id = p.id and b.basis_id = 4 and b.to_status = 'accepted')`);
  const settings = await one(
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
  );
  return {
    durability: { fsync: String(settings.fsync), synchronousCommit: String(settings.commit) },
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((key) => !there.has(key)).length,
    doubled: Number(doubled) + strangers,
    waiting: Number(waiting),
    turnoverMinor: orders.reduce((sum, { minor }) => sum + minor, 0),
    expectedTurnoverMinor: orders.reduce((sum, { key }) => sum + (sent.get(key) ?? 0), 0),
    wrongBases: Number(wrong),
  };
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
