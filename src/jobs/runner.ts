/** When things happen: graphile-worker over the owner's connection (its tables answer nobody else). */
import {
  Logger as JobLogger,
  type ParsedCronItem,
  parseCronItems,
  run,
  type Task,
  type TaskList,
} from 'graphile-worker';
import type { Pool } from 'pg';
import type { JobRun } from '#store/job-run.ts';

export interface Job {
  readonly name: string;
  /** Five fields, UTC; null: only when something adds it. */
  readonly schedule: string | null;
  readonly run: Task;
}

export interface RunnerOptions {
  /** As the owner; at least 5 connections. */
  readonly pool: Pool;
  readonly jobs: readonly Job[];
  /** Told of what failed and is tried again; carries no personal data. */
  readonly onFault: (event: string, error: unknown) => void;
  /** Told how each run went. */
  readonly onRun?: (run: JobRun) => Promise<void>;
}

export interface Runner {
  /** Lets running jobs end. */
  stop(): Promise<void>;
}

/** One failed run is tried again with growing pauses; a missed schedule is caught up within a day. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const taskList: TaskList = {};
  for (const job of options.jobs) taskList[job.name] = told(job, options);
  const runner = await run({
    pgPool: options.pool,
    taskList,
    parsedCronItems: scheduled(options.jobs),
    // A long job must not keep a mail waiting.
    concurrency: 3,
    pollInterval: 5_000,
    noHandleSignals: true,
    logger: new JobLogger(() => () => undefined),
  });
  runner.events.on('job:error', ({ job, error }) => options.onFault(`job.${job.task_identifier}`, error));
  runner.events.on('worker:fatalError', ({ error }) => options.onFault('job.worker', error));
  runner.promise.catch((error) => options.onFault('job.runner', error));
  return { stop: () => runner.stop() };
}

/** The run, and its telling: that it could not be told fails no job. */
function told({ name, run }: Job, { onRun, onFault }: RunnerOptions): Task {
  if (onRun === undefined) return run;
  return async (payload, helpers) => {
    const startedAt = Date.now();
    const tell = (fault: string | null): Promise<void> =>
      onRun({ name, startedAt, endedAt: Date.now(), fault }).catch((error) => onFault('job.told', error));
    try {
      await run(payload, helpers);
    } catch (error) {
      await tell(faultName(error));
      throw error;
    }
    await tell(null);
  };
}

/** Its name and code alone: a message may hold a value. */
function faultName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name;
}

function scheduled(jobs: readonly Job[]): ParsedCronItem[] {
  return parseCronItems(
    jobs.flatMap((job) =>
      job.schedule === null ? [] : [{ task: job.name, match: job.schedule, options: { backfillPeriod: 86_400_000 } }],
    ),
  );
}
