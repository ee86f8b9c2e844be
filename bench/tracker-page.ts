/** Row "tracker-page": what the tracker costs a shop's page, in a real Chromium with its CPU slowed four times. */
import { openTrackerRig, type TrackerRig } from '../e2e/tracker-rig.ts';
import { type Devtools, openDevtools } from './devtools.ts';
import { atMost, type Figure, type Row } from './figures.ts';

const loads = 30;
const wholeLoads = 6;
const slowness = 4;
/** After the load event: what scripts leave for the next moments. */
const settleMs = 150;
/** After the load event: the page view has left and was answered. */
const wholeMs = 2500;

const dropIn = (rig: TrackerRig): string =>
  `<script>var spconfig = { public_key: "key-1", env: "${new URL(rig.collector).host}", host: "http:" };</script><script async id="spread-tracker" src="${rig.collector}/js/sb-tracker.js"></script>`;
const kinds = {
  without: () => '',
  empty: (rig: TrackerRig) => `<script async src="${rig.script('/empty.js', ';')}"></script>`,
  modern: (rig: TrackerRig) => rig.tag(),
  legacy: dropIn,
  /** The visitor has no token yet. */
  first: dropIn,
} as const;
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];
const token = 'token-1';

export const trackerPageRow: Row = {
  name: 'tracker-page',
  title: `Main thread of a page with the tracker minus without (median of ${loads} pairs of loads, CPU slowed ${slowness}×)`,
  references: null,
  async measure(): Promise<readonly Figure[]> {
    const rig = await openTrackerRig();
    const devtools = await openDevtools(slowness);
    try {
      rig.token = token;
      for (const kind of names) rig.page(`/${kind}`, article(rig) + kinds[kind](rig));
      const shifts: number[] = [];
      const load = await inTurns(loads, settleMs, devtools, rig, shifts);
      const whole = await inTurns(wholeLoads, wholeMs, devtools, rig, shifts);
      const note = (kind: Kind): string =>
        `its scripts' own time ${load.scripts(kind).toFixed(1)} ms; ${whole.more(kind).toFixed(1)} ms with what it does in quiet moments, until its call was answered`;
      return [
        { what: 'modern', measured: load.more('modern'), unit: 'ms', must: atMost(5), aim: null, note: note('modern') },
        {
          what: 'drop-in, a visitor who holds a token',
          measured: load.more('legacy'),
          unit: 'ms',
          must: atMost(5),
          aim: null,
          note: note('legacy'),
        },
        {
          what: 'drop-in, the first page of a visitor',
          measured: load.more('first'),
          unit: 'ms',
          must: atMost(5),
          aim: null,
          note: note('first'),
        },
        {
          what: 'for comparison: a script without a line',
          measured: load.more('empty'),
          unit: 'ms',
          must: null,
          aim: null,
          note: `the page alone ${load.alone.toFixed(1)} ms`,
        },
        { what: 'layout shift of any load', measured: Math.max(...shifts), unit: '', must: atMost(0), aim: null },
      ];
    } finally {
      await devtools.close();
      await rig.close();
    }
  },
};

interface Turns {
  /** Median milliseconds of the page without. */
  readonly alone: number;
  /** Median of each load minus the one without of the same turn: what else runs on the machine weighs on both. */
  more(kind: Kind): number;
  scripts(kind: Kind): number;
}

/** Three turns first are not counted: scripts come from the browser's cache, compiled, as on a visitor's next pages. */
async function inTurns(
  count: number,
  waitMs: number,
  devtools: Devtools,
  rig: TrackerRig,
  shifts: number[],
): Promise<Turns> {
  const turns: Record<Kind, { task: number; script: number }>[] = [];
  for (let turn = -3; turn < count; turn++) {
    const spent: Partial<Record<Kind, { task: number; script: number }>> = {};
    // The order changes with each turn: none is always the one after the heaviest.
    for (const kind of turn % 2 === 0 ? names : [...names].reverse()) {
      await devtools.open('about:blank');
      await devtools.send('HeapProfiler.collectGarbage');
      if (kind === 'first') await devtools.send('Network.clearBrowserCookies');
      else await devtools.send('Network.setCookie', { name: 'sbt', value: token, url: rig.shop });
      await devtools.open(`${rig.shop}/${kind}`);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      spent[kind] = { task: await devtools.metric('TaskDuration'), script: await devtools.metric('ScriptDuration') };
      shifts.push(Number(await devtools.evaluate(`(${layoutShift})()`)));
    }
    if (turn >= 0) turns.push(spent as Record<Kind, { task: number; script: number }>);
  }
  return {
    alone: median(turns.map(({ without }) => without.task)),
    more: (kind) => median(turns.map((turn) => turn[kind].task - turn.without.task)),
    scripts: (kind) => median(turns.map((turn) => turn[kind].script - turn.without.script)),
  };
}

function layoutShift(): Promise<number> {
  return new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => setTimeout(() => resolve(sum)));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle - 0.5)] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** A page of some length, a hundred products, that runs a script in it and one beside it, as every shop's does. */
function article(rig: TrackerRig): string {
  const products = Array.from(
    { length: 100 },
    (_, n) => `<section><h2>Produit ${n}</h2><p>Une ligne de texte sur ce produit, et une autre.</p></section>`,
  );
  const beside = rig.script('/shop.js', `document.documentElement.lang = 'fr';`);
  return `<script async src="${beside}"></script><script>document.documentElement.className = 'js';</script>${products.join('')}`;
}
