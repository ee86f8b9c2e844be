import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeOrder, type FakeShopify, fakeShopify } from '../outbound/testing/fake-shopify.ts';
import { maintenancePage, sendJson } from '../outbound/testing/fake-stores.ts';
import { Receiver } from '../outbound/testing/receiver.ts';
import { startPull } from '../store/pull.ts';
import { openStoreHistory, type StoreHistory } from './testing/store-history.ts';

let clock = Date.parse('2026-11-20T12:00:00Z');
let receiver: Receiver;
let history: StoreHistory;
let store: FakeShopify;
let id: number;

beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => receiver.close());

beforeEach(async () => {
  store = fakeShopify();
  receiver.behave = store.behave;
  history = await openStoreHistory(() => clock);
  id = await history.connect('shopify', { address: receiver.url, credentials: { token: store.token } });
  return () => history.close();
});

/** Shorter than any wait: a run ends where it would have to. */
const short = 1_500;
const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });
/** Ids that two of would round to one number. */
const far = 9_007_199_254_740_993n;

function orders(n: number, lines = 2): FakeOrder[] {
  return Array.from({ length: n }, (_, place) => {
    const key = far + BigInt(place);
    const at = new Date(Date.parse('2025-01-01T00:00:00Z') + place * 60_000).toISOString();
    return {
      id: `gid://shopify/Order/${key}`,
      name: `#${place + 1001}`,
      email: `p${place % 300}@client.example`,
      createdAt: at,
      processedAt: at,
      updatedAt: at,
      cancelledAt: null,
      currencyCode: 'EUR',
      displayFinancialStatus: 'PAID',
      displayFulfillmentStatus: 'FULFILLED',
      taxesIncluded: true,
      totalPriceSet: money('24.00'),
      currentTotalPriceSet: money('24.00'),
      customer: { id: `gid://shopify/Customer/${700 + (place % 300)}`, firstName: 'Ada', lastName: 'L' },
      refunds: [],
      transactions: [],
      lineItems: Array.from({ length: lines }, (_line, n) => ({
        id: `gid://shopify/LineItem/${key}${n}`,
        sku: `SKU-${place}-${n}`,
        title: `Article ${n}`,
        quantity: 1,
        product: { id: `gid://shopify/Product/${50 + n}` },
        originalUnitPriceSet: money('12.00'),
        discountAllocations: [],
        taxLines: [],
      })),
    };
  });
}

function customers(n: number): FakeShopify['customers'] {
  return Array.from({ length: n }, (_, place) => ({
    id: `gid://shopify/Customer/${700 + place}`,
    firstName: 'Ada',
    lastName: `L${place}`,
    createdAt: '2024-01-01T00:00:00Z',
    updatedAt: '2024-01-01T00:00:00Z',
    defaultEmailAddress: { emailAddress: `p${place}@client.example`, marketingState: 'SUBSCRIBED' },
  }));
}

function begin(kind: 'history' | 'reconcile' = 'history', since: number | null = null): Promise<boolean> {
  return startPull(history.tools.pool, { shopId: history.shop, connectionId: id, kind }, since, clock);
}

/** Rounds a minute apart, until the pull is no longer under way. */
async function rounds(kind: 'history' | 'reconcile' = 'history', most = 40): Promise<string[]> {
  const faults: string[] = [];
  for (let n = 0; n < most; n++) {
    await history.run(short);
    const row = await history.pull(id, kind);
    if (row?.fault != null) faults.push(row.fault);
    if (row?.state !== 'running') return faults;
    clock = Math.max(clock + 60_000, row.next_at.getTime());
  }
  return faults;
}

async function applied(): Promise<Readonly<Record<string, number>>> {
  await expect.poll(() => history.waiting()).toBe(0);
  return history.counts();
}

async function items(key: string): Promise<unknown> {
  const { rows } = await history.tools.pool.query<{ items: unknown }>(
    'select items from orders where shop_id = $1 and key = $2',
    [history.shop, key],
  );
  return rows[0]?.items;
}

test('a history comes by two operations: children from anywhere in the file, ids beyond 2^53, no basis', async () => {
  store.orders = orders(600);
  store.customers = customers(300);
  store.endings.push({ polls: 1 }, { polls: 2 });
  expect(await begin()).toBe(true);
  expect(await rounds()).toEqual([]);
  expect(store.operations.map(({ query }) => query.slice(0, 10).trim())).toEqual(['{ customer', '{ orders {']);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'done', objects: 900, expected: 900 });
  expect(await applied()).toMatchObject({ orders: 600, profiles: 300, created: 900 });
  const { rows } = await history.tools.pool.query(
    `select count(*)::int as n, min(key) as first, max(key) as last, sum(total_minor)::int as total,
       (select count(*)::int from profile_basis where shop_id = $1 and status = 'accepted') as bases
     from orders where shop_id = $1 and payment = 'paid' and fulfilment = 'shipped'`,
    [history.shop],
  );
  expect(rows).toEqual([{ n: 600, first: String(far), last: String(far + 599n), total: 600 * 2400, bases: 0 }]);
  expect(await items(String(far + 599n))).toMatchObject([
    { sku: 'SKU-599-0', key: '50' },
    { sku: 'SKU-599-1', key: '51' },
  ]);
});

test('without the scope for products orders come without their items, and those that are here stay', async () => {
  store.orders = orders(2);
  await begin();
  await rounds();
  await applied();
  store.scopes.splice(store.scopes.indexOf('read_products'), 1);
  store.orders = orders(3);
  await begin();
  expect(await rounds()).toEqual([]);
  expect(await applied()).toMatchObject({ orders: 3, created: 1 });
  expect(await items(String(far))).toMatchObject([{ key: '50' }, { key: '51' }]);
  expect(await items(String(far + 2n))).toBeNull();
});

