import type { Pool } from 'pg';

/** A connection that does not answer is dropped, so that the next try gets another one. */
const answerWithin = { query_timeout: 5_000 };

/**
 * Takes a free instance number below `limit` for `seconds` (house: Intake, batch ids): one nobody has, else the one that has been free
 * the longest, for whoever could not renew it while the database was away may still make ids under it. Throws when all are taken.
 */
export async function leaseInstance(pool: Pool, holder: string, seconds: number, limit: number): Promise<number> {
  // The conflict clause decides between two that chose the same number; the loser sees no row and tries again.
  for (let attempt = 0; attempt < 10; attempt++) {
    const result = await pool.query<{ number: number }>(
      `insert into web_instance as w (number, leased_until, holder)
       select n, now() + make_interval(secs => $2::float8), $1
       from generate_series(0, $3::int - 1) n left join web_instance t on t.number = n
       where t.number is null or t.leased_until <= now()
       order by t.leased_until nulls first, n limit 1
       on conflict (number) do update set leased_until = excluded.leased_until, holder = excluded.holder
       where w.leased_until <= now()
       returning number`,
      [holder, seconds, limit],
    );
    const row = result.rows[0];
    if (row !== undefined) return row.number;
  }
  throw new Error(`all ${limit} instance numbers are leased: stop a web process, or wait a minute`);
}

/** False when the lease was lost: take another one. */
export async function renewInstance(pool: Pool, number: number, holder: string, seconds: number): Promise<boolean> {
  const result = await pool.query({
    text: `update web_instance set leased_until = now() + make_interval(secs => $3::float8) where number = $1 and holder = $2`,
    values: [number, holder, seconds],
    ...answerWithin,
  });
  return result.rowCount === 1;
}

export async function releaseInstance(pool: Pool, number: number, holder: string): Promise<void> {
  await pool.query('delete from web_instance where number = $1 and holder = $2', [number, holder]);
}
