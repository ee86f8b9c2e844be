/** Any bytes at all: an answer below 500 or a closed connection, bounded memory, and nothing about a person in the log. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostileRequest, openTarget, sendAll, type Target } from './hostile.ts';
import { hostileCases } from './hostile-corpus.ts';
import { hostileRequests } from './hostile-requests.ts';
import { connected, drained } from './order-truth.ts';
import { listRoutes, type Route } from './routes.ts';

/** Thousands of requests, on a machine that may be busy. */
const timeout = 300_000;
let target: Target;
let routes: Route[];
beforeAll(async () => {
  routes = await listRoutes();
  target = await openTarget();
  await target.signIn();
});
afterAll(() => target.stop());

test.each(hostileCases)('$name', async ({ bytes, statuses, records }) => {
  const before = await target.recorded();
  const answers = await target.send({ bytes, whole: true });
  // The last is that of the request that follows on the same connection, where there still is one.
  expect(answers.slice(0, statuses.length)).toEqual(statuses);
  expect(answers.slice(statuses.length).filter((status) => status !== 200)).toEqual([]);
  expect((await target.recorded()) - before).toBe(records);
});

test('what was recorded ends as an outcome: nothing waits, nothing failed', async () => {
  const client = await connected(target.databaseUrl);
  await drained(client, [target.program.url]);
  const { rows } = await client.query(
    'select (select count(*)::int from journal) as journal, (select count(*)::int from parked) as parked',
  );
  await client.end();
  expect(rows[0]).toEqual({ journal: await target.recorded(), parked: 0 });
});

test('every route takes any bytes', { timeout }, async () => {
  const each = routes.flatMap((route) => fc.sample(hostileRequests([route]), { numRuns: 12, seed: 2026 }));
  expect(await sendAll(target, each)).toEqual([]);
  const told = await (await fetch(`${target.program.url}/metrics`)).text();
  const unreached = routes.filter(({ url }) => !told.includes(`route="${url}"`)).map(({ url }) => url);
  expect(unreached).toEqual([]);
});

test('a caller that hangs up at once is no fault', { timeout }, async () => {
  const requests = routes.flatMap((route) => fc.sample(hostileRequests([route]), { numRuns: 3, seed: 7 }));
  for (const { bytes } of requests) await target.hangUp(bytes);
  expect((await fetch(`${target.program.url}/readyz`)).status).toBe(200);
});

test('calls written behind one another whose answers nobody reads close the connection, and take bounded memory', {
  timeout,
}, async () => {
  const flood = async (): Promise<number> => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => target.open()));
    const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().on('close', resolve)));
    for (const socket of sockets) socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000));
    await Promise.all(closed);
    return target.rssMb();
  };
  // Answers kept would be 800 MB a round; the collector takes its time with those thrown away.
  const held: number[] = [];
  for (let round = 0; round < 4; round++) held.push(await flood());
  expect(Math.max(...held) - Number(held[0]), `after each round: ${held.join(', ')}`).toBeLessThan(150);
});

test.each([
  ['a public door', '/track?site={site}', ''],
  ['a door with keys', '/api/CreateOrder', 'Authorization: Basic {basic}\r\n'],
  ['a door with keys, without them', '/api/CreateOrder', ''],
  ['the back office', '/api/sign-in', 'Content-Type: application/json\r\n'],
])('bodies of 100 MB at %s are refused before they are read', { timeout }, async (_where, path, head) => {
  const before = await target.rssMb();
  const length: HostileRequest = { whole: true, bytes: `POST ${path} HTTP/1.1\r\nHost: x\r\n${head}` };
  const body = 'y'.repeat(100_000_000);
  const statuses = await Promise.all([
    target.send({ ...length, bytes: `${length.bytes}Content-Length: ${body.length}\r\n\r\n${body}` }),
    target.send({
      ...length,
      bytes: `${length.bytes}Transfer-Encoding: chunked\r\n\r\n5f5e100\r\n${body}\r\n0\r\n\r\n`,
    }),
  ]);
  for (const one of statuses.flat()) expect([401, 413]).toContain(one);
  expect((await target.rssMb()) - before).toBeLessThan(100);
});

test('who is refused in the middle of a long body always reads why', { timeout }, async () => {
  const body = 'y'.repeat(10_000_000);
  const head = `POST /track?site={site} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  for (let n = 0; n < 20; n++) expect(await target.send({ whole: true, bytes: head + body })).toEqual([413]);
});

test('nothing of all this is in the log, and nothing failed', () => {
  expect(target.troubles()).toEqual([]);
});
