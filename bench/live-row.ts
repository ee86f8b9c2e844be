/** Rows "live" and "whole": the running product under a steady rate of calls, with somebody watching the verification screen. */
import { startDatabase } from './database.ts';
import { atLeast, atMost, type BenchOptions, type Bound, type Figure, type Row } from './figures.ts';
import { percentile } from './load.ts';
import { type BenchProgram, startProgramOver } from './program.ts';
import { type Door, describe, LiveCalls, type Run } from './steady.ts';

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

function latency(what: string, measured: number, must: Bound, aim: number | null, run: Run): Figure {
  return { what, measured, unit: 'ms', must, aim, note: describe(run) };
}

async function steady(rate: number, { seconds }: BenchOptions, door: Door): Promise<Run> {
  const database = await startDatabase();
  let program: BenchProgram | null = null;
  try {
    program = await startProgramOver(database.dataDir);
    const calls = new LiveCalls(database, program, door);
    await calls.warm(rate);
    return await calls.measure(rate, seconds);
  } finally {
    await program?.stop();
    await database.stop();
  }
}
