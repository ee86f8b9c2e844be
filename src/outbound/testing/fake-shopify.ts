/**
 * For tests: the Admin API of a store of Shopify in GraphQL, as far as it is asked: scopes, subscriptions, and bulk operations with their
 * files of JSON lines, as the documentation describes them. Throttled answers are 200 with errors.
 */
import type { ServerResponse } from 'node:http';
import { type Answer, sendJson } from './fake-stores.ts';

export interface FakeOrder {
  readonly id: string;
  readonly updatedAt: string;
  readonly lineItems: readonly { readonly id: string; readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}

interface Operation {
  readonly id: string;
  readonly query: string;
  status: 'CREATED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED' | 'EXPIRED';
  errorCode: string | null;
  /** Questions it is still running for. */
  polls: number;
  readonly roots: number;
  readonly lines: readonly string[];
  /** Of a failed one: lines its partial file has; null: it has none. */
  partial: number | null;
  /** Part of its file's address, which ends after seven days. */
  signature: number;
}

export interface FakeShopify {
  readonly token: string;
  readonly scopes: string[];
  subscriptions: { id: string; topic: string; uri: string }[];
  /** Answered before anything else, once each. */
  readonly troubles: Answer[];
  orders: FakeOrder[];
  customers: { readonly id: string; readonly updatedAt: string; readonly [field: string]: unknown }[];
  readonly operations: Operation[];
  /** How the next operations end: running for so many questions, then failed with this, and so many lines of partial data. */
  readonly endings: { polls?: number; errorCode?: string; partial?: number | null }[];
  /** At a time, of one app: 1 before 2026-01, then 5. */
  mostOperations: number;
  /** Files ask for so long a pause so often, one after the other. */
  readonly fileTroubles: Answer[];
  readonly behave: Answer;
}

export function fakeShopify(): FakeShopify {
  const shop: Omit<FakeShopify, 'behave'> = {
    token: 'shpat_0123456789',
    scopes: ['read_orders', 'read_customers', 'read_all_orders', 'read_products'],
    subscriptions: [],
    troubles: [],
    orders: [],
    customers: [],
    operations: [],
    endings: [],
    mostOperations: 5,
    fileTroubles: [],
  };
  const behave: Answer = (request, response) => {
    const file = /^\/bulk\/(\d+)\/(url|partial)\?signature=(\d+)$/.exec(request.path);
    if (file !== null) {
      const trouble = shop.fileTroubles.shift();
      if (trouble !== undefined) return trouble(request, response);
      return sendFile(shop.operations[Number(file[1]) - 1], file[2] === 'partial', Number(file[3]), response);
    }
    const trouble = shop.troubles.shift();
    if (trouble !== undefined) return trouble(request, response);
    if (!/^\/admin\/api\/\d{4}-\d\d\/graphql\.json$/.test(request.path))
      return sendJson(response, 404, { errors: 'Not Found' });
    if (request.headers['x-shopify-access-token'] !== shop.token)
      return sendJson(response, 401, { errors: '[API] Invalid API key or access token' });
    const { query, variables } = JSON.parse(request.body);
    const asked = String(query);
    const data = (value: object) =>
      sendJson(response, 200, { data: value, extensions: { cost: { requestedQueryCost: 10 } } });
    if (asked.includes('webhookSubscriptionCreate')) {
      shop.subscriptions.push({
        id: `gid://shopify/WebhookSubscription/${shop.subscriptions.length + 1}`,
        ...variables,
      });
      return data({ webhookSubscriptionCreate: { userErrors: [] } });
    }
    if (asked.includes('bulkOperationRunQuery'))
      return data({ bulkOperationRunQuery: start(shop, String(variables.query)) });
    if (asked.includes('BulkOperation')) return data({ node: show(shop, variables.id, request.headers.host ?? '') });
    return data({
      currentAppInstallation: { accessScopes: shop.scopes.map((handle) => ({ handle })) },
      webhookSubscriptions: { nodes: shop.subscriptions },
    });
  };
  return Object.assign(shop, { behave });
}

/** What the documentation restricts: one top-level connection, at most five, none below a list, products with their scope alone. */
function refusalOf(query: string, scopes: readonly string[]): string | null {
  if (!/^\{ (orders|customers)\b/.test(query)) return 'Invalid bulk query: top-level field cannot be bulked';
  if (/refunds\s*\{[^}]*\{?[^}]*edges/.test(query))
    return 'Queries that contain a connection field within a list field are not currently supported.';
  if ((query.match(/\bedges\b/g) ?? []).length > 5) return 'Bulk queries cannot contain more than 5 connections.';
  return /\bproduct \{/.test(query) && !scopes.includes('read_products') ? 'Access denied for product field.' : null;
}

function start(shop: Omit<FakeShopify, 'behave'>, query: string): object {
  const refused = refusalOf(query, shop.scopes);
  if (refused !== null)
    return { bulkOperation: null, userErrors: [{ code: 'INVALID', field: ['query'], message: refused }] };
  const running = shop.operations.filter(({ status }) => status === 'CREATED' || status === 'RUNNING');
  if (running.length >= shop.mostOperations) {
    const message = `A bulk query operation for this app and shop is already in progress: ${running[0]?.id}.`;
    return { bulkOperation: null, userErrors: [{ code: 'OPERATION_IN_PROGRESS', field: null, message }] };
  }
  const since = /updated_at:>='([^']+)'/.exec(query)?.[1] ?? '';
  const found = (query.startsWith('{ orders') ? shop.orders : shop.customers).filter(
    ({ updatedAt }) => updatedAt >= since,
  );
  const ending = shop.endings.shift() ?? {};
  const operation: Operation = {
    id: `gid://shopify/BulkOperation/72000000000${shop.operations.length + 1}`,
    query,
    status: 'CREATED',
    errorCode: ending.errorCode ?? null,
    polls: ending.polls ?? 0,
    roots: found.length,
    lines: linesOf(found, query.includes('lineItems')),
    partial: ending.partial ?? null,
    signature: 1,
  };
  shop.operations.push(operation);
  return { bulkOperation: { id: operation.id, status: 'CREATED' }, userErrors: [] };
}

/** Not grouped: the parents, and after them all children, the order of each kind kept. */
function linesOf(
  found: readonly { readonly id: string; readonly [field: string]: unknown }[],
  asked: boolean,
): string[] {
  const children = found.flatMap(({ id, lineItems }) =>
    asked && Array.isArray(lineItems)
      ? lineItems.map((line: object) => JSON.stringify({ ...line, __parentId: id }))
      : [],
  );
  return [...found.map(({ lineItems: _, ...root }) => JSON.stringify(root)), ...children];
}

function show(shop: Omit<FakeShopify, 'behave'>, id: string, host: string): object | null {
  const place = shop.operations.findIndex((one) => one.id === id);
  const operation = shop.operations[place];
  if (operation === undefined) return null;
  if (operation.status === 'CREATED' || operation.status === 'RUNNING') {
    operation.polls -= 1;
    operation.status = operation.polls >= 0 ? 'RUNNING' : operation.errorCode === null ? 'COMPLETED' : 'FAILED';
  }
  const { status, errorCode, roots, lines, partial, signature } = operation;
  const address = (what: string) => `http://${host}/bulk/${place + 1}/${what}?signature=${signature}`;
  const done = status === 'COMPLETED';
  return {
    id,
    status,
    errorCode: status === 'FAILED' ? errorCode : null,
    rootObjectCount: String(roots),
    objectCount: String(lines.length),
    fileSize: done ? String(lines.reduce((sum, line) => sum + line.length + 1, 0)) : null,
    url: done && lines.length > 0 ? address('url') : null,
    partialDataUrl: status === 'FAILED' && partial !== null ? address('partial') : null,
  };
}

/** A partial file ends in the middle of a line. */
function sendFile(
  operation: Operation | undefined,
  partial: boolean,
  signature: number,
  response: ServerResponse,
): void {
  if (operation === undefined || operation.status === 'EXPIRED' || operation.signature !== signature) {
    response.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>ExpiredToken</Code></Error>');
    return;
  }
  const lines = partial ? operation.lines.slice(0, operation.partial ?? 0) : operation.lines;
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  for (let at = 0; at < lines.length; at += 500) response.write(`${lines.slice(at, at + 500).join('\n')}\n`);
  response.end(partial ? '{"id":"gid://shopify/Order/1","na' : '');
}
