/** Requests that once broke something, here or elsewhere, as bytes; what is added stays. */
import { gzipSync } from 'node:zlib';
import { marker } from './hostile.ts';

export interface HostileCase {
  readonly name: string;
  readonly bytes: string;
  /** Of each answer; none: the connection is closed without. */
  readonly statuses: readonly number[];
  /** Rows of the journal it ends in. */
  readonly records: number;
}

const get = (target: string, head = ''): string => `GET ${target} HTTP/1.1\r\nHost: x\r\n${head}\r\n`;
const post = (target: string, body: string, head = ''): string =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body, 'latin1')}\r\n${head}\r\n${body}`;
const email = `${marker}%40shop.example`;
const order = (rest: string): string => `/track?site={site}&email=${email}&idorder=h1&${rest}`;
const basic = 'Authorization: Basic {basic}\r\n';
const v1 = (body: string, head = ''): string => post('/api/CreateOrder', body, basic + head);
const v1Order = (rest: string): string =>
  v1(`data[customer_email]=${marker}@shop.example&data[order_idorder]=h2&${rest}`);
const track = 'POST /track?site={site} HTTP/1.1\r\nHost: x\r\n';
const smuggled = get(`/track?site={site}&email=smuggled-${email}&action=signup`);
const session = 'Cookie: {cookie}\r\n';
const json = 'Content-Type: application/json\r\n';

type Row = readonly [name: string, statuses: readonly number[], records: number, bytes: string];

const ok = [200];
const bad = [400];

/** A reader of one field at fault: the call of a real shop, and so an outcome. */
const texts: readonly Row[] = [
  ['brackets 10,000 deep', ok, 1, get(order(`a${'[a]'.repeat(10_000)}=1`))],
  ['brackets never closed', ok, 1, get(order(`a${'['.repeat(60_000)}`))],
  ['prototype keys', ok, 1, get(order('__proto__[a]=1&constructor[prototype][b]=1&__proto__=2'))],
  ['lone surrogates', ok, 1, get(order('name=%ED%A0%80&firstname=%ED%BF%BF'))],
  ['NUL', ok, 1, get(order('name=a%00b&city=%00'))],
  ['NUL in what identifies', ok, 1, get(order('external_id=a%00b'))],
  ['overlong UTF-8', ok, 1, get(order('name=%C0%AF%C1%81%E0%80%AF%F0%80%80%AF'))],
  ['UTF-8 in the target that nobody escaped', bad, 0, get(order('name=D\xc3\xa9sir\xc3\xa9e'))],
  ['numbers beyond everything', ok, 1, get(order('amount=1e999&state=9007199254740993'))],
  ['an amount beyond 2^53', ok, 1, get(order('amount=99999999999999999999.99'))],
  ['year 0', ok, 1, v1Order('data[date]=0000-00-00 00:00:00')],
  ['year 275760', ok, 1, v1Order('data[date]=275760-09-13')],
  ['birthday of year 0', ok, 1, get(order('birthday=0000-01-01'))],
  ['100,000 fields', bad, 1, v1('a=1&'.repeat(100_000))],
  [
    'a bomb that says gzip',
    [422],
    1,
    v1(gzipSync(Buffer.alloc(20_000_000)).toString('latin1'), 'Content-Encoding: gzip\r\n'),
  ],
  [
    'a gzip bomb at the public door',
    bad,
    1,
    post('/collect?key={site}', gzipSync(Buffer.alloc(5_000_000)).toString('latin1'), 'Content-Encoding: gzip\r\n'),
  ],
  ['JSON 60,000 deep', bad, 1, post('/collect?key={site}', '['.repeat(60_000))],
  [
    'JSON with prototype keys',
    bad,
    1,
    post('/collect?key={site}', '{"__proto__":{"a":1},"constructor":{"prototype":{}}}'),
  ],
  [
    'an event with everything wrong',
    ok,
    1,
    post(
      '/collect?key={site}',
      `{"sentAt":1e999,"events":[{"id":"e1","type":"order","at":8.64e15,"data":{"key":"\\ud83c","total":1e400,"customer":{"email":"${marker}\\u0000@shop.example"}}}]}`,
    ),
  ],
  ['an absolute target', ok, 1, get(`http://evil.example/track?site={site}&email=${email}&action=signup`)],
  ['a key twice', ok, 1, get(order('site=nobody&site={site}'))],
];

const sizes: readonly Row[] = [
  ['a query of 1 MB', [431], 0, get(order('x='.padEnd(1_000_000, 'y')))],
  ['a head of 500 lines', ok, 1, get(order('x=1'), 'X-A: b\r\n'.repeat(500))],
  ['a head of 5,000 lines', [431], 0, get(order('x=1'), 'X-A: b\r\n'.repeat(5_000))],
  ['a head of 200 KB', [431], 0, get(order('x=1'), `X-A: ${'b'.repeat(200_000)}\r\n`)],
  ['a body of 1 MB at a public door', [413], 0, post('/track?site={site}', 'y'.repeat(1_000_000))],
  ['a body of 3 MB with keys', [413], 0, v1('y'.repeat(3_000_000))],
  ['a body of 3 MB without', [401], 0, post('/api/CreateOrder', 'y'.repeat(3_000_000))],
  ['keys of 70 KB', [401], 0, get('/api/v2/customers', `Authorization: Basic ${'A'.repeat(70_000)}\r\n`)],
  ['ten calls in one write', Array(10).fill(200), 10, get(order('x=1')).repeat(10)],
];

