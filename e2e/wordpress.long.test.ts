/**
 * The WooCommerce plugin in Debian's WordPress with MariaDB: its settings page, its script, its queue, and what it delivers through a
 * restart of ours. WooCommerce itself is stubs (plugins/testing/woocommerce-stubs.php) with recorded objects.
 */
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { appliedChannel } from '#intake/settle.ts';
import { createConnection } from '#store/connection.ts';
import { deriveKeys } from '#store/secret.ts';
import { emptyDatabase } from '#store/test-database.ts';
import { openDesk } from './desk.ts';
import { endProcesses, freePort, freshDataDir, startProcess, type TestProcess, testSecretKey } from './harness.ts';
import { recorded } from './php-plugin.ts';
import { admin, startWordPress, type WordPressSite } from './wordpress-site.ts';

interface Order extends Record<string, unknown> {
  readonly id: number;
}

const folder = 'woocommerce/fixtures/own-recorded';
const classic = recorded<Order>(`${folder}/wc7.9-classic-checkout-order.created-cod.json`);
const jeanne = recorded(`${folder}/wc7.9-checkout-customer.created.json`);
const publicKey = '333cafe0333cafe0333cafe0333cafe0';
const waiting = { do: 'sql', sql: 'select topic, ref, attempts, last_status from wp_spread_tracker_queue order by id' };

let site: WordPressSite;
let program: TestProcess;
let env: Record<string, string>;
let dataDir: Awaited<ReturnType<typeof freshDataDir>>;
let dropDatabase: () => Promise<void>;
let pool: pg.Pool;
let shop: number;
let delivery: { readonly url: string; readonly secret: string };

beforeAll(async () => {
  dataDir = await freshDataDir();
  const database = await emptyDatabase();
  dropDatabase = database.drop;
  env = {
    DATA_DIR: dataDir.path,
    DATABASE_URL: database.ownerUrl,
    SECRET_KEY: testSecretKey,
    SHOP_PUBLIC_KEY: publicKey,
    SHOP_PRIVATE_KEY: 'private-of-the-shop',
    DEMO: 'off',
    PORT: String(await freePort()),
  };
  program = await startProcess(env);
  pool = new pg.Pool({ connectionString: database.ownerUrl, max: 3 });
  const { rows } = await pool.query('select shop_id, user_id from shop_member limit 1');
  shop = rows[0].shop_id;
  const made = { platform: 'woocommerce', store: 'woo', name: 'Chez Léa', secret: null, createdBy: rows[0].user_id };
  const { source, secret } = await createConnection(pool, deriveKeys(testSecretKey), shopId(shop), made, Date.now());
  delivery = { url: `${program.url}/ingest/${source}`, secret };
  site = await startWordPress();
  const signInLink = /Sign in once +(\S+)/.exec(program.output.stdout)?.[1] ?? null;
  const desk = await openDesk({ url: program.url, signInLink });
  const archive = await desk.fetch(`/api/shops/${shop}/plugins/woocommerce`);
  await site.install(Buffer.from(await archive.arrayBuffer()), 'spread-tracker/spread-tracker.php');
});
afterAll(async () => {
  await site?.stop();
  await endProcesses();
  await pool?.end();
  await dropDatabase?.();
  await dataDir?.remove();
});

/** What the query finds once it finds as many. */
async function applied(sql: string, count: number): Promise<Record<string, unknown>[]> {
  const client = await pool.connect();
  try {
    await client.query(`listen ${appliedChannel}`);
    for (;;) {
      const heard = once(client, 'notification');
      const { rows } = await client.query(sql, [shop]);
      if (rows.length >= count) return rows;
      await heard;
    }
  } finally {
    client.release(true);
  }
}

const orderKeys = "select key, payment from orders where shop_id = $1 and namespace = 'woo' order by key::int";

class Browser {
  readonly #cookies = new Map<string, string>();

