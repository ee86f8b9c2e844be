/** The WooCommerce plugin, run by Debian's PHP on stubs of WordPress and WooCommerce fed with what was recorded on 7.9 and 9.4. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Delivery,
  type InstalledPlugin,
  installPlugin,
  type Receiver,
  recorded,
  runPlugin,
  startReceiver,
} from './php-plugin.ts';

interface Order extends Record<string, unknown> {
  readonly id: number;
  readonly meta_data: { readonly key: string; readonly value: unknown }[];
}

const folder = 'woocommerce/fixtures/own-recorded';
const classic = recorded<Order>(`${folder}/wc7.9-classic-checkout-order.created-cod.json`);
const block = recorded<Order>(`${folder}/wc9.4.3-block-checkout-order.created.json`);
const jeanne = recorded(`${folder}/wc7.9-checkout-customer.created.json`);
const secret = 'the secret of this source';
const publicKey = '333cafe0333cafe0';
const rows = { do: 'sql', sql: 'select * from wp_spread_tracker_queue order by id' };
const due = { do: 'execute', sql: 'update wp_spread_tracker_queue set next_at = 0' };
const send = { do: 'call', name: 'Schedule::send' };
const ensure = { do: 'call', name: 'Webhooks::ensure' };
/** The request ends. */
const end = { do: 'end' };

let plugin: InstalledPlugin;
let receiver: Receiver;
let env: Record<string, string>;

beforeEach(async () => {
  receiver = await startReceiver(secret);
  plugin = await installPlugin('woocommerce', { deliveryUrl: receiver.url, publicKey });
  env = { STUB_DATABASE: join(plugin.place, 'site.sqlite') };
  const users = {
    1: { roles: ['administrator'], user_email: 'admin@boutique.example' },
    2: { roles: ['customer'], user_email: 'jeanne@example.test' },
    3: { roles: ['editor'], user_email: 'editor@boutique.example' },
  };
  await php(
    { do: 'activate' },
    { do: 'option', name: 'stub_users', value: users },
    { do: 'store', name: 'customers', objects: [jeanne] },
    settings({ active: '1', secret, user: 1 }),
  );
});
afterEach(async () => {
  await receiver.close();
  await plugin.remove();
});

function php(...steps: readonly object[]): Promise<unknown[]> {
  return runPlugin('wordpress.php', plugin.folder, env, steps);
}

function settings(values: object): object {
  return { do: 'settings', values };
}

function checkout(order: Order, how: object): object {
  return { do: 'checkout', order, user: 2, kind: 'classic', ...how };
}

function metaOf(order: unknown): Record<string, unknown> {
  const { meta_data: meta } = order as Order;
  return Object.fromEntries(meta.map(({ key, value }) => [key, value]));
}

function byTopic(topic: string): Delivery[] {
  return receiver.deliveries.filter((one) => one.topic === topic);
}

const hat = {
  product_id: 10,
  variation_id: 0,
  sku: 'TS-BLUE',
  name: 'Blue T-Shirt',
  quantity: 2,
  line_total: 39.8,
  line_tax: 0,
};

function cart(lines: readonly object[], hook = 'woocommerce_add_to_cart', user = 2): object[] {
  return [
    { do: 'option', name: 'stub_cart', value: lines },
    { do: 'action', name: hook, arguments: ['hash'], user },
    { ...end, user },
  ];
}

