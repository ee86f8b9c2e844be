import { join } from 'node:path';
import rateLimit from '@fastify/rate-limit';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Instant } from '#domain/facts.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { appliedChannel, type Settler } from '#intake/settle.ts';
import { openGuardedFetch } from '#outbound/guarded-fetch.ts';
import { openAuth } from '#store/auth.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { startAppliedFeed } from '#views/applied-feed.ts';
import { faultOf, handleError } from '../errors.ts';
import { accountRoutes } from './account-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { basisRoutes } from './basis-routes.ts';
import { boiRoute } from './boi-route.ts';
import { connectionRoutes } from './connection-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { callerOf, type Desk, type MailSetting, refuseOtherOrigins, requireMember, requireUser } from './desk.ts';
import { developerPageRoutes } from './developer-page-routes.ts';
import { developerRoutes } from './developer-routes.ts';
import { documentRoutes } from './document-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { importRoutes } from './import-routes.ts';
import { importSourceRoutes } from './import-source-routes.ts';
import { installationRoutes } from './installation-routes.ts';
import { instanceRetentionRoutes } from './instance-retention-routes.ts';
import { instanceRoutes, requireOwner } from './instance-routes.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { journalRoutes } from './journal-routes.ts';
import { storableJson } from './json-body.ts';
import { keyRoutes } from './key-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { openStreams } from './live-stream.ts';
import { memberRoutes } from './member-routes.ts';
import { moduleRoutes } from './module-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { instanceOutboxRoutes, outboxRoutes } from './outbox-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { passwordRoutes } from './password-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { readPlugins } from './plugin-archive.ts';
import { pluginRoutes } from './plugin-routes.ts';
import { proofRoutes } from './proof-routes.ts';
import { registerRoutes } from './register-routes.ts';
import { requestRoutes } from './request-routes.ts';
import { retentionRoutes } from './retention-routes.ts';
import { rightsRoutes } from './rights-routes.ts';
import { permissionOf } from './route-permissions.ts';
import { sessionRoutes } from './session-routes.ts';
import { shopSettingsRoutes } from './shop-settings-routes.ts';
import { siteCheckRoutes } from './site-check-routes.ts';
import { trackerRoutes } from './tracker-routes.ts';
import { uiFiles } from './ui-files.ts';
import { webhookRoutes } from './webhook-routes.ts';

export interface BackOfficeOptions {
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  readonly keys: Keys;
  readonly engine: IntakeEngine;
  readonly settler: Settler;
  readonly log: Logger;
  /** The text of `SECRET_KEY`: signs sessions. */
  readonly secretKey: string;
  /** As configured; null: as called. With https, cookies are for https only. */
  readonly publicUrl: string | null;
  /** The documentation served offline; default docs. */
  readonly docsFolder?: string;
  /** Code for other people's shops, served as archives; default plugins. */
  readonly pluginsFolder?: string;
  /** Where `src/ui/build.ts` put the interface; default dist/ui. */
  readonly uiFolder?: string;
  readonly settleMs?: number;
  /** Whether mails leave by themselves, and whom they come from. */
  readonly mail?: MailSetting;
  /** Where the worker puts the anchors of the ledger; without it, none are compared. */
  readonly anchorFolder?: string;
  /** DATA_DIR, whose disk is looked at; without it, none is. */
  readonly dataFolder?: string;
  /** Addresses and ranges of the own network that may be called. */
  readonly outboundAllow?: readonly string[];
  readonly now?: () => Instant;
}

const bodyLimit = 64 * 1024;

