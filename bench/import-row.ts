/** Row "import": a shop's past as a file, from the first byte uploaded to the last order applied. */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { ImportPage } from '#contract/imports.ts';
import { largestPiece } from '#contract/lists.ts';
import { postgresCpu } from './cpu.ts';
import { type BenchDatabase, startDatabase } from './database.ts';
import { atMost, type BenchOptions, type Figure, type Row } from './figures.ts';
import { type BenchProgram, startProgramOver } from './program.ts';
import { counting, countStatements, printStatements } from './statements.ts';

/** Orders of one client. */
const ordersEach = 3;
const headers =
  'Référence;Date de commande;E-mail;Nom;Prénom;Adresse;Code postal;Ville;Pays;Téléphone;Total TTC;Devise;Statut';

export const importRow: Row = {
  name: 'import',
  title: 'A CSV of 450,000 orders with their clients (whole program, through a real upload)',
  references: 'a well-known connector of a mailing service needs over a week for as many',
  measure,
};

async function measure(options: BenchOptions): Promise<readonly Figure[]> {
  const { lines } = options;
  const file = makeFile(lines);
  const database = await startDatabase(options.statements ? counting : {});
  try {
    const program = await startProgramOver(database.dataDir);
    try {
      const cookie = await program.signIn();
      const statements = options.statements ? await openStatements(database) : null;
      const idle = peakMemory(program.pid);
      const before = { node: program.cpu(), postgres: postgresCpu(database.dataDir) };
      const first = await importFile(program, cookie, file);
      const used = (what: 'node' | 'postgres', now: number) => ((now - before[what]) / lines).toFixed(0);
      const cpu = `CPU a line: node ${used('node', program.cpu())} µs, postgres ${used('postgres', postgresCpu(database.dataDir))} µs`;
      const memory = peakMemory(program.pid);
      await statements?.print(lines);
      const [orders, profiles] = await countRows(database.url);
      const again = options.rounds > 1 ? await importFile(program, cookie, file) : null;
      const { created, refused } = first.page.counts;
      return [
        {
          what: 'from the first byte to the last order',
          measured: first.seconds,
          unit: 's',
          must: atMost(60),
          aim: 35,
          note: `upload ${first.uploadSeconds.toFixed(1)} s of it, ${(file.length / 2 ** 20).toFixed(0)} MB; ${cpu}`,
        },
        {
          what: 'peak memory of the process',
          measured: memory,
          unit: 'MB',
          must: atMost(300),
          aim: 120,
          note: `${idle.toFixed(0)} MB before the first byte`,
        },
        {
          what: 'orders or clients amiss',
          measured: Math.abs(orders - lines) + Math.abs(profiles - lines / ordersEach) + Math.abs(created - lines),
          unit: '',
          must: atMost(0),
          aim: null,
          note: `${orders.toLocaleString('en')} orders, ${profiles.toLocaleString('en')} clients, ${refused} lines refused`,
        },
        ...(again === null
          ? []
          : [
              {
                what: 'lines of the same file again that changed something',
                measured: lines - again.page.counts.unchanged,
                unit: '',
                must: atMost(0),
                aim: null,
                note: `${again.seconds.toFixed(1)} s; peak memory ${peakMemory(program.pid).toFixed(0)} MB`,
              },
            ]),
      ];
    } finally {
      await program.stop();
    }
  } finally {
    await database.stop();
  }
}

/** As a shop's tool exports it: semicolons, decimal commas, the newest order last. */
function makeFile(lines: number): Buffer {
  const parts: string[] = [`${headers}\r\n`];
  const cities = ['Lyon', 'Paris', 'Nantes', 'Bordeaux', 'Lille', 'Rennes', 'Brest', 'Saint-Étienne'];
  const states = ['Payée', 'Expédiée', 'Livrée', 'Terminée', 'Annulée'];
  for (let n = 0; n < lines; n++) {
    const client = n % (lines / ordersEach);
    const day = new Date(Date.UTC(2022, 0, 1) + n * 240_000).toISOString();
    const date = `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)} ${day.slice(11, 16)}`;
    parts.push(
      `C${100_000 + n};${date};client${client}@example.test;Nom${client % 5_000};Prénom${client % 300};${client % 90} rue de la République;` +
        `${String(10_000 + (client % 85_000))};${cities[client % cities.length]};FR;06${String(10_000_000 + client)};` +
        `${20 + (n % 180)},${String(n % 100).padStart(2, '0')};EUR;${states[n % states.length]}\r\n`,
    );
  }
  return Buffer.from(parts.join(''));
}

interface Imported {
  readonly page: ImportPage;
  readonly seconds: number;
  readonly uploadSeconds: number;
}

async function importFile(program: BenchProgram, cookie: string, file: Buffer): Promise<Imported> {
  const base = `http://127.0.0.1:${program.port}/api/shops/1/imports`;
  const call = async (path: string, body?: object | Buffer): Promise<ImportPage> => {
    const bytes = Buffer.isBuffer(body);
    const answer = await fetch(`${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, 'content-type': bytes ? 'application/octet-stream' : 'application/json' },
      ...(body === undefined ? {} : { body: bytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const until = async (id: string, states: readonly string[]): Promise<ImportPage> => {
    for (;;) {
      const page = await call(`/${id}`);
      if (states.includes(page.state)) return page;
      if (page.state === 'failed') throw new Error(`the import failed: ${page.fault}`);
      await pause(100);
    }
  };
  const started = performance.now();
  const { id } = await call('', { kind: 'orders', fileName: 'commandes.csv', size: file.length });
  for (let at = 0; at < file.length; at += largestPiece)
    await call(`/${id}/bytes?at=${at}`, file.subarray(at, at + largestPiece));
  const uploadSeconds = (performance.now() - started) / 1000;
  await call(`/${id}/read`, { encoding: null, separator: null });
  const { setupFault } = await until(id, ['ready']);
  if (setupFault !== null) throw new Error(`the columns were not understood: ${setupFault}`);
  await call(`/${id}/run`, {});
  const page = await until(id, ['done']);
  return { page, seconds: (performance.now() - started) / 1000, uploadSeconds };
}

async function openStatements({ adminUrl }: BenchDatabase): Promise<{ print(lines: number): Promise<void> }> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await countStatements(admin);
  return {
    async print(lines) {
      await printStatements(admin, lines);
      await admin.end();
    },
  };
}

async function countRows(url: string): Promise<readonly [orders: number, profiles: number]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ orders: number; profiles: number }>(
      'select (select count(*) from orders)::int as orders, (select count(*) from profile)::int as profiles',
    );
    return [rows[0]?.orders ?? 0, rows[0]?.profiles ?? 0];
  } finally {
    await client.end();
  }
}

/** MB a process ever held. */
function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
