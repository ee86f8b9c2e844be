/** What the PrestaShop module delivers: one hook after the other, once, again, and not at all. */
import { expect, test } from 'vitest';
import {
  byTopic,
  configure,
  due,
  form,
  installed,
  php,
  receiver,
  rows,
  send,
  useShop,
  world,
} from './prestashop-shop.ts';
import { prestashopWorld, recordedHook } from './prestashop-world.ts';

useShop();

test('the hooks of one order, as they were recorded, become one delivery an object, less every secret', async () => {
  await installed();
  const hooks = [
    'actionCartSave',
    'actionCustomerAccountAdd',
    'actionObjectCustomerAddAfter',
    'actionValidateOrder',
    'actionOrderStatusPostUpdate',
  ].map(recordedHook);
  const cookies = { sbt: 'a-token-of-the-visitor' };
  await php(...hooks.map((hook) => ({ ...hook, cookies })), due, send);
  expect(receiver.deliveries.map(({ topic }) => topic).sort()).toEqual([
    'cart.upsert',
    'customer.upsert',
    'order.upsert',
  ]);
  const [order] = byTopic('order.upsert');
  expect(order?.said).toMatchObject({
    platform: 'prestashop',
    platform_version: '8.2.1',
    shop: { id: '1', url: 'https://boutique.example/', timezone: 'Europe/Paris', currency: 'EUR' },
    visitor: { token: 'a-token-of-the-visitor' },
    object: {
      order: {
        id: 6,
        reference: 'YSXHVLJOP',
        id_cart: '8',
        current_state: '2',
        total_paid_tax_incl: '22.940000',
        date_add: '2026-11-23 18:06:07',
        associations: {
          order_rows: [{ product_id: '1', product_reference: 'demo_1', unit_price_tax_incl: '22.944000' }],
        },
      },
      customer: { id: 5, email: 'luc.1795453564373@example.test', newsletter: '1' },
      address: { postcode: '69003', country_iso: 'FR', phone: '+33612345678' },
      order_state: { id: 2, paid: '1', shipped: '0', template: 'payment' },
      currency: { iso_code: 'EUR' },
      order_slips: [],
    },
  });
  expect(byTopic('cart.upsert')[0]?.said.object).toMatchObject({
    cart: {
      id: 8,
      id_customer: '5',
      total: '22.94',
      url: 'https://boutique.example/panier?action=show',
      associations: { cart_rows: [{ id_product: '1', quantity: '1', product_reference: 'demo_1' }] },
    },
  });
  const everything = receiver.deliveries.map(({ body }) => body).join();
  for (const word of [
    'secure_key',
    'aff155ce68f8ef11e75c6ffff6de6b37',
    'passwd',
    '$2y$10$',
    'optin',
    'last_passwd_gen',
  ])
    expect(everything).not.toContain(word);
  expect(await php(rows)).toEqual([[]]);
});

test('the newsletter block is told as it was called, and what it refused is not', async () => {
  await installed();
  const hook = recordedHook('actionNewsletterRegistrationAfter');
  const failed = { ...hook, params: { ...hook.params, error: 'Adresse invalide' } };
  const words = { hook: hook.hook, params: { email: 'news@example.test', action: 'unsubscribe', error: false } };
  await php(hook, failed, words, send);
  expect(byTopic('actionNewsletterRegistrationAfter').map(({ said }) => said.object)).toEqual([
    {
      hook: 'actionNewsletterRegistrationAfter',
      params: { email: 'news21839@example.test', action: '0', error: false },
      language: { id: 1, iso_code: 'fr', language_code: 'fr-fr', locale: 'fr-FR' },
    },
    expect.objectContaining({ params: { email: 'news@example.test', action: '1', error: false } }),
  ]);
});

