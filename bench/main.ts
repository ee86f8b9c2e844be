/** `npm run bench`, `npm run bench -- NAME…`, `npm run bench -- --scale`: measures the rows of docs/bench.md and prints them beside their bounds. */
import { arch, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { backOfficeRow, liveScreenRow } from './back-office-row.ts';
import { besideRow } from './beside-row.ts';
import { batchRow, spJsonRow, trackRow } from './door-rows.ts';
import { drainRow } from './drain-row.ts';
import { type BenchOptions, isMet, printRow, type Row, say } from './figures.ts';
import { importRow } from './import-row.ts';
import { liveRow, wholeRow } from './live-row.ts';
import { mix } from './mix.ts';
import { neighbourRow } from './neighbour-row.ts';
import { doorsRow } from './scale/doors-row.ts';
import { expiryRow } from './scale/expiry-row.ts';
import { screensRow } from './scale/screens-row.ts';
import { startRow } from './start-row.ts';
import { trackerPageRow } from './tracker-page.ts';
import { trackerRow } from './tracker-row.ts';

const rows: readonly Row[] = [
  trackRow,
  batchRow,
  spJsonRow,
  liveRow,
  drainRow,
  wholeRow,
  neighbourRow,
  importRow,
  besideRow,
  startRow,
  trackerRow,
  trackerPageRow,
  backOfficeRow,
  liveScreenRow,
];

/** In the database that `--scale` fills. */
const scaleRows: readonly Row[] = [screensRow, doorsRow, expiryRow];

await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const { chosen, options } = readWords(words);
  const started = performance.now();
  const [cpu] = cpus();
  say(
    `${cpus().length} × ${cpu?.model.trim() ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, load before ${loadavg()[0]?.toFixed(1)}. ` +
      'Client, server and database share them: rates are lower bounds, ratios and CPU a call say more (docs/bench.md).',
  );
  const missed: string[] = [];
  for (const row of chosen) {
    const figures = await row.measure(options);
    printRow(row, figures);
    missed.push(...figures.filter((figure) => !isMet(figure)).map(({ what }) => `${row.name}: ${what}`));
  }
  say(
    `\n${((performance.now() - started) / 1000).toFixed(0)} s. ${missed.length === 0 ? 'All that must hold does.' : 'Not ok:'}`,
  );
  for (const what of missed) say(`  ${what}`);
  if (missed.length > 0) process.exitCode = 1;
}

function readWords(words: readonly string[]): { chosen: readonly Row[]; options: BenchOptions } {
  const number = (fallback: number) => ({ type: 'string', default: String(fallback) }) as const;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      seconds: number(4),
      rounds: number(3),
      facts: number(60_000),
      people: number(mix.people),
      lines: number(450_000),
      statements: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      profiles: number(1_000_000),
      url: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const given = values.scale ? scaleRows : rows;
  const unknown = positionals.filter((name) => !given.some((row) => row.name === name));
  if (unknown.length > 0) {
    throw new Error(`no row ${unknown.join(', ')}; there are ${given.map(({ name }) => name).join(', ')}`);
  }
  return {
    chosen: given.filter((row) => (positionals.length === 0 ? !row.onlyNamed : positionals.includes(row.name))),
    options: {
      seconds: Number(values.seconds),
      rounds: Number(values.rounds),
      facts: Number(values.facts),
      people: Number(values.people),
      lines: Number(values.lines),
      statements: values.statements,
      profiles: Number(values.profiles),
      url: values.url ?? null,
      only: values.only ?? null,
    },
  };
}
