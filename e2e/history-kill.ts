/** The history of a store, read over HTTP by the real program, which is killed in the middle; and what stands at the end. */
import pg from 'pg';
import { maintenancePage, sendJson } from '../src/outbound/testing/fake-stores.ts';
import { type Behaviour, Receiver } from '../src/outbound/testing/receiver.ts';
import { type TestDatabase, testDatabase } from '../src/store/test-database.ts';
import { startProcess, type TestProcess, testSecretKey } from './harness.ts';
import type { StoreWithHistory } from './history-stores.ts';

const team = { email: 'camille@team.example', password: 'correct horse battery' };

export interface ReadHistory {
  readonly killed: number;
  readonly orders: number;
  /** Keys that more than one order has. */
  readonly twice: number;
  readonly minor: number;
  /** As the import's screen shows it. */
  readonly shown: {
    readonly state: string;
    readonly lines: number;
    readonly counts: { created: number; updated: number; unchanged: number; refused: number };
  };
  /** Rows of the report whose result is "refused". */
  readonly refusedRows: number;
  readonly limited: number;
}

export interface KillPlan {
  /** `middle`: once, while a question of the middle waits for its answer; else so often, evenly over what is read. */
  readonly kills: 'middle' | number;
  /** Every so many questions the store asks for a pause of a second. */
  readonly limitEach: number;
  /** Questions, by their number, that a page of maintenance answers. */
  readonly maintenanceAt: readonly number[];
}

export async function historyUnderKill(store: StoreWithHistory, plan: KillPlan): Promise<ReadHistory> {
  const base = await testDatabase();
  const owner = new pg.Client({ connectionString: base.ownerUrl });
  await owner.connect();
  const receiver = await Receiver.open(store.behave);
  let program = await start(base);
  try {
    const connection = await connect(program, receiver, store);
    const trouble = troubled(store, plan);
    receiver.behave = trouble.behave;
    await call(program, `/connections/${connection}/history`, {});
    let killed = 0;
    if (plan.kills === 'middle') {
      await trouble.held;
      await program.end('SIGKILL');
      killed += 1;
      program = await start(base);
    }
    while (typeof plan.kills === 'number' && killed < plan.kills) {
      const kills = plan.kills;
      await until(
        owner,
        (row) => row.objects >= (store.objects * (killed + 1)) / (kills + 1) || row.state !== 'running',
      );
      const { state } = await look(owner);
      if (state !== 'running') break;
      await program.end('SIGKILL');
      killed += 1;
      program = await start(base);
    }
    await until(owner, ({ report }) => report !== 'running');
    const [importId] = (await look(owner)).ids;
    const page = await call(program, `/imports/${importId}`, null);
    const csv = await (await call(program, `/imports/${importId}/report.csv?lang=en`, null)).text();
    const { rows } = await owner.query(
      `select count(*)::int as orders, (count(*) - count(distinct key))::int as twice, sum(total_minor)::float8 as minor from orders`,
    );
    return {
      killed,
      ...rows[0],
      shown: (await page.json()) as ReadHistory['shown'],
      refusedRows: csv.split('\n').filter((line) => /^"?\d+"?,"?refused/i.test(line)).length,
      limited: trouble.limited(),
    };
  } finally {
    await program.end('SIGKILL');
    await receiver.close();
    await owner.end();
    await base.close();
  }
}

interface Trouble {
  readonly behave: Behaviour;
  /** Resolves when the question of the middle came; it is never answered, the next of its kind is. */
  readonly held: Promise<void>;
  limited(): number;
}

function troubled({ behave, middle }: StoreWithHistory, { kills, limitEach, maintenanceAt }: KillPlan): Trouble {
  let asked = 0;
  let limited = 0;
  let holds = kills === 'middle';
  let hold = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    hold = resolve;
  });
  return {
    held,
    limited: () => limited,
    behave(request, response) {
      if (holds && middle.test(request.path)) {
        holds = false;
        hold();
        return;
      }
      asked += 1;
      if (maintenanceAt.includes(asked)) return maintenancePage(request, response);
      if (asked % limitEach !== 0) return behave(request, response);
      limited += 1;
      return sendJson(response, 429, { code: 'too_many' }, { 'retry-after': '1' });
    },
  };
}

function start(base: TestDatabase): Promise<TestProcess> {
  return startProcess({
    DATABASE_URL: base.ownerUrl,
    SECRET_KEY: testSecretKey,
    LOG_LEVEL: 'error',
    OUTBOUND_ALLOW: '127.0.0.1',
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: team.email,
    ADMIN_PASSWORD: team.password,
  });
}

async function connect(program: TestProcess, receiver: Receiver, store: StoreWithHistory): Promise<number> {
  const { platform, secret, credentials } = store;
  const made = await call(program, '/connections', {
    platform,
    name: platform,
    ...(secret === null ? {} : { secret }),
  });
  const { id } = (await made.json()) as { id: number };
  const checked = await call(program, `/connections/${id}/api`, { address: receiver.url, credentials });
  const { ok, missing } = (await checked.json()) as { ok: boolean; missing: string[] };
  if (!ok) throw new Error(`the store was not connected: ${missing.join(' ')}`);
  return id;
}

/** `body` null: a GET. */
async function call(program: TestProcess, path: string, body: object | null): Promise<Response> {
  const signedIn = await fetch(`${program.url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(team),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const answer = await fetch(`${program.url}/api/shops/1${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { cookie, ...(body === null ? {} : { 'content-type': 'application/json' }) },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}

interface Look {
  readonly objects: number;
  readonly state: string;
  readonly report: string;
  readonly ids: readonly string[];
}

async function look(owner: pg.Client): Promise<Look> {
  const { rows } = await owner.query(
    `select p.objects::int as objects, p.state, i.state as report, array[i.id::text] as ids
     from pull p join import i on i.shop_id = p.shop_id and i.id = p.import_id where p.kind = 'history'`,
  );
  return rows[0];
}

async function until(owner: pg.Client, reached: (row: Look) => boolean): Promise<void> {
  while (!reached(await look(owner))) await new Promise((resolve) => setTimeout(resolve, 20));
}
