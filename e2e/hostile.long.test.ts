import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTarget, sendAll, type Target } from './hostile.ts';
import { hostileCases } from './hostile-corpus.ts';
import { hostileRequests } from './hostile-requests.ts';
import { inspected, liveHeapMb } from './live-heap.ts';
import { connected, drained } from './order-truth.ts';
import { listRoutes, type Route } from './routes.ts';

const warmUpMs = 120_000;
const fuzzMs = 600_000;
/**
 * Of each thread. Their caches are bounded (tokens, statements, limits of addresses) and full after the warm-up: 16,000 requests more
 * left 1 MB. A kilobyte that each of them left behind for good would be 16 MB.
 */
const liveGrowthMb = 12;
/**
 * RSS is what V8 and malloc took and did not give back: it moves with what was in flight at the worst moment (40 callers, bodies of up to
 * 2 MB read whole). It may not climb, and never be more than a small machine has.
 */
const rssGrowthMb = 100;
const rssMostMb = 900;

let target: Target;
let routes: Route[];
beforeAll(async () => {
  routes = await listRoutes();
  target = await openTarget(inspected);
});
afterAll(() => target.stop());

test('ten minutes of any bytes at every route: no answer of 500 or more, an end to each, bounded memory, no trace in the log', async () => {
  await target.signIn();
  const corpus = hostileCases.map(({ bytes }) => ({ bytes, whole: true }));
  const started = Date.now();
  const rss: number[] = [];
  const live: number[][] = [];
  let warm = 0;
  let sent = 0;
  while (Date.now() < started + fuzzMs || live.length < 2) {
    const seed = Date.now() | 0;
    const drawn = fc.sample(hostileRequests(routes), { numRuns: 1_000, seed });
    expect([seed, await sendAll(target, [...drawn, ...corpus])]).toEqual([seed, []]);
    sent += drawn.length + corpus.length;
    expect(target.troubles()).toEqual([]);
    if (Date.now() < started + warmUpMs) warm = sent;
    else {
      rss.push(await target.rssMb());
      live.push(await liveHeapMb(target.program));
    }
  }
  const [first = [], last = []] = [live[0], live.at(-1)];
  const half = Math.ceil(rss.length / 2);
  const [early, late] = [Math.max(...rss.slice(0, half)), Math.max(...rss.slice(half))];
  const show = (heaps: readonly number[]): string => heaps.map((mb) => mb.toFixed(1)).join(' + ');
  process.stdout.write(
    `${sent} requests, ${sent - warm} of them after the warm-up; kept after a collection ${show(first)} MB, at the end ${show(last)} MB; ` +
      `RSS at most ${early.toFixed()} MB in the first half, ${late.toFixed()} MB in the second\n`,
  );
  expect(last.map((mb, thread) => mb - (first[thread] ?? 0)).filter((mb) => !(mb < liveGrowthMb))).toEqual([]);
  expect(late).toBeLessThan(early + rssGrowthMb);
  expect(Math.max(early, late)).toBeLessThan(rssMostMb);
  const client = await connected(target.databaseUrl);
  await drained(client, [target.program.url]);
  const { rows } = await client.query('select (select count(*)::int from parked) as parked');
  await client.end();
  expect(rows).toEqual([{ parked: 0 }]);
});

test.each([
  ['a connection that says nothing', ''],
  ['a head that comes drop by drop', `GET /track?site={site} HTTP/1.1\r\nHost: x\r\nX-A: `],
  ['a body that comes drop by drop', `POST /track?site={site} HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n`],
  [
    'chunks that come drop by drop',
    `POST /collect?key={site} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n`,
  ],
])('%s is closed by the server: 200 of them, and it answers others meanwhile', async (_what, begun) => {
  const sockets = await Promise.all(Array.from({ length: 200 }, () => target.open()));
  const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().on('close', resolve)));
  for (const socket of sockets) socket.write(begun.replaceAll('{site}', target.publicKey));
  const drip = setInterval(() => {
    for (const socket of sockets) if (begun !== '' && socket.writable) socket.write('a');
  }, 1_000);
  expect((await fetch(`${target.program.url}/readyz`)).status).toBe(200);
  await Promise.all(closed);
  clearInterval(drip);
});