test('the classic checkout: unticked boxes, what the customer ticked on the order, one delivery, nothing secret', async () => {
  const shown = { do: 'print', name: 'woocommerce_review_order_before_submit' };
  const [boxes, again] = await php(shown, { ...shown, post: { post_data: 'billing_email=a&spread_tracker_email=1' } });
  expect(boxes).toContain('name="spread_tracker_email" value="1" />');
  expect(boxes).toContain('Chez &lt;Léa&gt;');
  expect(boxes).not.toContain('spread_tracker_sms');
  // the page around them is written anew while the customer types
  expect(again).toContain('name="spread_tracker_email" value="1" checked="checked" />');
  const post = { spread_tracker_boxes: ['email', 'sms'], spread_tracker_email: '1', spread_tracker_sms: '1' };
  const cookies = { sbt: 'a-token-of-the-visitor' };
  await php(checkout(classic, { post, cookies }), end, send);
  expect(receiver.deliveries.map(({ topic }) => topic)).toEqual(['order.upsert']);
  const [sent] = receiver.deliveries;
  expect(sent?.said).toMatchObject({
    platform: 'woocommerce',
    platform_version: '9.4.3',
    shop: { id: '1', url: 'https://boutique.example/', timezone: 'Europe/Paris', currency: 'EUR' },
    visitor: { token: 'a-token-of-the-visitor' },
    object: {
      id: 14,
      status: 'processing',
      date_paid_gmt: null,
      total: '29.40',
      customer_id: 2,
      billing: { email: 'jeanne@example.test', phone: '+33612345678' },
      line_items: [{ product_id: 10, sku: 'TS-BLUE' }, { product_id: 11 }],
      refunds: [],
    },
  });
  expect(metaOf(sent?.said.object)).toEqual({
    _tracker_email_optin: '1',
    _tracker_optin_at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  for (const word of [
    'order_key',
    'wc_order_',
    'payment_url',
    'customer_ip_address',
    'customer_user_agent',
    'cart_hash',
  ])
    expect(sent?.body).not.toContain(word);
  const [orders] = await php({ do: 'option', name: 'stub_orders' });
  const kept = metaOf((orders as Record<string, unknown>)[14]);
  expect(JSON.parse(String(kept._tracker_optin_text))).toEqual({
    email: 'J’accepte de recevoir par e-mail les informations commerciales de Chez <Léa>.',
  });
});

test('the block checkout: boxes of WooCommerce’s own, left empty or ticked', async () => {
  await php(settings({ box_sms: '1', text_email: 'Nos nouvelles par e-mail ?' }));
  const [, fields] = await php(
    { do: 'action', name: 'woocommerce_init', arguments: [] },
    { do: 'option', name: 'stub_fields' },
  );
  expect(fields).toMatchObject({
    'spread-tracker/email-optin': { type: 'checkbox', location: 'order', label: 'Nos nouvelles par e-mail ?' },
    'spread-tracker/sms-optin': { type: 'checkbox', required: false },
  });
  const ticked = { 'spread-tracker/email-optin': false, 'spread-tracker/sms-optin': true, 'other/field': true };
  await php(checkout(block, { kind: 'block', fields: ticked }), send);
  const [sent] = byTopic('order.upsert');
  expect(sent?.said.object).toMatchObject({ id: 15, customer_id: 0, created_via: 'store-api' });
  expect(metaOf(sent?.said.object)).toMatchObject({ _tracker_email_optin: '0', _tracker_sms_optin: '1' });
  const draft = { ...block, id: 16, status: 'checkout-draft' };
  await php(checkout(draft, { kind: 'block' }), send);
  expect(byTopic('order.upsert')).toHaveLength(1);
});

test('the form that makes an account: the e-mail box alone, and the account is told with what was done', async () => {
  const shown = { do: 'print', name: 'woocommerce_register_form' };
  const [form, again, off] = await php(
    settings({ box_sms: '1' }),
    shown,
    { ...shown, post: { spread_tracker_email: '1' } },
    settings({ box_email: '0' }),
    shown,
    settings({ box_email: '1' }),
  ).then(([, ...answers]) => [answers[0], answers[1], answers[3]]);
  expect(form).toContain('name="spread_tracker_email" value="1" />');
  expect(form).not.toContain('spread_tracker_sms');
  expect(again).toContain('name="spread_tracker_email" value="1" checked="checked" />');
  expect(off).toBe('');
  const made = (post: object) => ({ do: 'action', name: 'woocommerce_created_customer', arguments: [2], post });
  // what the checkout makes an account of has its boxes on the order
  await php(made({ spread_tracker_boxes: ['email'], spread_tracker_email: '1' }), send);
  expect(metaOf(byTopic('customer.upsert')[0]?.said.object)).toEqual({});
  const boxes = { spread_tracker_account_boxes: ['email', 'sms'] };
  await php(made({ ...boxes, spread_tracker_email: '1', spread_tracker_sms: '1' }), send);
  expect(metaOf(byTopic('customer.upsert')[1]?.said.object)).toEqual({
    _tracker_email_optin: '1',
    _tracker_optin_at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  const text = { do: 'php', name: 'get_user_meta', arguments: [2, '_tracker_optin_text', true] };
  expect(JSON.parse(String((await php(text))[0]))).toEqual({
    email: 'J’accepte de recevoir par e-mail les informations commerciales de Chez <Léa>.',
  });
  await php(made(boxes), send);
  expect(metaOf(byTopic('customer.upsert')[2]?.said.object)).toMatchObject({ _tracker_email_optin: '0' });
});

test('a cart of somebody signed in is told once a request, named on its order, and not emptied by it', async () => {
  await php(...cart([hat]), { do: 'action', name: 'woocommerce_applied_coupon', arguments: ['x'], user: 2 }, due, send);
  const [first] = byTopic('cart.upsert');
  expect(first?.said.object).toMatchObject({
    customer_id: 2,
    email: 'jeanne@example.test',
    currency: 'EUR',
    total: '39.8',
    items: [{ product_id: 10, sku: 'TS-BLUE', name: 'Blue T-Shirt', quantity: 2, line_total: '39.8', line_tax: '0' }],
  });
  const key = first?.said.object.key;
  expect(key).toMatch(/^[0-9a-f-]{36}$/);
  await php(...cart([], 'woocommerce_cart_item_removed'), due, send);
  expect(byTopic('cart.upsert').at(-1)?.said.object).toMatchObject({ key, total: '0', items: [] });
  await php(...cart([hat]), due, send);
  const told = byTopic('cart.upsert').length;
  await php(checkout(classic, {}), { ...end, user: 2 }, due, send);
  expect(byTopic('order.upsert')[0]?.said.object).toMatchObject({ id: 14, cart_key: key });
  expect(byTopic('cart.upsert')).toHaveLength(told);
  // a guest's cart is nobody's business
  await php(...cart([hat], 'woocommerce_add_to_cart', 0), due, send);
  expect(byTopic('cart.upsert')).toHaveLength(told);
  await php(...cart([hat]), due, send);
  expect(byTopic('cart.upsert').at(-1)?.said.object.key).not.toBe(key);
});

test('accounts of customers are told, several hooks as one; those of the staff are not', async () => {
  const hooks = ['user_register', 'woocommerce_created_customer', 'profile_update', 'woocommerce_update_customer'];
  const all = [2, 3, 99].flatMap((id) => hooks.map((name) => ({ do: 'action', name, arguments: [id] })));
  await php(...all, send);
  expect(byTopic('customer.upsert').map(({ said }) => said.object)).toMatchObject([
    { id: 2, email: 'jeanne@example.test', billing: { phone: '+33612345678' }, meta_data: [] },
  ]);
  expect(receiver.deliveries).toHaveLength(1);
  expect(receiver.deliveries[0]?.body).not.toContain('avatar_url');
});

test('the plugin makes WooCommerce’s webhooks, mends them, and lets leave what its list allows', async () => {
  const [, made] = await php(ensure, { do: 'option', name: 'stub_webhooks' });
  const topics = ['order.created', 'order.updated', 'order.deleted', 'order.restored', 'customer.deleted'];
  expect(Object.values(made as object)).toMatchObject(
    topics.map((topic) => ({
      topic,
      status: 'active',
      secret,
      delivery_url: receiver.url,
      user_id: 1,
      api_version: 'wp_api_v3',
    })),
  );
  const [, , after] = await php(
    { do: 'store', name: 'webhooks', objects: [{ ...(made as Record<string, object>)[2], id: 2, status: 'disabled' }] },
    ensure,
    { do: 'option', name: 'stub_webhooks' },
  );
  expect(after).toEqual(made);
  const calls: { signature: string; body: string }[] = [];
  const tracker = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    calls.push({ signature: String(request.headers['x-wc-webhook-signature']), body });
    response.end();
  });
  await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/ingest/abc`;
    const withCart = {
      ...classic,
      meta_data: [...classic.meta_data, { key: '_tracker_cart', value: 'cart-of-jeanne' }],
    };
    await php(settings({ url }), ensure, { do: 'store', name: 'orders', objects: [withCart] });
    await php({ do: 'deliver', webhook: 1, id: 14 }, { do: 'deliver', webhook: 3, id: 14 });
    const [order = { signature: '', body: '' }, deleted] = calls;
    expect(order.signature).toBe(createHmac('sha256', secret).update(order.body).digest('base64'));
    expect(JSON.parse(order.body)).toMatchObject({ id: 14, cart_key: 'cart-of-jeanne', meta_data: [] });
    expect(order.body).not.toContain('order_key');
    expect(deleted?.body).toBe('{"id":14}');
  } finally {
    tracker.closeAllConnections();
    tracker.close();
  }
  const [, gone] = await php(settings({ orders: '0' }), ensure, { do: 'option', name: 'stub_webhooks' }).then((all) =>
    all.slice(1),
  );
  expect(gone).toEqual([]);
});

test('what a webhook fails to deliver is queued, and while webhooks do not work every change is', async () => {
  await php({ do: 'store', name: 'orders', objects: [classic] }, ensure);
  const changed = { do: 'action', name: 'woocommerce_update_order', arguments: [14] };
  expect((await php(changed, rows)).at(-1)).toEqual([]);
  // the receiver refuses WooCommerce's signature: as any failure
  const [, , waiting] = await php(
    { do: 'deliver', webhook: 2, id: 14 },
    { do: 'deliver', webhook: 3, id: 14 },
    rows,
    send,
  );
  expect(waiting).toMatchObject([{ topic: 'order.upsert', ref: 'order:14' }, { topic: 'order.deleted' }]);
  expect(receiver.deliveries.map(({ topic, said }) => [topic, said.object.id])).toEqual([
    ['order.upsert', 14],
    ['order.deleted', 14],
  ]);
  const off = { do: 'store', name: 'webhooks', objects: [{ id: 2, topic: 'order.updated', status: 'disabled' }] };
  expect((await php(off, changed, changed, rows)).at(-1)).toMatchObject([{ topic: 'order.upsert', ref: 'order:14' }]);
});

test('what is not taken comes again with the same id and bytes; what happened since is a delivery of its own', async () => {
  receiver.answer({ status: 503, retryAfter: '600' });
  await php(checkout(classic, {}), send, send);
  expect(receiver.deliveries).toHaveLength(1);
  const paid = { ...classic, date_paid_gmt: '2026-11-23T17:00:00' };
  await php(
    { do: 'store', name: 'orders', objects: [paid] },
    { do: 'action', name: 'woocommerce_order_status_changed', arguments: [14] },
  );
  await php(due, send);
  const [first, again, changed] = receiver.deliveries;
  expect([again?.id, again?.body]).toEqual([first?.id, first?.body]);
  expect(changed?.said.object.date_paid_gmt).toBe('2026-11-23T17:00:00');
  expect(changed?.id).not.toBe(first?.id);
  expect((await php(rows)).at(-1)).toEqual([]);
});

test('whoever connected the shop may have left; an order that is gone is not told', async () => {
  await php(settings({ user: 99 }), checkout(classic, {}), send);
  expect(byTopic('order.upsert')).toHaveLength(1);
  await php({ do: 'action', name: 'woocommerce_update_order', arguments: [14] });
  await php({ do: 'option', name: 'stub_orders', value: [] }, send);
  // it is gone for good: there is nothing to tell
  expect((await php(rows)).at(-1)).toEqual([]);
  expect(receiver.deliveries).toHaveLength(1);
});

test('sending is left to cron, which is woken once a request', async () => {
  const [, , , scheduled, woken] = await php(
    { do: 'action', name: 'user_register', arguments: [2] },
    checkout(classic, {}),
    end,
    { do: 'option', name: 'cron_spread_tracker_send_now' },
    { do: 'option', name: 'stub_cron_woken' },
  );
  expect([typeof scheduled, woken]).toEqual(['number', 1]);
  expect(receiver.deliveries).toEqual([]);
});

test('each switch is one, and the master switch is all', async () => {
  const everything = [checkout(classic, {}), { do: 'action', name: 'user_register', arguments: [2] }, ...cart([hat])];
  const clear = { do: 'execute', sql: 'delete from wp_spread_tracker_queue' };
  const without = async (name: string) => {
    const on = { active: '1', orders: '1', customers: '1', carts: '1', snippet: '1' };
    const found = await php(settings({ ...on, [name]: '0' }), ...everything, rows, clear, {
      do: 'print',
      name: 'wp_head',
    });
    const waiting = found.at(-3) as { topic: string }[];
    return { topics: waiting.map(({ topic }) => topic).sort(), head: String(found.at(-1)) };
  };
  const all = ['cart.upsert', 'customer.upsert', 'order.upsert'];
  const whole = await without('box_email');
  expect(whole.topics).toEqual(all);
  expect(whole.head).toContain(`data-key="${publicKey}" data-consent="pending"`);
  expect((await without('carts')).topics).toEqual(all.slice(1));
  expect((await without('customers')).topics).toEqual(['cart.upsert', 'order.upsert']);
  expect((await without('orders')).topics).toEqual(all.slice(0, 2));
  expect((await without('snippet')).head).toBe('');
  expect(await without('active')).toEqual({ topics: [], head: '' });
});

test('WordPress’ privacy tools give out and erase what is here, and pass the request on', async () => {
  const post = { spread_tracker_boxes: ['email'], spread_tracker_email: '1' };
  const email = 'Jeanne@example.test';
  const exporting = { do: 'call', name: 'Privacy::export', arguments: ['jeanne@example.test', 1] };
  const erasing = { do: 'call', name: 'Privacy::erase', arguments: ['jeanne@example.test', 1] };
  const account = { spread_tracker_account_boxes: ['email'], spread_tracker_email: '1' };
  const [, , exported, erased, left, again] = await php(
    { do: 'action', name: 'woocommerce_created_customer', arguments: [2], post: account },
    checkout(classic, { post }),
    exporting,
    erasing,
    rows,
    exporting,
  );
  const names = (exported as { data: { item_id: string; data: { value: string }[] }[] }).data.map(
    ({ item_id: id }) => id,
  );
  expect(names).toEqual([
    expect.stringMatching(/queue-\d+$/),
    expect.stringMatching(/queue-\d+$/),
    ...['spread-tracker-tracker', 'spread-tracker-account-2', 'spread-tracker-order-14'],
  ]);
  expect(JSON.stringify(exported)).toContain(`/my-data/${publicKey}`);
  expect(erased).toMatchObject({ items_removed: true, items_retained: false, done: true });
  expect((erased as { messages: string[] }).messages[0]).toContain('Effacez aussi cette personne');
  expect([left, (again as { data: object[] }).data]).toEqual([
    [],
    [expect.objectContaining({ item_id: 'spread-tracker-tracker' })],
  ]);
  const asked: string[] = [];
  const tracker = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    asked.push(`${request.url} ${request.headers.authorization} ${body}`);
    response.writeHead(201).end('{}');
  });
  await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/ingest/abc`;
    const [, passed] = await php(settings({ url, private_key: 'the private key' }), {
      do: 'call',
      name: 'Privacy::erase',
      arguments: [email, 1],
    });
    expect((passed as { messages: string[] }).messages[0]).toContain('inscrite au registre');
    const basic = Buffer.from(`${publicKey}:the private key`).toString('base64');
    expect(asked).toEqual([
      `/api/rights-requests Basic ${basic} {"kind":"erasure","email":"Jeanne@example.test","lang":"fr","note":"WordPress"}`,
    ]);
  } finally {
    tracker.closeAllConnections();
    tracker.close();
  }
});

test('uninstalled, nothing is left but what stands on orders and accounts', async () => {
  await php(checkout(classic, {}), ensure, { do: 'uninstall', path: join(plugin.folder, 'uninstall.php') });
  const [tables, options, webhooks] = await php(
    { do: 'sql', sql: "select name from sqlite_master where name like '%tracker%'" },
    { do: 'sql', sql: "select name from wp_options where name like '%spread%'" },
    { do: 'option', name: 'stub_webhooks' },
  );
  expect([tables, options, webhooks]).toEqual([[], [], []]);
});