  async ask(path: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(path.startsWith('http') ? path : `${site.url}${path}`, {
      headers: { cookie },
      redirect: 'manual',
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }

  async signIn(name: string, password: string): Promise<void> {
    await (await this.ask('/wp-login.php')).text();
    const answer = await this.ask('/wp-login.php', { log: name, pwd: password, testcookie: '1' });
    expect(answer.status).toBe(302);
  }
}

test('the settings page: what the archive brought, a form of one’s own, a right, and a test that says what is wrong', async () => {
  const browser = new Browser();
  await browser.signIn(admin.name, admin.password);
  const path = '/wp-admin/options-general.php?page=spread-tracker';
  const page = await (await browser.ask(path)).text();
  expect(page).toContain('Adresse d’envoi');
  expect(page).toContain(`value="${delivery.url}"`);
  expect(page).toContain(`value="${publicKey}"`);
  const nonce = /name="_wpnonce" value="(\w+)"/.exec(page)?.[1] ?? '';
  const form = {
    action: 'spread_tracker_save',
    url: delivery.url,
    public_key: publicKey,
    active: '1',
    snippet: '1',
    orders: '1',
    customers: '1',
    carts: '1',
    box_email: '1',
    consent: 'pending',
    text_email: 'Nos <b>nouvelles</b> par e-mail',
    test: 'Enregistrer et tester',
  };
  const save = async (more: Record<string, string>) => {
    const answer = await browser.ask('/wp-admin/admin-post.php', { ...form, _wpnonce: nonce, ...more });
    return answer.status === 302
      ? (await browser.ask(answer.headers.get('location') ?? '')).text()
      : String(answer.status);
  };
  expect(await save({ _wpnonce: 'forged' })).toBe('403');
  expect(await save({ secret: '' })).toContain('Le secret manque');
  expect(await save({ secret: 'the wrong one' })).toContain('réponse 401');
  expect(await save({ secret: delivery.secret, url: 'https://elsewhere.example/' })).toContain(
    'L’adresse d’envoi doit',
  );
  const saved = await save({ secret: delivery.secret });
  expect(saved).toContain('La liaison fonctionne');
  expect(saved).toContain('Les webhooks de WooCommerce sont actifs');
  expect(saved).not.toContain(delivery.secret);
  expect(saved).toContain('value="Nos nouvelles par e-mail"');
  await site.run({ do: 'php', name: 'add_role', arguments: ['customer', 'Customer', { read: true }] });
  const subscriber = {
    user_login: 'lecteur',
    user_pass: 'a password of theirs',
    user_email: 'lecteur@boutique.example',
  };
  await site.run({ do: 'php', name: 'wp_insert_user', arguments: [subscriber] });
  const reader = new Browser();
  await reader.signIn('lecteur', 'a password of theirs');
  expect((await reader.ask(path)).status).toBe(403);
  expect((await reader.ask('/wp-admin/admin-post.php', { ...form, _wpnonce: nonce })).status).toBe(403);
});

test('the script stands in the head of every page, and only while it is switched on', async () => {
  const { origin } = new URL(delivery.url);
  const tag = `<script async src="${origin}/js/tracker.js" data-key="${publicKey}" data-consent="pending" data-with="banners"></script>`;
  const page = await (await fetch(`${site.url}/`)).text();
  expect(page.slice(0, page.indexOf('</head>'))).toContain(tag);
  await site.run({ do: 'settings', values: { snippet: '0' } });
  expect(await (await fetch(`${site.url}/`)).text()).not.toContain('tracker.js');
  await site.run({ do: 'settings', values: { snippet: '1' } });
});

test('an account and an order leave by themselves: a page wakes WordPress’ cron, and nobody waits', async () => {
  await site.letPagesWakeCron(true);
  const account = { user_login: 'jeanne', user_pass: 'hers', user_email: 'jeanne@example.test', role: 'customer' };
  const [id] = await site.run({ do: 'php', name: 'wp_insert_user', arguments: [account] });
  const order = { ...classic, customer_id: id };
  await site.run(
    { do: 'store', name: 'customers', objects: [{ ...jeanne, id }] },
    {
      do: 'checkout',
      kind: 'classic',
      order,
      user: id,
      post: { spread_tracker_boxes: ['email'], spread_tracker_email: '1' },
    },
  );
  await (await fetch(`${site.url}/`)).text();
  expect(await applied(orderKeys, 1)).toEqual([{ key: '14', payment: 'none' }]);
  await site.letPagesWakeCron(false);
  await site.cron();
  const people = "select firstname, name from profile where shop_id = $1 and email_norm = 'jeanne@example.test'";
  expect(await applied(people, 1)).toEqual([{ firstname: 'Jeanne', name: 'Durand' }]);
});

test('sixty orders while ours is killed and started again: each is delivered, none twice', async () => {
  const orders = Array.from({ length: 60 }, (_, place) => ({
    ...classic,
    id: 100 + place,
    number: String(100 + place),
  }));
  await program.end('SIGKILL');
  await site.run(...orders.slice(0, 20).map((order) => ({ do: 'checkout', kind: 'block', order })));
  await site.cron();
  // two were tried and wait; the rest was left alone
  const [kept] = await site.run(waiting);
  const rows = kept as { attempts: string; last_status: string }[];
  expect([rows.length, rows.filter(({ attempts }) => attempts === '1').length]).toEqual([20, 2]);
  expect(rows.every(({ last_status: status }) => status === '0')).toBe(true);
  program = await startProcess(env);
  await site.run(...orders.slice(20).map((order) => ({ do: 'checkout', kind: 'block', order })));
  // killed while the queue is being sent, as soon as some of it arrived
  const sending = site.cron();
  await applied(orderKeys, 12);
  await program.end('SIGKILL');
  await sending;
  program = await startProcess(env);
  for (let left = 1; left > 0; ) {
    const [, , found] = await site.run(
      // a process that died with rows in its hands leaves them for two minutes
      { do: 'execute', sql: 'update wp_spread_tracker_queue set next_at = 0, claimed_until = 0' },
      { do: 'call', name: 'Schedule::send' },
      { do: 'sql', sql: 'select count(*) as n from wp_spread_tracker_queue' },
    );
    left = Number((found as { n: string }[])[0]?.n);
  }
  const keys = (await applied(orderKeys, 61)).map(({ key }) => key);
  expect(keys).toEqual(['14', ...orders.map(({ id }) => String(id))]);
  const outcomes = await applied("select outcome from journal where shop_id = $1 and format = 'store/woocommerce'", 62);
  expect(new Set(outcomes.map(({ outcome }) => outcome))).not.toContain('failed');
});

test('WordPress’ privacy tools know the plugin; uninstalled, nothing is left', async () => {
  const [exporters, erasers] = await site.run(
    { do: 'filter', name: 'wp_privacy_personal_data_exporters', arguments: [[]] },
    { do: 'filter', name: 'wp_privacy_personal_data_erasers', arguments: [[]] },
  );
  expect([exporters, erasers]).toMatchObject([{ 'spread-tracker': {} }, { 'spread-tracker': {} }]);
  const [, exported, erased] = await site.run(
    { do: 'checkout', kind: 'classic', order: { ...classic, id: 500 }, post: { spread_tracker_boxes: ['email'] } },
    { do: 'call', name: 'Privacy::export', arguments: ['jeanne@example.test', 1] },
    { do: 'call', name: 'Privacy::erase', arguments: ['jeanne@example.test', 1] },
  );
  expect(JSON.stringify(exported)).toContain('spread-tracker-queue-');
  expect(erased).toMatchObject({ items_removed: true, done: false });
  expect((await site.run(waiting))[0]).toEqual([]);
  await site.run({ do: 'remove', plugin: 'spread-tracker/spread-tracker.php' });
  const [tables, options, cron, webhooks] = await site.run(
    { do: 'sql', sql: "show tables like '%spread%'" },
    { do: 'sql', sql: "select option_name from wp_options where option_name like '%spread_tracker%'" },
    {
      do: 'sql',
      sql: "select option_name from wp_options where option_name = 'cron' and option_value like '%spread_tracker%'",
    },
    { do: 'option', name: 'stub_webhooks' },
  );
  expect([tables, options, cron, webhooks]).toEqual([[], [], [], []]);
  // PHP 8.2 has complaints about WordPress 6.1 itself
  const faults = (await site.faults()).split('\n').filter((line) => /spread-tracker|SpreadTracker/.test(line));
  expect(faults).toEqual([]);
});
