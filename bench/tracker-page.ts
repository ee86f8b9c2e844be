/** Row "tracker-page": what the tracker costs a shop's page, in a real Chromium with its CPU slowed four times. */
import type { CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../e2e/browser.ts';
import { openTrackerRig, type TrackerRig } from '../e2e/tracker-rig.ts';
import { atMost, type Figure, type Row } from './figures.ts';

const loads = 30;
const slowness = 4;
/** After the load: what scripts leave for later runs here. */
const settleMs = 150;

const kinds = {
  without: () => '',
  empty: (rig: TrackerRig) => `<script async src="${rig.script('/empty.js', '')}"></script>`,
  modern: (rig: TrackerRig) => rig.tag(),
  legacy: (rig: TrackerRig) =>
    `<script>var spconfig = { public_key: "key-1", env: "${new URL(rig.collector).host}", host: "http:" };</script><script async id="spread-tracker" src="${rig.collector}/js/sb-tracker.js"></script>`,
} as const;
type Kind = keyof typeof kinds;

export const trackerPageRow: Row = {
  name: 'tracker-page',
  title: `Main thread of a page with the tracker minus without (median of ${loads} pairs of loads, CPU slowed ${slowness}×)`,
  references: null,
  async measure(): Promise<readonly Figure[]> {
    const browser = await openBrowser();
    const rig = await openTrackerRig();
    try {
      const { page } = await browser.visit();
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowness });
      const names = Object.keys(kinds) as Kind[];
      for (const kind of names) rig.page(`/${kind}`, article() + kinds[kind](rig));
      const spent: Record<Kind, number[]> = { without: [], empty: [], modern: [], legacy: [] };
      let shift = 0;
      // One load of each first, not counted: scripts and pages come from the cache, as on a visitor's second page.
      for (let load = 0; load <= loads; load++) {
        for (const kind of names) {
          const ms = await loadOnce(page, devtools, `${rig.shop}/${kind}`);
          if (load > 0) spent[kind].push(ms);
          shift = Math.max(shift, await page.evaluate<number>(layoutShift));
        }
      }
      // Each load minus the one of the same turn without: what else runs on the machine weighs on both.
      const more = (kind: Kind): number =>
        median(spent[kind].map((ms, turn) => ms - (spent.without[turn] ?? Number.NaN)));
      const note = `page alone ${median(spent.without).toFixed(1)} ms; an empty script instead ${more('empty').toFixed(1)} ms more`;
      return [
        { what: 'modern', measured: more('modern'), unit: 'ms', must: atMost(5), aim: null, note },
        { what: 'legacy drop-in', measured: more('legacy'), unit: 'ms', must: atMost(5), aim: null },
        { what: 'layout shift of any load', measured: shift, unit: '', must: atMost(0), aim: null },
      ];
    } finally {
      await browser.close();
      await rig.close();
    }
  },
};

/** Milliseconds the page's main thread was at work from the navigation on. */
async function loadOnce(page: Page, devtools: CDPSession, url: string): Promise<number> {
  await page.goto('about:blank');
  await devtools.send('HeapProfiler.collectGarbage');
  const before = await taskSeconds(devtools);
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(settleMs);
  return ((await taskSeconds(devtools)) - before) * 1000;
}

async function taskSeconds(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
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

/** A page of some length: a hundred products. */
function article(): string {
  return Array.from(
    { length: 100 },
    (_, n) => `<section><h2>Produit ${n}</h2><p>Une ligne de texte sur ce produit, et une autre.</p></section>`,
  ).join('');
}
