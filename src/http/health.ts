import type { FastifyInstance } from 'fastify';

/** Why calls would not be accepted now; null when they are. */
export type Readiness = () => Promise<string | null>;

const keptMs = 1_000;

/** `/healthz`: the process answers. `/readyz`: calls are accepted, asked of the database at most once a second. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness, now: () => number): void {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<string | null> = Promise.resolve('starting');
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    if (Math.abs(now() - askedAt) > keptMs) {
      askedAt = now();
      answer = readiness();
    }
    const why = await answer;
    reply.header('cache-control', 'no-store');
    return why === null ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', why });
  });
}
