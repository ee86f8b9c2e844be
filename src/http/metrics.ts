import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isLoopback } from './client-address.ts';
import { sendError } from './errors.ts';

/** Counts of the doors. Hot paths add to plain maps; prom-client sees them when someone asks. */
export class Metrics {
  readonly registry = new Registry();
  readonly #answers = new Map<string, number>();
  readonly #appended = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly appendSeconds: Histogram;

  constructor(pressure: () => number) {
    collectDefaultMetrics({ register: this.registry });
    copied(
      this.registry,
      'spread_http_answers_total',
      'Answers by route and status',
      ['route', 'status'],
      this.#answers,
    );
    copied(
      this.registry,
      'spread_intake_appended_total',
      'Items committed, by format and what the door made of them',
      ['format', 'door'],
      this.#appended,
    );
    copied(this.registry, 'spread_refused_total', 'Calls not recorded, by reason', ['reason', 'route'], this.#refused);
    new Gauge({
      name: 'spread_intake_pressure',
      help: 'How full the intake queue of this process is, 0 to 1',
      registers: [this.registry],
      collect() {
        this.set(pressure());
      },
    });
    this.appendSeconds = new Histogram({
      name: 'spread_intake_append_seconds',
      help: 'From a call received to its commit',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
      registers: [this.registry],
    });
  }

  answered(route: string, status: number): void {
    add(this.#answers, `${route}\n${status}`);
  }

  appended(format: string, door: string): void {
    add(this.#appended, `${format}\n${door}`);
  }

  refused(reason: string, route: string): void {
    add(this.#refused, `${reason}\n${route}`);
  }
}

/** `/metrics`: for a bearer of the token, or, where none is set, for the machine itself and not through a proxy. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, token: string | null): void {
  app.get('/metrics', async (request, reply) => {
    if (!mayScrape(request, token)) return sendError(reply, 404, 'not_found', 'Nothing is here.');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

function mayScrape(request: FastifyRequest, token: string | null): boolean {
  if (token === null) {
    return (
      isLoopback(request.socket.remoteAddress) &&
      request.headers['x-forwarded-for'] === undefined &&
      request.headers.forwarded === undefined
    );
  }
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function copied(
  registry: Registry,
  name: string,
  help: string,
  labelNames: [string, string],
  counts: Map<string, number>,
): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [key, count] of counts) {
        const [first = '', second = ''] = key.split('\n');
        this.inc({ [labelNames[0]]: first, [labelNames[1]]: second }, count);
      }
    },
  });
}
