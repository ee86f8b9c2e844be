/** Rows "track", "batch" and "sp-json": our doors against a bare fastify route with the same validation, in turns, in one run. */
import { fork } from 'node:child_process';
import { migrate } from '#store/migrate.ts';
import { startDatabase } from './database.ts';
import { atLeast, type BenchOptions, type Figure, type Row } from './figures.ts';
import { type LoadResult, load } from './load.ts';

const benchKey = 'bench_public';
/** Visitors that come again; their tokens come from the door, as browsers get them. */
const visitors = 5_000;
const connections = 64;

export const trackRow: Row = {
  name: 'track',
  title: 'Track call, one event a request, answered after a durable commit (no applier running)',
  references:
    'Umami 3.1 on PostgreSQL 240/s, p99 163 ms, 4.7 ms CPU an event · Matomo 5 130/s · RudderStack 1,700/s (published, 2 cores)',
  measure: (options) => overFresh((url) => compareTrack(options, url, benchKey)),
};

export function compareTrack(options: BenchOptions, url: string, key: string): Promise<readonly Figure[]> {
  const what = 'order of a shop page';
  return compare(options, url, key, [
    { what, must: 0.6, aim: 0.75, requestOf: async () => (n) => trackRequest(n, key) },
  ]);
}

export const spJsonRow: Row = {
  name: 'sp-json',
  title: 'sp-json.php, which every page of every shop calls',
  references: null,
  measure: (options) => overFresh((url) => compareSpJson(options, url, benchKey)),
};

export function compareSpJson(options: BenchOptions, url: string, key: string): Promise<readonly Figure[]> {
  return compare(options, url, key, [
    {
      what: 'visitor with a valid token',
      must: 0.5,
      aim: 0.8,
      requestOf: async (port) => {
        const tokens = await tokensOf(port, visitors, key);
        return (n) => spJsonRequest(tokens[n % tokens.length] ?? '', key);
      },
    },
    {
      what: 'new visitor: a token is minted',
      must: null,
      aim: null,
      requestOf: async () => () => spJsonRequest('', key),
    },
  ]);
}

/** Events of one call. */
const batchSize = 50;

export const batchRow: Row = {
  name: 'batch',
  title: 'Batches of 50 events through POST /collect, answered after a durable commit (no applier running)',
  references: 'Matomo bulk 410 events/s · Umami batch 290 events/s',
  measure: (options) =>
    overFresh(async (url) => {
      const doors = await startDoors('real', url, benchKey);
      try {
        const { result, cpuMicros } = await measure(doors, batchRequest, options.seconds);
        const accepted = (result.rate * (result.statuses['200'] ?? 0)) / result.answers;
        const told = describe({ result, cpuMicros });
        return [
          {
            what: 'events accepted durably',
            measured: accepted * batchSize,
            unit: 'events/s',
            must: atLeast(40_000),
            aim: 80_000,
            note: `${told}; ${(cpuMicros / batchSize).toFixed(0)} µs of node an event`,
          },
        ];
      } finally {
        doors.stop();
      }
    }),
};

interface Compared {
  readonly what: string;
  readonly must: number | null;
  readonly aim: number | null;
  readonly requestOf: (port: number) => Promise<(n: number) => string>;
}

export interface DoorServer {
  readonly port: number;
  cpu(): Promise<number>;
  stop(): void;
}

async function overFresh(measureOver: (url: string) => Promise<readonly Figure[]>): Promise<readonly Figure[]> {
  const database = await startDatabase();
  try {
    await migrate(database.url);
    return await measureOver(database.url);
  } finally {
    await database.stop();
  }
}

