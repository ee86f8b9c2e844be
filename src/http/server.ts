import fastify, { type FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { openApi } from '#contract/openapi.ts';
import type { Instant } from '#domain/facts.ts';
import type { IntakeEngine, Spooled } from '#intake/engine.ts';
import type { Settler } from '#intake/settle.ts';
import { connectionsChannel, listKnownConnections } from '#store/connection.ts';
import { addConnectionUses } from '#store/connection-use.ts';
import { addKeyUses } from '#store/key-use.ts';
import type { Keys } from '#store/secret.ts';
import { keysChannel, listKnownKeys } from '#store/shop-key.ts';
import { saveSightings } from '#store/sighting.ts';
import type { Database } from '#store/tables.ts';
import { startAppliedFeed } from '#views/applied-feed.ts';
import { findMailHealth } from '#views/outbox.ts';
import { findVerifiedTokens } from '#views/verified-tokens.ts';
import { findWebhookHealth } from '#views/webhook-list.ts';
import { collectRoutes } from './collect.ts';
import { ConnectionRing } from './connection-ring.ts';
import { ConnectionUses } from './connection-uses.ts';
import { contactRoutes } from './contact-routes.ts';
import type { Doors } from './doors.ts';
import { faultOf, handleError, refuseUnreadable, sendError } from './errors.ts';
import { getTokenRoute } from './get-token.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { importPush } from './import-push.ts';
import { ingestRoute } from './ingest.ts';
import { KeyRing } from './key-ring.ts';
import { KeyUses } from './key-uses.ts';
import { AddressLimit, CallLimit, ShopBudget } from './limits.ts';
import { lingerOnRefusal } from './linger.ts';
import { Metrics, metricsRoute } from './metrics.ts';
import { PageSightings } from './page-sightings.ts';
import { identityRoutes } from './pages/identity-routes.ts';
import { personRoutes } from './pages/person-routes.ts';
import { limitPipelining } from './pipelining.ts';
import { rightsApi } from './rights-api.ts';
import { spJsonRoutes } from './sp-json.ts';
import { storeDoor } from './store-door.ts';
import { TokenCache } from './token-cache.ts';
import { trackRoutes } from './track.ts';
import { v1Routes } from './v1.ts';
import { v2Routes } from './v2.ts';
import { v2CagnottePost } from './v2-cagnotte-post.ts';
import { v2ConsentPost } from './v2-consent-post.ts';
import { v3Routes } from './v3.ts';
import { Visits } from './visits.ts';
import { WrongKeys } from './wrong-keys.ts';

export interface HttpDeps {
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  readonly keys: Keys;
  readonly engine: IntakeEngine;
  readonly settler: Settler;
  readonly log: Logger;
  readonly now?: () => Instant;
  readonly options?: HttpOptions;
}

export interface HttpOptions {
  /** Proxies whose X-Forwarded-For counts (addresses, ranges), or all; default none. */
  readonly trustProxy?: boolean | string | string[];
  /** Scheme and host callers know us by, for addresses in answers; default: as called. */
  readonly publicUrl?: string | null;
  readonly metricsToken?: string | null;
  /** Calls of one address to the public doors, and wrong keys; default 100 a second over ten seconds. */
  readonly addressPerSecond?: number;
  /** Calls of a shop's pages, and with a pair of keys, over ten seconds; default: no limit. */
  readonly shopPerSecond?: number | null;
  readonly keyPerSecond?: number | null;
  /** Bytes a shop may send in a day: from pages (default 2 GB), with keys (default 20 GB). */
  readonly publicBytesPerDay?: number;
  readonly keyedBytesPerDay?: number;
  /** Longest wait of `POST /customers-consents` for its outcome; default 5 s, then 202. */
  readonly settleMs?: number;
  /** Set when another plugin presents unknown addresses (a fallback page). */
  readonly leaveNotFound?: boolean;
}

/** Room in the head of a request for a track call of 64 KB in its query. */
const headerLimit = 80 * 1024;
const gigabyte = 1024 ** 3;
const readyMs = 2_000;

/**
 * The doors of the collector. Mount other plugins on the instance, then `listen`. Closing it stops taking calls, lets those in flight be
 * answered and hands folded visits to the engine; stop the engine after it.
 */
export function buildServer(deps: HttpDeps): FastifyInstance {
  const options = deps.options ?? {};
  const now = deps.now ?? Date.now;
  let lastId = 0;
  const start = now().toString(36);
  const app = fastify({
    logger: false,
    trustProxy: options.trustProxy ?? false,
    genReqId: () => `${start}-${(++lastId).toString(36)}`,
    requestIdHeader: false,
    // Who sends a head or a body drop by drop, or reads nothing, is not waited for.
    http: { maxHeaderSize: headerLimit, headersTimeout: 20_000, connectionsCheckingInterval: 5_000 },
    requestTimeout: 60_000,
    connectionTimeout: 120_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    frameworkErrors: (_error, _request, reply) =>
      void sendError(reply, 400, 'request.invalid', 'The request cannot be read.'),
    clientErrorHandler: (error, socket) => refuseUnreadable(error.code, socket),
  });
  app.decorateRequest('pair', null);
  app.decorateRequest('counted', null);

  const metrics = new Metrics(deps.engine, now);
  const onFault = (event: string, error: unknown) => deps.log.warn({ event, ...faultOf(error) });
  const ring = new KeyRing(() => listKnownKeys(deps.pool), now);
  const keyUses = new KeyUses((uses) => addKeyUses(deps.pool, uses), onFault);
  const keyChanges = startAppliedFeed(deps.pool, keysChannel, onFault);
  const connections = new ConnectionRing(() => listKnownConnections(deps.pool), now);
  const connectionUses = new ConnectionUses((uses) => addConnectionUses(deps.pool, uses), onFault);
  const connectionChanges = startAppliedFeed(deps.pool, connectionsChannel, onFault);
  const visits = new Visits(deps.engine, (shop, tokens) => findVerifiedTokens(deps.db, shop, tokens), now, onFault);
  const pages = new PageSightings((seen) => saveSightings(deps.pool, seen), onFault);
  const doors: Doors = {
    keys: deps.keys,
    ring,
    keyUses,
    connections,
    connectionUses,
    engine: deps.engine,
    settler: deps.settler,
    metrics,
    addresses: new AddressLimit(options.addressPerSecond ?? 100),
    shopCalls: new CallLimit(options.shopPerSecond ?? null),
    keyCalls: new CallLimit(options.keyPerSecond ?? null),
    unusableCalls: new CallLimit(options.shopPerSecond ? Math.max(10, options.shopPerSecond / 10) : null, 1_000),
    wrongKeys: new WrongKeys(),
    publicBudget: new ShopBudget(options.publicBytesPerDay ?? 2 * gigabyte),
    keyedBudget: new ShopBudget(options.keyedBytesPerDay ?? 20 * gigabyte),
    tokens: new TokenCache(deps.keys),
    visits,
    pages,
    log: deps.log,
    now,
  };

  limitPipelining(app, metrics);
  lingerOnRefusal(app);
  app.setErrorHandler(handleError(deps.log, () => metrics.refused('fault', 'all')));
  if (options.leaveNotFound !== true) {
    app.setNotFoundHandler((_request, reply) => sendError(reply, 404, 'not_found', 'Nothing is here.'));
  }
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.answered(route, reply.statusCode);
    // 503 says "later" many times a second: it is counted, not told.
    const failed = reply.statusCode >= 500 && reply.statusCode !== 503;
    if (failed || deps.log.isLevelEnabled('debug')) {
      deps.log[failed ? 'warn' : 'debug']({
        event: 'http.answer',
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      });
    }
    done();
  });
  app.addHook('onReady', async () => {
    await ring.start();
    keyChanges.watchAll(() => void ring.renew().catch((error) => onFault('keys.renew', error)));
    keyUses.start();
    await connections.start();
    connectionChanges.watchAll(() => void connections.renew().catch((error) => onFault('connections.renew', error)));
    connectionUses.start();
    visits.start();
    metrics.watchMail(() => findMailHealth(deps.db));
    metrics.watchWebhooks(() => findWebhookHealth(deps.db));
    pages.start();
  });
  let drain: NodeJS.Timeout | undefined;
  app.addHook('preClose', (done) => {
    // A connection busy at the first look is idle once its call is answered; kept alive, it would hold the close up.
    drain = setInterval(() => app.server.closeIdleConnections(), 20);
    done();
  });
  app.addHook('onClose', async () => {
    clearInterval(drain);
    ring.stop();
    keyChanges.stop();
    connections.stop();
    connectionChanges.stop();
    await connectionUses.stop();
    await keyUses.stop();
    await visits.stop();
    await pages.stop();
  });

  app.register(async (hot) => {
    // Doors read bytes as they come, whatever content type names them.
    hot.removeAllContentTypeParsers();
    hot.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    hot.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-content-type-options', 'nosniff');
      done();
    });
    trackRoutes(hot, doors);
    spJsonRoutes(hot, doors);
    collectRoutes(hot, doors, { ownHost: hostIn(options.publicUrl) });
    storeDoor(hot, doors, { db: deps.db, pool: deps.pool });
    ingestRoute(hot, doors, { pool: deps.pool });
    v1Routes(hot, doors);
    getTokenRoute(hot, doors, { pool: deps.pool, publicUrl: options.publicUrl ?? null });
    v2Routes(hot, doors, { db: deps.db, publicUrl: options.publicUrl ?? null });
    v2ConsentPost(hot, doors, options.settleMs ?? 5_000);
    v2CagnottePost(hot, doors);
    v3Routes(hot, doors);
    identityRoutes(hot, doors, deps.pool);
    rightsApi(hot, doors, { db: deps.db, pool: deps.pool });
    contactRoutes(hot, doors, {
      db: deps.db,
      pool: deps.pool,
      settleMs: options.settleMs ?? 5_000,
      publicUrl: options.publicUrl ?? null,
    });
  });
  app.register(async (files) => {
    // A file is read as it comes, and never held whole.
    files.removeAllContentTypeParsers();
    files.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    importPush(files, doors, deps.pool);
  });
  app.register(async (pages) => {
    pages.removeAllContentTypeParsers();
    pages.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    personRoutes(pages, doors, { db: deps.db, pool: deps.pool, settleMs: options.settleMs ?? 5_000 });
  });
  app.register(async (own) => {
    const document = JSON.stringify(openApi());
    own.get('/openapi.json', (_request, reply) => reply.type('application/json').send(document));
    healthRoutes(
      own,
      () => databaseAnswers(deps.pool),
      (here) => readinessOf(deps.engine, here),
      now,
    );
    metricsRoute(own, metrics, options.metricsToken ?? null);
  });
  return app;
}

function hostIn(url: string | null | undefined): string | null {
  return url == null ? null : new URL(url).host;
}

async function databaseAnswers(pool: Pool): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, readyMs, false).unref());
  const asked = pool.query('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([asked, late]);
}

/** With a spool, calls are accepted while the database is away. */
function readinessOf(engine: IntakeEngine, here: boolean): Readiness {
  const spooled = engine.spooled();
  const full = engine.pressure() >= 1;
  const away = !here && spooled === null;
  return {
    why: full ? 'intake is full or stopping' : away ? 'the database does not answer' : null,
    database: here ? 'here' : 'away',
    ...(spooled === null ? {} : { spooled: presentSpooled(spooled) }),
  };
}

function presentSpooled({ calls, bytes, tooOld }: Spooled): Readiness['spooled'] {
  return tooOld === 0 ? { calls, bytes } : { calls, bytes, filesTooOld: tooOld };
}
