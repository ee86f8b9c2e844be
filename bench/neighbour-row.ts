/** Row "neighbour": a shop sends nonsense at ten times its limit; what another shop of the same server notices of it. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { openPool } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { startDatabase } from './database.ts';
import { atMost, type BenchOptions, type Figure, type Row } from './figures.ts';
import { type LoadResult, load } from './load.ts';
import { MixedShop } from './mix.ts';
import { benchKeys, startProgramOver } from './program.ts';

const secretKey = 'a key for benchmarks, and for benchmarks only';
/** Of a shop and of a pair: so low that ten times as much is still something this machine can send. */
const limit = 600;
const goodRate = 500;
const connections = 32;

export const neighbourRow: Row = {
  name: 'neighbour',
  title: `A shop sends nonsense at ten times its limit (${limit}/s) while another sends ${goodRate}/s (whole program)`,
  references: null,
  measure,
};

async function measure(options: BenchOptions): Promise<readonly Figure[]> {
  const database = await startDatabase();
  try {
    const program = await startProgramOver(database.dataDir, {
      SECRET_KEY: secretKey,
      CALLS_PER_SHOP: String(limit),
      CALLS_PER_KEY: String(limit),
    });
    try {
      const good = await makeNeighbour(database.url);
      const shop = new MixedShop(good.id);
      const send = (seconds: number): Promise<LoadResult> => {
        const requests = Array.from({ length: goodRate * seconds }, () => shop.trackRequest(shop.next(), good.key));
        return load({ port: program.port, connections, seconds, rate: goodRate, request: (n) => requests[n] ?? '' });
      };
      await isKnown(program.port, good.key);
      const warm = await send(2);
      const rounds: { alone: LoadResult; beside: LoadResult; noise: LoadResult }[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const alone = await send(options.seconds);
        const [beside, noise] = await Promise.all([send(options.seconds), makeNoise(program.port, options.seconds)]);
        rounds.push({ alone, beside, noise });
      }
      const answers = [warm, ...rounds.flatMap(({ alone, beside }) => [alone, beside])];
      const accepted = sum(answers.map(({ statuses }) => statuses['200'] ?? 0));
      const lost =
        sum(answers.map((one) => one.answers)) -
        Math.min(accepted, await countApplied(database.url, good.id, accepted));
      const ratio = (round: (typeof rounds)[number]) => round.beside.p99 / round.alone.p99;
      const median = rounds.toSorted((a, b) => ratio(a) - ratio(b))[Math.floor(rounds.length / 2)];
      if (median === undefined) return [];
      const { alone, beside, noise } = median;
      return [
        {
          what: 'the other shop: p99 beside it to p99 alone',
          measured: ratio(median),
          unit: '×',
          must: atMost(2),
          aim: null,
          note: `p99 alone ${alone.p99.toFixed(1)} ms, beside it ${beside.p99.toFixed(1)} ms; nonsense ${Math.round(noise.rate).toLocaleString('en')}/s, statuses ${JSON.stringify(noise.statuses)}`,
        },
        {
          what: 'calls of the other shop lost',
          measured: lost,
          unit: '',
          must: atMost(0),
          aim: null,
          note: `answered 200: ${accepted.toLocaleString('en')} of ${sum(answers.map((one) => one.answers)).toLocaleString('en')}`,
        },
      ];
    } finally {
      await program.stop();
    }
  } finally {
    await database.stop();
  }
}

async function makeNeighbour(url: string): Promise<{ id: number; key: string }> {
  const pool = openPool(url, { max: 1 });
  try {
    const { shopId, publicKey } = await createShop(pool, deriveKeys(secretKey), { name: 'The other shop' });
    return { id: shopId, key: publicKey };
  } finally {
    await pool.end();
  }
}

/** A key made beside the running program is known to it a moment later. */
async function isKnown(port: number, key: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/sp-json.php?publicKey=${key}`);
    await answer.arrayBuffer();
    if (answer.ok) return;
    await pause(100);
  }
}

/** What no shop means: broken escapes, brackets without end, bytes that are no text, v1 calls with a wrong body. */
function makeNoise(port: number, seconds: number): Promise<LoadResult> {
  const deep = '%5B'.repeat(400);
  const nonsense = [
    `GET /track?site=${benchKeys.publicKey}&%%%&=&&action=%zz HTTP/1.1\r\nHost: bench\r\n\r\n`,
    `GET /track?site=${benchKeys.publicKey}&custom_fields${deep}=1 HTTP/1.1\r\nHost: bench\r\n\r\n`,
    `GET /track?site=${benchKeys.publicKey}&email=%ff%fe%00&action=order HTTP/1.1\r\nHost: bench\r\n\r\n`,
    postOf('/api/CreateOrder', `data[${deep}]=%ff`),
  ];
  const request = (n: number): string => nonsense[n % nonsense.length] ?? '';
  return load({ port, connections, seconds, rate: limit * 10, request });
}

function postOf(path: string, body: string): string {
  const authorization = Buffer.from(`${benchKeys.publicKey}:${benchKeys.privateKey}`).toString('base64');
  return (
    `POST ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic ${authorization}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Rows of the journal, once `wanted` are there or nothing more comes. */
async function countApplied(url: string, shop: number, wanted: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let deadline = performance.now() + 30_000; ; ) {
      const { rows } = await client.query<{ n: number }>('select count(*)::int as n from journal where shop_id = $1', [
        shop,
      ]);
      const n = rows[0]?.n ?? 0;
      if (n >= wanted || performance.now() > deadline) return n;
      await pause(250);
    }
  } finally {
    await client.end();
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
