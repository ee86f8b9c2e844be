/** The server's time, statement by statement. */
import type pg from 'pg';
import { say } from './figures.ts';

/** Settings of a server that counts. */
export const counting = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
} as const;

/** Counts from now on. */
export async function countStatements(admin: pg.Client): Promise<void> {
  await admin.query('create extension if not exists pg_stat_statements');
  await admin.query('select pg_stat_statements_reset()');
}

export async function printStatements(admin: pg.Client, count: number): Promise<void> {
  const { rows } = await admin.query(
    `select total_exec_time * 1000 / $1 as micros, total_plan_time * 1000 / $1 as planning, calls, rows, wal_bytes / $1 as wal, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as query
     from pg_stat_statements order by total_exec_time + total_plan_time desc limit 30`,
    [count],
  );
  say(`  statements of ${count} facts, in µs, and bytes of the log, a fact:`);
  for (const { micros, planning, calls, rows: seen, wal, query } of rows) {
    say(
      `  ${micros.toFixed(1).padStart(7)} ${planning.toFixed(1).padStart(5)} ${String(calls).padStart(7)} calls ${String(seen).padStart(8)} rows ${Number(wal).toFixed(0).padStart(6)} B  ${query}`,
    );
  }
}
