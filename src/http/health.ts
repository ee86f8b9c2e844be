import type { FastifyInstance } from 'fastify';

/** Whether calls are accepted now, and what an operator should know about it. */
export interface Readiness {
  /** Why calls would not be accepted; null when they are. */
  readonly why: string | null;
  readonly database: 'here' | 'away';
  /** Calls on this process's disk that the database does not have yet. */
  readonly spooled?: { readonly calls: number; readonly bytes: number; readonly filesTooOld?: number };
}

const keptMs = 1_000;

/**
 * `/healthz`: the process answers. `/readyz`: calls are accepted. `databaseAnswers` is asked at most once a second.
 */
export function healthRoutes(
  app: FastifyInstance,
  databaseAnswers: () => Promise<boolean>,
  readiness: (databaseAnswers: boolean) => Readiness,
  now: () => number,
): void {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer = Promise.resolve(false);
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    if (Math.abs(now() - askedAt) > keptMs) {
      askedAt = now();
      answer = databaseAnswers();
    }
    const { why, ...known } = readiness(await answer);
    reply.header('cache-control', 'no-store');
    return why === null ? { status: 'ready', ...known } : reply.code(503).send({ status: 'not ready', why, ...known });
  });
}
