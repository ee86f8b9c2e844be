/** Row "applied": a backlog of the mix drained by one applier, over several shards and of one single shop, across a checkpoint. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startApplier } from '#apply/applier.ts';
import { encodeBatch } from '#intake/envelope.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient, openPool } from '#store/db.ts';
import { migrate } from '#store/migrate.ts';
import { startPostgres } from '#store/postgres.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { MixedShop, mix } from './mix.ts';

const facts = Number(process.env.BENCH_FACTS ?? 60_000);
const shards = 4;
const rowItems = 50;
const keys = deriveKeys('a key for benchmarks, and for benchmarks only');

/** Set to see which statements the server's time goes to; they cost a little of it. */
const statements = process.env.BENCH_STATEMENTS !== undefined;

const folder = await mkdtemp(join(tmpdir(), 'spread-bench-'));
const postgres = await startPostgres(folder, {
  settings: {
    max_wal_size: '8GB',
    shared_buffers: '2GB',
    ...(statements && { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' }),
  },
});
try {
  await migrate(postgres.url);
  const pool = openPool(postgres.url);
  const ids: number[] = [];
  for (let n = 0; n < 8; n++) ids.push((await createShop(pool, keys, { name: `Bench ${n}` })).shopId);
  const shops = ids.map((id) => new MixedShop(id));
  let batchId = 1;
  const append = async (
    count: number,
    of: readonly MixedShop[],
    call: (shop: MixedShop, at: number) => ReturnType<MixedShop['next']>,
  ) => {
    for (let made = 0; made < count; made += rowItems) {
      const shop = of[(made / rowItems) % of.length];
      if (shop === undefined) continue;
      const envelopes = Array.from({ length: rowItems }, () => call(shop, Date.now()));
      const shard = (envelopes[0]?.shopId ?? 0) % shards;
      await pool.query(
        `insert into intake (shard, batch_id, lane, received_at, n, body) values ($1, $2, 0, now(), $3, $4)`,
        [shard, batchId++, rowItems, encodeBatch(envelopes)],
      );
    }
  };
  await append(Number(process.env.BENCH_PEOPLE ?? mix.people), shops, (shop, at) => shop.fill(at));
  await drain('fill', Number(process.env.BENCH_PEOPLE ?? mix.people), pool);
  await pool.query('vacuum analyze');
  await append(facts, shops, (shop, at) => shop.next(at));
  await drain(`drain over ${shards} shards`, facts, pool);
  await append(facts, shops.slice(0, 1), (shop, at) => shop.next(at));
  await drain('drain of one single shop', facts, pool);
  const { rows } = await pool.query(`select outcome, count(*)::int as n from journal group by 1 order by 2 desc`);
  process.stdout.write(`outcomes ${JSON.stringify(rows)}\n`);
  await pool.end();
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function drain(name: string, count: number, pool: pg.Pool): Promise<void> {
  const admin = new pg.Client({ connectionString: superuser(postgres.url) });
  await admin.connect();
  await admin.query('checkpoint');
  if (statements) {
    await admin.query('create extension if not exists pg_stat_statements');
    await admin.query('select pg_stat_statements_reset()');
  }
  const before = { node: process.cpuUsage(), pg: postgresCpu(), at: performance.now() };
  let left = count;
  let halfway: Promise<unknown> | null = null;
  await new Promise<void>((resolve) => {
    const applier = startApplier({
      connect: () => openClient(postgres.url, { pipeline: true }),
      claims: postgresClaims,
      shards,
      keys,
      onFault: (event, error) => process.stderr.write(`${event} ${String(error)}\n`),
      onApplied: (items) => {
        left -= items;
        if (left < count / 2) halfway ??= admin.query('checkpoint');
        if (left <= 0) applier.stop().then(resolve);
      },
    });
  });
  const seconds = (performance.now() - before.at) / 1000;
  const node = process.cpuUsage(before.node);
  const nodeMicros = (node.user + node.system) / count;
  const pgMicros = (postgresCpu() - before.pg) / count;
  const text = `${(count / seconds).toFixed(0)} facts/s, CPU a fact: node ${nodeMicros.toFixed(0)} + postgres ${pgMicros.toFixed(0)} = ${(nodeMicros + pgMicros).toFixed(0)} µs`;
  process.stdout.write(`${name.padEnd(26)} ${text}\n`);
  await halfway;
  if (statements) await printStatements(admin, count);
  await admin.end();
  const { rows } = await pool.query('select count(*)::int as n from parked');
  if (rows[0].n > 0) process.stdout.write(`parked: ${rows[0].n}\n`);
}

async function printStatements(admin: pg.Client, count: number): Promise<void> {
  const { rows } = await admin.query(
    `select total_exec_time * 1000 / $1 as micros, total_plan_time * 1000 / $1 as planning, calls, rows, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as query
     from pg_stat_statements order by total_exec_time + total_plan_time desc limit 30`,
    [count],
  );
  for (const { micros, planning, calls, rows: seen, query } of rows) {
    process.stdout.write(
      `  ${micros.toFixed(1).padStart(7)} µs ${planning.toFixed(1).padStart(5)} ${String(calls).padStart(7)} calls ${String(seen).padStart(8)} rows  ${query}\n`,
    );
  }
}

/** Who may ask for a checkpoint: the superuser of the server that this benchmark started. */
function superuser(url: string): string {
  const whole = new URL(url);
  whole.username = 'postgres';
  return whole.href;
}

/** CPU microseconds of all PostgreSQL processes of this machine. */
function postgresCpu(): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (!stat.includes('(postgres)')) continue;
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // its own, and that of its children that ended
      for (const field of [11, 12, 13, 14]) ticks += Number(fields[field]);
    } catch {
      // it ended in between
    }
  }
  return ticks * 10_000;
}
