import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTarget, sendAll, type Target } from './hostile.ts';
import { hostileCases } from './hostile-corpus.ts';
import { hostileRequests } from './hostile-requests.ts';
import { connected, drained } from './order-truth.ts';
import { listRoutes, type Route } from './routes.ts';

let target: Target;
let routes: Route[];
beforeAll(async () => {
  routes = await listRoutes();
  target = await openTarget();
});
afterAll(() => target.stop());

test('ten minutes of any bytes at every route: no answer of 500 or more, an end to each, bounded memory, no trace in the log', async () => {
  await target.signIn();
  const corpus = hostileCases.map(({ bytes }) => ({ bytes, whole: true }));
  const until = Date.now() + 600_000;
  const rss: number[] = [];
  let sent = 0;
  while (Date.now() < until) {
    const seed = Date.now() | 0;
    const drawn = fc.sample(hostileRequests(routes), { numRuns: 3_000, seed });
    expect([seed, await sendAll(target, [...drawn, ...corpus])]).toEqual([seed, []]);
    sent += drawn.length + corpus.length;
    rss.push(await target.rssMb());
    expect(target.troubles()).toEqual([]);
  }
  const third = Math.ceil(rss.length / 3);
  const early = Math.max(...rss.slice(0, third));
  const late = Math.max(...rss.slice(-third));
  process.stdout.write(`${sent} requests; RSS at most ${early.toFixed()} MB early, ${late.toFixed()} MB late\n`);
  expect(late).toBeLessThan(early + 100);
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
