/** Requests drawn at random for every route: fine but for one thing, or nothing of the kind. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type HostileRequest, marker } from './hostile.ts';
import { schemaValue } from './hostile-values.ts';
import type { Route } from './routes.ts';

const odd = ['1e999', '-1', '0', '9007199254740993', '99999999999999999999.99', '%', '%00', '%ED%A0%80', '%C0%AF'];
const dates = ['0000-00-00', '0000-01-01', '275760-09-13', '275760-09-13T00:00:00.001Z', '-000001-01-01', 'NaN'];
const real = ['order', 'signup', 'newsletter', 'abandoned_cart', 'NewsEmail', 'accepted', `${marker}%40shop.example`];
const escaped = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => encodeURIComponent(text.toWellFormed()));
const junk = fc.oneof(
  escaped,
  fc.stringMatching(/^(%[0-9a-fA-F]{2}|[a-z[\]=&;+]){0,60}$/),
  fc.constantFrom(...odd, ...dates, ...real, marker, '__proto__', 'constructor', 'a'.repeat(5_000)),
);
const names = [
  ...['email', 'external_id', 'idorder', 'amount', 'state', 'action', 'optin', 'mobile', 'mobile_optin', 'birthday'],
  ...['add_tag[]', 'add_tag', 'custom_fields[1]', 'consents[NewsEmail]', 'product_attributes[0][0]', 'customer_cookie'],
  ...['data[customer_email]', 'data[order_idorder]', 'data[order_amount]', 'data[order_state]', 'data[date]'],
  ...[
    'data[data][customer_email]',
    'request[order_idorder]',
    'data[__proto__]',
    '__proto__[a]',
    'constructor[prototype]',
  ],
  ...['key[cartId]', 'customerEmail', 'cart_grandTotal', 'items[0][price]', 'techName', 'sbt', 'sbtl', 'token', 'sign'],
  ...['startAt', 'maxResults', 'after', 'createdAfter', 'createBefore', 'customerId', 'externalId', 'search', 'cursor'],
];
const fields = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...names), junk), junk), { maxLength: 12 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));

/** Of what a client may say beside its request. */
const heads = fc.subarray(
  [
    `Origin: https://${marker}.example\r\n`,
    'Origin: null\r\n',
    `Referer: https://shop.example/?email=${marker}%40shop.example\r\n`,
    'Content-Encoding: gzip\r\n',
    'Content-Type: application/json\r\n',
    'Content-Type: multipart/form-data; boundary=x\r\n',
    `X-Forwarded-For: ,,${marker}\r\n`,
    `Cookie: =;;=;demo=;${marker}=%E0%A4%A\r\n`,
    `Authorization: Basic ${Buffer.from(`hostile-public:${marker}`).toString('base64')}\r\n`,
    'Expect: 100-continue\r\n',
    'Range: bytes=5-1,-9999999999\r\n',
    'Accept-Encoding: gzip;q=1e999, br\r\n',
    'If-Modified-Since: 275760\r\n',
    'X-HTTP-Method-Override: DELETE\r\n',
  ],
  { maxLength: 3 },
);
/** Of what makes it unclear where a request ends, or whether it is one. */
const framing = fc.constantFrom(
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 5, 6\r\n',
  'Content-Length: +5\r\n',
  'Upgrade: websocket\r\nConnection: Upgrade\r\n',
  'Connection: close\r\n',
  'Host: y\r\n',
  ': nothing\r\n',
  'X\x00: y\r\n',
  ' folded\r\n',
  'Cookie: a=\x01\r\n',
);
const body = fc.oneof(
  fields,
  fc.json({ maxDepth: 4 }),
  fc.json({ noUnicodeString: false }).map((json) => `{"events":[{"id":"e","type":"order","data":${json}}]}`),
  fc.json().map((json) => `{"consent":${json}}`),
  fc.string({ unit: 'binary-ascii', maxLength: 500 }),
);
const path = fc.oneof(
  fc.constantFrom(
    '1',
    '1',
    '2147483648',
    '9007199254740993',
    '0',
    '-1',
    '%00',
    '%2e%2e%2f',
    marker,
    'abandoned_cart',
    '..',
  ),
  escaped.map((text) => text || '1'),
);