/** The back office: its API under /api, and the interface's files. Mount it on the server of `buildServer`, without a prefix. */
export async function backOffice(scope: FastifyInstance, options: BackOfficeOptions): Promise<void> {
  const app = scope.withTypeProvider<TypeBoxTypeProvider>();
  const { pool, db, keys, engine, settler, log, publicUrl } = options;
  const now = options.now ?? Date.now;
  const auth = openAuth({ pool, secretKey: options.secretKey, publicUrl: publicUrl ?? 'http://localhost', now });
  const desk: Desk = {
    pool,
    db,
    keys,
    engine,
    settler,
    auth,
    log,
    publicUrl,
    settleMs: options.settleMs ?? 10_000,
    now,
    mail: options.mail ?? { configured: false, sender: { from: 'no-reply@localhost', host: 'localhost' } },
    guarded: openGuardedFetch({ allow: options.outboundAllow ?? [] }),
  };
  const feed = startAppliedFeed(pool, appliedChannel, (event, error) => log.warn({ event, ...faultOf(error) }));
  app.addHook('onClose', async () => feed.stop());

  // Fastify's own drops what a schema does not name; here it is an error.
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(handleError(log, () => undefined));
  await app.register(rateLimit, { global: false, keyGenerator: callerOf });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit },
    storableJson(app.getDefaultJsonParser('error', 'error')),
  );
  app.addHook('onRequest', (request, reply) => refuseOtherOrigins(publicUrl, request, reply));
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
  });

  sessionRoutes(app, desk);
  passwordRoutes(app, desk);
  invitationRoutes(app, desk);
  await documentRoutes(app, options.docsFolder ?? join(import.meta.dirname, '../../../docs'));
  boiRoute(app, desk);
  const streams = openStreams(app, desk, feed);
  const plugins = await readPlugins(options.pluginsFolder ?? join(import.meta.dirname, '../../../plugins'));
  developerPageRoutes(app, desk, streams, plugins);
  app.register(async (inner) => {
    const own = inner.withTypeProvider<TypeBoxTypeProvider>();
    own.addHook('onRequest', (request, reply) => requireUser(desk, request, reply));
    accountRoutes(own, desk);
  });
  app.register(async (inner) => {
    const owners = inner.withTypeProvider<TypeBoxTypeProvider>();
    owners.addHook('onRequest', (request, reply) => requireUser(desk, request, reply));
    owners.addHook('preValidation', (request, reply) => requireOwner(desk, request, reply));
    instanceRoutes(owners, desk, options.dataFolder ?? null);
    instanceRetentionRoutes(owners, desk);
    instanceOutboxRoutes(owners, desk);
  });
  app.register(async (inner) => {
    const members = inner.withTypeProvider<TypeBoxTypeProvider>();
    members.addHook('onRequest', (request, reply) => requireUser(desk, request, reply));
    members.addHook('preValidation', (request, reply) => requireMember(desk, request, reply));
    members.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) {
        if (permissionOf(one, url) === null) throw new Error(`${one} ${url} has no line in route-permissions.ts`);
      }
    });
    trackerRoutes(members, desk);
    keyRoutes(members, desk);
    developerRoutes(members, desk);
    outboxRoutes(members, desk);
    shopSettingsRoutes(members, desk);
    moduleRoutes(members, desk);
    importRoutes(members, desk);
    importSourceRoutes(members, desk);
    overviewRoutes(members, desk);
    orderRoutes(members, desk);
    peopleRoutes(members, desk);
    basisRoutes(members, desk);
    exportRoutes(members, desk);
    contactRoutes(members, desk);
    rightsRoutes(members, desk);
    retentionRoutes(members, desk);
    registerRoutes(members, desk);
    requestRoutes(members, desk);
    proofRoutes(members, desk, options.anchorFolder ?? null);
    liveRoutes(members, desk, streams);
    installationRoutes(members, desk);
    pluginRoutes(members, desk, plugins);
    journalRoutes(members, desk);
    connectionRoutes(members, desk);
    webhookRoutes(members, desk);
    siteCheckRoutes(members, desk);
    memberRoutes(members, desk);
    auditRoutes(members, desk);
  });
  uiFiles(app, options.uiFolder ?? join(import.meta.dirname, '../../../dist/ui'));
}
