import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type FakeWooCommerce,
  fakePrestaShop,
  fakeWooCommerce,
  maintenancePage,
  sendJson,
} from '../outbound/testing/fake-stores.ts';
import { Receiver } from '../outbound/testing/receiver.ts';
import { startPull, stopPull } from '../store/pull.ts';
import { listConnections } from '../views/connection-list.ts';
import { openStoreHistory, type StoreHistory } from './testing/store-history.ts';

let clock = Date.parse('2026-11-20T12:00:00Z');
let receiver: Receiver;
let history: StoreHistory;
let store: FakeWooCommerce;
let id: number;

beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => receiver.close());

beforeEach(async () => {
  store = fakeWooCommerce();
  receiver.behave = store.behave;
  history = await openStoreHistory(() => clock);
  id = await history.connect('woocommerce', {
    address: receiver.url,
    credentials: { key: store.key, secret: store.secret },
  });
  return () => history.close();
});

/** `n` orders, one a minute, `perSecond` of them changed in the same second. */
function orders(n: number, perSecond = 1): FakeWooCommerce['orders'] {
  const start = Date.parse('2025-01-01T00:00:00Z');
  return Array.from({ length: n }, (_, place) => {
    const at = new Date(start + Math.floor(place / perSecond) * 60_000).toISOString().slice(0, 19);
    return {
      id: place + 1,
      number: String(place + 1),
      status: 'completed',
      currency: 'EUR',
      total: '10.00',
      customer_id: 0,
      order_key: `wc_order_${place}`,
      billing: { email: `p${place % 300}@client.example`, first_name: 'A', last_name: 'B' },
      date_created_gmt: at,
      date_modified_gmt: at,
      date_paid_gmt: at,
      line_items: [],
      refunds: [],
    };
  });
}

function begin(kind: 'history' | 'reconcile' = 'history', since: number | null = null): Promise<boolean> {
  return startPull(history.tools.pool, { shopId: history.shop, connectionId: id, kind }, since, clock);
}

async function applied(): Promise<Readonly<Record<string, number>>> {
  await expect.poll(() => history.waiting()).toBe(0);
  return history.counts();
}

test('a history comes in page by page, tells how much there is, gives no basis, and keys stay where they were', async () => {
  store.orders = orders(730);
  store.customers = [{ id: 7, email: 'seven@client.example', date_created_gmt: '2025-01-01T00:00:00' }];
  expect(await begin()).toBe(true);
  expect(await begin()).toBe(false);
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'done', expected: 730, fault: null });
  expect(await applied()).toMatchObject({ orders: 730, created: 731 });
  const { rows } = await history.tools.pool.query<{ bases: number; keys: number }>(
    `select (select count(*)::int from profile_basis where shop_id = $1 and status = 'accepted') as bases,
       (select count(*)::int from journal_raw where shop_id = $1 and convert_from(raw, 'utf8') like '%wc_order_%') as keys`,
    [history.shop],
  );
  expect(rows).toEqual([{ bases: 0, keys: 0 }]);
});

test('a run that ends in the middle goes on where it was, and a page asked for twice counts once', async () => {
  store.orders = orders(650);
  await begin();
  await history.run(0);
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', objects: 0 });
  // killed after the page was committed and before that was written down: the same page comes again
  const pages = store.troubles;
  pages.push((request, response) => store.behave(request, response));
  await history.run(1);
  await history.tools.pool.query('update pull set cursor = null where shop_id = $1', [history.shop]);
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'done' });
  expect(await applied()).toMatchObject({ orders: 650, created: 650 });
});

test.each([
  ['a history', null],
  ['what changed since', Date.parse('2024-12-31T00:00:00Z')],
])('%s is whole although orders change and go while it is read', async (_what, since) => {
  store.orders = orders(450, since === null ? 250 : 40);
  let asked = 0;
  receiver.behave = (request, response) => {
    asked += 1;
    // changed: to the end of what is sorted by change, the rest moves up; deleted: the rest moves up
    if (asked === 3) {
      const [first, gone, ...rest] = store.orders;
      if (first !== undefined && gone !== undefined)
        store.orders = [...rest, { ...first, status: 'cancelled', date_modified_gmt: '2026-11-20T11:59:00' }];
    }
    store.behave(request, response);
  };
  await begin('history', since);
  await history.run();
  // the deleted one was read before it went
  expect(await applied()).toMatchObject({ orders: 450 });
});

