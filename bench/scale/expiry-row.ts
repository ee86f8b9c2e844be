/** Row "expiry": the night's job over 200,000 acceptances that ran out, while a shop's pages go on calling. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type pg from 'pg';
import { openPool } from '#store/db.ts';
import { startDoors } from '../door-rows.ts';
import { atMost, type BenchOptions, type Figure, type Row } from '../figures.ts';
import { type LoadResult, load } from '../load.ts';
import { MixedShop } from '../mix.ts';
import { benchKeys } from '../program.ts';
import { openScale, type ScaleDatabase } from './database.ts';
import { expiringBasis, scaleShop } from './fill.ts';
import { journalDays } from './size.ts';

const wantedShare = 0.2;
/** Calls a second of the shop's pages meanwhile. */
const rate = 500;
const connections = 32;
const largeTable = 10_000;

export const expiryRow: Row = {
  name: 'expiry',
  title: `The night's expiry of 200,000 acceptances of one shop, while its pages call ${rate} times a second`,
  references: null,
  async measure(options: BenchOptions) {
    const scale = await openScale(options);
    const pool = openPool(scale.url);
    try {
      return await measure(pool, scale, options);
    } finally {
      await pool.end();
      await scale.stop();
    }
  },
};

async function measure(pool: pg.Pool, { url, size }: ScaleDatabase, options: BenchOptions): Promise<readonly Figure[]> {
  await holdAgain(pool);
  const due = await makeDue(pool, Math.round(size.profiles * wantedShare));
  const doors = await startDoors('real', url, benchKeys.publicKey);
  const child = fork(new URL('./night.ts', import.meta.url), [url]);
  try {
    await once(child, 'message');
    const shop = new MixedShop(scaleShop);
    const send = (seconds: number): Promise<LoadResult> => {
      const request = (): string => shop.trackRequest(shop.next(), benchKeys.publicKey);
      return load({ port: doors.port, connections, seconds, rate, request });
    };
    await send(2);
    const alone = await send(options.seconds);
    const before = await scansOf(pool);
    const night = once(child, 'message') as Promise<[{ seconds: number }]>;
    const startedAt = await nowOf(pool);
    child.send('go');
    let over = false;
    void night.then(() => {
      over = true;
    });
    const beside: LoadResult[] = [];
    while (!over) beside.push(await send(2));
    const [{ seconds }] = await night;
    const scanned = await newScans(pool, before);
    return [
      {
        what: `expiry of ${due.toLocaleString('en')}`,
        measured: seconds,
        unit: 's',
        must: atMost(60),
        aim: null,
        note: `${Math.round(due / seconds).toLocaleString('en')}/s`,
      },
      { what: 'due and left', measured: await countDue(pool, startedAt), unit: '', must: atMost(0), aim: null },
      {
        what: 'track meanwhile: answer, p99 (median of 2 s)',
        measured: median(beside.map(({ p99 }) => p99)),
        unit: 'ms',
        must: atMost(40),
        aim: null,
        note: `before it ${alone.p99.toFixed(1)} ms; the worst two seconds ${Math.max(...beside.map(({ p99 }) => p99)).toFixed(1)} ms; ${beside.length * 2} s`,
      },
      {
        what: 'calls not answered 200',
        measured: sum([alone, ...beside].map(({ answers, statuses }) => answers - (statuses['200'] ?? 0))),
        unit: '',
        must: atMost(0),
        aim: null,
      },
      {
        what: 'whole reads of tables of over 10,000 rows',
        measured: scanned.length,
        unit: '',
        must: atMost(0),
        aim: null,
        ...(scanned.length === 0 ? {} : { note: scanned.join(', ') }),
      },
    ];
  } finally {
    child.kill();
    doors.stop();
  }
}

/** Whose acceptance ran out in a run before this one holds it again, since when it did. */
async function holdAgain(pool: pg.Pool): Promise<void> {
  const { rowCount } = await pool.query(
    `update profile_basis set status = 'accepted', since = bench.when((fold -> 'lapsed' ->> 'since')::int8),
       fold = format('{"status":"accepted","since":%1$s,"refusal":null,"before":null,"lapsed":null,"last":{"at":%1$s,"order":4}}', fold -> 'lapsed' ->> 'since')::json
     where shop_id = $1 and basis_id = $2 and status = 'unknown' and fold -> 'lapsed' ->> 'since' is not null`,
    [scaleShop, expiringBasis],
  );
  await pool.query(
    `update basis_count set n = (select count(*) from profile_basis b where b.shop_id = $1 and b.basis_id = $2 and b.status = 'accepted')
     where shop_id = $1 and basis_id = $2 and status = 'accepted'`,
    [scaleShop, expiringBasis],
  );
  if ((rowCount ?? 0) > 0) await pool.query('vacuum (analyze) profile_basis');
}

/** Sets after how many days the basis expires: the most of them that leave at least `wanted` due; answers how many are. */
async function makeDue(pool: pg.Pool, wanted: number): Promise<number> {
  const at = await nowOf(pool);
  let [enough, tooMany] = [1, journalDays];
  while (tooMany - enough > 1) {
    const days = Math.floor((enough + tooMany) / 2);
    await setExpiry(pool, days);
    if ((await countDue(pool, at)) >= wanted) enough = days;
    else tooMany = days;
  }
  await setExpiry(pool, enough);
  return countDue(pool, at);
}

async function setExpiry(pool: pg.Pool, days: number): Promise<void> {
  await pool.query(
    `update shop_settings set body = jsonb_set(body, array['bases', (select (i - 1)::text from jsonb_array_elements(body -> 'bases') with ordinality e(basis, i)
         where (basis ->> 'id')::int = $2), 'expiry', 'days'], to_jsonb($3::int))
     where shop_id = $1`,
    [scaleShop, expiringBasis, days],
  );
}

async function nowOf(pool: pg.Pool): Promise<Date> {
  const { rows } = await pool.query<{ at: Date }>('select now() as at');
  return rows[0]?.at ?? new Date();
}

/** Whose acceptance ran out at that moment. */
async function countDue(pool: pg.Pool, at: Date): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `with line as (select $3::timestamptz - make_interval(days => (basis -> 'expiry' ->> 'days')::int) as at
       from shop_settings s, jsonb_array_elements(s.body -> 'bases') basis where s.shop_id = $1 and (basis ->> 'id')::int = $2)
     select count(*)::int as n from profile_basis b, line
     where shop_id = $1 and basis_id = $2 and status = 'accepted' and greatest(activity_at, since) < line.at
       and not exists (select from orders o where o.shop_id = $1 and o.profile_id = b.profile_id and o.placed_at >= line.at)`,
    [scaleShop, expiringBasis, at],
  );
  return rows[0]?.n ?? 0;
}

async function scansOf(pool: pg.Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; scans: number }>(
    `select s.relname as name, s.seq_scan as scans from pg_stat_user_tables s join pg_class c on c.oid = s.relid
     where s.schemaname = 'public' and c.reltuples > $1`,
    [largeTable],
  );
  return new Map(rows.map(({ name, scans }) => [name, scans]));
}

async function newScans(pool: pg.Pool, before: ReadonlyMap<string, number>): Promise<string[]> {
  return [...(await scansOf(pool))]
    .filter(([name, scans]) => scans > (before.get(name) ?? scans))
    .map(([name]) => name);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
