/** What every door, probe and gauge says while the database is away, and what a person does with files that stayed behind. */
import { mkdir, rename, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import type { BatchRow } from '#intake/batcher.ts';
import { encodeBatch } from '#intake/envelope.ts';
import { SpoolFile } from '#intake/spool-file.ts';
import { startPostgres } from '#store/postgres.ts';
import { endProcesses, freshDataDir, runProcess, startProcess, type TestProcess, testSecretKey } from './harness.ts';
import { connected, drained } from './order-truth.ts';

const keys = { publicKey: 'spool-public', privateKey: 'spool-private' };
const authorization = `Basic ${btoa(`${keys.publicKey}:${keys.privateKey}`)}`;
type Folder = Awaited<ReturnType<typeof freshDataDir>>;
let server: Folder;
let dataDir: Folder;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let env: Record<string, string>;
let web: TestProcess;
beforeAll(async () => {
  server = await freshDataDir();
  dataDir = await freshDataDir();
  postgres = await startPostgres(server.path);
  env = {
    DATABASE_URL: postgres.url,
    DATA_DIR: dataDir.path,
    SECRET_KEY: testSecretKey,
    DEMO: 'off',
    ADMIN_PASSWORD: 'a password nobody uses here',
    SHOP_PUBLIC_KEY: keys.publicKey,
    SHOP_PRIVATE_KEY: keys.privateKey,
    LOG_LEVEL: 'info',
  };
  web = await startProcess(env, 'web');
  await startProcess(env, 'worker');
});
afterAll(async () => {
  await endProcesses();
  await postgres.stop();
  await dataDir.remove();
  await server.remove();
});

async function call(
  path: string,
  body?: string,
  headers: Record<string, string> = { authorization },
): Promise<Response> {
  return fetch(`${web.url}${path}`, body === undefined ? { headers } : { method: 'POST', body, headers });
}

async function gauges(): Promise<Record<string, number>> {
  const text = await (await call('/metrics', undefined, {})).text();
  return Object.fromEntries([...text.matchAll(/^spread_spool_(\w+) (\S+)$/gm)].map(([, name, n]) => [name, Number(n)]));
}

const orderBody = (key: string) => `data[customer_email]=a@b.fr&data[order_idorder]=${key}&data[order_state]=20`;

test('while the database is away every writing door accepts, reads say when to come again, probes and gauges tell', async () => {
  expect((await call('/api/CreateOrder', orderBody('before'))).status).toBe(200);
  expect(await gauges()).toMatchObject({ active: 0, calls: 0, bytes: 0, files_too_old: 0 });
  await postgres.stop();
  const page = `site=${keys.publicKey}&email=p%40b.fr&action=signup`;
  const taken = {
    track: await call(`/track?${page}`, undefined, {}),
    'track by post': await call('/track', page, {}),
    collect: await call(
      `/collect?key=${keys.publicKey}`,
      '{"events":[{"id":"1","type":"signup","data":{"customer":{"email":"c@b.fr"}}}]}',
      {},
    ),
    CreateOrder: await call('/api/CreateOrder', orderBody('away')),
    UpdateOrder: await call('/api/UpdateOrder', orderBody('away')),
    CreateAccount: await call('/api/CreateAccount', 'data[customer_email]=a@b.fr'),
    UpdateAccount: await call('/api/UpdateAccount', 'data[customer_email]=a@b.fr'),
    RegenCookie: await call('/api/RegenCookie', 'data[customer_email]=a@b.fr'),
    cart: await call('/api/v3/automations/trigger/abandoned_cart', 'key[cartId]=1&customerEmail=a@b.fr'),
    ingest: await call('/ingest', '{"events":[{"id":"2","type":"signup","data":{"customer":{"email":"i@b.fr"}}}]}'),
  };
  expect(Object.entries(taken).map(([name, { status }]) => [name, status])).toEqual(
    Object.keys(taken).map((name) => [name, 200]),
  );
  const consent = '{"consent":{"id":1,"customerConsentStatus":"accepted"}}';
  expect((await call('/api/v2/customers-consents/1', consent)).status).toBe(202);
  expect((await call(`/sp-json.php?publicKey=${keys.publicKey}`, undefined, {})).status).toBe(200);
  for (const path of ['/api/v2/customers', '/api/v2/orders/before', '/api/v2/consents']) {
    const read = await call(path);
    expect([path, read.status, read.headers.get('retry-after')]).toEqual([path, 503, '5']);
  }
  expect((await call('/healthz')).status).toBe(200);
  const ready = await call('/readyz');
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: 'ready', database: 'away', spooled: { calls: 11, bytes: expect.any(Number) } },
  ]);
  const away = await gauges();
  expect(away).toMatchObject({ active: 1, calls: 11, files_too_old: 0 });
  expect(away.bytes).toBeGreaterThan(11 * 50);
  postgres = await startPostgres(server.path);
  const client = await connected(postgres.url);
  await drained(client, [web.url]);
  const { rows } = await client.query(
    `select (select count(*)::int from journal) as journal, (select count(*)::int from parked) as parked,
       (select array_agg(key order by key) from orders) as orders`,
  );
  await client.end();
  expect(rows).toEqual([{ journal: 12, parked: 0, orders: ['away', 'before'] }]);
  expect(await gauges()).toMatchObject({ active: 0, calls: 0, bytes: 0 });
  expect(web.output.stderr).toContain('spool.begun');
  expect(web.output.stderr).not.toMatch(/a@b|p%40b|p@b/);
});

