/** Row "start": `npm start` on an installed tree, after the first time, until it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { startDatabase } from './database.ts';
import { atMost, type Figure, type Row } from './figures.ts';
import { greeting } from './program.ts';

const root = join(import.meta.dirname, '..');
const port = 39_481;
const starts = 3;

export const startRow: Row = {
  name: 'start',
  title: '`npm start` on an installed tree, after the first time, to the first answer',
  references: null,
  async measure(): Promise<readonly Figure[]> {
    const database = await startDatabase();
    // the program starts and stops the server itself
    const { dataDir } = database;
    const times: number[] = [];
    try {
      await database.leave();
      for (let n = 0; n <= starts; n++) times.push(await startOnce(dataDir));
    } finally {
      await database.stop();
    }
    const later = times.slice(1).toSorted((a, b) => a - b);
    const note = `first start over an empty database ${seconds(times[0])} s; later ones ${later.map(seconds).join(', ')} s`;
    const measured = later[Math.floor(later.length / 2)] ?? Number.NaN;
    return [
      { what: 'to the first answer (median)', measured: measured / 1000, unit: 's', must: atMost(3), aim: 1.5, note },
    ];
  },
};

async function startOnce(dataDir: string): Promise<number> {
  const started = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const greeted = greeting(child, /is running\./);
  const answered = firstAnswer();
  await Promise.all([greeted, answered]);
  const took = (await answered) - started;
  const gone = once(child, 'exit');
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  await gone;
  return took;
}

async function firstAnswer(): Promise<number> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return performance.now();
    await pause(10);
  }
}

function seconds(ms: number | undefined): string {
  return ((ms ?? Number.NaN) / 1000).toFixed(2);
}
