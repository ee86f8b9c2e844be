/** Row "track call": our doors against a bare fastify route with the same validation, in turns, in one run. */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '#store/migrate.ts';
import { startPostgres } from '#store/postgres.ts';
import { type LoadResult, load } from './load.ts';

const benchKey = 'bench_public';
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

const filler = '&add_tag=&del_tag=&add_order_tag=&del_order_tag=';
function trackRequest(n: number): string {
  const query =
    `email=person${n}%40example.com&name=Durand&firstname=Camille&address=12%20rue%20de%20la%20Paix&cp=75002&city=Paris&country=FR&tel=0102030405` +
    `&optin=1&mobile_optin=0&action=order&idorder=B${n}&amount=89.90&state=10&lang=fr_FR&company=&custom_fields%5B327%5D=Bleu${filler}` +
    `&product_attributes%5B0%5D%5B0%5D=Robe&product_attributes%5B0%5D%5B1%5D=Rouge&site=${benchKey}&source=tracker-js&customer_cookie=undefined`;
  return `GET /track?${query} HTTP/1.1\r\nHost: bench\r\nOrigin: https://shop.example\r\nUser-Agent: bench\r\n\r\n`;
}

function spJsonRequest(token: string): string {
  const sbt = token === '' ? '' : `&sbt=${token}`;
  return `GET /sp-json.php?publicKey=${benchKey}${sbt} HTTP/1.1\r\nHost: bench\r\nOrigin: https://shop.example\r\n\r\n`;
}

const folder = await mkdtemp(join(tmpdir(), 'spread-bench-'));
const postgres = await startPostgres(folder, { settings: { max_wal_size: '4GB' } });
try {
  const { url } = await prepare(postgres.url);
  const real = await start('real', url);
  const bare = await start('bare', url);
  const tokens = await visitors(real.port, 5_000);
  for (const [name, request] of [
    ['track', trackRequest],
    ['sp-json', (n: number) => spJsonRequest(tokens[n % tokens.length] ?? '')],
    ['sp-json new', () => spJsonRequest('')],
  ] as const) {
    const rates: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const of = async (server: typeof real) => {
        const cpu = await server.cpu();
        const result = await load({ port: server.port, connections: 64, seconds, rate: null, request });
        print(`${name} ${server.kind}`, result, (await server.cpu()) - cpu);
        return result.rate;
      };
      rates.push([await of(bare), await of(real)]);
    }
    const ratios = rates.map(([b = 1, r = 0]) => r / b).sort((a, b) => a - b);
    process.stdout.write(`${name}: ratio to the bare route ${ratios[Math.floor(ratios.length / 2)]?.toFixed(2)}\n`);
  }
  real.stop();
  bare.stop();
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Tokens as browsers get them. */
async function visitors(port: number, count: number): Promise<string[]> {
  const tokens: string[] = [];
  while (tokens.length < count) {
    const answer: unknown = await (await fetch(`http://127.0.0.1:${port}/sp-json.php?publicKey=${benchKey}`)).json();
    if (typeof answer === 'object' && answer !== null && 'cookie' in answer) tokens.push(String(answer.cookie));
  }
  return tokens;
}

async function prepare(admin: string): Promise<{ url: string }> {
  await migrate(admin);
  return { url: admin };
}

function print(name: string, result: LoadResult, cpuMicros: number): void {
  const each = cpuMicros / (result.rate * seconds);
  process.stdout.write(
    `${name.padEnd(14)} ${result.rate.toFixed(0).padStart(7)}/s  p50 ${result.p50.toFixed(1)} ms  p99 ${result.p99.toFixed(1)} ms  ${each.toFixed(0)} µs a call  ${JSON.stringify(result.statuses)}\n`,
  );
}

async function start(kind: 'real' | 'bare', url: string) {
  const child = fork(new URL('./door-server.ts', import.meta.url), [kind, url]);
  const ask = () => new Promise<{ port: number; cpu: number }>((resolve) => child.once('message', resolve as never));
  const { port } = await ask();
  return {
    kind,
    port,
    cpu: async () => {
      const answer = ask();
      child.send('cpu');
      return (await answer).cpu;
    },
    stop: () => child.kill(),
  };
}
