/** The client against the real doors, behind a proxy that behaves as networks do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDoors, type TestDoors } from '#http/testing/doors.ts';
import { connectTracker, pauseBefore, type Retry, type TrackerOptions } from '../sdk/client.ts';

let doors: TestDoors;
let proxy: Server;
let url: string;
/** What the next calls meet before the doors: gone once met. */
let troubles: ((request: IncomingMessage, response: ServerResponse) => void)[] = [];
let seen: { readonly key: string | undefined; readonly prefer: string | undefined; readonly body: string }[] = [];

beforeAll(async () => {
  doors = await openDoors();
  const target = await doors.app.listen({ port: 0, host: '127.0.0.1' });
  proxy = createServer((request, response) => void pass(target, request, response));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await doors.close();
});
beforeEach(async () => {
  troubles = [];
  seen = [];
  await doors.received();
});

async function pass(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { authorization = '', 'idempotency-key': key, prefer } = request.headers;
  seen.push({
    key: typeof key === 'string' ? key : undefined,
    prefer: typeof prefer === 'string' ? prefer : undefined,
    body: body.toString(),
  });
  const trouble = troubles.shift();
  if (trouble !== undefined) return trouble(request, response);
  const headers = {
    authorization,
    'content-type': 'application/json',
    ...(typeof key === 'string' ? { 'idempotency-key': key } : {}),
  };
  const answer = await fetch(`${target}${request.url}`, { method: 'POST', headers, body });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}

function tracker(options: Partial<TrackerOptions> = {}) {
  const { publicKey, privateKey } = doors.shop;
  return connectTracker({ url, publicKey, privateKey, ...options });
}

const order = {
  key: '1042',
  total: '89.90',
  currency: 'EUR',
  state: 'paid',
  customer: { email: 'camille@client.example' },
};

test('an order is recorded, under an id and a key of its own', async () => {
  expect(await tracker().order(order)).toMatchObject({ status: 'recorded' });
  const [item, ...more] = await doors.received();
  expect([item?.format, item?.door, more.length]).toEqual(['ingest', 'accepted', 0]);
  expect(seen[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
});

test('what a network does is tried again with the same bytes and the same key, and happens once', async () => {
  troubles = [
    (_request, response) =>
      response.writeHead(503, { 'retry-after': '0' }).end('{"error":{"code":"busy","message":"Later."}}'),
    (request) => request.socket.destroy(),
    (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'retry-after': '0' }).end('<html>Maintenance</html>'),
    (_request, response) => response.writeHead(429, { 'retry-after': new Date(Date.now() - 1000).toUTCString() }).end(),
  ];
  const retries: Retry[] = [];
  expect(await tracker({ onRetry: (retry) => retries.push(retry) }).order(order)).toMatchObject({ status: 'recorded' });
  expect(retries.map(({ attempt, status, code }) => [attempt, status, code])).toEqual([
    [2, 503, 'busy'],
    [3, null, null],
    [4, 502, null],
    [5, 429, null],
  ]);
  expect(new Set(seen.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
  expect((await doors.received()).length).toBe(1);
});

test('an answer that was lost on the way is asked for again, and the order is there once', async () => {
  troubles = [
    // the doors hear it, the client does not hear them
    (request, response) => {
      const { authorization = '', 'idempotency-key': key = '' } = request.headers;
      const body = seen.at(-1)?.body ?? '';
      void doors.app
        .inject({
          method: 'POST',
          url: '/ingest',
          headers: { authorization, 'idempotency-key': String(key), 'content-type': 'application/json' },
          payload: body,
        })
        .then(() => response.writeHead(503, { 'retry-after': '0' }).end());
    },
  ];
  expect(await tracker().order(order)).toMatchObject({ status: 'recorded' });
  expect((await doors.received()).length).toBe(1);
});

test('a refusal is told at once, with its code and field', async () => {
  const wrong = tracker({ privateKey: 'not the key' });
  await expect(wrong.order(order)).rejects.toMatchObject({ name: 'TrackerError', status: 401, code: 'keys.wrong' });
  expect(seen.length).toBe(1);
});

test('who does not answer is given up after the attempts the caller allows', async () => {
  troubles = [1, 2].map(
    () => (_request: IncomingMessage, response: ServerResponse) =>
      response.writeHead(503, { 'retry-after': '0' }).end(),
  );
  await expect(tracker({ attempts: 2 }).order(order)).rejects.toMatchObject({ status: 503 });
  expect(seen.length).toBe(2);
});

test('many events travel in several calls, and come back in their order', async () => {
  const events = Array.from({ length: 1_203 }, (_, n) => ({
    id: `n${n}`,
    type: 'signup' as const,
    data: { customer: { email: `p${n}@client.example` } },
  }));
  const results = await tracker({ waitSeconds: 3 }).send(events, { idempotencyKey: 'batch' });
  expect(results.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  expect(seen.map(({ key, prefer }) => [key, prefer])).toEqual([
    ['batch:0', 'wait=3'],
    ['batch:1', 'wait=3'],
    ['batch:2', 'wait=3'],
  ]);
});

test('a caller that gives up is let go', async () => {
  const given = new AbortController();
  troubles = [(_request, response) => response.writeHead(503, { 'retry-after': '300' }).end()];
  const sent = tracker({ onRetry: () => given.abort() }).order(order, { signal: given.signal });
  await expect(sent).rejects.toMatchObject({ name: 'TrackerError' });
});

test('pauses grow to half a minute, and callers do not come back together', () => {
  expect([1, 2, 3, 6, 20].map((attempt) => pauseBefore(attempt, 0))).toEqual([1_000, 2_000, 4_000, 30_000, 30_000]);
  expect(pauseBefore(1, 1)).toBe(750);
});
