import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Applier, startApplier } from '#apply/applier.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient } from '#store/db.ts';
import { openDoors, type TestDoors } from './testing/doors.ts';

let doors: TestDoors;
let applier: Applier;
let clock = Date.now();

beforeAll(async () => {
  doors = await openDoors({ now: () => clock });
  applier = startApplier({
    connect: () => openClient(doors.database.url, { pipeline: true }),
    claims: postgresClaims,
    shards: 4,
    keys: doors.keys,
    onFault: (event, error) => {
      throw new Error(event, { cause: error });
    },
  });
});
afterAll(async () => {
  await applier.stop();
  await doors.close();
});

function send(body: object | string, headers: Record<string, string> = {}) {
  return doors.app.inject({
    method: 'POST',
    url: '/ingest',
    headers: { authorization: doors.shop.basic, 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const wait = { prefer: 'wait=10' };
const order = (key: string, change: object = {}) => ({
  id: randomUUID(),
  type: 'order',
  data: { key, total: 12.5, state: 'paid', customer: { email: `${key}@client.example` }, ...change },
});

test('each event of a batch is answered what became of it', async () => {
  const first = order('a1');
  const body = {
    events: [
      first,
      { id: 'person', type: 'signup', data: { customer: { email: 'new@client.example' } } },
      {
        id: 'cart',
        type: 'cart',
        data: { key: 'c1', items: [{ key: 'p', price: 3 }], customer: { email: 'a1@client.example' } },
      },
      { id: 'nobody', type: 'signup', data: {} },
      { id: 'page', type: 'page' },
      order('a1', { state: 'shipped', update: true }),
      { ...order('a1', { state: 'shipped', update: true }), id: 'same' },
      { id: 'strange', type: 'purchase', data: {} },
    ],
  };
  const answer = await send(body, wait);
  expect([answer.statusCode, answer.headers['preference-applied']]).toEqual([200, 'wait=10']);
  expect(answer.json().results.map(({ status, reason }: Record<string, string>) => [status, reason ?? null])).toEqual([
    ['created', null],
    ['created', null],
    ['created', null],
    ['rejected', 'wire.no_identity'],
    ['counted', null],
    ['updated', null],
    ['unchanged', null],
    ['rejected', 'wire.unknown_action'],
  ]);
  const again = await send({ events: [first] }, wait);
  expect(again.json().results).toEqual([{ id: first.id, status: 'unchanged', reason: 'delivery.repeated' }]);
});

test('nobody who does not ask waits', async () => {
  const answer = await send({ events: [order('b1')] });
  expect(answer.json().results.map(({ status }: Record<string, string>) => status)).toEqual(['recorded']);
  expect(answer.headers['preference-applied']).toBeUndefined();
});

test('a call with an Idempotency-Key that comes again is answered as the first time, and does nothing', async () => {
  const body = { events: [{ ...order('d1'), id: undefined }] };
  const key = { ...wait, 'idempotency-key': 'order-d1' };
  const named = JSON.stringify({ events: [order('d2')] });
  const first = await send(named, key);
  expect(first.json().results[0].status).toBe('created');
  const again = await send(named, key);
  expect([again.body, again.headers['idempotent-replayed']]).toEqual([first.body, 'true']);
  const other = await send(body, key);
  expect([other.statusCode, other.json().error.code]).toEqual([400, 'idempotency.reused']);
  clock += 25 * 3_600_000;
  const nextDay = await send(named, key);
  expect(nextDay.headers['idempotent-replayed']).toBeUndefined();
  expect(nextDay.json().results[0]).toMatchObject({ status: 'unchanged', reason: 'delivery.repeated' });
});

test('forty at once with one key are one', async () => {
  const named = JSON.stringify({ events: [{ ...order('e1'), id: 'forty' }] });
  const answers = await Promise.all(Array.from({ length: 40 }, () => send(named, { 'idempotency-key': 'forty' })));
  const codes = answers.map(({ statusCode }) => statusCode);
  expect(codes.filter((code) => code !== 200 && code !== 409)).toEqual([]);
  expect(codes).toContain(200);
  const { rows } = await doors.database.pool.query<{ n: number }>(
    `select count(*)::int as n from journal where shop_id = $1 and facts::text like '%e1@client.example%'`,
    [doors.shop.shopId],
  );
  expect(rows[0]?.n ?? 0).toBeLessThanOrEqual(1);
});

test('a body that is none of events is recorded, refused, and not remembered', async () => {
  const key = { 'idempotency-key': 'bad' };
  for (let n = 0; n < 2; n++) {
    const answer = await send('{"nothing": 1}', key);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'wire.missing_field']);
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
  }
});

test.each([['a b'], ['x'.repeat(256)]])('an Idempotency-Key like %s is refused', async (key) => {
  const answer = await send({ events: [order('f1')] }, { 'idempotency-key': key });
  expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'idempotency.invalid']);
});

test('another shop’s key of the same name is another', async () => {
  const named = JSON.stringify({ events: [order('g1')] });
  await send(named, { 'idempotency-key': 'shared' });
  const other = await send(named, { 'idempotency-key': 'shared', authorization: doors.other.basic });
  expect(other.headers['idempotent-replayed']).toBeUndefined();
});
