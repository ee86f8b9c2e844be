/** Rows "live" and "whole": the running product under a steady rate of calls, with somebody watching the verification screen. */
import { get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { postgresCpu } from './cpu.ts';
import { type BenchDatabase, startDatabase } from './database.ts';
import { atLeast, atMost, type BenchOptions, type Bound, type Figure, type Row } from './figures.ts';
import { type LoadResult, load, percentile } from './load.ts';
import { MixedShop } from './mix.ts';
import { type BenchProgram, benchKeys, startProgramOver } from './program.ts';

const connections = 64;
/** The engine compiles what runs hot for some seconds; a program that has run for days has that behind it. */
const warmSeconds = 6;
/** The first shop of a fresh database, whose keys the program was started with. */
const shop = 1;

export const liveRow: Row = {
  name: 'live',
  title:
    'The whole program at a steady rate: answers, and the verification screen (load, program and database on this machine)',
  references: null,
  async measure(options) {
    const figures: Figure[] = [];
    for (const [rate, answerMs, answerAim, screenMs, screenAim] of [
      [1_000, 15, 8, 150, 60],
      [5_000, 40, 20, 500, null],
    ] as const) {
      const name = rate.toLocaleString('en');
      const track = await steady(rate, options, 'track');
      figures.push(latency(`track at ${name}/s: answer, p99`, track.result.p99, atMost(answerMs), answerAim, track));
      const v1 = await steady(rate, options, 'v1');
      const p99 = percentile(v1.shownMs, 0.99);
      figures.push(latency(`v1 at ${name}/s: answer to screen, p99`, p99, atMost(screenMs), screenAim, v1));
    }
    return figures;
  },
};

export const wholeRow: Row = {
  name: 'whole',
  title: 'Whole system: collected, applied and loaded on this machine, with a bounded backlog (mix as v1 calls)',
  references: null,
  async measure(options) {
    const notes: string[] = [];
    let held = 0;
    for (const rate of [5_000, 6_500, 8_000]) {
      const run = await steady(rate, options, 'v1');
      notes.push(`${rate.toLocaleString('en')}/s: ${describe(run)}`);
      if (!run.bounded) break;
      held = run.result.rate;
    }
    const figure = { what: 'highest rate held with a bounded backlog', measured: held, unit: 'calls/s' };
    return [{ ...figure, must: atLeast(4_950), aim: 8_000, note: notes.join('\n      ') }];
  },
};

interface Run {
  readonly result: LoadResult;
  /** Milliseconds from answer to screen, of each call that was shown. */
  readonly shownMs: readonly number[];
  readonly largestBacklog: number;
  /** The backlog never held more than a second's calls, and was gone a second after the last call. */
  readonly bounded: boolean;
  readonly nodeMicros: number;
  readonly pgMicros: number;
}

function latency(what: string, measured: number, must: Bound, aim: number | null, run: Run): Figure {
  return { what, measured, unit: 'ms', must, aim, note: describe(run) };
}

function describe({ result, shownMs, largestBacklog, bounded, nodeMicros, pgMicros }: Run): string {
  const odd = Object.keys(result.statuses).some((status) => status !== '200');
  const parts = [
    `answered ${Math.round(result.rate).toLocaleString('en')}/s, p50 ${result.p50.toFixed(1)}, p99 ${result.p99.toFixed(1)} ms`,
    ...(shownMs.length === 0
      ? []
      : [
          `shown ${Math.round((shownMs.length / result.answers) * 100)} %, p50 ${percentile(shownMs, 0.5).toFixed(0)} ms`,
        ]),
    `backlog ≤ ${largestBacklog.toLocaleString('en')}${bounded ? '' : ' (not bounded)'}`,
    `CPU a call: node ${nodeMicros.toFixed(0)} + postgres ${pgMicros.toFixed(0)} µs`,
    ...(odd ? [`statuses ${JSON.stringify(result.statuses)}`] : []),
  ];
  return parts.join(', ');
}

async function steady(rate: number, { seconds }: BenchOptions, door: 'track' | 'v1'): Promise<Run> {
  const database = await startDatabase();
  let program: BenchProgram | null = null;
  try {
    program = await startProgramOver(database.dataDir);
    return await measure(database, program, rate, seconds, door);
  } finally {
    await program?.stop();
    await database.stop();
  }
}

async function measure(
  database: BenchDatabase,
  program: BenchProgram,
  rate: number,
  seconds: number,
  door: 'track' | 'v1',
): Promise<Run> {
  const requests = requestsOf(rate * (seconds + warmSeconds), door);
  const warm = rate * warmSeconds;
  const answeredAt = new Map<string, number>();
  const shownAt = new Map<string, number>();
  const screen =
    door === 'v1'
      ? await watch(program, (seq) => void (shownAt.has(seq) || shownAt.set(seq, performance.now())))
      : null;
  const common = { port: program.port, connections, rate };
  await load({ ...common, seconds: warmSeconds, request: (n) => requests[n] ?? '' });
  const backlog = await watchBacklog(database.url);
  const before = { node: program.cpu(), pg: postgresCpu(database.dataDir) };
  const result = await load({
    ...common,
    seconds,
    request: (n) => requests[warm + n] ?? '',
    onAnswer(_n, _status, text) {
      const seq = /"recorded":"(\d+)"/.exec(text)?.[1];
      if (seq !== undefined) answeredAt.set(seq, performance.now());
    },
  });
  const { largest, gone } = await backlog.end();
  const nodeMicros = (program.cpu() - before.node) / result.answers;
  const pgMicros = (postgresCpu(database.dataDir) - before.pg) / result.answers;
  screen?.();
  const shownMs = [...answeredAt].flatMap(([seq, at]) => {
    const shown = shownAt.get(seq);
    return shown === undefined ? [] : [Math.max(0, shown - at)];
  });
  return { result, shownMs, largestBacklog: largest, bounded: gone && largest <= rate, nodeMicros, pgMicros };
}

/** Made before the load, which then costs this process little. */
function requestsOf(count: number, door: 'track' | 'v1'): Buffer[] {
  const mixed = new MixedShop(shop);
  const authorization = `Basic ${Buffer.from(`${benchKeys.publicKey}:${benchKeys.privateKey}`).toString('base64')}`;
  return Array.from({ length: count }, () => {
    const call = mixed.next();
    return Buffer.from(
      door === 'track' ? mixed.trackRequest(call, benchKeys.publicKey) : mixed.v1Request(call, authorization),
    );
  });
}

/** Opens the live screen's stream as a browser would; `onRow` is told the sequence of each row as it arrives. Answers its end. */
async function watch(program: BenchProgram, onRow: (seq: string) => void): Promise<() => void> {
  const cookie = await program.signIn();
  return new Promise((resolve, reject) => {
    const request = get(
      { port: program.port, host: '127.0.0.1', path: `/api/shops/${shop}/live`, headers: { cookie } },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`the live stream answered ${answer.statusCode}`));
        let rest = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            if (line.startsWith('data: [')) for (const { seq } of JSON.parse(line.slice(6))) onRow(seq);
          }
        });
        resolve(() => request.destroy());
      },
    );
    request.on('error', reject);
  });
}

/** Looks twice a second how many calls wait to be applied. */
async function watchBacklog(url: string): Promise<{ end(): Promise<{ largest: number; gone: boolean }> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const waiting = async (): Promise<number> => {
    const { rows } = await client.query<{ n: number }>('select coalesce(sum(n), 0)::int as n from intake');
    return rows[0]?.n ?? 0;
  };
  let largest = 0;
  let over = false;
  const looking = (async () => {
    while (!over) {
      largest = Math.max(largest, await waiting());
      await pause(500);
    }
  })();
  return {
    async end() {
      over = true;
      await pause(1_000);
      await looking;
      const gone = (await waiting()) === 0;
      await client.end();
      return { largest, gone };
    },
  };
}
