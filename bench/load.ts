/** Raw HTTP load over keep-alive connections, one request in flight on each, so that the client costs as little as possible. */
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections, each due at its own time; null: as fast as answers come. */
  readonly rate: number | null;
  /** The bytes of request number n. */
  readonly request: (n: number) => string | Buffer;
  /** Told of each answer: its status, and all of its text. */
  readonly onAnswer?: (n: number, status: string, text: string) => void;
}

export interface LoadResult {
  /** Answers a second. */
  readonly rate: number;
  readonly answers: number;
  /** Milliseconds from when a request was due, so that a server that stalls is not spared what would have come meanwhile. */
  readonly p50: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<string, number>>;
}

interface Line {
  readonly socket: Socket;
  n: number;
  due: number;
  text: string;
}

export async function load(options: LoadOptions): Promise<LoadResult> {
  const { rate } = options;
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const lines = await Promise.all(Array.from({ length: options.connections }, () => open(options.port)));
  const idle = [...lines];
  const started = performance.now();
  const end = started + options.seconds * 1000;
  let n = 0;
  await new Promise<void>((resolve, reject) => {
    let timer: NodeJS.Timeout | null = null;
    const pump = (): void => {
      timer = null;
      for (;;) {
        const now = performance.now();
        const due = rate === null ? now : started + (n / rate) * 1000;
        // calls that were due are sent even when the server is late; one that never catches up is given up on
        if (due >= end || now > end + 5_000) {
          if (idle.length === lines.length) resolve();
          return;
        }
        if (idle.length === 0) return;
        if (due > now) {
          timer = setTimeout(pump, due - now);
          return;
        }
        const line = idle.pop();
        if (line === undefined) return;
        line.n = n++;
        line.due = due;
        line.socket.write(options.request(line.n));
      }
    };
    for (const line of lines) {
      line.socket.on('error', reject);
      line.socket.on('close', () => reject(new Error('the server closed a connection')));
      line.socket.on('data', (chunk) => {
        line.text = line.text === '' ? chunk.toString('latin1') : line.text + chunk.toString('latin1');
        if (!isWhole(line.text)) return;
        latencies.push(performance.now() - line.due);
        const status = line.text.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        options.onAnswer?.(line.n, status, line.text);
        line.text = '';
        idle.push(line);
        if (timer === null) pump();
      });
    }
    pump();
  });
  const seconds = (performance.now() - started) / 1000;
  for (const { socket } of lines) socket.removeAllListeners('close').destroy();
  return {
    rate: latencies.length / seconds,
    answers: latencies.length,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    statuses,
  };
}

/** NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function open(port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve({ socket, n: 0, due: 0, text: '' });
    });
  });
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1];
  return length !== undefined && text.length >= head + 4 + Number(length);
}
