/** When things happen: graphile-worker over the owner's connection (its tables answer nobody else). */
import { setTimeout as pause } from 'node:timers/promises';
import {
  Logger as JobLogger,
  type Runner as JobRunner,
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

/** Until the next attempt at running jobs, when the database went away under the last one. */
const againMs = 1_000;

/**
 * One failed run is tried again with growing pauses; a missed schedule is caught up within a day. A runner that ends without being
 * asked to, as it does when the database is away at the end of a job, is followed by another. Rejects when the first cannot start.
 */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { onFault } = options;
  const stopping = new AbortController();
  let runner: JobRunner | null = await begin(options);
  const kept = keep();
  return {
    async stop() {
      stopping.abort();
      await runner?.stop();
      await kept;
    },
  };

  async function keep(): Promise<void> {
    while (runner !== null) {
      await runner.promise.catch((error) => onFault('job.runner', error));
      runner = null;
      while (runner === null && !stopping.signal.aborted) {
        await pause(againMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (!stopping.signal.aborted) runner = await beginAgain();
      }
    }
  }

  /** Null: not yet. */
  async function beginAgain(): Promise<JobRunner | null> {
    try {
      const next = await begin(options);
      if (!stopping.signal.aborted) return next;
      await next.stop();
    } catch (error) {
      onFault('job.runner', error);
    }
    return null;
  }
}

async function begin(options: RunnerOptions): Promise<JobRunner> {
  const { onFault } = options;
  const taskList: TaskList = {};
  for (const job of options.jobs) taskList[job.name] = told(job, options);
  const runner = await run({
    pgPool: options.pool,
    taskList,
    parsedCronItems: scheduled(options.jobs),
    pollInterval: 5_000,
    noHandleSignals: true,
    logger: new JobLogger(() => () => undefined),
    preset: {
      worker: {
        // A long job must not keep a mail waiting.
        concurrentJobs: 3,
        // Without these the end of a job is a promise that nobody holds: a connection lost then would end the process.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  runner.events.on('job:error', ({ job, error }) => onFault(`job.${job.task_identifier}`, error));
  runner.events.on('worker:fatalError', ({ error }) => onFault('job.worker', error));
  runner.events.on('pool:fatalError', ({ error }) => onFault('job.ending', error));
  return runner;
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
