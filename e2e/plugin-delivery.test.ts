/** Our plugins, a real PHP, and the whole program: from a shop's hooks to orders, people, carts and bases. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { appliedChannel } from '#intake/settle.ts';
import { createConnection } from '#store/connection.ts';
import { deriveKeys } from '#store/secret.ts';
import { startTestProgram, type TestProgram, testSecretKey } from './harness.ts';
import { type InstalledPlugin, installPlugin, recorded, runPlugin } from './php-plugin.ts';
import { prestashopWorld, recordedHook } from './prestashop-world.ts';

const publicKey = '333cafe0333cafe0333cafe0333cafe0';
let program: TestProgram;
let shop: number;
let createdBy: string;

beforeAll(async () => {
  program = await startTestProgram({
    SHOP_PUBLIC_KEY: publicKey,
    SHOP_PRIVATE_KEY: 'private-of-the-shop',
    DEMO: 'off',
  });
  const { rows } = await program.base.pool.query(
    'select k.shop_id, m.user_id from shop_key k join shop_member m using (shop_id) where k.public_key = $1',
    [publicKey],
  );
  shop = rows[0].shop_id;
  createdBy = rows[0].user_id;
});
afterAll(() => program?.stop());

async function connect(
  platform: 'woocommerce' | 'prestashop',
): Promise<{ plugin: InstalledPlugin; url: string; secret: string }> {
  const made = { platform, store: `${platform}-1`, name: platform, secret: null, createdBy };
  const keys = deriveKeys(testSecretKey);
  const { source, secret } = await createConnection(program.base.pool, keys, shopId(shop), made, Date.now());
  const url = `${program.url}/ingest/${source}`;
  return { plugin: await installPlugin(platform, { deliveryUrl: url, publicKey }), url, secret };
}

/** Kinds and outcomes of the platform's journal once as many stand in it. */
async function journal(platform: string, count: number): Promise<string[]> {
  const client = await program.base.pool.connect();
  try {
    await client.query(`listen ${appliedChannel}`);
    for (;;) {
      const heard = once(client, 'notification');
      const { rows } = await client.query(
        'select kind, outcome, reasons from journal where shop_id = $1 and format = $2 order by received_at, seq',
        [shop, `store/${platform}`],
      );
      if (rows.length >= count) return rows.map(({ kind, outcome }) => `${kind} ${outcome}`);
      await heard;
    }
  } finally {
    client.release(true);
  }
}

async function select(sql: string): Promise<unknown[]> {
  return (await program.base.pool.query(sql, [shop])).rows;
}

test('PrestaShop: an order with its customer and cart, its state, its refund, and the newsletter block', async () => {
  const { plugin, url, secret } = await connect('prestashop');
  const env = { STUB_DATABASE: join(plugin.place, 'shop.sqlite'), STUB_WORLD: join(plugin.place, 'world.json') };
  const world = (changes: Parameters<typeof prestashopWorld>[0]) =>
    writeFile(env.STUB_WORLD, JSON.stringify(prestashopWorld(changes)));
  const config = { ACTIVE: '1', SECRET: secret, URL: url };
  const settings = Object.entries(config).map(([name, value]) => ({
    execute: `insert or replace into stub values ('SPREADTRACKER_${name}', '${value}')`,
  }));
  const due = { execute: 'update ps_spreadtracker_queue set next_at = 0' };
  const left = { sql: 'select topic, last_status from ps_spreadtracker_queue' };
  const php = (...steps: object[]) =>
    runPlugin('prestashop.php', plugin.folder, env, [...steps, due, { send: 30 }, left]);
  try {
    const page = await fetch(`${program.url}/sp-json.php?publicKey=${publicKey}`);
    const { cookie: token } = (await page.json()) as { cookie: string };
    await world({ Order: { 6: { current_state: '10' } } });
    const first = [
      'actionCartSave',
      'actionCustomerAccountAdd',
      'actionValidateOrder',
      'actionNewsletterRegistrationAfter',
    ];
    expect(
      (
        await php(
          { call: 'install' },
          ...settings,
          ...first.map((name) => ({ ...recordedHook(name), cookies: { sbt: token } })),
        )
      ).at(-1),
    ).toEqual([]);
    const told = await journal('prestashop', 4);
    expect(told.every((line) => line.endsWith('applied'))).toBe(true);
    const order = `select key, number, total_minor, payment, fulfilment, cancelled, refunded_minor from orders
      where shop_id = $1 and namespace = 'prestashop-1'`;
    const placed = {
      key: '6',
      number: 'YSXHVLJOP',
      total_minor: 2294,
      payment: 'none',
      fulfilment: 'none',
      cancelled: false,
      refunded_minor: 0,
    };
    expect(await select(order)).toEqual([placed]);
    expect(
      await select('select name, firstname, zip, country from profile where shop_id = $1 and name is not null'),
    ).toEqual([{ name: 'Martin', firstname: 'Luc', zip: '69003', country: 'FR' }]);
    expect(await select('select key, total_minor, count from cart where shop_id = $1')).toMatchObject([{ key: '8' }]);
    // the visitor's own browser said it: theirs is the token
    expect(await select('select verified from visitor_token where shop_id = $1')).toEqual([{ verified: false }]);
    // paid, which this merchant means as shipped; then given back
    await world({});
    const states = { execute: `insert or replace into stub values ('SPREADTRACKER_STATES', '{"2":"50"}')` };
    expect((await php(states, recordedHook('actionOrderStatusPostUpdate'))).at(-1)).toEqual([]);
    await journal('prestashop', 5);
    expect(await select(order)).toEqual([{ ...placed, payment: 'paid', fulfilment: 'shipped' }]);
    const { Slips: slips } = prestashopWorld();
    await world({ OrderSlip: { 6: slips?.[6] as object[] } });
    expect((await php({ hook: 'actionOrderSlipAdd', params: { order: { '@Order': 6 } } })).at(-1)).toEqual([]);
    await journal('prestashop', 6);
    expect(await select(order)).toMatchObject([{ key: '6', refunded_minor: 2294 }]);
    const bases = await select(
      `select b.status from profile_basis b join profile p on p.shop_id = b.shop_id and p.id = b.profile_id
       where b.shop_id = $1 and p.email_norm = 'news21839@example.test'`,
    );
    expect(bases).toEqual([{ status: 'accepted' }]);
  } finally {
    await plugin.remove();
  }
});