test('a limit is obeyed, a page of maintenance and a silence wait, a refusal ends it', async () => {
  store.orders = orders(5);
  await begin();
  store.troubles.push((_request, response) => sendJson(response, 429, {}, { 'retry-after': '90' }));
  await history.run();
  const limited = await history.pull(id, 'history');
  expect([limited?.state, limited?.fault, (limited?.next_at.getTime() ?? 0) - clock]).toEqual([
    'running',
    'limited',
    90_000,
  ]);
  const before = receiver.got.length;
  await history.run();
  expect(receiver.got.length).toBe(before);
  clock += 91_000;
  store.troubles.push(maintenancePage);
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'not_the_api' });
  clock += 3_600_000;
  store.troubles.push((request, response) => {
    void request;
    response.destroy();
  });
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'no_answer' });
  clock += 3_600_000;
  store.scope = 'none';
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'failed', fault: 'scope_orders' });
  store.scope = 'read_write';
  expect(await begin()).toBe(true);
  await history.run();
  expect(await applied()).toMatchObject({ orders: 5 });
});

test('a cache that answers the first page again where the next should be loses nothing', async () => {
  store.orders = orders(230);
  let first = '';
  receiver.behave = (request, response) => {
    const url = new URL(request.path, receiver.url);
    const repeats = url.pathname.endsWith('/orders') && url.searchParams.get('offset') === '95' && first === '';
    if (repeats) {
      first = request.path;
      sendJson(response, 200, store.orders.slice(0, 100), { 'x-wp-total': '230' });
    } else store.behave(request, response);
  };
  await begin();
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'running', fault: 'pages_repeat', objects: 100 });
  clock += 3_600_000;
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'done', objects: 230 });
  expect(await applied()).toMatchObject({ orders: 230, created: 230 });
});

test('a history that people stop stays stopped', async () => {
  store.orders = orders(200);
  await begin();
  expect(await stopPull(history.tools.pool, { shopId: history.shop, connectionId: id, kind: 'history' }, clock)).toBe(
    true,
  );
  await history.run();
  expect(await history.pull(id, 'history')).toMatchObject({ state: 'stopped', objects: 0 });
});

test('what a missed webhook lost is repaired within the hour, and nothing from before the installation is read', async () => {
  const installed = clock - 3 * 3_600_000;
  await history.run();
  expect(await history.pull(id, 'reconcile')).toBeUndefined();
  await history.tools.pool.query('update shop set installed_at = to_timestamp($2::float8 / 1000) where id = $1', [
    history.shop,
    installed,
  ]);
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 19);
  const [old, missed] = orders(2);
  store.orders = [
    { ...old, id: 1, date_modified_gmt: at(installed - 60_000) },
    { ...missed, id: 2, date_created_gmt: at(installed + 60_000), date_modified_gmt: at(installed + 60_000) },
  ];
  await history.run();
  expect(await history.pull(id, 'reconcile')).toMatchObject({ state: 'done', objects: 1 });
  expect(await applied()).toMatchObject({ orders: 1, created: 1 });
  // within the hour nobody asks again; then only what changed since
  const before = receiver.got.length;
  await history.run();
  expect(receiver.got.length).toBe(before);
  clock += 3_660_000;
  await history.run();
  expect(await history.pull(id, 'reconcile')).toMatchObject({ state: 'done', objects: 0 });
  // what it repaired is not forgotten with its round
  const [row] = await listConnections(history.tools.pool, history.shop, 'https://t.example');
  expect(row?.reconcile).toMatchObject({ created: 0, repaired: 1 });
  expect(row?.reconcile?.repairedAt).not.toBeNull();
});

