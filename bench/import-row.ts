/** Row "import": a shop's past as a file, from the first byte uploaded to the last order applied. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { postgresCpu } from './cpu.ts';
import { type BenchDatabase, startDatabase } from './database.ts';
import { atMost, type BenchOptions, type Figure, type Row } from './figures.ts';
import { makeFile, ordersEach, runFile } from './import-file.ts';
import { startProgramOver } from './program.ts';
import { counting, countStatements, printStatements } from './statements.ts';

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
      const first = await runFile(program, cookie, file);
      const used = (what: 'node' | 'postgres', now: number) => ((now - before[what]) / lines).toFixed(0);
      const cpu = `CPU a line: node ${used('node', program.cpu())} µs, postgres ${used('postgres', postgresCpu(database.dataDir))} µs`;
      const memory = peakMemory(program.pid);
      await statements?.print(lines);
      const [orders, profiles] = await countRows(database.url);
      const again = options.rounds > 1 ? await runFile(program, cookie, file) : null;
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
