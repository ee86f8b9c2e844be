/** A store's history as people see it: an import with its counts and the report of what was refused. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findImport, readReport } from '#store/import-file.ts';
import { fakeWooCommerce } from '../outbound/testing/fake-stores.ts';
import { Receiver } from '../outbound/testing/receiver.ts';
import { deleteConnection } from '../store/connection.ts';
import { startPull, stopPull } from '../store/pull.ts';
import { sweepImports } from './import/erasure.ts';
import { openStoreHistory, type StoreHistory } from './testing/store-history.ts';

const clock = Date.parse('2026-11-20T12:00:00Z');
let receiver: Receiver;
let history: StoreHistory;
let id: number;

beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => receiver.close());

beforeEach(async () => {
  const store = fakeWooCommerce();
  receiver.behave = store.behave;
  history = await openStoreHistory(() => clock);
  id = await history.connect('woocommerce', {
    address: receiver.url,
    credentials: { key: store.key, secret: store.secret },
  });
  store.orders = Array.from({ length: 130 }, (_, place) => ({
    id: place + 1,
    number: String(place + 1),
    status: 'completed',
    currency: 'EUR',
    total: place % 50 === 3 ? 'gratuit' : '10.00',
    order_key: 'wc_order_opens',
    billing: { email: `p${place}@client.example` },
    date_created_gmt: '2025-01-01T00:00:00',
    date_modified_gmt: '2025-01-01T00:00:00',
  }));
  return () => history.close();
});

async function begin(): Promise<string> {
  const ref = { shopId: history.shop, connectionId: id, kind: 'history' } as const;
  expect(await startPull(history.tools.pool, ref, null, clock, 'camille')).toBe(true);
  const { rows } = await history.tools.pool.query('select import_id from pull where shop_id = $1', [history.shop]);
  return rows[0].import_id;
}

/** Runs until its report is written. */
async function finished(importId: string) {
  await expect
    .poll(
      async () => {
        await history.run();
        return (await findImport(history.tools.pool, history.shop, importId))?.state;
      },
      { timeout: 60_000 },
    )
    .toMatch(/done|stopped/);
  return findImport(history.tools.pool, history.shop, importId);
}

async function counts(importId: string): Promise<unknown> {
  const { rows } = await history.tools.pool.query<{ line: string }>(
    `select concat_ws(' ', result, nullif(reason, ''), n) as line from import_count where import_id = $1::uuid order by 1`,
    [importId],
  );
  return rows.map(({ line }) => line);
}

async function report(
  importId: string,
): Promise<{ line: number; result: string; reasons: string[]; cells: string[] }[]> {
  let text = '';
  for await (const piece of readReport(history.tools.pool, history.shop, importId)) text += piece;
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

test('a history is an import: its counts agree with what the store has, its report holds what was refused as it was kept', async () => {
  const importId = await begin();
  expect(await finished(importId)).toMatchObject({
    kind: 'history',
    state: 'done',
    fileName: 'woocommerce',
    createdBy: 'camille',
    lines: 130,
    fault: null,
  });
  expect(await counts(importId)).toEqual(['created 127', 'refused wire.missing_field 3']);
  const [header, ...lines] = await report(importId);
  expect(header).toMatchObject({ result: 'header', cells: ['resource', 'id', 'object'] });
  expect(lines.map(({ line, result, reasons, cells }) => [line, result, reasons, ...cells.slice(0, 2)])).toEqual([
    [1, 'refused', ['wire.missing_field'], 'orders', '4'],
    [2, 'refused', ['wire.missing_field'], 'orders', '54'],
    [3, 'refused', ['wire.missing_field'], 'orders', '104'],
  ]);
  expect(JSON.parse(lines[0]?.cells[2] ?? '')).toMatchObject({
    total: 'gratuit',
    billing: { email: 'p3@client.example' },
  });
  expect(JSON.stringify(lines)).not.toContain('wc_order_opens');
  const { rows } = await history.tools.pool.query('select from import_line where said is not null');
  expect(rows).toEqual([]);
});

test('who is erased goes out of it, while it runs and afterwards', async () => {
  const importId = await begin();
  const found = (bytes: Uint8Array) => Buffer.from(bytes).includes('p3@client.example');
  await history.run(0);
  await history.tools.pool.query(
    `insert into import_line (shop_id, import_id, line, result, reasons, said) values ($1, $2, 1, 'refused', '{wire.missing_field}', $3)`,
    [history.shop, importId, '["orders:4","p3@client.example"]'],
  );
  expect(await sweepImports(history.tools.pool, history.shop, found, clock)).toBe(false);
  const { rows } = await history.tools.pool.query('select said from import_line');
  expect(rows).toEqual([{ said: null }]);
  await finished(importId);
  expect(await sweepImports(history.tools.pool, history.shop, found, clock)).toBe(true);
  expect(JSON.stringify(await report(importId))).not.toContain('p3@client.example');
  expect(JSON.stringify(await report(importId))).toContain('p53@client.example');
});

test('one that people stop, that the store refuses, or whose connection ends, has its report too', async () => {
  const stopped = await begin();
  await stopPull(history.tools.pool, { shopId: history.shop, connectionId: id, kind: 'history' }, clock);
  expect(await finished(stopped)).toMatchObject({ state: 'stopped', lines: 0, fault: null });
  const refused = await begin();
  receiver.behave = (_request, response) => response.writeHead(401).end('{}');
  expect(await finished(refused)).toMatchObject({ state: 'stopped', fault: 'keys_wrong' });
  const ended = await begin();
  await deleteConnection(history.tools.pool, history.shop, id);
  expect(await finished(ended)).toMatchObject({ state: 'stopped', fault: null });
});