async function compare(
  options: BenchOptions,
  url: string,
  key: string,
  rows: readonly Compared[],
): Promise<readonly Figure[]> {
  const stops: (() => void)[] = [];
  try {
    const real = await startDoors('real', url, key);
    stops.push(real.stop);
    const bare = await startDoors('bare', url, key);
    stops.push(bare.stop);
    const figures: Figure[] = [];
    for (const { what, must, aim, requestOf } of rows) {
      const request = await requestOf(real.port);
      const rounds: { bare: Measured; real: Measured }[] = [];
      for (let round = 0; round < options.rounds; round++) {
        rounds.push({
          bare: await measure(bare, request, options.seconds),
          real: await measure(real, request, options.seconds),
        });
      }
      const ratio = (round: (typeof rounds)[number]) => round.real.result.rate / round.bare.result.rate;
      const median = rounds.toSorted((a, b) => ratio(a) - ratio(b))[Math.floor(rounds.length / 2)];
      if (median === undefined) continue;
      figures.push({
        what: `${what}: ratio to the bare route`,
        measured: ratio(median),
        unit: '×',
        must: must === null ? null : atLeast(must),
        aim,
        note: `ours ${describe(median.real)}; bare ${describe(median.bare)}`,
      });
    }
    return figures;
  } finally {
    for (const stop of stops) stop();
  }
}

interface Measured {
  readonly result: LoadResult;
  readonly cpuMicros: number;
}

async function measure(server: DoorServer, request: (n: number) => string, seconds: number): Promise<Measured> {
  const before = await server.cpu();
  const result = await load({ port: server.port, connections, seconds, rate: null, request });
  return { result, cpuMicros: ((await server.cpu()) - before) / result.answers };
}

function describe({ result, cpuMicros }: Measured): string {
  const odd = Object.keys(result.statuses).some((status) => status !== '200');
  return (
    `${Math.round(result.rate).toLocaleString('en')}/s, p99 ${result.p99.toFixed(1)} ms, ${cpuMicros.toFixed(0)} µs of node a call` +
    (odd ? `, statuses ${JSON.stringify(result.statuses)}` : '')
  );
}

function trackRequest(n: number, key: string): string {
  const query =
    `email=person${n}%40example.com&name=Durand&firstname=Camille&address=12%20rue%20de%20la%20Paix&cp=75002&city=Paris&country=FR&tel=0102030405` +
    `&optin=1&mobile_optin=0&action=order&idorder=B${n}&amount=89.90&state=10&lang=fr_FR&company=&custom_fields%5B327%5D=Bleu` +
    `&add_tag=&del_tag=&add_order_tag=&del_order_tag=` +
    `&product_attributes%5B0%5D%5B0%5D=Robe&product_attributes%5B0%5D%5B1%5D=Rouge&site=${key}&source=tracker-js&customer_cookie=undefined`;
  return `GET /track?${query} HTTP/1.1\r\nHost: bench\r\nOrigin: https://shop.example\r\nUser-Agent: bench\r\n\r\n`;
}

function batchRequest(n: number): string {
  const events = Array.from({ length: batchSize }, (_, place) => ({
    id: `b${n}-${place}`,
    type: 'order',
    at: 1_764_000_000_000,
    data: {
      key: `B${n}-${place}`,
      total: 89.9,
      currency: 'EUR',
      state: 'placed',
      customer: { email: `person${n}.${place}@example.com`, name: 'Durand', firstname: 'Camille', city: 'Paris' },
      optin: true,
    },
  }));
  const body = JSON.stringify({ sentAt: 1_764_000_060_000, consent: 'banner', events });
  return (
    `POST /collect?key=${benchKey} HTTP/1.1\r\nHost: bench\r\nOrigin: https://shop.example\r\nContent-Type: text/plain\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

function spJsonRequest(token: string, key: string): string {
  const sbt = token === '' ? '' : `&sbt=${token}`;
  return `GET /sp-json.php?publicKey=${key}${sbt} HTTP/1.1\r\nHost: bench\r\nOrigin: https://shop.example\r\n\r\n`;
}

async function tokensOf(port: number, count: number, key: string): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < count) {
    const answer: unknown = await (await fetch(`http://127.0.0.1:${port}/sp-json.php?publicKey=${key}`)).json();
    if (typeof answer === 'object' && answer !== null && 'cookie' in answer) tokens.push(String(answer.cookie));
  }
  return tokens;
}

export async function startDoors(kind: 'real' | 'bare', url: string, key: string): Promise<DoorServer> {
  const child = fork(new URL('./door-server.ts', import.meta.url), [kind, url, key]);
  const ask = () => new Promise<{ port: number; cpu: number }>((resolve) => child.once('message', resolve as never));
  const { port } = await ask();
  return {
    port,
    async cpu() {
      const answer = ask();
      child.send('cpu');
      return (await answer).cpu;
    },
    stop: () => child.kill(),
  };
}
