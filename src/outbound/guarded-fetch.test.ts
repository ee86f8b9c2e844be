/** Attacks by real servers; only the resolver is ours, for names that cannot exist here. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGuardedFetch } from './guarded-fetch.ts';
import type { HostAddress } from './host-lookup.ts';
import { type Behaviour, Receiver } from './testing/receiver.ts';

const limits = { timeoutMs: 5_000, maxBytes: 100_000, maxRedirects: 3, plain: true };
/** Stands for the internet: the one address the operator allows. */
const outside = '127.0.0.2';
const guarded = openGuardedFetch({ allow: [outside] });
let receivers: Receiver[];

beforeEach(() => {
  receivers = [];
});
afterEach(() => Promise.all(receivers.map((receiver) => receiver.close())));

async function open(behave?: Behaviour, host = outside, port = 0): Promise<Receiver> {
  const receiver = await Receiver.open(behave, host, port);
  receivers.push(receiver);
  return receiver;
}

test('an answer comes back whole, and the call says what it was told to say', async () => {
  const receiver = await open((_request, response) => response.writeHead(201, { 'x-a': 'b' }).end('héllo'));
  const answer = await guarded.send({
    ...limits,
    url: `${receiver.url}/path?q=1#fragment`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"é":1}',
  });
  expect(answer).toMatchObject({ failed: null, status: 201, cut: false });
  expect(answer.failed === null && [answer.body.toString(), answer.headers['x-a']]).toEqual(['héllo', 'b']);
  expect(receiver.got[0]).toMatchObject({ method: 'POST', path: '/path?q=1', body: '{"é":1}' });
});

test.each([
  ['ftp://shop.example/', 'url.scheme'],
  ['file:///etc/passwd', 'url.invalid'],
  ['javascript:alert(1)', 'url.invalid'],
  ['nothing at all', 'url.invalid'],
  ['https://user:secret@8.8.8.8/', 'url.credentials'],
  ['http://8.8.8.8:25/', 'url.port'],
  ['https://8.8.8.8:5432/', 'url.port'],
  ['http://127.0.0.1/', 'address.forbidden'],
  ['http://127.1/', 'address.forbidden'],
  ['http://0x7f.0.0.1/', 'address.forbidden'],
  ['http://017700000001/', 'address.forbidden'],
  ['http://2130706433/', 'address.forbidden'],
  ['http://①②⑦.⓪.⓪.①/', 'address.forbidden'],
  ['http://[::1]/', 'address.forbidden'],
  ['http://[::ffff:127.0.0.1]/', 'address.forbidden'],
  ['http://[64:ff9b::7f00:1]/', 'address.forbidden'],
  ['http://169.254.169.254/latest/meta-data/', 'address.forbidden'],
  ['http://localhost/', 'address.forbidden'],
  ['http://name.invalid/', 'dns.failed'],
])('%s is refused: %s', async (url, failed) => {
  expect(await guarded.send({ ...limits, url })).toMatchObject({ failed });
});

test('http is refused where only https is in order, but for what the operator allows', async () => {
  const { plain: _, ...secure } = limits;
  expect(await guarded.send({ ...secure, url: 'http://8.8.8.8/' })).toMatchObject({ failed: 'url.scheme' });
  expect(await guarded.send({ ...secure, url: (await open()).url })).toMatchObject({ failed: null });
});

test.each(['http://127.0.0.1:', 'http://[::1]:', 'http://localhost:', 'http://0.0.0.0:', '//127.0.0.1:'])(
  'a redirect into %s is not followed',
  async (prefix) => {
    const secret = await open((_request, response) => response.end('secret'), '127.0.0.1');
    const receiver = await open((_request, response) =>
      response.writeHead(302, { location: `${prefix}${secret.port}/` }).end(),
    );
    const answer = await guarded.send({ ...limits, url: receiver.url });
    expect(answer).toMatchObject({ failed: 'address.forbidden' });
    expect(secret.got).toEqual([]);
  },
);

test('redirects are followed as far as told, relative ones too, and never for a POST', async () => {
  const receiver = await open(({ path }, response) => {
    const n = Number(path.slice(1));
    if (n >= 4) response.end('there');
    else response.writeHead(307, { location: `./${n + 1}` }).end();
  });
  const there = await guarded.send({ ...limits, url: `${receiver.url}/1` });
  expect(there).toMatchObject({ failed: null, status: 200, url: `${receiver.url}/4` });
  expect(await guarded.send({ ...limits, url: `${receiver.url}/0` })).toMatchObject({ failed: 'redirect.too_many' });
  const posted = await guarded.send({ ...limits, url: `${receiver.url}/1`, method: 'POST', body: '' });
  expect(posted).toMatchObject({ failed: null, status: 307 });
});

test('a name that answers public first and private afterwards leads to the first answer, and next time nowhere', async () => {
  const good = await open((_request, response) => response.end('public'));
  const secret = await open((_request, response) => response.end('secret'), '127.0.0.1', good.port);
  const asked: string[] = [];
  const answers: HostAddress[] = [{ address: outside, family: 4 }];
  const rebound = openGuardedFetch({
    allow: [outside],
    resolve: async (hostname) => {
      asked.push(hostname);
      return [answers.shift() ?? { address: '127.0.0.1', family: 4 }];
    },
  });
  const url = `http://rebind.example:${good.port}/`;
  const answer = await rebound.send({ ...limits, url });
  expect(answer.failed === null && answer.body.toString()).toBe('public');
  expect(good.got[0]?.headers.host).toBe(`rebind.example:${good.port}`);
  expect(asked).toEqual(['rebind.example']);
  expect(await rebound.send({ ...limits, url })).toMatchObject({ failed: 'address.forbidden' });
  expect(secret.got).toEqual([]);
});

