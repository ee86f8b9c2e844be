/** A shop's pages on one origin and a collector on another, which keeps what it was sent and answers as it is told. */
import fastify, { type FastifyInstance } from 'fastify';
import { bundleScript, trackerScripts } from '../src/tracker/bundle.ts';
import type { Certificate } from './certificate.ts';

export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a page states, looked into by tests
  readonly data?: any;
}

export interface Sent {
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly contentType: string | null;
  readonly at: number;
  readonly body: {
    readonly sentAt: number;
    readonly token: string | null;
    readonly consent: string;
    readonly cookie: boolean;
    readonly events: readonly SentEvent[];
  } | null;
}

export interface TrackerRig {
  /** Origins of the shop and of the collector. */
  readonly shop: string;
  readonly collector: string;
  readonly sent: Sent[];
  /** Answers to come, the last one stays; default 200. */
  answers: { status: number; retryAfter?: number }[];
  /** What answers carry. */
  token: string | null;
  /** While set, answers wait for it. */
  gate: Promise<void> | null;
  /** Serves `html` (a body) under the shop's `path`; a tracker tag is yours to put in. */
  page(path: string, body: string, headers?: Record<string, string>): string;
  script(path: string, code: string): string;
  tag(attributes?: Record<string, string>): string;
  events(type?: string): SentEvent[];
  /** Resolves when what was sent satisfies the test. */
  until(done: () => boolean): Promise<void>;
  reset(): void;
  close(): Promise<void>;
}

/** `https`: both speak it, the shop as `www.shop.localhost`; the visitor's browser has to ignore who signed. */
export async function openTrackerRig(https: Certificate | null = null): Promise<TrackerRig> {
  const scripts = new Map<string, Buffer>();
  for (const name of trackerScripts) scripts.set(name, await bundleScript(name));
  const pages = new Map<string, { body: string; type: string; headers: Record<string, string> }>();
  const waiting = new Set<() => void>();
  const collector = openServer(https);
  const shop = openServer(https);
  const urls = { shop: '', collector: '' };

  const rig: TrackerRig = {
    get shop() {
      return urls.shop;
    },
    get collector() {
      return urls.collector;
    },
    sent: [],
    answers: [],
    token: null,
    gate: null,
    page(path, body, headers = {}) {
      pages.set(path, {
        body: `<!doctype html><html><head><link rel="icon" href="data:,"></head><body>${body}</body></html>`,
        type: 'text/html; charset=utf-8',
        headers,
      });
      return `${urls.shop}${path}`;
    },
    script(path, code) {
      pages.set(path, { body: code, type: 'text/javascript', headers: {} });
      return path;
    },
    tag(attributes = {}) {
      const all = { 'data-key': 'key-1', 'data-consent': 'granted', ...attributes };
      const text = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
      return `<script async src="${urls.collector}/js/tracker.js" ${text.join(' ')}></script>`;
    },
    events: (type) =>
      rig.sent.flatMap(({ body }) => body?.events ?? []).filter((event) => type === undefined || event.type === type),
    until: (done) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!done()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    reset() {
      rig.sent.length = 0;
      rig.answers = [];
      rig.token = null;
      rig.gate = null;
      pages.clear();
    },
    async close() {
      await Promise.all([collector.close(), shop.close()]);
    },
  };

  collector.removeAllContentTypeParsers();
  collector.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  collector.get<{ Params: { file: string } }>('/js/:file', (request, reply) => {
    const code = scripts.get(request.params.file.replace(/\.js$/, ''));
    return code === undefined
      ? reply.code(404).send()
      : reply
          .type('text/javascript')
          .headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' })
          .send(code);
  });
  collector.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: '/*',
    handler: async (request, reply) => {
      const [path = '', query = ''] = request.url.split('?');
      rig.sent.push({
        path,
        query,
        method: request.method,
        contentType: request.headers['content-type'] ?? null,
        at: Date.now(),
        body: typeof request.body === 'string' ? JSON.parse(request.body) : null,
      });
      // as the test had it when the call came: whoever waits for the call may change it next
      const { status, retryAfter } = (rig.answers.length > 1 ? rig.answers.shift() : rig.answers[0]) ?? { status: 200 };
      for (const check of [...waiting]) check();
      await rig.gate;
      if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
      return reply
        .code(status)
        .headers({
          'access-control-allow-origin': request.headers.origin ?? '*',
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'retry-after',
        })
        .send(path === '/sp-json.php' ? spJson(rig.token) : { results: [], token: rig.token ?? undefined });
    },
  });
  shop.get('/*', (request, reply) => {
    const page = pages.get(request.url.split('?')[0] ?? '');
    return page === undefined
      ? reply.code(404).send('no such page')
      : reply
          .type(page.type)
          .header('cache-control', page.type === 'text/javascript' ? 'max-age=3600' : 'no-cache')
          .headers(page.headers)
          .send(page.body);
  });
  urls.collector = await listen(collector, https === null ? null : 'collector.localhost');
  urls.shop = await listen(shop, https === null ? null : 'www.shop.localhost');
  return rig;
}

function spJson(token: string | null): Record<string, unknown> {
  return { widgets: [], cookie: token ?? undefined, statsEnabled: false, vars: {} };
}

function openServer(https: Certificate | null): FastifyInstance {
  const options = { forceCloseConnections: true };
  return https === null ? fastify(options) : (fastify({ ...options, https }) as unknown as FastifyInstance);
}

async function listen(app: FastifyInstance, name: string | null): Promise<string> {
  const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  if (name !== null) url.hostname = name;
  return url.origin;
}
