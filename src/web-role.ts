/** Role `web`: takes calls and shows screens. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { backOffice } from '#http/back-office/plugin.ts';
import { openScriptArchive } from '#http/released-scripts.ts';
import { buildServer } from '#http/server.ts';
import { trackerFiles } from '#http/tracker-files.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { openSpool, type Spool } from '#intake/spool.ts';
import { keepInstanceValue } from '#store/instance.ts';
import { findDemoPair } from '#store/shop-key.ts';
import { demoShop } from '../demo/demo-shop.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { listen } from './listen.ts';
import { anchorFolder, type Closer, type Program, senderOf } from './program.ts';

const dist = join(import.meta.dirname, '../dist');

/** How long calls in flight may take once a stop was asked for. */
const closeMs = 10_000;

export async function startWeb(
  context: Context,
  closers: Closer[],
): Promise<Pick<Program, 'url' | 'publicUrl' | 'demoUrl'>> {
  const { config, log, now } = context;
  const onFault = (event: string, error: unknown): void => log.warn({ event, err: error });
  const settler = startSettler(context.openPool('settle', 2), onFault);
  closers.push(() => settler.stop());
  const engine = await openPostgresEngine({
    pool: context.openPool('intake', 2, { connectMs: 3_000 }),
    shards: context.shards,
    now,
    onFault,
    spool: await findSpool(context, onFault),
  });
  closers.push(() => engine.stop());
  const app = buildServer({
    pool: context.pool,
    db: context.db,
    keys: context.keys,
    engine,
    settler,
    log,
    now,
    options: {
      trustProxy: [...config.trustedProxies],
      publicUrl: config.publicUrl,
      metricsToken: config.metricsToken,
      addressPerSecond: config.callsPerAddress,
      shopPerSecond: config.callsPerShop,
      keyPerSecond: config.callsPerKey,
    },
  });
  closers.push(() => closeServer(app));
  const trackerFolder = join(dist, 'tracker');
  const archive = openScriptArchive({ folder: trackerFolder, pool: context.pool, now, onFault });
  await app.register(trackerFiles, { folder: trackerFolder, archive });
  const { pool, db, keys, secretKey } = context;
  const { publicUrl } = config;
  await app.register(backOffice, {
    pool,
    db,
    keys,
    engine,
    settler,
    log,
    secretKey,
    publicUrl,
    now,
    uiFolder: join(dist, 'ui'),
    outboundAllow: config.outboundAllow,
    mail: { configured: config.smtpUrl !== null, sender: senderOf(config) },
    anchorFolder: anchorFolder(context),
    dataFolder: config.dataDir,
  });
  const ownUrl = (): string => `http://${urlHost(config.host)}:${portOf(app, config)}`;
  const demo = await findDemoPair(pool, keys);
  if (demo !== null) {
    const pair = async () => (await findDemoPair(pool, keys)) ?? demo;
    await app.register(demoShop, { prefix: '/demo', collectorUrl: ownUrl, publicUrl, pair, log, now });
  }
  await listen(app, config);
  const reached = publicUrl ?? `http://localhost:${portOf(app, config)}`;
  return { url: ownUrl(), publicUrl: reached, demoUrl: demo === null ? null : `${reached}/demo` };
}

/** Of this database, so that another one on the same folder never gets its calls; null without a folder that can be written. */
async function findSpool(context: Context, onFault: (event: string, error: unknown) => void): Promise<Spool | null> {
  const { dataDir, spoolMb } = context.config;
  if (spoolMb === 0) return null;
  const database = await keepInstanceValue(context.pool, 'id', randomUUID());
  const folder = join(dataDir, 'spool', String(database));
  const spool = await openSpool(dataDir, { folder, maxBytes: spoolMb * 1024 * 1024, onFault });
  if (spool === null) context.log.warn({ event: 'spool.none', note: 'DATA_DIR cannot be written' });
  return spool;
}

/** Live screens hold their connections open: after a while they are cut, calls have long been answered. */
async function closeServer(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), closeMs);
  await app.close().finally(() => clearTimeout(timer));
}

/** PORT 0 asks for any that is free. */
function portOf(app: FastifyInstance, config: Config): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : config.port;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
