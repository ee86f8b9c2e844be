/** WooCommerce's REST API v3: Basic over HTTPS, a signed address (OAuth 1.0a) over HTTP. */
import { createHmac, randomBytes } from 'node:crypto';
import type { ConnectionFault, StoreCheck } from '#contract/connections.ts';
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { askStore, basic, type StoreQuestion, type StoreSaid, type StoreSilent } from './store-call.ts';

const topics = [
  'order.created',
  'order.updated',
  'order.deleted',
  'customer.created',
  'customer.updated',
  'customer.deleted',
];

/** Where our webhooks deliver to, and what signs them. */
export interface Hook {
  readonly url: string;
  readonly secret: string;
  /** A webhook the merchant paused: `stays` as it is, or is woken too (default). */
  readonly paused?: 'stays';
}

/** May it read orders and customers, and are our webhooks there and awake? Makes those that are missing. */
export async function checkWooCommerce(guarded: GuardedFetch, api: StoreApi, webhook: Hook): Promise<StoreCheck> {
  const missing: ConnectionFault[] = [];
  for (const [path, fault] of [
    ['/orders?per_page=1', 'scope_orders'],
    ['/customers?per_page=1', 'scope_customers'],
  ] as const) {
    const said = await askWooCommerce(guarded, api, path);
    if ('fault' in said) return failed(said.fault);
    if (said.status === 404) return failed('not_the_api');
    if (said.status !== 200 || !Array.isArray(said.json)) missing.push(fault);
  }
  const listed = await askWooCommerce(guarded, api, '/webhooks?per_page=100');
  if ('fault' in listed) return failed(listed.fault);
  if (listed.status !== 200 || !Array.isArray(listed.json)) missing.push('scope_webhooks');
  if (missing.length > 0 || !Array.isArray(listed.json)) return { ok: false, missing, version: null, webhooks: null };
  const counts = { made: 0, kept: 0, woken: 0 };
  for (const topic of topics) {
    const known = listed.json.find((one) => isKnown(one) && one.topic === topic && one.delivery_url === webhook.url);
    const stays = isKnown(known) && known.status === 'paused' && webhook.paused === 'stays';
    if (isKnown(known) && (known.status === 'active' || stays)) {
      counts.kept += 1;
      continue;
    }
    const body = {
      name: `Spread Tracker: ${topic}`,
      topic,
      delivery_url: webhook.url,
      secret: webhook.secret,
      status: 'active',
    };
    const said = isKnown(known)
      ? await askWooCommerce(guarded, api, `/webhooks/${known.id}`, { status: 'active', secret: webhook.secret })
      : await askWooCommerce(guarded, api, '/webhooks', body);
    if ('fault' in said) return failed(said.fault);
    if (said.status >= 400) return { ok: false, missing: ['scope_webhooks'], version: null, webhooks: counts };
    counts[isKnown(known) ? 'woken' : 'made'] += 1;
  }
  return { ok: true, missing: [], version: null, webhooks: counts };
}

/** `path` with its query, below `/wp-json/wc/v3`; with `body` a POST. */
export async function askWooCommerce(
  guarded: GuardedFetch,
  api: StoreApi,
  path: string,
  body?: object,
): Promise<StoreSaid | StoreSilent> {
  const url = `${api.address}/wp-json/wc/v3${path}`;
  const { key = '', secret = '' } = api.credentials;
  const sent: Pick<StoreQuestion, 'method' | 'body'> =
    body === undefined ? { method: 'GET' } : { method: 'POST', body: JSON.stringify(body) };
  const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  if (!url.startsWith('https:'))
    return askStore(guarded, { ...sent, headers, url: signed(sent.method ?? 'GET', url, key, secret) });
  return askStore(guarded, { ...sent, url, headers: { ...headers, authorization: basic(key, secret) } });
}

/** OAuth 1.0a with an empty token: the only proof WooCommerce takes without TLS. */
export function signed(
  method: string,
  address: string,
  key: string,
  secret: string,
  { timestamp = Math.floor(Date.now() / 1000), nonce = randomBytes(12).toString('hex') } = {},
): string {
  const url = new URL(address);
  const query: Record<string, string> = {
    ...Object.fromEntries(url.searchParams),
    oauth_consumer_key: key,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(timestamp),
  };
  const pairs = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const base = [method, encode(`${url.origin}${url.pathname}`), encode(pairs)].join('&');
  const signature = createHmac('sha256', `${secret}&`).update(base).digest('base64');
  return `${url.origin}${url.pathname}?${pairs}&oauth_signature=${encode(signature)}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

interface KnownHook {
  readonly id: number;
  readonly topic: string;
  readonly delivery_url: string;
  readonly status: string;
}

function isKnown(value: unknown): value is KnownHook {
  return typeof value === 'object' && value !== null && 'id' in value && 'topic' in value && 'delivery_url' in value;
}

function failed(fault: ConnectionFault): StoreCheck {
  return { ok: false, missing: [fault], version: null, webhooks: null };
}