test('a process that dies in the middle of a file leaves the rest to the next, and nothing counts twice', async () => {
  store.orders = orders(2_000, 1);
  const { engine } = history.tools;
  let taken = 0;
  const append: typeof engine.append = (envelope, lane) => {
    taken += 1;
    if (taken === 700) history.restart();
    return engine.append(envelope, lane);
  };
  Object.assign(history.tools, { engine: { append } });
  await begin();
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', objects: 750 });
  const operations = store.operations.length;
  expect(await rounds()).toEqual([]);
  expect(store.operations.length).toBe(operations);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'done', objects: 2_000 });
  expect(await applied()).toMatchObject({ orders: 2_000, created: 2_000 });
});

test('limits are obeyed in points and in seconds, and a store that is busy with another export is waited for', async () => {
  store.orders = orders(3);
  store.mostOperations = 1;
  await begin();
  const cost = {
    requestedQueryCost: 60,
    throttleStatus: { maximumAvailable: 1000, currentlyAvailable: 10, restoreRate: 25 },
  };
  const throttled = { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: { cost } };
  store.troubles.push((_request, response) => sendJson(response, 200, throttled));
  await history.run(short);
  let row = await history.pull(id, 'history');
  expect([row?.fault, (row?.next_at.getTime() ?? 0) - clock]).toEqual(['limited', 2_000]);
  clock += 2_000;
  store.troubles.push((_request, response) => sendJson(response, 429, {}, { 'retry-after': '7.0' }));
  await history.run(short);
  row = await history.pull(id, 'history');
  expect([row?.fault, (row?.next_at.getTime() ?? 0) - clock]).toEqual(['limited', 7_000]);
  clock += 7_000;
  // somebody else's, by the same app
  store.operations.push({
    id: 'gid://shopify/BulkOperation/1',
    query: '',
    status: 'RUNNING',
    errorCode: null,
    polls: 0,
    roots: 0,
    lines: [],
    partial: null,
    signature: 1,
  });
  await history.run(short);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'busy' });
  const [other] = store.operations;
  if (other !== undefined) other.status = 'COMPLETED';
  clock += 3_600_000;
  expect(await rounds()).toEqual([]);
  expect(await applied()).toMatchObject({ orders: 3 });
});

test('of an operation that failed what there is is taken, without the lines nobody knows to be whole, and it is asked anew', async () => {
  store.orders = orders(10);
  store.endings.push({}, { errorCode: 'INTERNAL_SERVER_ERROR', partial: 4 });
  await begin();
  await history.run(short);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'operation_failed', objects: 0 });
  expect(await applied()).toMatchObject({ orders: 4 });
  expect(await items(String(far))).toBeNull();
  clock += 60_000;
  expect(await rounds()).toEqual([]);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'done', objects: 10 });
  expect(await applied()).toMatchObject({ orders: 10 });
  expect(await items(String(far))).toMatchObject([{ sku: 'SKU-0-0' }, { sku: 'SKU-0-1' }]);
});

test('an operation that fails again and again is given up, one without the right is at once', async () => {
  store.orders = orders(1);
  for (let n = 0; n < 10; n++) store.endings.push({ errorCode: 'TIMEOUT' });
  await begin();
  await rounds();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'failed', fault: 'operation_failed' });
  expect(store.operations.length).toBe(6);
  store.endings.length = 0;
  store.endings.push({ errorCode: 'ACCESS_DENIED' });
  await begin();
  await history.run(short);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'failed', fault: 'scope_customers' });
});

test('an address that ended is asked for again, a file that is gone is made again, an error page waits', async () => {
  store.orders = orders(5);
  await begin();
  store.endings.push({}, { polls: 1 });
  await history.run(short);
  store.fileTroubles.push(maintenancePage);
  clock += 60_000;
  await history.run(short);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'not_the_api' });
  store.fileTroubles.push((request, response) => {
    // the address ended between the question and the fetch
    const operation = store.operations.at(-1);
    if (operation !== undefined) operation.signature += 1;
    store.behave(request, response);
  });
  clock += 3_600_000;
  await history.run(short);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'not_the_api' });
  const last = store.operations.at(-1);
  if (last !== undefined) last.status = 'EXPIRED';
  clock += 3_600_000;
  await history.run(short);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'operation_failed' });
  clock += 3_600_000;
  expect(await rounds()).toEqual([]);
  expect(await applied()).toMatchObject({ orders: 5 });
});

test('what changed since the installation is asked for by its change, and nothing older', async () => {
  const installed = clock - 3 * 3_600_000;
  await history.tools.pool.query('update shop set installed_at = to_timestamp($2::float8 / 1000) where id = $1', [
    history.shop,
    installed,
  ]);
  const [old, fresh] = orders(2);
  if (old === undefined || fresh === undefined) throw new Error('two orders');
  const at = new Date(installed + 60_000).toISOString();
  store.orders = [old, { ...fresh, createdAt: at, updatedAt: at }];
  expect(await rounds('reconcile')).toEqual([]);
  expect(await history.pull(id, 'reconcile')).toMatchObject({ state: 'done', objects: 1 });
  expect(await applied()).toMatchObject({ orders: 1 });
  expect(
    store.operations.every(({ query }) => query.includes(`updated_at:>='${new Date(installed).toISOString()}'`)),
  ).toBe(true);
});
