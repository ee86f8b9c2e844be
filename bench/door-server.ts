/** The process under test: `real` is the product's doors over a database, `bare` a fastify route with the same validation and no storage. */
import type { createServer } from 'node:http';
import fastify from 'fastify';
import { pino } from 'pino';
import { buildServer } from '#http/server.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { openDb, openPool } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { decode } from '#wire/decode.ts';

const [, , kind, url = '', benchKey = ''] = process.argv;
const shards = 4;

async function startReal(): Promise<number> {
  const pool = openPool(url, { max: 4 });
  const keys = deriveKeys('a bench needs no secret');
  const found = await pool.query('select 1 from shop_key where public_key = $1', [benchKey]);
  if (found.rowCount === 0) await createShop(pool, keys, { name: 'Bench', publicKey: benchKey });
  const engine = await openPostgresEngine({ pool: openPool(url, { max: 2 }), shards });
  const app = buildServer({
    pool,
    db: openDb(pool),
    keys,
    engine,
    settler: startSettler(pool),
    log: pino({ level: 'error' }),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server.address());
}

async function startBare(): Promise<number> {
  const app = fastify({ logger: false });
  const answer = '{"status":"recorded"}';
  app.get('/track', async (request, reply) => {
    const url = request.raw.url ?? '';
    decode('track', Buffer.from(url.slice(url.indexOf('?') + 1), 'latin1'), null);
    return reply.type('application/json').send(answer);
  });
  app.get('/sp-json.php', async (_request, reply) => reply.type('application/json').send(answer));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server.address());
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

process.send?.({ port: await (kind === 'real' ? startReal() : startBare()) });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
