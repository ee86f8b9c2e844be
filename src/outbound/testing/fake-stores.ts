/**
 * For tests: stores' APIs that answer as the documentation and recordings say, their quirks, refusals and limits included. Handed to a
 * `Receiver` as what it does.
 */
import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Received } from './receiver.ts';

export type Answer = (request: Received, response: ServerResponse) => void;

export interface FakeWooCommerce {
  readonly key: string;
  readonly secret: string;
  /** `read` may not write webhooks. */
  scope: 'read' | 'read_write' | 'none';
  readonly webhooks: { id: number; topic: string; delivery_url: string; status: string; secret?: string }[];
  /** Answered before anything else, once each. */
  readonly troubles: Answer[];
  /** In the order of `date_modified`. */
  orders: { id: number; date_modified_gmt: string; [field: string]: unknown }[];
  customers: { id: number; [field: string]: unknown }[];
  readonly behave: Answer;
}

/** Plain HTTP: it takes nothing but OAuth 1.0a, as WooCommerce does without TLS. */
export function fakeWooCommerce(): FakeWooCommerce {
  const shop: Omit<FakeWooCommerce, 'behave'> = {
    key: 'ck_0123456789',
    secret: 'cs_9876543210',
    scope: 'read_write',
    webhooks: [],
    troubles: [],
    orders: [],
    customers: [],
  };
  const behave: Answer = (request, response) => {
    const trouble = shop.troubles.shift();
    if (trouble !== undefined) return trouble(request, response);
    const url = new URL(request.path, `http://${request.headers.host}`);
    if (!url.pathname.startsWith('/wp-json/wc/v3/')) return sendJson(response, 404, { code: 'rest_no_route' });
    if (!isSignedByOAuth(request.method, url, shop))
      return sendJson(response, 401, { code: 'woocommerce_rest_authentication_error' });
    if (shop.scope === 'none') return sendJson(response, 403, { code: 'woocommerce_rest_cannot_view' });
    const path = url.pathname.slice('/wp-json/wc/v3'.length);
    if (path === '/orders' || path === '/customers')
      return sendPage(response, url, path === '/orders' ? shop.orders : shop.customers);
    if (!path.startsWith('/webhooks')) return sendJson(response, 404, { code: 'rest_no_route' });
    if (request.method === 'GET') return sendJson(response, 200, shop.webhooks);
    if (shop.scope !== 'read_write') return sendJson(response, 401, { code: 'woocommerce_rest_cannot_create' });
    const body = JSON.parse(request.body);
    const known = shop.webhooks.find(({ id }) => path === `/webhooks/${id}`);
    if (known !== undefined) return sendJson(response, 200, Object.assign(known, body));
    const made = { id: shop.webhooks.length + 1, ...body };
    shop.webhooks.push(made);
    return sendJson(response, 201, made);
  };
  return Object.assign(shop, { behave });
}

export interface FakePrestaShop {
  readonly key: string;
  /** Resources its key may read. */
  readonly allowed: Set<string>;
  readonly troubles: Answer[];
  readonly resources: Record<string, { id: number; [field: string]: unknown }[]>;
  readonly behave: Answer;
}

