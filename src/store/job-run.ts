import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';

export interface JobRun {
  readonly name: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** Name of the error; null: it went well. */
  readonly fault: string | null;
}

export async function saveJobRun(db: Pool | ClientBase, run: JobRun): Promise<void> {
  await db.query(
    `insert into job_run (name, started_at, ended_at, fault, failed_at)
     values ($1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000), $4,
       case when $4::text is null then null else to_timestamp($3::float8 / 1000) end)
     on conflict (name) do update set started_at = excluded.started_at, ended_at = excluded.ended_at,
       fault = excluded.fault, failed_at = coalesce(excluded.failed_at, job_run.failed_at)`,
    [run.name, run.startedAt, run.endedAt, run.fault],
  );
}
