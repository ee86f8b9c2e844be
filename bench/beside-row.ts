/** Row "beside": what live calls notice of an import into the same shop. */
import { startDatabase } from './database.ts';
import { atMost, type BenchOptions, type Figure, type Row } from './figures.ts';
import { makeFile, runFile } from './import-file.ts';
import { percentile } from './load.ts';
import { startProgramOver } from './program.ts';
import { describe, LiveCalls, type Run } from './steady.ts';

const rate = 1_000;

export const besideRow: Row = {
  name: 'beside',
  title: `${rate.toLocaleString('en')} live v1 calls/s of a shop while its past is imported (whole program)`,
  references: null,
  measure,
};

async function measure({ seconds, rounds, lines }: BenchOptions): Promise<readonly Figure[]> {
  const file = makeFile(lines);
  const database = await startDatabase();
  try {
    const program = await startProgramOver(database.dataDir);
    try {
      const cookie = await program.signIn();
      const calls = new LiveCalls(database, program, 'v1');
      await calls.warm(rate);
      const several = async (): Promise<Run[]> => {
        const runs: Run[] = [];
        for (let round = 0; round < rounds; round++) runs.push(await calls.measure(rate, seconds));
        return runs;
      };
      const alone = await several();
      let over = false;
      const running = Promise.withResolvers<void>();
      const importing = runFile(program, cookie, file, running.resolve).finally(() => {
        over = true;
      });
      await Promise.race([running.promise, importing]);
      // the first lines are on their way, and the engine has compiled what they run through
      await calls.warm(rate);
      const beside = await several();
      if (over) throw new Error('the import was over before the live calls were: give it more --lines');
      const { seconds: whole } = await importing;
      return [
        compared('answer, p99, to that without the import', alone, beside, ({ result }) => result.p99),
        compared('answer to screen, p99, to that without', alone, beside, ({ shownMs }) => percentile(shownMs, 0.99)),
        {
          what: 'the import, from the first byte to the last order',
          measured: whole,
          unit: 's',
          must: null,
          aim: null,
          note: `${lines.toLocaleString('en')} lines, live calls for part of it`,
        },
      ];
    } finally {
      await program.stop();
    }
  } finally {
    await database.stop();
  }
}

/** The machine has two cores, and the import takes what the calls leave: what they may notice is one more batch before theirs. */
function compared(what: string, alone: readonly Run[], beside: readonly Run[], p99: (run: Run) => number): Figure {
  const [without, shown] = [median(alone, p99), median(beside, p99)];
  if (without === undefined || shown === undefined) throw new Error('it takes a round at least');
  return {
    what,
    measured: p99(shown) / p99(without),
    unit: '×',
    must: atMost(2),
    aim: null,
    note: `alone ${p99(without).toFixed(1)} ms, beside it ${p99(shown).toFixed(1)} ms; ${describe(shown)}`,
  };
}

function median(runs: readonly Run[], value: (run: Run) => number): Run | undefined {
  return runs.toSorted((a, b) => value(a) - value(b))[Math.floor(runs.length / 2)];
}
