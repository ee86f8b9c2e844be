/** Shopify's Admin API in GraphQL, with the token of a custom app. */
import type { ConnectionFault, StoreCheck } from '#contract/connections.ts';
import type { StoreApi } from '#store/connection.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { askStore, type StoreSaid, type StoreSilent } from './store-call.ts';

/** Supported for a year; a later one answers an older one's questions. */
const version = '2026-10';

const topics = [
  ...['ORDERS_CREATE', 'ORDERS_UPDATED', 'ORDERS_CANCELLED', 'ORDERS_DELETE', 'REFUNDS_CREATE', 'CHECKOUTS_CREATE'],
  ...['CHECKOUTS_UPDATE', 'CUSTOMERS_CREATE', 'CUSTOMERS_UPDATE', 'CUSTOMERS_DELETE', 'APP_UNINSTALLED'],
  ...['CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE', 'CUSTOMERS_MARKETING_CONSENT_UPDATE'],
];

/** Has the token the scopes it needs, and are our subscriptions there? Makes those that are missing. */
export async function checkShopify(guarded: GuardedFetch, api: StoreApi, webhookUrl: string): Promise<StoreCheck> {
  const said = await askShopify(
    guarded,
    api,
    `{ currentAppInstallation { accessScopes { handle } }
       webhookSubscriptions(first: 100) { nodes { id topic uri } } }`,
  );
  if ('fault' in said) return failed([said.fault]);
  const data = dataOf(said);
  if (data === null) return failed([isThrottled(said) ? 'limited' : faultOf(said)]);
  const scopes = nodes(data.currentAppInstallation, 'accessScopes').map((one) => String(one.handle));
  const may = (scope: string) => scopes.some((one) => one === `read_${scope}` || one === `write_${scope}`);
  const missing: ConnectionFault[] = [
    ...(may('orders') ? [] : (['scope_orders'] as const)),
    ...(may('customers') ? [] : (['scope_customers'] as const)),
  ];
  if (missing.length > 0) return failed(missing);
  // what works without is said too: two months of orders are no history
  const lacking: ConnectionFault[] = [
    ...(scopes.includes('read_all_orders') ? [] : (['scope_all_orders'] as const)),
    ...(may('products') ? [] : (['scope_products'] as const)),
  ];
  const known = new Set(
    nodes(data, 'webhookSubscriptions').flatMap((one) => (one.uri === webhookUrl ? [String(one.topic)] : [])),
  );
  const counts = { made: 0, kept: known.size, woken: 0 };
  for (const topic of topics.filter((one) => !known.has(one))) {
    const made = await askShopify(
      guarded,
      api,
      `mutation subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
         webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) { userErrors { message } } }`,
      { topic, uri: webhookUrl },
    );
    if ('fault' in made) return failed([made.fault]);
    const created = dataOf(made)?.webhookSubscriptionCreate;
    if (!isRecord(created) || nodes(created, 'userErrors').length > 0)
      return { ok: false, missing: ['scope_webhooks'], version, webhooks: counts };
    counts.made += 1;
  }
  return { ok: true, missing: lacking, version, webhooks: counts };
}

export function askShopify(
  guarded: GuardedFetch,
  api: StoreApi,
  query: string,
  variables: object = {},
): Promise<StoreSaid | StoreSilent> {
  return askStore(guarded, {
    url: `${api.address}/admin/api/${version}/graphql.json`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': api.credentials.token ?? '' },
    body: JSON.stringify({ query, variables }),
  });
}

/** What it answers to a question; errors of GraphQL come with status 200, a limit with what has to be waited for. */
export async function askData(
  guarded: GuardedFetch,
  api: StoreApi,
  query: string,
  variables: object = {},
): Promise<{ readonly data: Readonly<Record<string, unknown>> } | StoreSilent> {
  const said = await askShopify(guarded, api, query, variables);
  if ('fault' in said) return said;
  const data = dataOf(said);
  if (data !== null) return { data };
  if (isThrottled(said)) return { fault: 'limited', afterMs: waitFor(said) };
  return { fault: faultOf(said), afterMs: null };
}

/** Of an answer without data: what it may not do is said with a code, an error of its own too. */
function faultOf({ status, json }: StoreSaid): ConnectionFault {
  if (status === 404) return 'not_the_api';
  const errors = isRecord(json) ? JSON.stringify(json.errors ?? '') : '';
  return status === 200 && !errors.includes('ACCESS_DENIED') ? 'no_answer' : 'keys_wrong';
}

/** null: errors, or no answer of GraphQL. */
function dataOf(said: StoreSaid): Readonly<Record<string, unknown>> | null {
  if (said.status !== 200 || !isRecord(said.json) || said.json.errors !== undefined) return null;
  return isRecord(said.json.data) ? said.json.data : null;
}

/** Over its points: 200, and errors. */
function isThrottled({ json }: StoreSaid): boolean {
  return isRecord(json) && JSON.stringify(json.errors ?? '').includes('THROTTLED');
}

/** Until as many points are restored as the question costs; null: it does not say. */
function waitFor({ json }: StoreSaid): number | null {
  const cost = isRecord(json) && isRecord(json.extensions) ? json.extensions.cost : null;
  const status = isRecord(cost) ? cost.throttleStatus : null;
  if (!isRecord(cost) || !isRecord(status)) return null;
  const missing = Number(cost.requestedQueryCost) - Number(status.currentlyAvailable);
  const seconds = missing / Number(status.restoreRate);
  return Number.isFinite(seconds) ? Math.min(3_600_000, Math.max(1_000, Math.ceil(seconds * 1000))) : null;
}

export function nodes(of: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  const inner = isRecord(of) ? of[name] : null;
  const list = Array.isArray(inner) ? inner : isRecord(inner) && Array.isArray(inner.nodes) ? inner.nodes : [];
  return list.filter(isRecord);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function failed(missing: ConnectionFault[]): StoreCheck {
  return { ok: false, missing, version, webhooks: null };
}