test('those whom the newsletter block knew before leave by a button, less their addresses and whoever left again', async () => {
  await installed();
  const sending = { subscribersSpreadtracker: '1' };
  expect(await configure(sending)).toContain('aucun inscrit actif');
  await php({
    execute:
      'create table ps_emailsubscription (id integer primary key, id_shop int, email text, newsletter_date_add text, ip_registration_newsletter text, active int)',
  });
  const values = Array.from({ length: 250 }, (_, n) => {
    const date = n === 7 ? 'null' : `'2024-05-${String((n % 28) + 1).padStart(2, '0')} 09:00:00'`;
    return `(${n + 1}, ${n === 5 ? 2 : 1}, 'person${n}@b.example', ${date}, '203.0.113.9', ${n === 6 ? 0 : 1})`;
  });
  await php({ execute: `insert into ps_emailsubscription values ${values.join(', ')}` });
  expect(await configure({ ...sending, spreadtracker_nonce: '0'.repeat(64) })).toContain('class="error"');
  expect(await configure({ ...sending, SPREADTRACKER_NEWSLETTER: '0' })).toContain('class="error"');
  expect((await php(rows))[0]).toEqual([]);
  expect(await configure(sending)).toContain('newsletter qui partent maintenant : 247');
  // one of them is erased while the collector does not answer: their shop forgets them, and so does what waits
  receiver.answer({ status: 503 });
  const erase = { hook: 'actionDeleteGDPRCustomer', params: { email: 'person1@b.example' } };
  await php(send, { execute: "delete from ps_emailsubscription where email = 'person1@b.example'" }, erase, due, send);
  const [refused, ...told] = byTopic('newsletter.upsert');
  expect(refused?.body).toContain('person1@b.example');
  const people = told.flatMap(({ said }) => said.object.subscribers as { email: string }[]);
  expect([told.length, people.length, new Set(people.map(({ email }) => email)).size]).toEqual([3, 246, 246]);
  expect(people.find(({ email }) => email === 'person0@b.example')).toEqual({
    id: '1',
    email: 'person0@b.example',
    newsletter_date_add: '2024-05-01 09:00:00',
  });
  for (const email of ['person1@', 'person5@', 'person6@', 'person7@'])
    expect(people.filter((one) => one.email.startsWith(email))).toEqual([]);
  expect(told.some(({ id }) => id === refused?.id)).toBe(false);
  expect(receiver.deliveries.map(({ body }) => body).join()).not.toContain('203.0.113.9');
});

test('what is not taken comes again with the same id and bytes, and not before it was asked for', async () => {
  await installed();
  receiver.answer({ status: 503, retryAfter: '900' });
  const before = Math.floor(Date.now() / 1000);
  const [, , waiting] = await php(recordedHook('actionValidateOrder'), send, rows, send);
  expect(waiting).toMatchObject([{ attempts: 1, last_status: 503 }]);
  const [{ next_at: nextAt }] = waiting as [{ next_at: number }];
  expect(nextAt).toBeGreaterThanOrEqual(before + 900);
  expect(receiver.deliveries).toHaveLength(1);
  await php(due, send);
  const [first, second] = receiver.deliveries;
  expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
  expect(await php(rows)).toEqual([[]]);
});

test('an order that changed after a failed attempt is a delivery of its own', async () => {
  await installed();
  receiver.answer({ status: 500 });
  await php(recordedHook('actionValidateOrder'), send);
  await world({ Order: { 6: { current_state: '4' } } });
  await php(recordedHook('actionOrderStatusPostUpdate'), due, send);
  const [first, again, changed] = receiver.deliveries;
  expect(again?.body).toBe(first?.body);
  expect(changed?.id).not.toBe(first?.id);
  expect(changed?.said.object).toMatchObject({ order: { current_state: '4' }, order_state: { shipped: '1' } });
});

test('a wrong secret keeps everything and is told; a delivery that is not understood goes and is counted', async () => {
  await installed({ SPREADTRACKER_SECRET: 'a secret of another source' });
  await php(recordedHook('actionValidateOrder'), recordedHook('actionCustomerAccountAdd'), send);
  expect(await php({ sql: 'select last_status from ps_spreadtracker_queue' })).toEqual([
    [{ last_status: 401 }, { last_status: 401 }],
  ]);
  receiver.answer({ status: 200 }, { status: 422 });
  // mending the secret wakes what waits
  expect(await configure({ testSpreadtracker: '1' })).toContain('La liaison fonctionne');
  expect(receiver.deliveries.map(({ topic }) => topic)).toEqual(['ping', 'order.upsert', 'customer.upsert']);
  const [page] = await php({ call: 'getContent' });
  expect(page).toContain('abandonnés : 1');
  expect(page).toContain('réponse 422');
});

test('a collector that does not answer is left alone after two deliveries', async () => {
  await installed();
  await receiver.close();
  const subscribed = (email: string) => ({
    hook: 'actionNewsletterRegistrationAfter',
    params: { email, action: '0', error: false },
  });
  await php(...['a@b.fr', 'c@d.fr', 'e@f.fr', 'g@h.fr'].map(subscribed), send);
  expect(await php({ sql: 'select attempts, claimed_until from ps_spreadtracker_queue order by id' })).toEqual([
    [1, 1, 0, 0].map((attempts) => ({ attempts, claimed_until: 0 })),
  ]);
});

