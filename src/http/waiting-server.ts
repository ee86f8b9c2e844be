/** Stands at the door of a program that cannot start yet: probes hear why, everybody else when to come again. */
import fastify, { type FastifyInstance } from 'fastify';
import { sendBusy } from './errors.ts';
import { healthRoutes } from './health.ts';

/** `/healthz` 200, `/readyz` 503 with `why`, all else 503 with `Retry-After`; no body is read. */
export function buildWaitingServer(why: string): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return sendBusy(reply.header('access-control-allow-origin', '*'), 5);
  });
  healthRoutes(
    app,
    async () => false,
    () => ({ why, database: 'away' }),
    Date.now,
  );
  return app;
}
