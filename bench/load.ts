/** Raw HTTP load: keep-alive connections, one request in flight on each (closed loop), so that the client costs as little as possible. */
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; null: as fast as answers come. */
  readonly rate: number | null;
  /** The bytes of request number n. */
  readonly request: (n: number) => string;
}

export interface LoadResult {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<string, number>>;
}

export async function load(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const started = performance.now();
  const end = started + options.seconds * 1000;
  let n = 0;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(options.port, '127.0.0.1');
      let sentAt = 0;
      let text = '';
      const interval = options.rate === null ? 0 : (options.connections / options.rate) * 1000;
      let due = performance.now() + Math.random() * interval;
      const send = () => {
        if (performance.now() >= end) {
          socket.end();
          return resolve();
        }
        sentAt = performance.now();
        socket.write(options.request(n++));
      };
      const next = () => {
        if (interval === 0) return send();
        due += interval;
        const wait = due - performance.now();
        if (wait > 0) setTimeout(send, wait);
        else send();
      };
      socket.setNoDelay(true);
      socket.on('connect', () => (interval === 0 ? send() : next()));
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        text = text === '' ? chunk.toString('latin1') : text + chunk.toString('latin1');
        if (!isWhole(text)) return;
        latencies.push(performance.now() - sentAt);
        const status = text.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        text = '';
        next();
      });
    });
  await Promise.all(Array.from({ length: options.connections }, one));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { rate: latencies.length / seconds, p50: at(0.5), p99: at(0.99), statuses };
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1];
  return length !== undefined && text.length >= head + 4 + Number(length);
}