test('each switch is one, and the master switch is all', async () => {
  await installed();
  const hooks = [
    'actionCartSave',
    'actionCustomerAccountAdd',
    'actionValidateOrder',
    'actionNewsletterRegistrationAfter',
  ];
  const all = hooks.map(recordedHook);
  const waitingWithout = async (name: string) => {
    const clear = { execute: 'delete from ps_spreadtracker_queue' };
    const topics = { sql: 'select topic from ps_spreadtracker_queue' };
    const found = await php(form({ [`SPREADTRACKER_${name}`]: '0' }), ...all, topics, clear);
    return (found.at(-2) as { topic: string }[]).map(({ topic }) => topic).sort();
  };
  const everything = ['actionNewsletterRegistrationAfter', 'cart.upsert', 'customer.upsert', 'order.upsert'];
  expect(await waitingWithout('HANDOVER')).toEqual(everything);
  expect(await waitingWithout('CARTS')).toEqual(everything.filter((topic) => topic !== 'cart.upsert'));
  expect(await waitingWithout('CUSTOMERS')).toEqual(everything.filter((topic) => topic !== 'customer.upsert'));
  expect(await waitingWithout('ORDERS')).toEqual(everything.filter((topic) => topic !== 'order.upsert'));
  expect(await waitingWithout('NEWSLETTER')).toEqual(everything.slice(1));
  expect(await waitingWithout('ACTIVE')).toEqual([]);
  const [head, foot] = await php({ hook: 'displayHeader' }, { hook: 'displayBeforeBodyClosingTag' });
  expect([head, foot]).toEqual(['', '']);
});

test('a state the merchant mapped goes with its order, and one that is never sent keeps it back', async () => {
  await installed({ SPREADTRACKER_STATE_2: '50', SPREADTRACKER_STATE_3: '999', SPREADTRACKER_STATE_4: 'nonsense' });
  await php(recordedHook('actionValidateOrder'), send);
  expect(byTopic('order.upsert')[0]?.said.object.order_state).toMatchObject({ id: 2, mapped: '50' });
  await world({ Order: { 6: { current_state: '3' } } });
  await php(recordedHook('actionOrderStatusPostUpdate'), send);
  expect(byTopic('order.upsert')).toHaveLength(1);
  await world({ Order: { 6: { current_state: '4' } } });
  await php(recordedHook('actionOrderStatusPostUpdate'), send);
  expect(byTopic('order.upsert').at(-1)?.said.object.order_state).not.toHaveProperty('mapped');
  expect(await php(rows)).toEqual([[]]);
});

test('a refund is told with its slip', async () => {
  await installed();
  const { Slips: slips } = prestashopWorld();
  await world({ OrderSlip: { 6: slips?.[6] as object[] } });
  await php({ hook: 'actionOrderSlipAdd', params: { order: { '@Order': 6 } } }, send);
  expect(byTopic('refund.upsert')[0]?.said.object).toMatchObject({
    order: { id: 6 },
    order_slips: [{ id: 1, id_order: '6', amount: '22.944000', date_add: '2026-11-23 18:07:46' }],
  });
});

test('carts: their address by language, emptied ones, and nobody’s', async () => {
  await installed({
    SPREADTRACKER_CART_URL: 'https://boutique.example/mon-panier',
    SPREADTRACKER_CART_URL_2: 'https://boutique.example/en/my-cart',
  });
  const saved = recordedHook('actionCartSave');
  const urlOf = async (changes: Parameters<typeof prestashopWorld>[0]) => {
    await world(changes);
    await php(saved, due, send);
    return (byTopic('cart.upsert').at(-1)?.said.object.cart as { url: string } | undefined)?.url;
  };
  expect(await urlOf({})).toBe('https://boutique.example/mon-panier');
  expect(await urlOf({ Cart: { 8: { id_lang: '2' } } })).toBe('https://boutique.example/en/my-cart');
  await urlOf({ CartProducts: { 8: [] } });
  expect(byTopic('cart.upsert').at(-1)?.said.object).toMatchObject({ cart: { associations: { cart_rows: [] } } });
  const told = receiver.deliveries.length;
  await urlOf({ Cart: { 8: { id_customer: '0' } } });
  await urlOf({ CartOrdered: { 8: { id: 6 } } });
  expect(receiver.deliveries).toHaveLength(told);
  expect(await configure({ SPREADTRACKER_CART_URL: 'javascript:alert(1)' })).toContain('class="error"');
});
