/** The nightly expiry: previewed, covering who was there before, idempotent, and no end of a basis for ever. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BasisList, ExpiryPreview } from '#contract/bases.ts';
import type { SettledAnswer } from '#contract/profile.ts';
import { openPool } from '#store/db.ts';
import { openDesk, type TestDesk } from './desk.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

const dayMs = 86_400_000;
let clock = Date.now();
let program: TestProgram;
let desk: TestDesk;
let owner: ReturnType<typeof openPool>;

beforeAll(async () => {
  program = await startTestProgram({ SHOP_PUBLIC_KEY: '333abc', SHOP_PRIVATE_KEY: 'private-of-the-test' }, () => clock);
  desk = await openDesk(program);
  owner = openPool(program.base.ownerUrl, { max: 1 });
});
afterAll(async () => {
  await owner?.end();
  await program?.stop();
});

function order(key: string, name: string): Promise<Response> {
  return fetch(`${program.url}/api/CreateOrder`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('333abc:private-of-the-test')}` },
    body: new URLSearchParams({
      'data[order_idorder]': key,
      'data[customer_email]': `${name}@example.test`,
      'data[order_amount]': '10',
      'data[order_state]': '20',
    }),
  });
}

async function accepted(): Promise<number> {
  const { json } = await desk.call<BasisList>('GET', '/api/shops/1/bases');
  return json.bases.find(({ id }) => id === 4)?.counts.accepted ?? -1;
}

async function history(): Promise<string[]> {
  const { rows } = await owner.query('select cause, to_status from basis_history where shop_id = 1 order by chain_n');
  return rows.map((row) => `${row.cause} ${row.to_status}`);
}

/** Runs the job now and waits until the queue is empty. */
async function night(): Promise<void> {
  await owner.query(`select graphile_worker.add_job('basis-expiry')`);
  const left = async () =>
    (await owner.query(`select from graphile_worker.jobs where task_identifier = 'basis-expiry'`)).rowCount;
  await expect.poll(left).toBe(0);
}

test('who was there before is previewed, expires once, and comes back by a new order', async () => {
  for (const name of ['ana', 'bob', 'cy']) expect((await order(name, name)).status).toBe(200);
  await expect.poll(accepted).toBe(3);
  clock += 2 * dayMs;
  expect((await order('cy-2', 'cy')).status).toBe(200);
  const expiry = { days: 1, prolongedBy: ['order'] };
  const saved = await desk.call<SettledAnswer>('POST', '/api/shops/1/bases/4', { expiry });
  expect(saved.json.outcome).toBe('applied');
  const preview = async (orders: boolean) =>
    (await desk.call<ExpiryPreview>('GET', `/api/shops/1/bases/4/expiring?days=1&orders=${orders}`)).json;
  // cy ordered before anybody listened for orders
  expect(await preview(false)).toEqual({ days: 1, people: 3, more: false });
  expect(await preview(true)).toEqual({ days: 1, people: 2, more: false });
  expect((await order('bob-2', 'bob')).status).toBe(200);
  await expect.poll(async () => (await preview(true)).people).toBe(1);
  clock += 3_600_000;
  await night();
  expect(await accepted()).toBe(2);
  const after = await history();
  expect(after.filter((line) => line === 'expiry unknown')).toHaveLength(1);
  await night();
  expect(await history()).toEqual(after);
  clock += 3_600_000;
  expect((await order('ana-2', 'ana')).status).toBe(200);
  await expect.poll(accepted).toBe(3);
});

test('days that cannot be are refused', async () => {
  expect((await desk.call('GET', '/api/shops/1/bases/4/expiring?days=0')).status).toBe(400);
  expect((await desk.call('GET', '/api/shops/1/bases/4/expiring')).status).toBe(400);
});
