/** A file imported by a program that is killed in the middle, again and again, and what stands at the end beside a run left alone. */
import pg from 'pg';
import { largestPiece } from '../src/contract/lists.ts';
import { type TestDatabase, testDatabase } from '../src/store/test-database.ts';
import { startProcess, type TestProcess, testSecretKey } from './harness.ts';

const team = { email: 'camille@team.example', password: 'correct horse battery' };

export interface KilledImport {
  readonly killed: number;
  /** Rows of each table, as text without ids and times of arrival, one after the other. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Lines by how they ended, of the first run and of the same file again. */
  readonly counts: readonly string[];
  readonly again: readonly string[];
}

/** Orders of clients who come back, some lines broken, some twice. */
export function orderFile(lines: number): Buffer {
  const rows = ['Référence;E-mail;Nom;Total TTC;Statut;Date de commande'];
  for (let n = 0; n < lines; n++) {
    const client = n % Math.ceil(lines / 3);
    const total = n % 97 === 0 ? 'gratuit' : `${10 + (n % 90)},${String(n % 100).padStart(2, '0')}`;
    const day = String(1 + (n % 28)).padStart(2, '0');
    const row = `K${n};k${client}@example.test;Nom${client};${total};Payée;${day}/03/2025`;
    // a line twice says nothing twice
    rows.push(n % 101 === 100 ? (rows.at(-1) ?? row) : row);
  }
  return Buffer.from(`${rows.join('\n')}\n`);
}

export async function importUnderKills(file: Buffer, lines: number, kills: number): Promise<KilledImport> {
  const base = await testDatabase();
  const owner = new pg.Client({ connectionString: base.ownerUrl });
  await owner.connect();
  let program = await start(base);
  try {
    session = await signIn(program);
    const id = await upload(program, file);
    await act(program, `/${id}/run`);
    let killed = 0;
    while (killed < kills) {
      const stops = (lines * (killed + 1)) / (kills + 1);
      const reached = await until(owner, id, (row) => row.lines >= stops || row.state === 'done');
      if (reached.state === 'done') break;
      await program.end('SIGKILL');
      killed += 1;
      program = await start(base);
    }
    await until(owner, id, ({ state }) => state === 'done' || state === 'failed');
    const counts = await countsOf(owner, id);
    const tables = await tablesOf(owner);
    const second = await upload(program, file);
    await act(program, `/${second}/run`);
    await until(owner, second, ({ state }) => state === 'done' || state === 'failed');
    return { killed, tables, counts, again: await countsOf(owner, second) };
  } finally {
    await program.end('SIGKILL');
    await owner.end();
    await base.close();
  }
}

function start(base: TestDatabase): Promise<TestProcess> {
  return startProcess({
    DATABASE_URL: base.ownerUrl,
    SECRET_KEY: testSecretKey,
    LOG_LEVEL: 'error',
    SHOP_PUBLIC_KEY: '333abc',
    SHOP_PRIVATE_KEY: 'private-of-the-test',
    ADMIN_EMAIL: team.email,
    ADMIN_PASSWORD: team.password,
  });
}

/** Once for a database: sessions outlive a killed program, and who signs in at each call meets a limit. */
let session = '';

async function signIn(program: TestProcess): Promise<string> {
  const signedIn = await fetch(`${program.url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(team),
  });
  if (!signedIn.ok) throw new Error(`the sign-in answered ${signedIn.status}`);
  return signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

async function call(program: TestProcess, path: string, body: object | Uint8Array<ArrayBuffer>): Promise<Response> {
  const bytes = body instanceof Uint8Array;
  const answer = await fetch(`${program.url}/api/shops/1/imports${path}`, {
    method: 'POST',
    headers: { cookie: session, 'content-type': bytes ? 'application/octet-stream' : 'application/json' },
    body: bytes ? body : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}

async function upload(program: TestProcess, file: Buffer): Promise<string> {
  const made = await call(program, '', { kind: 'orders', fileName: 'commandes.csv', size: file.length });
  const { id }: { id: string } = await made.json();
  for (let at = 0; at < file.length; at += largestPiece)
    await call(program, `/${id}/bytes?at=${at}`, new Uint8Array(file.subarray(at, at + largestPiece)));
  await call(program, `/${id}/read`, { encoding: null, separator: null });
  return id;
}

/** Once the import is where it can be done. */
async function act(program: TestProcess, path: string): Promise<void> {
  for (;;) {
    const done = await call(program, path, {}).catch((error: Error) => error);
    if (!(done instanceof Error)) return;
    if (!/ 40[09]:/.test(done.message)) throw done;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function until(
  owner: pg.Client,
  id: string,
  reached: (row: { lines: number; state: string }) => boolean,
): Promise<{ lines: number; state: string }> {
  for (;;) {
    const { rows } = await owner.query('select lines::int, state from import where id = $1::uuid', [id]);
    if (reached(rows[0])) return rows[0];
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function countsOf(owner: pg.Client, id: string): Promise<string[]> {
  const { rows } = await owner.query<{ line: string }>(
    `select concat_ws(' ', result, nullif(reason, ''), n) as line from import_count where import_id = $1::uuid order by 1`,
    [id],
  );
  return rows.map(({ line }) => line);
}

/** Everything an import writes, under names that do not depend on what came when. */
const pictures: Readonly<Record<string, string>> = {
  orders: `select concat_ws('|', o.key, p.email, o.total_minor, o.net_minor, o.currency, o.payment, o.fulfilment, o.cancelled, o.validated, o.day)
    from orders o left join profile p on p.shop_id = o.shop_id and p.id = o.profile_id`,
  profiles: `select concat_ws('|', email, email_norm, name, firstname, zip) from profile`,
  states: `select concat_ws('|', o.key, h.payment, h.fulfilment, h.cancelled, count(*))
    from order_state_history h join orders o on o.shop_id = h.shop_id and o.id = h.order_id group by o.key, h.payment, h.fulfilment, h.cancelled`,
  days: `select concat_ws('|', case when what = 'order' then day end, what, key, sum(n), sum(minor)) from day_count
    where what in ('order', 'profile', 'received', 'refused') group by case when what = 'order' then day end, what, key having sum(n) <> 0`,
  bases: `select concat_ws('|', basis_id, status, n) from basis_count where n <> 0`,
  journal: `select concat_ws('|', outcome, array_to_string(reasons, ' '), count(*)) from journal
    where not 'delivery.repeated' = any (reasons) group by outcome, reasons`,
  lines: `select concat_ws('|', line, result, array_to_string(reasons, ' ')) from import_line`,
};

async function tablesOf(owner: pg.Client): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, text] of Object.entries(pictures)) {
    const { rows } = await owner.query({ text: `${text} order by 1`, rowMode: 'array' });
    found[name] = rows.map(([line]) => String(line));
  }
  return found;
}