test('a file that stayed behind is replayed by hand, once, whatever the database has forgotten of its ids', async () => {
  const client = await connected(postgres.url);
  const { rows } = await client.query("select value from instance where key = 'id'");
  const born = Date.now() - 40 * 86_400_000;
  const path = join(dataDir.path, 'spool', rows[0].value, `${born}-elsewhere-1-00000000-1.spool`);
  await mkdir(dirname(path), { recursive: true });
  const file = await SpoolFile.create(path);
  await file.append(['left 1', 'left 2'].map((key, place) => leftRow(key, place + 1, born)));
  await file.close();
  await utimes(path, born / 1000, born / 1000);
  const next = await startProcess(env, 'web');
  const ready = await (await fetch(`${next.url}/readyz`)).json();
  expect(ready).toMatchObject({ status: 'ready', spooled: { calls: 0, filesTooOld: 1 } });

  const first = await runProcess(env, 'replay-spool', path);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toContain('2 calls handed in, 0 were there already.');
  await drained(client, [web.url]);
  const orders = () => client.query("select key from orders where key like 'left%' order by key");
  expect((await orders()).rows).toEqual([{ key: 'left 1' }, { key: 'left 2' }]);

  await client.query('delete from intake_applied where batch_id < 10');
  await rename(`${path}.replayed`, path);
  const again = await runProcess(env, 'replay-spool', path);
  expect(again.stdout).toContain('0 calls handed in, 2 were there already.');
  expect((await client.query('select from intake')).rowCount).toBe(0);
  await client.end();

  const elsewhere = join(dataDir.path, 'left.spool');
  await rename(`${path}.replayed`, elsewhere);
  const refused = await runProcess(env, 'replay-spool', elsewhere);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("another database's spool")]);
});

/** A micro-batch of one order, as a web process spooled it. */
function leftRow(key: string, batchId: number, receivedAt: number): BatchRow {
  const body = encodeBatch([
    {
      shopId: shopId(1),
      format: 'v1/CreateOrder',
      arrivedAt: receivedAt,
      source: { kind: 'server' },
      pageHost: null,
      mayRead: true,
      test: false,
      headers: {},
      ip: null,
      minted: null,
      door: 'accepted',
      deliveryKey: null,
      raw: Buffer.from(orderBody(key)),
    },
  ]);
  return { shard: 1, lane: 'live', batchId, receivedAt, n: 1, body };
}
