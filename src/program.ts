/** Puts the rooms together into a running program, and takes them apart in the order that loses nothing. */

import { join } from 'node:path';
import type { Logger } from 'pino';
import { startApplier } from '#apply/applier.ts';
import { openHelper } from '#apply/helper.ts';
import { Pace } from '#apply/pace.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { alarmsJob } from '#jobs/alarms.ts';
import { anchorsJob } from '#jobs/anchors.ts';
import { abandonedCartsJob } from '#jobs/carts.ts';
import { confirmationsJob, endedWaitsJob } from '#jobs/confirmations.ts';
import { erasureLogJob } from '#jobs/erasure-log.ts';
import { erasureJob } from '#jobs/erasure-sweep.ts';
import { expiryJob } from '#jobs/expiry.ts';
import { exportJob } from '#jobs/export.ts';
import { importJob } from '#jobs/import/job.ts';
import { importSourcesJob } from '#jobs/import-sources.ts';
import { journalDaysJob } from '#jobs/journal-days.ts';
import { leftoversJob } from '#jobs/leftovers.ts';
import { mailJob } from '#jobs/mail.ts';
import { personCodesJob } from '#jobs/person-codes.ts';
import { pullsJob } from '#jobs/pulls.ts';
import { retentionJob } from '#jobs/retention.ts';
import { startRunner } from '#jobs/runner.ts';
import { shopDeletionJob } from '#jobs/shop-deletion.ts';
import { storeRedactionJob } from '#jobs/store-redaction.ts';
import { subscriptionsJob } from '#jobs/subscriptions.ts';
import { testItemsJob } from '#jobs/test-items.ts';
import type { Sender } from '#mail/message.ts';
import { openMailer } from '#mail/smtp.ts';
import { openGuardedFetch } from '#outbound/guarded-fetch.ts';
import { startDeliverer } from '#outbound/webhook-deliverer.ts';
import { openClient, openPool } from '#store/db.ts';
import { wakeImports } from '#store/import-file.ts';
import { saveJobRun } from '#store/job-run.ts';
import { wakePulls } from '#store/pull.ts';
import { mailPause } from '#store/webhook-notice.ts';
import { erasureLogPath } from './backup.ts';
import { type Config, reachedAt } from './config.ts';
import { type Context, openContext } from './context.ts';
import { makeSignInLink, setUp } from './first-start.ts';

/** `web` takes calls and shows screens, `worker` applies what came in and runs jobs; each in a thread or process of its own. */
export type Role = 'web' | 'worker';

export interface Program {
  /** Where it answers on this machine; null for a worker. */
  readonly url: string | null;
  /** Address under which people reach it; null for a worker. */
  readonly publicUrl: string | null;
  /** Where its demo shop is; null when there is none. */
  readonly demoUrl: string | null;
  /** Works once, for an hour; null when the administrator has a password. */
  readonly signInLink: string | null;
  /** Answers what is in flight, finishes what was taken, and ends. */
  stop(): Promise<void>;
}

export type Closer = () => Promise<void>;

