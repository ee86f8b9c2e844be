/** Row "screens": each query of the back office and of API v2 over the filled database, and whether it reads a large table from end to end. */
import { openDb } from '#store/db.ts';
import { atMost, type BenchOptions, type Figure, type Row } from '../figures.ts';
import { percentile } from '../load.ts';
import { type Asking, prepareAsking, type ScreenCase, type ScreenCases } from './asking.ts';
import { openScale } from './database.ts';
import { scaleKeys, scaleShop, scaleUser } from './fill.ts';
import { Recorder, scannedTables } from './recorder.ts';
import { crmScreens } from './screens-crm.ts';
import { exportScreens } from './screens-export.ts';
import { personScreens } from './screens-person.ts';
import { rightsScreens } from './screens-rights.ts';
import { trackerScreens } from './screens-tracker.ts';

/** Every function that `src/views` exports (`checks/scale.test.ts`). */
export const screenCases: ScreenCases = {
  ...crmScreens,
  ...exportScreens,
  ...personScreens,
  ...rightsScreens,
  ...trackerScreens,
};

const times = 40;
/** Of one case: a slow one is asked less often. */
const longestMs = 6_000;
const fewestTimes = 8;
const largeTable = 10_000;

export const screensRow: Row = {
  name: 'screens',
  title: 'Every view of the back office and of API v2 over the filled database, p95',
  references: null,
  async measure(options: BenchOptions) {
    const scale = await openScale(options);
    const recorder = new Recorder(scale.url);
    const { pool } = recorder;
    try {
      const asking = await prepareAsking(
        { db: openDb(pool), pool, keys: scaleKeys, shop: scaleShop, user: scaleUser },
        scale.size,
      );
      const figures: Figure[] = [];
      const scans: string[] = [];
      for (const [file, views] of Object.entries(screenCases)) {
        for (const [view, cases] of Object.entries(views)) {
          if (typeof cases === 'string') continue;
          for (const one of cases) {
            const name = `${file.replace(/\.ts$/, '')} ${view}: ${one.what}`;
            if (options.only !== null && !name.includes(options.only)) continue;
            recorder.statements.clear();
            figures.push(await measureCase(asking, name, one));
            for (const table of await scansOf(recorder)) scans.push(`${name} reads ${table}`);
          }
        }
      }
      const scanned: Figure = {
        what: 'views that read a table of over 10,000 rows whole',
        measured: scans.length,
        unit: '',
        must: atMost(0),
        aim: null,
      };
      const held: Figure = { what: 'profiles in it', measured: scale.size.profiles, unit: '', must: null, aim: null };
      return [held, ...figures, scans.length === 0 ? scanned : { ...scanned, note: scans.join('\n      ') }];
    } finally {
      await pool.end();
      await scale.stop();
    }
  },
};

async function measureCase(asking: Asking, what: string, { ask, mustMs = 100 }: ScreenCase): Promise<Figure> {
  // connections, and what the server reads of its catalogs
  await ask(asking, times);
  await ask(asking, times + 1);
  const took: number[] = [];
  const started = performance.now();
  for (let n = 0; n < times && (n < fewestTimes || performance.now() - started < longestMs); n++) {
    const at = performance.now();
    await ask(asking, n);
    took.push(performance.now() - at);
  }
  const measured = percentile(took, 0.95);
  const note = measured > 30 ? { note: `median ${percentile(took, 0.5).toFixed(1)} ms of ${took.length}` } : {};
  return { what, measured, unit: 'ms', must: atMost(mustMs), aim: 30, ...note };
}

async function scansOf({ pool, statements }: Recorder): Promise<string[]> {
  const found = new Set<string>();
  // explaining is itself a statement of the pool
  for (const statement of [...statements.values()]) {
    for (const table of await scannedTables(pool, statement, largeTable)) found.add(table);
  }
  return [...found];
}
