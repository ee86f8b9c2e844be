import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MailHealth } from '#contract/outbox.ts';
import type { Instant } from '#domain/facts.ts';
import type { IntakeEngine, Spooled } from '#intake/engine.ts';
import { isLoopback } from './client-address.ts';
import { sendError } from './errors.ts';

/** Counts of the doors. Hot paths add to plain maps; prom-client sees them when someone asks. */
export class Metrics {
  readonly registry = new Registry();
  readonly #answers: Counts = new Map();
  readonly #appended: Counts = new Map();
  readonly #refused: Counts = new Map();
  readonly #counted: Counts = new Map();
  readonly #appendSeconds: Histogram;
  #reading: Promise<string> | null = null;

  constructor(engine: Pick<IntakeEngine, 'pressure' | 'spooled'>, now: () => Instant) {
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
    copied(
      this.registry,
      'spread_page_events_total',
      'Pages and products seen, which are counted and not kept',
      ['type', 'door'],
      this.#counted,
    );
    gauge(this.registry, 'spread_intake_pressure', 'How full the intake queue of this process is, 0 to 1', () =>
      engine.pressure(),
    );
    const spooled = (name: string, help: string, read: (spooled: Spooled) => number): void =>
      gauge(this.registry, `spread_spool_${name}`, help, () => {
        const found = engine.spooled();
        return found === null ? 0 : read(found);
      });
    spooled('active', '1 while calls go to the disk because the database is away', (one) => (one.spooling ? 1 : 0));
    spooled('calls', 'Calls on the disk that the database does not have yet', (one) => one.calls);
    spooled('bytes', 'Their size', (one) => one.bytes);
    spooled('oldest_seconds', 'Age of the oldest of them', (one) =>
      one.oldestAt === null ? 0 : Math.max(0, now() - one.oldestAt) / 1000,
    );
    spooled('files_too_old', 'Files that only a person may replay', (one) => one.tooOld);
    this.#appendSeconds = new Histogram({
      name: 'spread_intake_append_seconds',
      help: 'From a call received to its commit',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
      registers: [this.registry],
    });
  }

  answered(route: string, status: number): void {
    add(this.#answers, route, status);
  }

  /** `ms`: from the call's arrival to its commit. */
  appended(format: string, door: string, ms: number): void {
    add(this.#appended, format, door);
    this.#appendSeconds.observe(ms / 1000);
  }

  /** A page or a product seen. */
  counted(type: string): void {
    add(this.#counted, type, 'collect');
  }

  /** Asked at each scrape; a database that does not answer leaves the last figures. */
  watchMail(ask: () => Promise<MailHealth>): void {
    const tell = (name: string, help: string, read: (health: MailHealth) => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        // Each asks for itself: what one sets for another is read a scrape later.
        async collect() {
          const health = await ask().catch(() => null);
          if (health !== null) this.set(read(health));
        },
      });
    tell(
      'spread_mail_failing',
      '1 while the mail server takes nothing: mails that were tried wait for their next try',
      ({ fault }) => (fault === null ? 0 : 1),
    );
    tell(
      'spread_mail_waiting_since_seconds',
      'When the oldest mail that waits was made, seconds since 1970; 0: none waits',
      ({ waitingSince }) => (waitingSince ?? 0) / 1000,
    );
    tell('spread_mail_waiting', 'Mails that wait to be sent', ({ waiting }) => waiting);
  }

  /** Asked at each scrape, as mails are. */
  watchWebhooks(ask: () => Promise<{ active: number; failing: number; paused: number }>): void {
    new Gauge({
      name: 'spread_webhook_endpoints',
      help: 'Endpoints of outgoing webhooks: active, failing since a while, or paused after three days without success',
      labelNames: ['state'],
      registers: [this.registry],
      async collect() {
        const health = await ask().catch(() => null);
        if (health === null) return;
        for (const [state, count] of Object.entries(health)) this.set({ state }, Number(count));
      },
    });
  }

  refused(reason: string, route: string): void {
    add(this.#refused, reason, route);
  }

  /** The text of a scrape. Those that come while one is under way share it: each asks the database. */
  read(): Promise<string> {
    this.#reading ??= this.registry.metrics().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }
}

/** `/metrics`: for a bearer of the token, or, where none is set, for the machine itself and not through a proxy. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, token: string | null): void {
  app.get('/metrics', async (request, reply) => {
    if (!mayScrape(request, token)) return sendError(reply, 404, 'not_found', 'Nothing is here.');
    return reply.type(metrics.registry.contentType).send(await metrics.read());
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

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** Two labels, one map within another: joining them to a key costs more than both look-ups. */
type Counts = Map<string, Map<string | number, number>>;

function add(counts: Counts, first: string, second: string | number): void {
  const within = counts.get(first);
  if (within === undefined) counts.set(first, new Map([[second, 1]]));
  else within.set(second, (within.get(second) ?? 0) + 1);
}

function copied(registry: Registry, name: string, help: string, labelNames: [string, string], counts: Counts): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [first, within] of counts) {
        for (const [second, count] of within) this.inc({ [labelNames[0]]: first, [labelNames[1]]: second }, count);
      }
    },
  });
}
