/** The whole way of a webhook through processes of their own, with the worker killed between the receiver's getting it and our record. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '#store/postgres.ts';
import { deriveKeys } from '#store/secret.ts';
import { createEndpoint } from '#store/webhook-endpoint.ts';
import { Receiver } from '../src/outbound/testing/receiver.ts';
import { verifies } from '../src/outbound/testing/verify-signature.ts';
import { endProcesses, freshDataDir, startProcess, testSecretKey } from './harness.ts';

const pair = { public: 'hook-public', private: 'hook-private' };
let dataDir: Awaited<ReturnType<typeof freshDataDir>>;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let receiver: Receiver;
let client: pg.Client;

beforeAll(async () => {
  dataDir = await freshDataDir();
  postgres = await startPostgres(dataDir.path);
  receiver = await Receiver.open();
});
afterAll(async () => {
  await endProcesses();
  await client?.end();
  await receiver.close();
  await postgres.stop();
  await dataDir.remove();
});

test('killed between sending and recording, the worker sends again under the same id, and keeps the order', async () => {
  const env = {
    DATA_DIR: dataDir.path,
    DEMO: 'off',
    ADMIN_PASSWORD: 'a password nobody uses here',
    SECRET_KEY: testSecretKey,
    SHOP_PUBLIC_KEY: pair.public,
    SHOP_PRIVATE_KEY: pair.private,
    OUTBOUND_ALLOW: '127.0.0.1',
    LOG_LEVEL: 'silent',
  };
  const web = await startProcess(env, 'web');
  const worker = await startProcess(env, 'worker');
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query('select shop_id from shop_key where public_key = $1', [pair.public]);
  const values = { name: 'ERP', url: receiver.url, kinds: ['order.validated', 'order.cancelled'] as const };
  const { secret } = await createEndpoint(client, deriveKeys(testSecretKey), rows[0].shop_id, values, Date.now());

  // the receiver has the message, and says nothing
  receiver.behave = () => undefined;
  const state = async (call: string, code: number): Promise<number> => {
    const answer = await fetch(`${web.url}/api/${call}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${pair.public}:${pair.private}`).toString('base64')}` },
      body: new URLSearchParams({
        'data[order_idorder]': '1042',
        'data[customer_email]': 'anna@shop.example',
        'data[order_amount]': '89.90',
        'data[order_state]': String(code),
      }),
    });
    return answer.status;
  };
  expect(await state('CreateOrder', 20)).toBe(200);
  expect(await state('UpdateOrder', 0)).toBe(200);
  await receiver.count(1);
  await worker.end('SIGKILL');
  receiver.behave = (_request, response) => response.end('ok');
  await startProcess(env, 'worker');
  await receiver.count(3);

  const types = receiver.got.map(({ body }) => JSON.parse(body).type);
  expect(types).toEqual(['order.validated', 'order.validated', 'order.cancelled']);
  const ids = receiver.got.map(({ headers }) => headers['webhook-id']);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
  expect(receiver.got.every((got) => verifies(got, secret))).toBe(true);
  expect(JSON.parse(receiver.got[1]?.body ?? '').data).toMatchObject({
    order: { key: '1042', totalMinor: 8990, currency: 'EUR' },
    profile: { email: 'anna@shop.example' },
  });
});