test('an address can be checked without a call', async () => {
  const receiver = await open();
  expect(await guarded.check(receiver.url)).toBeNull();
  expect(await guarded.check('https://10.0.0.1/')).toBe('address.forbidden');
  expect(await guarded.check('http://8.8.8.8/')).toBe('url.scheme');
  expect(await guarded.check('http://8.8.8.8/', { plain: true })).toBeNull();
  expect(receiver.got).toEqual([]);
});

test('a name with a public and a private address is refused whole', async () => {
  const both = openGuardedFetch({
    allow: [outside],
    resolve: async () => [
      { address: outside, family: 4 },
      { address: '::1', family: 6 },
    ],
  });
  expect(await both.send({ ...limits, url: 'http://both.example/' })).toMatchObject({ failed: 'address.forbidden' });
});

test('a resolver that never answers ends at the deadline', async () => {
  const silent = openGuardedFetch({ allow: [], resolve: () => new Promise(() => undefined) });
  const answer = await silent.send({ ...limits, timeoutMs: 50, url: 'https://silent.example/' });
  expect(answer).toMatchObject({ failed: 'timeout' });
});

test('a gzip bomb is cut at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000));
  const receiver = await open((_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  );
  const before = process.memoryUsage().rss;
  const answer = await guarded.send({ ...limits, maxBytes: 1_000_000, url: receiver.url });
  expect(answer.failed === null && [answer.body.length, answer.cut]).toEqual([1_000_000, true]);
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});

test.each([
  ['not what it says', 'gzip'],
  ['coded twice', 'gzip, gzip'],
])('a body that is %s is no answer', async (_name, coding) => {
  const receiver = await open((_request, response) =>
    response.writeHead(200, { 'content-encoding': coding }).end('plain text'),
  );
  expect(await guarded.send({ ...limits, url: receiver.url })).toMatchObject({ failed: 'answer.invalid' });
});

test('an endless body is cut at the limit, an endless one that decompresses to nothing too', async () => {
  const flood: Behaviour = ({ path }, response) => {
    const empty = gzipSync('');
    response.writeHead(200, path === '/empty' ? { 'content-encoding': 'gzip' } : {});
    const more = (): void => {
      while (
        !response.destroyed &&
        response.write(path === '/empty' ? Buffer.concat(Array(500).fill(empty)) : 'x'.repeat(9_999))
      );
    };
    response.on('drain', more);
    more();
  };
  const receiver = await open(flood);
  const plain = await guarded.send({ ...limits, url: receiver.url });
  expect(plain.failed === null && [plain.body.length, plain.cut]).toEqual([100_000, true]);
  const empty = await guarded.send({ ...limits, url: `${receiver.url}/empty` });
  expect(empty.failed === null && [empty.body.length, empty.cut]).toEqual([0, true]);
});

test('a body that trickles for ever ends at the deadline', async () => {
  const receiver = await open((_request, response) => {
    response.write('a');
    const timer = setInterval(() => response.write('a'), 5);
    response.on('close', () => clearInterval(timer));
  });
  expect(await guarded.send({ ...limits, timeoutMs: 150, url: receiver.url })).toMatchObject({ failed: 'timeout' });
});

/** A server that speaks bytes, not HTTP. */
async function raw(speak: (socket: Socket) => void): Promise<{ url: string; close(): void }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    speak(socket);
  });
  server.listen(0, outside);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://${outside}:${port}/`, close: () => server.close() };
}

test('a head that trickles ends at the deadline; one without end, or no HTTP at all, is no answer', async () => {
  const slow = await raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('x-a: 1\r\n'), 5);
    socket.on('close', () => clearInterval(timer));
  });
  expect(await guarded.send({ ...limits, timeoutMs: 150, url: slow.url })).toMatchObject({ failed: 'timeout' });
  slow.close();
  const huge = await raw((socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x-a: 1\r\n'.repeat(10_000)}`));
  expect(await guarded.send({ ...limits, url: huge.url })).toMatchObject({ failed: 'answer.invalid' });
  huge.close();
  const ssh = await raw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  expect(await guarded.send({ ...limits, url: ssh.url })).toMatchObject({ failed: 'answer.invalid' });
  expect(await guarded.send({ ...limits, url: ssh.url.replace('http:', 'https:') })).toMatchObject({
    failed: 'tls.failed',
  });
  ssh.close();
  const upgrade = await raw((socket) =>
    socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  );
  expect(await guarded.send({ ...limits, url: upgrade.url })).toMatchObject({ failed: 'answer.invalid' });
  upgrade.close();
});

test('a server that hangs up, or is not there, is told apart from one that answers', async () => {
  const gone = await open((_request, response) => response.destroy());
  expect(await guarded.send({ ...limits, url: gone.url })).toMatchObject({ failed: 'connect.failed' });
  const half = await open((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  expect(await guarded.send({ ...limits, url: half.url })).toMatchObject({ failed: 'connect.failed' });
});