/** Its webservice: a bad key is 401 in JSON, a resource that is not allowed 405, an empty list `[]`, a date filter without `date=1` a 500. */
export function fakePrestaShop(): FakePrestaShop {
  const shop: Omit<FakePrestaShop, 'behave'> = {
    key: 'A1B2C3D4E5F6',
    allowed: new Set(['orders', 'order_states', 'order_slip', 'customers', 'currencies']),
    troubles: [],
    resources: { orders: [], order_states: [], order_slip: [], customers: [], currencies: [] },
  };
  const behave: Answer = (request, response) => {
    const trouble = shop.troubles.shift();
    if (trouble !== undefined) return trouble(request, response);
    const url = new URL(request.path, `http://${request.headers.host}`);
    const resource = /^\/api\/(\w+)$/.exec(url.pathname)?.[1] ?? '';
    response.setHeader('PSWS-Version', '8.2.1');
    const basic = `Basic ${Buffer.from(`${shop.key}:`).toString('base64')}`;
    const errors = (status: number, code: number) => sendJson(response, status, { errors: [{ code, message: 'no' }] });
    if (request.headers.authorization !== basic) return errors(401, 18);
    if (!shop.allowed.has(resource)) return errors(405, 25);
    const filter = url.searchParams.get('filter[date_upd]');
    if (filter !== null && url.searchParams.get('date') !== '1') return errors(500, 32);
    const since = /^>\[(.+)\]$/.exec(filter ?? '')?.[1] ?? '';
    const after = Number(/^>\[(\d+)\]$/.exec(url.searchParams.get('filter[id]') ?? '')?.[1] ?? 0);
    const [offset = 0, count = 1_000_000] =
      (url.searchParams.get('limit') ?? '').split(',').length === 2
        ? (url.searchParams.get('limit') ?? '').split(',').map(Number)
        : [0, Number(url.searchParams.get('limit') ?? 1_000_000)];
    const rows = (shop.resources[resource] ?? []).filter(
      ({ id, date_upd }) => id > after && (since === '' || String(date_upd) > since),
    );
    const page = rows
      .slice(offset, offset + count)
      .map((row) => displayed(row, url.searchParams.get('display') ?? 'full'));
    return sendJson(
      response,
      200,
      page.length === 0 ? [] : { [resource === 'order_slip' ? 'order_slips' : resource]: page },
    );
  };
  return Object.assign(shop, { behave });
}

/** `[id,email]`: those fields alone, `order_rows[id]` of an association; `full`: all of them, secrets too. */
function displayed(row: object, display: string): object {
  if (display === 'full') return row;
  const names = new Set(
    display
      .slice(1, -1)
      .replace(/\w+\[[^\]]*\]/g, 'associations')
      .split(','),
  );
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)));
}

/** What a host answers while a store is being updated. */
export const maintenancePage: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Briefly unavailable</title>');
};

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** By id or by the last change, from an offset; WordPress says how many there are in its headers. */
function sendPage(response: ServerResponse, url: URL, all: readonly { readonly [field: string]: unknown }[]): void {
  const size = Number(url.searchParams.get('per_page') ?? 10);
  if (size > 100) {
    sendJson(response, 400, { code: 'rest_invalid_param' });
    return;
  }
  const page = Number(url.searchParams.get('page') ?? 1);
  const offset = Number(url.searchParams.get('offset') ?? (page - 1) * size);
  const after = url.searchParams.get('modified_after');
  const changed = after === null ? all : all.filter((row) => String(row.date_modified_gmt) > after.replace('Z', ''));
  const rows =
    url.searchParams.get('orderby') === 'modified'
      ? changed
      : [...changed].sort((one, other) => Number(one.id) - Number(other.id));
  sendJson(response, 200, rows.slice(offset, offset + size), {
    'x-wp-total': String(rows.length),
    'x-wp-totalpages': String(Math.ceil(rows.length / size)),
  });
}

/** Written from the specification (RFC 5849 §3.4), not from our client. */
function isSignedByOAuth(method: string, url: URL, { key, secret }: { key: string; secret: string }): boolean {
  const given = url.searchParams.get('oauth_signature');
  if (url.searchParams.get('oauth_consumer_key') !== key || given === null) return false;
  const late = Math.abs(Date.now() / 1000 - Number(url.searchParams.get('oauth_timestamp')));
  if (!(late < 900)) return false;
  const percent = (text: string) =>
    Array.from(Buffer.from(text), (byte) =>
      /[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join('');
  const parameters = [...url.searchParams]
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, value]) => [percent(name), percent(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
  const base = `${method}&${percent(`http://${url.host}${url.pathname}`)}&${percent(parameters)}`;
  return (
    createHmac('sha256', `${percent(secret)}&`)
      .update(base)
      .digest('base64') === given
  );
}
