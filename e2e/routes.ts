/** Every route of the running program, by building what `src/program.ts` builds. */
import { join } from 'node:path';
import { pino } from 'pino';
import { backOffice } from '#http/back-office/plugin.ts';
import { openScriptArchive } from '#http/released-scripts.ts';
import { buildServer } from '#http/server.ts';
import { trackerFiles } from '#http/tracker-files.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { deriveKeys } from '#store/secret.ts';
import { testDatabase } from '#store/test-database.ts';
import { demoShop } from '../demo/demo-shop.ts';

export interface Route {
  readonly method: string;
  /** With its parameters: `/api/v2/orders/:orderId`. */
  readonly url: string;
  /** JSON Schemas, where the route has some. */
  readonly body: unknown;
  readonly query: unknown;
}

const secretKey = 'a secret key to list routes with';
const dist = join(import.meta.dirname, '../dist');

export async function listRoutes(): Promise<Route[]> {
  const database = await testDatabase();
  const { pool, db } = database;
  const keys = deriveKeys(secretKey);
  const engine = await openPostgresEngine({ pool, shards: 4 });
  const settler = startSettler(pool);
  const log = pino({ level: 'silent' });
  const app = buildServer({ pool, db, keys, engine, settler, log });
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    for (const one of [method].flat())
      routes.push({ method: one, url, body: schema?.body, query: schema?.querystring });
  });
  try {
    const folder = join(dist, 'tracker');
    const onFault = (event: string, error: unknown) => log.warn({ event, err: error });
    const archive = openScriptArchive({ folder, pool, now: Date.now, onFault });
    await app.register(trackerFiles, { folder, archive });
    await app.register(backOffice, { pool, db, keys, engine, settler, log, secretKey, publicUrl: null });
    const demo = {
      collectorUrl: () => '',
      publicUrl: null,
      pair: async () => ({ publicKey: 'demo', privateKey: 'demo' }),
      log,
    };
    await app.register(demoShop, { prefix: '/demo', ...demo });
    await app.ready();
  } finally {
    await app.close();
    await settler.stop();
    await engine.stop();
    await database.close();
  }
  return routes;
}