test('PrestaShop: by id, with the flags of each order’s state and its refunds, and never a password', async () => {
  const shop = fakePrestaShop();
  receiver.behave = shop.behave;
  const own = await history.connect('prestashop', { address: receiver.url, credentials: { key: shop.key } });
  const date = { date_add: '2025-03-01 10:00:00', date_upd: '2025-03-01 10:00:00' };
  shop.resources.customers = Array.from({ length: 120 }, (_, n) => ({
    id: n + 1,
    email: `c${n + 1}@client.example`,
    firstname: 'A',
    lastname: 'B',
    newsletter: '0',
    passwd: '$2y$10$secret',
    secure_key: 'opens',
    ...date,
  }));
  shop.resources.orders = Array.from({ length: 130 }, (_, n) => ({
    id: n + 1,
    reference: `REF${n + 1}`,
    id_customer: String((n % 120) + 1),
    current_state: n % 2 === 0 ? '2' : '99',
    id_currency: n === 0 ? '2' : '1',
    total_paid_tax_incl: '12.000000',
    secure_key: 'opens',
    associations: { order_rows: [] },
    ...date,
  }));
  shop.resources.order_states = [
    { id: 2, paid: '1', shipped: '0', template: 'payment' },
    { id: 99, paid: '1', shipped: '1', template: '' },
  ];
  shop.resources.order_slip = [{ id: 1, id_customer: '1', id_order: '1', amount: '2.000000', ...date }];
  shop.resources.currencies = [
    { id: 1, iso_code: 'EUR' },
    { id: 2, iso_code: 'CHF' },
  ];
  await startPull(history.tools.pool, { shopId: history.shop, connectionId: own, kind: 'history' }, null, clock);
  await history.run();
  expect(await history.pull(own, 'history')).toMatchObject({ state: 'done', objects: 251, fault: null });
  expect(await applied()).toMatchObject({ orders: 130, profiles: 120 });
  const { rows } = await history.tools.pool.query(
    `select fulfilment, count(*)::int as n, sum(refunded_minor)::int as refunded from orders where shop_id = $1 and payment = 'paid' group by fulfilment order by fulfilment`,
    [history.shop],
  );
  expect(rows).toEqual([
    { fulfilment: 'none', n: 65, refunded: 200 },
    { fulfilment: 'shipped', n: 65, refunded: 0 },
  ]);
  expect(receiver.got.filter(({ path }) => /display=full|secure_key|passwd/.test(path))).toEqual([]);
  const francs = await history.tools.pool.query(`select key from orders where shop_id = $1 and currency = 'CHF'`, [
    history.shop,
  ]);
  expect(francs.rows).toEqual([{ key: '1' }]);
  const kept = await history.tools.pool.query(
    `select from journal_raw where shop_id = $1 and convert_from(raw, 'utf8') ~ 'opens|passwd|2y.10' limit 1`,
    [history.shop],
  );
  expect(kept.rowCount).toBe(0);
});

test('PrestaShop: what changed before the place asked from, in the shop’s own clock, is left out', async () => {
  const shop = fakePrestaShop();
  receiver.behave = shop.behave;
  const own = await history.connect('prestashop', { address: receiver.url, credentials: { key: shop.key } });
  const changed = (id: number, date_upd: string) => ({
    ...{ id, reference: `LATE${id}`, id_customer: '1', id_currency: '1', current_state: '2', date_upd },
    ...{ total_paid_tax_incl: '12.000000', date_add: '2025-03-01 09:00:00', associations: { order_rows: [] } },
  });
  shop.resources.orders = [changed(901, '2025-03-01 10:29:59'), changed(902, '2025-03-01 10:30:00')];
  shop.resources.currencies = [{ id: 1, iso_code: 'EUR' }];
  const since = Date.UTC(2025, 2, 1, 9, 30);
  await startPull(history.tools.pool, { shopId: history.shop, connectionId: own, kind: 'reconcile' }, since, clock);
  await history.run();
  expect(await history.pull(own, 'reconcile')).toMatchObject({ state: 'done', objects: 1, fault: null });
});
