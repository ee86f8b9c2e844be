import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openClient } from '#store/db.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { applyBatch } from './batch.ts';
import { AppliedShop } from './testing/applied-shop.ts';

let base: TestDatabase;
let owner: pg.Client;
let shop: AppliedShop;

beforeAll(async () => {
  base = await testDatabase();
  owner = openClient(base.ownerUrl);
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await base.close();
});
beforeEach(async () => {
  shop = await AppliedShop.open(base);
});
afterEach(() => shop.close());

const tables = [
  ...['journal', 'journal_raw', 'orders', 'order_state_history', 'profile'],
  ...['profile_identifier', 'basis_act', 'profile_basis', 'basis_history', 'journal_subject'],
];

test('whichever statement the connection dies at, the batch is applied once', async () => {
  await shop.append([shop.order('unkilled')]);
  await shop.apply();
  const perItem = await counts();
  let applied = 1;
  for (let at = 1; ; at++) {
    const other = shop.order(`killed at ${at}`, { raw: Buffer.from(orderText(at)) });
    await shop.append([other]);
    const died = await applyAndKill(at);
    if (died) {
      expect(await counts(), `killed at statement ${at}`).toEqual(perItem.map((count) => count * applied));
      await shop.reconnect();
      await shop.apply();
    }
    applied += 1;
    expect(await counts(), `after statement ${at}`).toEqual(perItem.map((count) => count * applied));
    expect(await shop.waiting()).toBe(0);
    if (!died) break;
  }
  expect(shop.faults).toEqual([]);
  // it was killed at each of the statements of a batch, not only at the first
  expect(applied).toBeGreaterThan(15);
});

test('full batches of the bulk lane go in one transaction, each of which sees what those before it left', async () => {
  for (let n = 0; n < 6; n++) await shop.append(bulk(n), undefined, 'bulk');
  await applyBatch(shop.client, shop.tools, 8);
  expect(await shop.waiting()).toBe(0);
  expect(await shop.rows('journal', 'count(distinct xmin::text)::int')).toEqual([1]);
  expect(await shop.rows('orders', 'count(*)::int')).toEqual([19]);
  const states =
    'select h.legacy_state from order_state_history h join orders o on o.shop_id = h.shop_id and o.id = h.order_id';
  const { rows } = await base.pool.query({
    text: `${states} where h.shop_id = $1 and o.key = 'shared' order by h.seq`,
    values: [shop.id],
    rowMode: 'array',
  });
  expect(rows.flat()).toEqual([10, 20]);
  expect(shop.faults).toEqual([]);
});

test('what is live ends a run of the bulk lane', async () => {
  for (let n = 0; n < 3; n++) await shop.append(bulk(n), undefined, 'bulk');
  await shop.append([shop.order('live')]);
  await applyBatch(shop.client, shop.tools, 8);
  expect(await shop.rows('orders', 'key', 'key')).toContain('live');
  expect(await shop.waiting()).toBe(2);
});

test('an item at fault in the middle of a run is parked; all others are applied once', async () => {
  for (let n = 0; n < 4; n++) {
    const items = bulk(n);
    await shop.append(n === 2 ? [...items, shop.order('odd', { format: 'of-tomorrow' })] : items, undefined, 'bulk');
  }
  for (let left = await shop.waiting(); left > 0; left = await shop.waiting())
    await applyBatch(shop.client, shop.tools, 10);
  expect(await shop.rows('orders', 'count(*)::int')).toEqual([13]);
  expect(await shop.rows('parked', 'count(*)::int')).toEqual([1]);
  expect(await shop.rows('journal', 'count(*)::int')).toEqual([17]);
});

test('a batch that somebody else removed meanwhile is not applied', async () => {
  await shop.append([shop.order('1')]);
  const robbed = before(shop.client, 'intake_remove', async () => {
    await base.pool.query('delete from intake where shard = $1', [shop.shard]);
  });
  await shop.apply(robbed);
  expect(shop.faults).toEqual(['apply.batch']);
  expect(await counts()).toEqual(tables.map(() => 0));
});

test('a micro-batch that comes a second time under its id changes nothing', async () => {
  const id = await shop.append([shop.order('20')]);
  await shop.apply();
  const once = await counts();
  await shop.append([shop.order('20')], id);
  await shop.apply();
  expect(await shop.waiting()).toBe(0);
  expect(await counts()).toEqual(once);
});

