/** Rows "back-office" and "live-screen": what the built screens cost a browser. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startDatabase } from './database.ts';
import { type Devtools, openDevtools } from './devtools.ts';
import { atMost, type Figure, type Row } from './figures.ts';
import { load } from './load.ts';
import { MixedShop } from './mix.ts';
import { type BenchProgram, benchKeys, startProgramOver } from './program.ts';

const built = join(import.meta.dirname, '../dist/ui');
const shop = 1;
const loads = 7;
const minute = 60;
const rate = 1_000;

/** A file of the build, by its source. */
interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly isDynamicEntry?: boolean;
}

/** Screens looked at in a browser. Their title is there with the first content. */
const screens = ['tracker', 'overview', 'verification', 'orders'] as const;

export const backOfficeRow: Row = {
  name: 'back-office',
  title: `The built back office: first load of each screen, and what a browser with an empty cache makes of it (median of ${loads})`,
  references: null,
  async measure() {
    return [...bundleFigures(), ...(await withProgram(screenFigures))];
  },
};

export const liveScreenRow: Row = {
  name: 'live-screen',
  title: `The verification screen while ${rate.toLocaleString('en')} calls a second arrive, for a minute`,
  references: null,
  onlyNamed: true,
  measure: () => withProgram(minuteFigures),
};

async function withProgram(
  measure: (program: BenchProgram, devtools: Devtools) => Promise<Figure[]>,
): Promise<readonly Figure[]> {
  const database = await startDatabase();
  let program: BenchProgram | null = null;
  let devtools: Devtools | null = null;
  try {
    program = await startProgramOver(database.dataDir);
    devtools = await openDevtools(1);
    const url = `http://127.0.0.1:${program.port}/`;
    for (const pair of (await program.signIn()).split('; ')) {
      const place = pair.indexOf('=');
      await devtools.send('Network.setCookie', { url, name: pair.slice(0, place), value: pair.slice(place + 1) });
    }
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `window.longest = 0; new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
      }).observe({ type: 'longtask', buffered: true });
      window.contentAt = 0; new MutationObserver((_, looking) => {
        if (document.querySelector('h1')) { contentAt = performance.now(); looking.disconnect(); }
      }).observe(document, { childList: true, subtree: true });`,
    });
    return await measure(program, devtools);
  } finally {
    await devtools?.close();
    await program?.stop();
    await database.stop();
  }
}

/** Scripts, styles and words that a browser fetches before a screen's first content, as sent (brotli). */
function bundleFigures(): Figure[] {
  const chunks: Record<string, Chunk> = JSON.parse(readFileSync(join(built, '.vite/manifest.json'), 'utf8'));
  const names = Object.keys(chunks).filter((name) => chunks[name]?.isDynamicEntry && name.endsWith('-page.tsx'));
  const sizes = names
    .map((name) => {
      const files = new Set<string>();
      for (const start of ['index.html', '../contract/messages/fr.ts', name]) collect(chunks, start, files);
      return {
        name: name.replace('-page.tsx', ''),
        kB: [...files].reduce((sum, file) => sum + sentBytes(file), 0) / 1e3,
      };
    })
    .sort((a, b) => b.kB - a.kB);
  const note = sizes.map(({ name, kB }) => `${name} ${kB.toFixed(0)}`).join(', ');
  return [
    {
      what: `first load of the heaviest screen (${sizes[0]?.name}), compressed`,
      measured: sizes[0]?.kB ?? Number.NaN,
      unit: 'kB',
      must: atMost(300),
      aim: null,
      note,
    },
  ];
}

function collect(chunks: Readonly<Record<string, Chunk>>, name: string, files: Set<string>): void {
  const chunk = chunks[name];
  if (chunk === undefined) throw new Error(`the build has no ${name}`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const sheet of chunk.css ?? []) files.add(sheet);
  for (const next of chunk.imports ?? []) collect(chunks, next, files);
}

function sentBytes(file: string): number {
  return statSync(join(built, `${file}.br`)).size;
}

async function screenFigures(program: BenchProgram, devtools: Devtools): Promise<Figure[]> {
  const seen: { content: number; longest: number; screen: string }[] = [];
  for (let turn = 0; turn < loads; turn++) {
    for (const screen of screens) {
      await devtools.open('about:blank');
      await devtools.send('Network.clearBrowserCache');
      await devtools.open(`http://127.0.0.1:${program.port}/shops/${shop}/${screen}`);
      // Requests of the first content go on after the load event.
      await devtools.evaluate(
        `new Promise((done) => { const look = () => (contentAt ? setTimeout(done, 500) : setTimeout(look, 20)); look(); })`,
      );
      const [content, longest] = [await devtools.evaluate('contentAt'), await devtools.evaluate('longest')];
      seen.push({ screen, content: Number(content), longest: Number(longest) });
    }
  }
  const of = (screen: string, what: 'content' | 'longest') =>
    median(seen.filter((one) => one.screen === screen).map((one) => one[what]));
  const worst = (what: 'content' | 'longest') => Math.max(...screens.map((screen) => of(screen, what)));
  const note = (what: 'content' | 'longest') =>
    screens.map((screen) => `${screen} ${of(screen, what).toFixed(0)}`).join(', ');
  return [
    {
      what: 'first content, slowest screen',
      measured: worst('content'),
      unit: 'ms',
      must: atMost(1000),
      aim: null,
      note: note('content'),
    },
    {
      what: 'longest task of that load',
      measured: worst('longest'),
      unit: 'ms',
      must: null,
      aim: null,
      note: `${note('longest')} (0: none over 50 ms)`,
    },
  ];
}

async function minuteFigures(program: BenchProgram, devtools: Devtools): Promise<Figure[]> {
  const mixed = new MixedShop(shop);
  const authorization = `Basic ${Buffer.from(`${benchKeys.publicKey}:${benchKeys.privateKey}`).toString('base64')}`;
  await devtools.open(`http://127.0.0.1:${program.port}/shops/${shop}/verification`);
  await devtools.evaluate(
    `new Promise((done) => { const look = () => (document.querySelector('[data-testid=live-state][data-live]') ? done() : setTimeout(look, 50)); look(); })`,
  );
  const opened = Number(await devtools.evaluate('longest'));
  await devtools.evaluate('longest = 0');
  const result = await load({
    port: program.port,
    connections: 64,
    seconds: minute,
    rate,
    request: () => mixed.v1Request(mixed.next(), authorization),
  });
  const longest = Number(await devtools.evaluate('longest'));
  const rows = Number(await devtools.evaluate(`document.querySelectorAll('[data-testid=verification-row]').length`));
  const told = String(
    await devtools.evaluate(`document.querySelector('[data-testid=live-skipped]')?.textContent ?? ''`),
  );
  return [
    {
      what: 'longest task of the page',
      measured: longest,
      unit: 'ms',
      must: atMost(100),
      aim: null,
      note: `${Math.round(result.rate).toLocaleString('en')} calls/s answered, ${rows} lines on the page, it says: “${told}”; opening the screen ${opened.toFixed(0)} ms`,
    },
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