test('WooCommerce: an order by our queue and by WooCommerce’s webhook is one, and its box is an act', async () => {
  const { plugin, url, secret } = await connect('woocommerce');
  const env = { STUB_DATABASE: join(plugin.place, 'site.sqlite') };
  const folder = 'woocommerce/fixtures/own-recorded';
  const classic = recorded<{ date_paid_gmt: string | null }>(`${folder}/wc7.9-classic-checkout-order.created-cod.json`);
  const users = {
    1: { roles: ['administrator'], user_email: 'admin@boutique.example' },
    2: { roles: ['customer'], user_email: 'jeanne@example.test' },
  };
  const left = { do: 'sql', sql: 'select topic, last_status from wp_spread_tracker_queue' };
  const php = (...steps: object[]) =>
    runPlugin('wordpress.php', plugin.folder, env, [...steps, { do: 'call', name: 'Schedule::send' }, left]);
  try {
    const steps = [
      { do: 'activate' },
      { do: 'option', name: 'stub_users', value: users },
      { do: 'store', name: 'customers', objects: [recorded(`${folder}/wc7.9-checkout-customer.created.json`)] },
      { do: 'settings', values: { active: '1', url, secret, user: 1, box_sms: '1' } },
      { do: 'call', name: 'Webhooks::ensure' },
      { do: 'action', name: 'user_register', arguments: [2] },
      {
        do: 'checkout',
        kind: 'classic',
        user: 2,
        order: classic,
        post: { spread_tracker_boxes: ['email', 'sms'], spread_tracker_email: '1', spread_tracker_sms: '1' },
      },
      { do: 'deliver', webhook: 1, id: 14 },
      { do: 'deliver', webhook: 2, id: 14 },
    ];
    expect((await php(...steps)).at(-1)).toEqual([]);
    await journal('woocommerce', 4);
    const orders =
      "select key, number, total_minor, payment from orders where shop_id = $1 and namespace = 'woocommerce-1'";
    expect(await select(orders)).toEqual([{ key: '14', number: '14', total_minor: 2940, payment: 'none' }]);
    const bases = await select(
      `select b.basis_id, b.status from profile_basis b join profile p on p.shop_id = b.shop_id and p.id = b.profile_id
       where b.shop_id = $1 and p.email_norm = 'jeanne@example.test'`,
    );
    // "Opt-in email" and "Opt-in SMS"
    expect(bases).toContainEqual({ basis_id: 6, status: 'accepted' });
    expect(bases).toContainEqual({ basis_id: 7, status: 'accepted' });
    const paid = { ...classic, date_paid_gmt: '2026-11-24T10:00:00', date_modified_gmt: '2026-11-24T10:00:00' };
    await php({ do: 'store', name: 'orders', objects: [paid] }, { do: 'deliver', webhook: 2, id: 14 });
    await journal('woocommerce', 5);
    expect(await select(orders)).toMatchObject([{ payment: 'paid' }]);
  } finally {
    await plugin.remove();
  }
});