const dist = join(import.meta.dirname, '../dist');
/** Names that are there: whatever else one says, nothing is found. */
const files: Readonly<Record<string, readonly string[]>> = {
  '/js/:file': readdirSync(join(dist, 'tracker')),
  '/assets/*': readdirSync(join(dist, 'ui/assets')),
};

/** Requests to these routes; `{cookie}` goes with those of the back office. */
export function hostileRequests(routes: readonly Route[]): fc.Arbitrary<HostileRequest> {
  const random = fc.string({ unit: 'binary-ascii', maxLength: 300 }).map((bytes) => ({ bytes, whole: false }));
  const one = fc.constantFrom(...routes).chain((route) => requestOf(route));
  return fc.oneof({ weight: 19, arbitrary: one }, { weight: 1, arbitrary: random });
}

/** `shop`: parameters that name a shop mostly name the real one. */
function requestOf(route: Route): fc.Arbitrary<HostileRequest> {
  const parts = route.url.split('/').map((part) => {
    if (part === ':shopId') return fc.oneof({ weight: 9, arbitrary: fc.constant('1') }, { weight: 1, arbitrary: path });
    const named = files[route.url];
    if (named !== undefined && /^[:*]/.test(part)) return fc.oneof(path, fc.constantFrom(...named));
    return /^[:*]/.test(part) ? path : fc.constant(part);
  });
  const bodyOfRoute = route.body === undefined ? body : schemaValue(route.body).map((value) => JSON.stringify(value));
  const queryOfRoute = route.query === undefined ? fields : fc.oneof(fields, schemaValue(route.query).map(toQuery));
  return fc
    .record({
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(route.method) },
        { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT') },
      ),
      parts: fc.tuple(...parts),
      rest: queryOfRoute,
      lines: heads,
      frame: fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: framing }),
      session: fc.constantFrom(true, true, true, false),
      text: bodyOfRoute,
    })
    .map(({ method, parts: at, rest, lines, frame, session, text }) => {
      const payload = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'].includes(method)
        ? ''
        : Buffer.from(text).toString('latin1');
      const head = [
        `${method} ${at.join('/')}?site={site}&publicKey={site}&key={site}&${rest} HTTP/1.1\r\nHost: x\r\n`,
        payload === '' ? '' : `Content-Length: ${payload.length}\r\n`,
        payload === '' ? '' : contentType(route),
        isKeyed(route) && session ? 'Authorization: Basic {basic}\r\n' : '',
        isDesk(route) && session ? 'Cookie: {cookie}\r\n' : '',
        ...lines,
        frame ?? '',
      ];
      const endless = route.url.endsWith('/live') || method === 'CONNECT';
      return { bytes: `${head.join('')}\r\n${payload}`, whole: frame === null && !endless };
    });
}

function contentType({ url, body: schema }: Route): string {
  if (url.startsWith('/demo')) return 'Content-Type: application/x-www-form-urlencoded\r\n';
  return schema === undefined ? '' : 'Content-Type: application/json\r\n';
}

function isKeyed({ url }: Route): boolean {
  return url === '/ingest' || /^\/api\/(v2|v3|[A-Z]|may-contact|objections)/.test(url);
}

/** Signing out would end what the others are sent with. */
function isDesk({ url }: Route): boolean {
  return url.startsWith('/api/shops/') || url === '/api/me' || url.startsWith('/api/documents');
}

function toQuery(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(
      ([name, one]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(toText(one).toWellFormed())}`,
    )
    .join('&');
}

/** An object may hold a `toString` that is no function: `String` would throw. */
function toText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? String(one) : one));
}
