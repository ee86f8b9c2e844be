import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createShopKey } from '#store/shop-key.ts';
import { findParameter } from './query.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors.close());
beforeEach(() => doors.received());

const query = (site: string) =>
  `email=a%40b.fr&action=signup&&add_tag=&name=%C3%89mile&site=${site}&source=tracker-js&customer_cookie=undefined`;

test('a call is answered 200 with CORS after it was recorded as it came', async () => {
  const text = query(doors.shop.publicKey);
  const answer = await doors.app.inject({
    url: `/track?${text}`,
    headers: {
      origin: 'https://Shop.example:8443',
      'user-agent': 'x'.repeat(300),
      'sec-gpc': '1',
      cookie: 'session=secret',
      authorization: 'Basic secret',
    },
    remoteAddress: '203.0.113.77',
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  const [item, ...rest] = await doors.received();
  expect(rest).toEqual([]);
  expect(item).toMatchObject({
    shopId: doors.shop.shopId,
    format: 'track',
    source: { kind: 'browser' },
    pageHost: 'shop.example',
    ip: '203.0.113.0/24',
    mayRead: false,
    test: false,
    door: 'accepted',
    minted: null,
    text,
  });
  expect(item?.headers).toEqual({
    origin: 'https://Shop.example:8443',
    'user-agent': 'x'.repeat(200),
    'sec-gpc': '1',
  });
});

test('the POST twin takes a form, with the site in the body or the address', async () => {
  for (const [url, payload] of [
    ['/track', query(doors.shop.publicKey)],
    [`/track?site=${doors.shop.publicKey}`, 'email=a%40b.fr&action=signup'],
  ] as const) {
    const answer = await doors.app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'text/plain' } });
    expect(answer.statusCode).toBe(200);
    expect((await doors.received()).map((one) => one.text)).toEqual([payload]);
  }
});

test('what cannot be used is recorded all the same and answered 200', async () => {
  for (const text of [
    `site=${doors.shop.publicKey}`,
    `site=${doors.shop.publicKey}&email=%ff%fe`,
    `email=&site=${doors.shop.publicKey}`,
  ]) {
    expect((await doors.app.inject(`/track?${text}`)).statusCode).toBe(200);
    expect((await doors.received()).map((one) => [one.door, one.text])).toEqual([['rejected', text]]);
  }
});

test('an unknown site is 404, and nothing of it is kept', async () => {
  for (const url of ['/track', '/track?site=nobody&email=a%40b.fr', '/track?site=', '/track?site=%00']) {
    const answer = await doors.app.inject(url);
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'site.unknown']);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  }
  expect(await doors.received()).toEqual([]);
});

test('a key made a moment ago opens the door, and a test pair marks what it sends', async () => {
  const made = await createShopKey(doors.database.pool, doors.keys, doors.shop.shopId, { publicKey: 'test_new' });
  let now = Date.now();
  const other = await openDoors({ now: () => now });
  await createShopKey(other.database.pool, other.keys, other.shop.shopId, { publicKey: 'test_new' });
  now += 2_000;
  expect((await other.app.inject(`/track?email=a%40b.fr&site=${made.publicKey}`)).statusCode).toBe(200);
  expect((await other.received()).map((one) => one.test)).toEqual([true]);
  await other.close();
});

test('over 64 KB in a body is 413, a query of 60 KB still fits', async () => {
  const address = await doors.app.listen({ port: 0, host: '127.0.0.1' });
  const large = await fetch(`${address}/track?site=${doors.shop.publicKey}`, {
    method: 'POST',
    body: 'x'.repeat(70_000),
  });
  expect([large.status, large.headers.get('access-control-allow-origin')]).toEqual([413, '*']);
  const long = await fetch(`${address}/track?${query(doors.shop.publicKey)}&city=${'x'.repeat(60_000)}`);
  expect(long.status).toBe(200);
  expect((await doors.received()).map((one) => one.raw.length)).toEqual([query(doors.shop.publicKey).length + 60_006]);
});

test('any bytes at all on the socket get an answer that is no 500', async () => {
  const port = Number(new URL(doors.app.listeningOrigin).port);
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.constantFrom('GET', 'POST', 'PUT', 'TRACE', 'X'), fc.webPath(), fc.string({ maxLength: 60 }))
      .map(([method, path, rest]) =>
        Buffer.from(`${method} ${path}?${rest} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      ),
    fc
      .uint8Array({ minLength: 1, maxLength: 200 })
      .map((bytes) =>
        Buffer.concat([
          Buffer.from(
            `POST /track?site=${doors.shop.publicKey} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n`,
          ),
          bytes,
        ]),
      ),
  );
  await fc.assert(
    fc.asyncProperty(line, async (bytes) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.write(bytes);
      socket.end();
      await once(socket, 'close');
      expect(text === '' || /^HTTP\/1\.1 [234]\d\d /.test(text)).toBe(true);
      expect(text).not.toMatch(/ at |node_modules|stack/);
    }),
    { numRuns: 300 },
  );
});

test('any query of a known site is recorded as it came', async () => {
  const part = fc.oneof(
    fc.webQueryParameters(),
    fc.constantFrom('%', '%zz', '[', ']', '&&', '=', 'a[b[c]]=1', '%00', 'x[]=1&x[]='),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const text = `${parts.join('&')}&site=${doors.shop.publicKey}`;
      expect(await statusOf(`/track?${text}`)).toBe(200);
      // what the test before sent and did not wait for may come late
      const own = (await doors.received()).filter((one) => one.text.endsWith(`site=${doors.shop.publicKey}`));
      expect(own.map((one) => one.text)).toEqual([text]);
    }),
    { numRuns: 150 },
  );
});

/** As a socket carries it: `inject` would write the address anew. */
function statusOf(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const port = Number(new URL(doors.app.listeningOrigin).port);
    get({ port, host: '127.0.0.1', path, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    }).on('error', reject);
  });
}

test('the last plain parameter of a name counts', () => {
  expect(findParameter('site=a&x=1&site=b', 'site')).toBe('b');
  expect(findParameter('site=a&mysite=b', 'site')).toBe('a');
  expect(findParameter('mysite=b', 'site')).toBe(null);
  expect(findParameter('site=a%20b+c', 'site')).toBe('a b c');
  expect(findParameter('site=%zz', 'site')).toBe('%zz');
  expect(findParameter('', 'site')).toBe(null);
  expect(findParameter('site=', 'site')).toBe('');
});
