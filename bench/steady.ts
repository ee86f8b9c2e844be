/** The running product under a steady rate of calls, with somebody watching the verification screen. */
import { get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { postgresCpu } from './cpu.ts';
import type { BenchDatabase } from './database.ts';
import { type LoadResult, load, percentile } from './load.ts';
import { MixedShop } from './mix.ts';
import { type BenchProgram, benchKeys } from './program.ts';

const connections = 64;
/** The engine compiles what runs hot for some seconds; a program that has run for days has that behind it. */
const warmSeconds = 6;
/** The first shop of a fresh database, whose keys the program was started with. */
const shop = 1;

export type Door = 'track' | 'v1';

export interface Run {
  readonly result: LoadResult;
  /** Milliseconds from answer to screen, of each call that was shown. */
  readonly shownMs: readonly number[];
  readonly largestBacklog: number;
  /** The backlog never held more than a second's calls, and was gone a second after the last call. */
  readonly bounded: boolean;
  readonly nodeMicros: number;
  readonly pgMicros: number;
}

export function describe({ result, shownMs, largestBacklog, bounded, nodeMicros, pgMicros }: Run): string {
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

/** Calls of one shop through one door; each measurement goes on where the one before it ended. */
export class LiveCalls {
  readonly #database: BenchDatabase;
  readonly #program: BenchProgram;
  readonly #door: Door;
  readonly #mixed = new MixedShop(shop);

  constructor(database: BenchDatabase, program: BenchProgram, door: Door) {
    this.#database = database;
    this.#program = program;
    this.#door = door;
  }

  async warm(rate: number): Promise<void> {
    const requests = this.#make(rate * warmSeconds);
    await load({ ...this.#common(rate), seconds: warmSeconds, request: (n) => requests[n] ?? '' });
  }

  async measure(rate: number, seconds: number): Promise<Run> {
    const { url, dataDir } = this.#database;
    const requests = this.#make(rate * seconds);
    const answeredAt = new Map<string, number>();
    const shownAt = new Map<string, number>();
    const onRow = (seq: string) => void (shownAt.has(seq) || shownAt.set(seq, performance.now()));
    const screen = this.#door === 'v1' ? await watch(this.#program, onRow) : null;
    const backlog = await watchBacklog(url);
    const before = { node: this.#program.cpu(), pg: postgresCpu(dataDir) };
    const result = await load({
      ...this.#common(rate),
      seconds,
      request: (n) => requests[n] ?? '',
      onAnswer(_n, _status, text) {
        const seq = /"recorded":"(\d+)"/.exec(text)?.[1];
        if (seq !== undefined) answeredAt.set(seq, performance.now());
      },
    });
    const { largest, gone } = await backlog.end();
    const nodeMicros = (this.#program.cpu() - before.node) / result.answers;
    const pgMicros = (postgresCpu(dataDir) - before.pg) / result.answers;
    screen?.();
    const shownMs = [...answeredAt].flatMap(([seq, at]) => {
      const shown = shownAt.get(seq);
      return shown === undefined ? [] : [Math.max(0, shown - at)];
    });
    return { result, shownMs, largestBacklog: largest, bounded: gone && largest <= rate, nodeMicros, pgMicros };
  }

  #common(rate: number) {
    return { port: this.#program.port, connections, rate };
  }

  /** Made before the load, which then costs this process little. */
  #make(count: number): Buffer[] {
    const authorization = `Basic ${Buffer.from(`${benchKeys.publicKey}:${benchKeys.privateKey}`).toString('base64')}`;
    return Array.from({ length: count }, () => {
      const call = this.#mixed.next();
      return Buffer.from(
        this.#door === 'track'
          ? this.#mixed.trackRequest(call, benchKeys.publicKey)
          : this.#mixed.v1Request(call, authorization),
      );
    });
  }
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

/** Looks twice a second how many live calls wait to be applied. */
async function watchBacklog(url: string): Promise<{ end(): Promise<{ largest: number; gone: boolean }> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const waiting = async (): Promise<number> => {
    const { rows } = await client.query<{ n: number }>(
      'select coalesce(sum(n), 0)::int as n from intake where lane = 0',
    );
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