/** Rejects with a StartFault when something must be mended first; nothing is left running then. */
export async function startProgram(
  config: Config,
  log: Logger,
  role: Role,
  now: () => number = Date.now,
): Promise<Program> {
  const context = await openContext(config, log, now);
  const closers: Closer[] = [() => context.close()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) {
      await close().catch((error) => log.error({ event: 'stop', err: error }));
    }
    log.info({ event: 'stopped' });
  };
  try {
    await setUp(context);
    if (role === 'worker') {
      await startWorker(context, closers);
      log.info({ event: 'started', role, shards: context.shards });
      return { url: null, publicUrl: null, demoUrl: null, signInLink: null, stop };
    }
    // a worker need not know it: it is half of what there is to load
    const { startWeb } = await import('./web-role.ts');
    const web = await startWeb(context, closers);
    log.info({ event: 'started', role, shards: context.shards });
    const link = await makeSignInLink(context, false);
    return { ...web, signInLink: link === null ? null : `${web.publicUrl}${link}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startWorker(context: Context, closers: Closer[]): Promise<void> {
  const onFault = (event: string, error: unknown): void => context.log.error({ event, err: error });
  const { url, shards, keys } = context;
  const pace = new Pace();
  const helper = openHelper({ url, shards, keys, onFault, onApplied: (_items, live) => pace.saw(live) });
  closers.push(() => helper.stop());
  const applier = startApplier({
    connect: () => openClient(context.url, { pipeline: true, application_name: 'spread-tracker apply' }),
    claims: postgresClaims,
    shards,
    keys,
    helper,
    pace,
    onFault,
  });
  closers.push(() => applier.stop());
  const settler = startSettler(context.openPool('job settle', 2), onFault);
  closers.push(() => settler.stop());
  const engine = await openPostgresEngine({
    pool: context.openPool('job intake', 1),
    shards: context.shards,
    now: context.now,
    onFault,
  });
  closers.push(() => engine.stop());
  const { smtpUrl } = context.config;
  const pool = openPool(context.ownerUrl, { max: 6, name: 'spread-tracker jobs' });
  closers.push(() => pool.end());
  const ending = new AbortController();
  const runner = await startRunner({
    pool,
    jobs: [
      journalDaysJob(context.pool, context.now),
      anchorsJob(context.db, context.keys, anchorFolder(context), context.now),
      expiryJob({ pool: context.pool, engine, settler, now: context.now }),
      confirmationsJob({
        pool: context.pool,
        keys: context.keys,
        publicUrl: reachedAt(context.config),
        now: context.now,
      }),
      endedWaitsJob({ pool: context.pool, engine, settler, now: context.now }),
      personCodesJob({
        pool: context.pool,
        keys: context.keys,
        publicUrl: reachedAt(context.config),
        now: context.now,
      }),
      abandonedCartsJob({ pool: context.pool, engine, settler, now: context.now }),
      testItemsJob(context.pool, context.now, context.shards),
      mailJob({
        pool: context.pool,
        keys: context.keys,
        mailer: smtpUrl === null ? null : openMailer(smtpUrl),
        sender: senderOf(context.config),
        now: context.now,
      }),
      exportJob({
        pool: context.pool,
        db: context.db,
        keys: context.keys,
        shards: context.shards,
        publicUrl: reachedAt(context.config),
        now: context.now,
      }),
      retentionJob({ pool: context.pool, engine, settler, shards: context.shards, now: context.now }),
      erasureJob(context.pool, context.keys, context.shards, context.now),
      erasureLogJob(context.pool, erasureLogPath(context.config)),
      alarmsJob({
        pool: context.pool,
        db: context.db,
        keys: context.keys,
        publicUrl: reachedAt(context.config),
        now: context.now,
      }),
      pullsJob({
        pool: context.pool,
        keys: context.keys,
        engine,
        guarded: openGuardedFetch({ allow: context.config.outboundAllow }),
        now: context.now,
        ending: ending.signal,
      }),
      subscriptionsJob({
        pool: context.pool,
        keys: context.keys,
        guarded: openGuardedFetch({ allow: context.config.outboundAllow }),
        now: context.now,
      }),
      storeRedactionJob({
        pool: context.pool,
        keys: context.keys,
        engine,
        settler,
        shards,
        now: context.now,
        ending: ending.signal,
      }),
      importSourcesJob({
        pool: context.pool,
        db: context.db,
        keys: context.keys,
        guarded: openGuardedFetch({ allow: context.config.outboundAllow }),
        publicUrl: reachedAt(context.config),
        now: context.now,
      }),
      leftoversJob(context.pool, context.now),
      shopDeletionJob(context.pool, context.shards, context.now),
      importJob({
        pool: context.pool,
        db: context.db,
        connect: () => openClient(context.url, { pipeline: true }),
        engine,
        settler,
        keys: context.keys,
        publicUrl: reachedAt(context.config),
        now: context.now,
        ending: ending.signal,
      }),
    ],
    onFault,
    onRun: (run) => saveJobRun(context.pool, run),
  });
  closers.push(() => runner.stop());
  // a long import is left where it is, and found again
  closers.push(async () => ending.abort());
  // what a process that died held
  await wakeImports(context.pool);
  await wakePulls(context.pool);
  const deliverer = startDeliverer({
    pool: context.openPool('webhooks', 4),
    keys: context.keys,
    guarded: openGuardedFetch({ allow: context.config.outboundAllow }),
    now: context.now,
    onFault,
    onPaused: (client, endpoint, cause) => {
      return mailPause(client, context.keys, {
        endpoint,
        cause,
        publicUrl: reachedAt(context.config),
        now: context.now(),
      });
    },
  });
  closers.push(() => deliverer.stop());
}

/** Whom mails come from. */
export function senderOf(config: Config): Sender {
  const host = config.publicUrl === null ? 'localhost' : new URL(config.publicUrl).hostname;
  return { from: config.mailFrom ?? `Spread Tracker <no-reply@${host}>`, host };
}

export function anchorFolder({ config }: Context): string {
  return join(config.dataDir, 'anchors');
}
