/** Fills a database with a million people and what twenty million calls left of them; goes on where a run before it was cut short. */
import type pg from 'pg';
import { type ShopId, shopId } from '#domain/ids.ts';
import { defaultSettings } from '#domain/settings.ts';
import { openClient, openPool } from '#store/db.ts';
import { ensureJournalDays } from '#store/journal-day.ts';
import { migrate } from '#store/migrate.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { say } from '../figures.ts';
import { benchKeys } from '../program.ts';
import { countFills } from './fill-counts.ts';
import { fillFunctions } from './fill-functions.ts';
import { slicedFills } from './fill-slices.ts';
import { journalDays, largeShop, type Size, shopCount } from './size.ts';

export const scaleKeys = deriveKeys('a bench needs no secret');
/** Whose screens are opened. */
export const scaleUser = 'bench-user';

const sliceRows = 500_000;
/** Of the first shop's sign-up basis: the expiry row moves its clock so that as many are due as it needs. */
const expiryDays = 400;
export const expiringBasis = 5;

interface Step {
  readonly name: string;
  /** In one transaction with its mark, unless `alone`. */
  readonly alone?: boolean;
  run(client: pg.Client): Promise<unknown>;
}

/** Resolves when the database holds everything; a filled one is brought to the present schema, and nothing else. */
export async function fill(url: string, size: Size): Promise<void> {
  const { applied } = await migrate(url);
  const clients = await Promise.all([connect(url), connect(url)]);
  const [client] = clients;
  try {
    await client.query('create schema if not exists bench');
    await client.query(
      'create table if not exists bench.done (step text primary key, at timestamptz not null default now())',
    );
    // a migration may have written a table anew
    if (applied.length > 0) await client.query(`delete from bench.done where step ~ '^(settle|analyze)'`);
    const { rows } = await client.query<{ step: string }>('select step from bench.done');
    const done = new Set(rows.map(({ step }) => step));
    const left = (steps: readonly Step[]): Step[] => steps.filter(({ name }) => !done.has(name));
    const { before, tables, after } = stepsOf(url, size);
    const count = [before, ...tables, after].flatMap(left).length;
    if (count > 0) say(`  filling: ${count} steps to go (an interrupted fill goes on where it was)`);
    for (const step of left(before)) await take(client, step);
    // a core for each
    const queue = tables.map(left).filter((steps) => steps.length > 0);
    await Promise.all(
      clients.map(async (one) => {
        for (let steps = queue.shift(); steps !== undefined; steps = queue.shift()) {
          say(`  ${steps[0]?.name ?? ''} …`);
          for (const step of steps) await take(one, step);
        }
      }),
    );
    for (const step of left(after)) await take(client, step);
  } finally {
    await Promise.all(clients.map((one) => one.end()));
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = openClient(url);
  await client.connect();
  await client.query("set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '256MB'");
  return client;
}

async function take(client: pg.Client, { name, alone, run }: Step): Promise<void> {
  const mark = () => client.query('insert into bench.done (step) values ($1)', [name]);
  if (alone) {
    await run(client);
    await mark();
    return;
  }
  await client.query('begin');
  try {
    await run(client);
    await mark();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** `tables`: the steps of each table, which wait for those of no other. */
function stepsOf(
  url: string,
  size: Size,
): { readonly before: Step[]; readonly tables: readonly Step[][]; readonly after: Step[] } {
  const fills = slicedFills(size);
  const names = fills.map(({ table }) => table);
  return {
    before: [
      { name: 'functions', run: (client) => client.query(fillFunctions(size, scaleKeys, Date.now())) },
      { name: 'shops', alone: true, run: () => makeShops(url) },
      { name: 'days', run: (client) => makeDays(client, size) },
      {
        name: 'email-subjects',
        run: (client) =>
          client.query(`create table bench.email_subject as
            select p, bench.subject(bench.shop_of(p) || ':email:' || bench.email(p)) as subject from generate_series(1::int8, ${size.profiles}) p`),
      },
      { name: 'indexes-off', run: (client) => dropIndexes(client, names) },
    ],
    tables: fills.map(({ table, upTo, sql }) => [
      ...slices(upTo).map(
        ([from, to]): Step => ({
          name: `${table} ${from}`,
          async run(client) {
            await client.query(sql, [from, to]);
            if (table === 'basis_history') await moveHeads(client, from, to);
          },
        }),
      ),
      { name: `indexes ${table}`, run: (client) => makeIndexes(client, table) },
    ]),
    after: [
      ...countFills(size).map(
        ({ name, sql }): Step => ({ name: `counts ${name}`, run: (client) => client.query(sql) }),
      ),
      // only now: while the other connection writes, no row is old enough for everybody to see it
      ...names.map(
        (table): Step => ({
          name: `settle ${table}`,
          alone: true,
          run: (client) => client.query(`vacuum (analyze) ${table}`),
        }),
      ),
      { name: 'analyze', alone: true, run: (client) => client.query('analyze') },
    ],
  };
}

function slices(upTo: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(upTo / sliceRows) }, (_, n) => [
    n * sliceRows + 1,
    Math.min(upTo, (n + 1) * sliceRows),
  ]);
}

/** A run that ended between the shops and their mark makes none twice. */
async function makeShops(url: string): Promise<void> {
  const pool = openPool(url, { max: 2 });
  try {
    const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from shop');
    for (let n = rows[0]?.n ?? 0; n < shopCount; n++) {
      await createShop(pool, scaleKeys, { name: `Shop ${n + 1}`, ...(n === 0 ? benchKeys : {}) });
    }
    await pool.query('update shop_settings set body = $2 where shop_id = $1', [
      shopId(largeShop),
      settingsWithExpiry(),
    ]);
    await pool.query(
      `insert into app_user (id, name, email) values ($1, 'Bench', 'bench@localhost') on conflict do nothing`,
      [scaleUser],
    );
    await pool.query(
      `insert into shop_member (shop_id, user_id, role) select id, $1, 'administrator' from shop on conflict do nothing`,
      [scaleUser],
    );
  } finally {
    await pool.end();
  }
}

function settingsWithExpiry(): string {
  const { version: _, ...settings } = defaultSettings;
  const bases = settings.bases.map((basis) =>
    basis.id === expiringBasis ? { ...basis, expiry: { days: expiryDays, prolongedBy: ['order', 'act'] } } : basis,
  );
  return JSON.stringify({ ...settings, bases });
}

async function makeDays(client: pg.Client, size: Size): Promise<void> {
  const { rows } = await client.query<{ at: Date }>('select bench.at(1) as at');
  await ensureJournalDays(client, rows[0]?.at.getTime() ?? 0, journalDays + 4);
  const first = Math.ceil((size.profiles + 1) / 1000) * 1000;
  await client.query(`select setval('profile_id', $1), setval('order_id', $2)`, [
    first,
    Math.ceil((size.orders + 1) / 1000) * 1000,
  ]);
}

/** Rows go in without their indexes, which are built over all of them afterwards: many times as fast. */
async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<void> {
  await client.query(`create table bench.index_off as
    select c.relname as of_table, i.relname as name, con.contype is not null as is_constraint,
      case when con.contype is null then replace(pg_get_indexdef(x.indexrelid), ' ON ONLY ', ' ON ') else 'alter table ' || c.relname || ' add constraint ' || con.conname || ' ' || pg_get_constraintdef(con.oid) end as make
    from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
    left join pg_constraint con on con.conindid = x.indexrelid and con.contype in ('p', 'u')
    where c.relnamespace = 'public'::regnamespace and c.relname = any ('{${tables.join(',')}}')`);
  const { rows } = await client.query<{ of_table: string; name: string; is_constraint: boolean }>(
    'select of_table, name, is_constraint from bench.index_off',
  );
  for (const { of_table, name, is_constraint } of rows) {
    await client.query(is_constraint ? `alter table ${of_table} drop constraint ${name}` : `drop index ${name}`);
  }
}

async function makeIndexes(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query<{ make: string }>(
    'select make from bench.index_off where of_table = $1 order by not is_constraint',
    [table],
  );
  for (const { make } of rows) await client.query(make);
}

async function moveHeads(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query(
    `insert into ledger_head (shop_id, n, hash)
     select bench.shop_of(bench.person(i)), count(*), sha256(convert_to('link ' || max(i), 'UTF8')) from generate_series($1::int8, $2::int8) i group by 1
     on conflict (shop_id) do update set n = ledger_head.n + excluded.n, hash = excluded.hash`,
    [from, to],
  );
}

export const scaleShop: ShopId = shopId(largeShop);