/** Where does it end? What is unclear is refused, and what follows it on the connection is not read. */
const frames: readonly Row[] = [
  ['two lengths', bad, 0, post('/track?site={site}', smuggled, 'Content-Length: 4\r\n')],
  ['length and chunks', bad, 0, post('/track?site={site}', `0\r\n\r\n${smuggled}`, 'Transfer-Encoding: chunked\r\n')],
  [
    'chunks and something else',
    bad,
    0,
    `${track}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  ['chunks after something else', bad, 0, `${track}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
  ['a space before the colon', bad, 0, `${track}Content-Length : 4\r\n\r\nabcd${smuggled}`],
  ['lines ended by LF alone', bad, 0, `POST /track?site={site} HTTP/1.1\nHost: x\nContent-Length: 0\n\n${smuggled}`],
  ['a folded head', bad, 0, `${track}Content-Length: 0\r\nX-A: b\r\n\tTransfer-Encoding: chunked\r\n\r\n${smuggled}`],
  ['a negative length', bad, 0, `${track}Content-Length: -1\r\n\r\nabc`],
  ['a length with a sign', bad, 0, `${track}Content-Length: +3\r\n\r\nabc`],
  ['a length beyond all', bad, 0, `${track}Content-Length: 99999999999999999999\r\n\r\nabc`],
  ['broken chunks', bad, 0, `${track}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n`],
  ['a chunk beyond all', bad, 0, `${track}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n`],
  [
    'extensions of a chunk',
    bad,
    0,
    `${track}Transfer-Encoding: chunked\r\n\r\n3;${'a'.repeat(100_000)}\r\nabc\r\n0\r\n\r\n`,
  ],
  ['NUL in a head', bad, 0, get(order('x=1'), 'X-A: a\0b\r\n')],
  ['no host', bad, 0, `GET ${order('x=1')} HTTP/1.1\r\n\r\n`],
  ['HTTP/2 at once', bad, 0, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/0.9', bad, 0, 'GET /track\r\n\r\n'],
  ['TLS', bad, 0, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['nothing but line ends', ok, 0, '\r\n'.repeat(1_000)],
];

const places: readonly Row[] = [
  ['a path that climbs', [404], 0, get('/../../../../etc/passwd')],
  ['an escaped path that climbs', [404], 0, get('/%2e%2e/%2e%2e/etc/passwd%00.js')],
  ['a script that climbs', [404], 0, get('/js/..%2f..%2fpackage.json')],
  ['a document that climbs', [404], 0, get('/api/documents/..%2f..%2f/package.json')],
  ['an asset that climbs', [404], 0, get('/assets/..%2f..%2f..%2fpackage.json')],
  ['half an escape', bad, 0, get('/api/v2/orders/%E0%A4%A', basic)],
  ['v2: an id beyond 2^53', [404], 0, get('/api/v2/customers/9007199254740993', basic)],
  [
    'v2: filters',
    bad,
    0,
    get('/api/v2/orders?startAt=1e999&maxResults=-1&createdAfter=275760-09-13&customerId=%00', basic),
  ],
  ['v2: NUL', ok, 0, get('/api/v2/customers?email=%00&externalId=a%00b', basic)],
  ['sign in with NUL', bad, 0, post('/api/sign-in', '{"email":"a\\u0000@b.fr","password":"\\u0000"}', json)],
  ['sign in with half an emoji', bad, 0, post('/api/sign-in', '{"email":"\\ud83c@b.fr","password":"\\udf38"}', json)],
  ['a list until a day that is none', bad, 0, get('/api/shops/1/profiles?from=6797-68-03&to=3893-18-96', session)],
  ['a name of half an emoji', bad, 0, post('/api/shops/1/name', '{"name":"\\ud83c"}', json + session)],
  [
    'a setting called half an emoji',
    bad,
    0,
    post('/api/shops/1/settings', '{"stateMaps":{"shop":{"\\ud83c":{"payment":"paid"}}}}', json + session),
  ],
  [
    'a body 30,000 deep',
    bad,
    0,
    post('/api/shops/1/name', `${'['.repeat(30_000)}"\\u0000"${']'.repeat(30_000)}`, json + session),
  ],
  ['a code for a request that is none', ok, 0, post('/api/shops/1/rights/999999/code', '{"code":"x"}', json + session)],
  ['sign in by prototype', bad, 0, post('/api/sign-in', '{"__proto__":{"email":"a@b.fr"},"password":"x"}', json)],
];

export const hostileCases: readonly HostileCase[] = [...texts, ...sizes, ...frames, ...places].map(
  ([name, statuses, records, bytes]) => ({ name, statuses, records, bytes }),
);
