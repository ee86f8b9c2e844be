/** Orders sent to a running program, and what became of them: every acknowledged one once, none that nobody sent. */
import { once } from 'node:events';
import { type Agent, request } from 'node:http';
import pg from 'pg';

export interface ShopKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface TruthReport {
  readonly durability: { readonly fsync: string; readonly synchronousCommit: string };
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

/** One new order of one new person, by the shop's server or by its page. */
export async function order(
  url: string,
  agent: Agent,
  keys: ShopKeys,
  key: string,
  amountMinor: number,
  byServer: boolean,
): Promise<number> {
  const amount = (amountMinor / 100).toFixed(2);
  const email = `p${key}@example.test`;
  const call = byServer
    ? request(`${url}/api/CreateOrder`, {
        agent,
        method: 'POST',
        auth: `${keys.publicKey}:${keys.privateKey}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    : request(
        `${url}/track?site=${keys.publicKey}&action=order&idorder=${key}&email=${email}&amount=${amount}&state=20`,
        {
          agent,
        },
      );
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

/** Waits until the program takes calls. */
export async function ready(url: string): Promise<void> {
  const until = Date.now() + 120_000;
  let said = '';
  while (Date.now() < until) {
    const [status, text] = await fetch(`${url}/readyz`).then(
      async (answer) => [answer.status, await answer.text()] as const,
      (error: unknown) => [0, String(error)] as const,
    );
    if (status === 200) return;
    said = `${status} ${text}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the program was not ready again within two minutes: ${said}`);
}

/** The server may still be recovering from the round before. */
export async function connected(url: string): Promise<pg.Client> {
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

/** Waits until no web process has anything on its disk and the applier has told of its batches until nothing received is left. */
export async function drained(client: pg.Client, urls: readonly string[]): Promise<void> {
  await client.query('listen applied');
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    const spooled = await Promise.all(urls.map(spooledCalls));
    const { rows } = await client.query('select exists (select from intake) as waiting');
    if (spooled.every((calls) => calls === 0) && !rows[0].waiting) return;
    await Promise.race([once(client, 'notification'), new Promise((resolve) => setTimeout(resolve, 250))]);
  }
}

/** As `/readyz` tells. */
export async function spooledCalls(url: string): Promise<number> {
  const answer: { spooled?: { calls: number } } = await (await fetch(`${url}/readyz`)).json();
  return answer.spooled?.calls ?? 0;
}

export async function inspect(
  client: pg.Client,
  sent: ReadonlyMap<string, number>,
  acknowledged: ReadonlySet<string>,
): Promise<TruthReport> {
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
    from profile p left join (
      select profile_id, count(*) as times from basis_history where basis_id = 4 and to_status = 'accepted' group by 1
    ) b on b.profile_id = p.id
    where b.times is distinct from 1`);
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