test('each item is decided under the settings before it, and the journal says which', async () => {
  await shop.append([
    shop.order('1', {}, 10),
    shop.staff({ type: 'settings', change: { validation: 'placed' } }),
    shop.staff({ type: 'settings', change: { validation: 'no such thing' } }),
    shop.order('2', {}, 10),
  ]);
  await shop.apply();
  expect(await shop.rows('journal', 'outcome, settings_version', 'seq')).toEqual([
    ['applied', 1],
    ['applied', 1],
    ['rejected', 2],
    ['applied', 2],
  ]);
  expect(await shop.rows('orders', 'key, validated')).toEqual([
    ['1', false],
    ['2', true],
  ]);
  const seq = await shop.rows('journal', 'seq::text', 'seq');
  const columns = `version, since_seq::text, changed_by, body ->> 'validation', body ? 'version'`;
  expect(await shop.rows('shop_settings', columns)).toEqual([
    [1, '0', null, 'paid', false],
    [2, seq[1], 'staff:7', 'placed', false],
  ]);
});

test('a test item tells what it would do to somebody unknown, and changes nothing', async () => {
  await shop.append([shop.order('9', { test: true })]);
  await shop.apply();
  const columns = `outcome, kind, test, profile_id, order_id, effects -> 'order' ->> 'key', effects -> 'bases' -> 0 ->> 'to'`;
  expect(await shop.rows('journal', columns)).toEqual([['applied', 'order', true, null, null, '9', 'accepted']]);
  for (const table of ['orders', 'profile', 'profile_basis', 'basis_history', 'basis_act', 'arrival_hour'])
    expect([table, await shop.rows(table, 'count(*)::int')]).toEqual([table, [0]]);
  const [[, installedAt] = []] = (
    await base.pool.query({
      text: 'select id, installed_at from shop where id = $1',
      values: [shop.id],
      rowMode: 'array',
    })
  ).rows;
  expect(installedAt).toBe(null);
});

test('bytes that no decoder reads are kept apart from those that say something', async () => {
  const own = shop.staff();
  await shop.append([
    { ...own, raw: Buffer.from('{"facts":[]}') },
    { ...own, raw: Buffer.from('not JSON') },
  ]);
  await shop.apply();
  expect(await shop.rows('journal', 'outcome, reasons', 'seq')).toEqual([
    ['rejected', ['wire.missing_field']],
    ['unreadable', ['wire.not_json']],
  ]);
  expect(await shop.rows('journal_raw', `convert_from(raw, 'UTF8')`)).toEqual(['{"facts":[]}']);
  expect(await shop.rows('journal_unread', `convert_from(raw, 'UTF8')`)).toEqual(['not JSON']);
});

async function counts(): Promise<number[]> {
  return Promise.all(tables.map(async (table) => Number((await shop.rows(table, 'count(*)'))[0])));
}

function orderText(n: number): string {
  return `data[order_idorder]=killed-${n}&data[customer_email]=pkilled-${n}@example.test&data[order_amount]=10&data[order_state]=20`;
}

/** Ends the backend before the statement of this number; false: the batch needed fewer, and was applied. */
async function applyAndKill(at: number): Promise<boolean> {
  const { rows } = await shop.client.query('select pg_backend_pid() as pid');
  let statements = 0;
  let killed = false;
  const mortal = intercept(shop.client, async () => {
    statements += 1;
    if (statements !== at) return;
    killed = true;
    await owner.query('select pg_terminate_backend($1, 5000)', [rows[0].pid]);
  });
  await shop.apply(mortal).catch((error) => {
    if (!killed) throw error;
  });
  return killed;
}

function before(client: pg.Client, name: string, act: () => Promise<void>): pg.Client {
  return intercept(client, async (statement) => {
    if (statement === name) await act();
  });
}

/** The same connection; `act` is awaited before each statement is sent. */
function intercept(client: pg.Client, act: (name: string) => Promise<void>): pg.Client {
  return new Proxy(client, {
    get(target, property) {
      if (property !== 'query') return Reflect.get(target, property, target);
      return async (statement: string | pg.QueryConfig, values?: unknown[]) => {
        await act(typeof statement === 'string' ? statement : (statement.name ?? ''));
        return target.query(statement as string, values);
      };
    },
  });
}

/** Three orders of their own, and one that all of them state, paid from the third on. */
function bulk(n: number) {
  return [...[1, 2, 3].map((of) => shop.order(`${n}-${of}`)), shop.order('shared', {}, n < 2 ? 10 : 20)];
}
