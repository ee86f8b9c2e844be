/** A real receiver, a real database; the clock is ours, so that three days pass at once. */
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { profileId, type ShopId } from '#domain/ids.ts';
import { createAdmin } from '#store/auth-user.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { eraseDeliveriesOf, hastenDelivery, replayDelivery, skipDelivery } from '#store/webhook-delivery.ts';
import { createEndpoint, pauseEndpoint, resumeEndpoint, rotateSecret } from '#store/webhook-endpoint.ts';
import { mailPause } from '#store/webhook-notice.ts';
import { openGuardedFetch } from './guarded-fetch.ts';
import { type Behaviour, Receiver } from './testing/receiver.ts';
import { verifies } from './testing/verify-signature.ts';
import { type Deliverer, type DelivererOptions, startDeliverer } from './webhook-deliverer.ts';

const keys = deriveKeys('a key for tests, and for tests only');
const guarded = openGuardedFetch({ allow: ['127.0.0.1'] });
const hour = 3_600_000;
let base: TestDatabase;
let shop: ShopId;
let receivers: Receiver[];
let deliverers: Deliverer[];
let faults: string[];
let clock: number;
let paused: string[];
let messages = 0;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.close());
beforeEach(async () => {
  receivers = [];
  deliverers = [];
  faults = [];
  paused = [];
  clock = Date.parse('2026-05-01T10:00:00Z');
  shop = (await createShop(base.pool, keys, { name: 'Told' })).shopId;
  await createAdmin(base.pool, { email: 'camille@localhost' });
});
afterEach(async () => {
  await Promise.all(deliverers.map((deliverer) => deliverer.stop()));
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await base.pool.query('delete from webhook_endpoint where shop_id = $1', [shop]);
  await base.pool.query('delete from webhook_delivery where shop_id = $1', [shop]);
  expect(faults).toEqual([]);
});

async function receive(behave?: Behaviour, port = 0): Promise<Receiver> {
  const receiver = await Receiver.open(behave, '127.0.0.1', port);
  receivers.push(receiver);
  return receiver;
}

function start(options: Partial<DelivererOptions> = {}): Deliverer {
  const deliverer = startDeliverer({
    pool: base.pool,
    keys,
    guarded,
    now: () => clock,
    onFault: (event) => faults.push(event),
    onPaused: async (client, { shopId, id }, cause) => {
      paused.push(`${id} ${cause}`);
      const endpoint = { shopId, id };
      await mailPause(client, keys, { endpoint, cause, publicUrl: 'https://t.example', now: clock });
    },
    chance: () => 0.5,
    pollMs: 5,
    ...options,
  });
  deliverers.push(deliverer);
  return deliverer;
}

async function endpoint(url: string): Promise<{ id: number; secret: string }> {
  return createEndpoint(base.pool, keys, shop, { name: 'ERP', url, kinds: ['order.validated'] }, clock);
}

/** What apply writes. */
async function tell(to: number, ...told: readonly (readonly [lane: number, body: string])[]): Promise<void> {
  for (const [lane, body] of told) {
    await base.pool.query(
      `insert into webhook_delivery (shop_id, endpoint_id, message_id, kind, lane, created_at, body, next_try_at)
       values ($1, $2, $3, 'order.validated', $4, to_timestamp($5::float8 / 1000), $6, to_timestamp($5::float8 / 1000))`,
      [shop, to, `msg_${lane}_${++messages}`, lane, clock, body],
    );
  }
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await base.pool.query(text, [shop])).rows;
}

/** Resolves when the answer of `text` (one row of a shop) is the one wanted. */
async function until(text: string, wanted: object): Promise<void> {
  for (;;) {
    const [row] = await rows(text);
    if (row !== undefined && JSON.stringify(row) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const left = `select count(*)::int as n from webhook_delivery where shop_id = $1 and state = 'waiting'`;
const tries = 'select coalesce(sum(attempts), 0)::int as n from webhook_delivery where shop_id = $1';

test('a message arrives signed, with what became of it in the log', async () => {
  const receiver = await receive((_request, response) => response.writeHead(202).end('thank you'));
  const { id, secret } = await endpoint(`${receiver.url}/hook`);
  await tell(id, [1, '{"type":"order.validated"}']);
  start();
  await until(left, { n: 0 });
  const [got] = receiver.got;
  expect(got).toMatchObject({ method: 'POST', path: '/hook', body: '{"type":"order.validated"}' });
  expect(got?.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': expect.stringMatching(/^msg_/),
  });
  expect(got !== undefined && verifies(got, secret)).toBe(true);
  expect(await rows('select n, status, failure, answer from webhook_attempt where shop_id = $1')).toEqual([
    { n: 1, status: 202, failure: null, answer: 'thank you' },
  ]);
});

test('both secrets sign during the overlap of a rotation, and the new one alone after it', async () => {
  const receiver = await receive();
  const { id, secret } = await endpoint(receiver.url);
  const fresh = (await rotateSecret(base.pool, keys, shop, id, clock)) ?? '';
  await tell(id, [1, 'a']);
  start();
  await receiver.count(1);
  clock += 25 * hour;
  await tell(id, [1, 'b']);
  await until(left, { n: 0 });
  const verdicts = receiver.got.map((got) => [verifies(got, fresh), verifies(got, secret)]);
  expect(verdicts).toEqual([
    [true, true],
    [true, false],
  ]);
});

test('a receiver that is down, then up, gets everything, each lane in its order, signed anew under the same ids', async () => {
  const gone = createServer();
  const port = await new Promise<number>((resolve) =>
    gone.listen(0, '127.0.0.1', () => {
      const address = gone.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );
  await new Promise((resolve) => gone.close(resolve));
  const { id, secret } = await endpoint(`http://127.0.0.1:${port}/`);
  for (const n of [1, 2, 3]) await tell(id, ...[1, 2, 3, 4, 5, 6, 7].map((lane) => [lane, `${n}`] as const));
  start();
  await until('select failures >= 5 as down from webhook_endpoint where shop_id = $1', { down: true });
  const receiver = await receive(undefined, port);
  clock += 10 * hour;
  await until(left, { n: 0 });
  expect(receiver.got.length).toBe(21);
  for (const lane of [1, 2, 3, 4, 5, 6, 7]) {
    const ofLane = receiver.got.filter(({ headers }) => String(headers['webhook-id']).startsWith(`msg_${lane}_`));
    expect(ofLane.map(({ body }) => body)).toEqual(['1', '2', '3']);
  }
  expect(receiver.got.every((got) => verifies(got, secret))).toBe(true);
  expect(new Set(receiver.got.map(({ headers }) => headers['webhook-timestamp']))).toEqual(
    new Set([String(clock / 1000)]),
  );
});

test('one message a lane stands before the next of it, and before no other lane', async () => {
  let well = false;
  const receiver = await receive(({ body }, response) => response.writeHead(body === 'bad' && !well ? 500 : 200).end());
  const { id } = await endpoint(receiver.url);
  await tell(id, [1, 'bad'], [1, 'after'], [2, 'other'], [3, 'another']);
  start();
  await until(left, { n: 2 });
  expect(receiver.got.map(({ body }) => body).sort()).toEqual(['another', 'bad', 'other']);
  well = true;
  clock += 10_000;
  await until(left, { n: 0 });
  expect(receiver.got.slice(3).map(({ body }) => body)).toEqual(['bad', 'after']);
});

test('a message with a fault of its own keeps its pauses while others arrive', async () => {
  const receiver = await receive(({ body }, response) => response.writeHead(body === 'bad' ? 400 : 200).end());
  const { id } = await endpoint(receiver.url);
  await tell(id, [1, 'bad']);
  start();
  await until(tries, { n: 1 });
  for (const lane of [2, 3, 4]) {
    await tell(id, [lane, 'good']);
    await until(left, { n: 1 });
  }
  expect(receiver.got.filter(({ body }) => body === 'bad').length).toBe(1);
});

test('while an endpoint is down, one message at a time asks whether it is back', async () => {
  const receiver = await receive((_request, response) => response.writeHead(503).end());
  const { id } = await endpoint(receiver.url);
  await tell(id, ...Array.from({ length: 60 }, (_, lane) => [lane + 1, 'x'] as const));
  start();
  await until('select failures >= 5 as down from webhook_endpoint where shop_id = $1', { down: true });
  await until('select leased_by is null as free from webhook_endpoint where shop_id = $1', { free: true });
  const before = receiver.got.length;
  expect(before).toBeLessThanOrEqual(8 + 4);
  clock += 8 * hour;
  await receiver.count(before + 1);
  await until('select leased_by is null as free from webhook_endpoint where shop_id = $1', { free: true });
  expect(receiver.got.length).toBe(before + 1);
});

test('Retry-After is kept', async () => {
  let well = false;
  const receiver = await receive((_request, response) =>
    response.writeHead(well ? 200 : 429, { 'retry-after': '600' }).end(),
  );
  const { id } = await endpoint(receiver.url);
  await tell(id, [1, 'x']);
  start();
  await until(tries, { n: 1 });
  const [row] = await rows(
    'select extract(epoch from next_try_at)::int as at from webhook_delivery where shop_id = $1',
  );
  expect(row?.at).toBe(clock / 1000 + 600);
  well = true;
  clock += 600_000;
  await until(left, { n: 0 });
});

test('after three days without success the endpoint is paused, told once, and keeps what comes; resumed, all of it goes', async () => {
  let well = false;
  const receiver = await receive((_request, response) => response.writeHead(well ? 200 : 500).end());
  const { id } = await endpoint(receiver.url);
  await tell(id, [1, 'first'], [1, 'second']);
  start();
  const begun = clock;
  for (let n = 1; paused.length === 0; n++) {
    await receiver.count(n);
    await until(tries, { n });
    await until('select leased_by is null as free from webhook_endpoint where shop_id = $1', { free: true });
    expect((await rows('select state from webhook_endpoint where shop_id = $1'))[0]?.state).toBe(
      paused.length === 0 ? 'active' : 'paused',
    );
    const [next]: { at?: Date }[] = await rows(
      `select greatest(d.next_try_at, e.next_try_at) as at from webhook_delivery d join webhook_endpoint e
       on e.shop_id = d.shop_id and e.id = d.endpoint_id where d.shop_id = $1 order by d.id limit 1`,
    );
    if (paused.length === 0) clock = Math.max(clock, next?.at?.getTime() ?? 0);
  }
  expect(clock - begun).toBeGreaterThanOrEqual(72 * hour);
  expect(clock - begun).toBeLessThan(82 * hour);
  expect(paused).toEqual([`${id} failing`]);
  expect(await rows(`select kind, to_address from outbox where of_shop = $1 and kind = 'webhook_paused'`)).toEqual([
    { kind: 'webhook_paused', to_address: 'camille@localhost' },
  ]);
  expect(receiver.got.every(({ body }) => body === 'first')).toBe(true);
  await tell(id, [2, 'third']);
  well = true;
  expect(await resumeEndpoint(base.pool, shop, id, clock)).toBe(true);
  await until(left, { n: 0 });
  expect(
    receiver.got
      .slice(-3)
      .map(({ body }) => body)
      .sort(),
  ).toEqual(['first', 'second', 'third']);
});

test('410 pauses at once; a pause by people stops, and what waits goes when they resume', async () => {
  const receiver = await receive((_request, response) => response.writeHead(410).end());
  const { id } = await endpoint(receiver.url);
  await tell(id, [1, 'x'], [1, 'y']);
  start();
  await until('select state, paused_by from webhook_endpoint where shop_id = $1', {
    state: 'paused',
    paused_by: 'gone',
  });
  expect(receiver.got.length).toBe(1);
  receiver.behave = (_request, response) => response.end();
  await resumeEndpoint(base.pool, shop, id, clock);
  await until(left, { n: 0 });
  expect(await pauseEndpoint(base.pool, shop, id, 'staff', clock)).toBe(true);
  await tell(id, [1, 'z']);
  const other = await endpoint(receiver.url);
  await tell(other.id, [1, 'elsewhere']);
  await receiver.count(4);
  expect(receiver.got.map(({ body }) => body)).toEqual(['x', 'x', 'y', 'elsewhere']);
});

test('a slow endpoint holds up no other', async () => {
  const slow = await receive(() => undefined);
  const fast = await receive();
  const ids = [await endpoint(slow.url), await endpoint(fast.url)];
  for (let lane = 1; lane <= 20; lane++) for (const { id } of ids) await tell(id, [lane, `${lane}`]);
  start();
  await fast.count(20);
  expect(slow.got.length).toBeLessThanOrEqual(8);
  slow.behave = (_request, response) => response.end();
  await slow.close();
  receivers = [fast];
});

test('two workers share the endpoints, and each message arrives once', async () => {
  const receiver = await receive((_request, response) => setTimeout(() => response.end(), 2));
  const ids = [await endpoint(receiver.url), await endpoint(receiver.url), await endpoint(receiver.url)];
  start();
  start();
  for (let lane = 1; lane <= 20; lane++) for (const { id } of ids) await tell(id, [lane, `${id}`]);
  await until(left, { n: 0 });
  expect(receiver.got.length).toBe(60);
});

test('a lease of a worker that died is taken over when its time is up', async () => {
  const receiver = await receive();
  const { id } = await endpoint(receiver.url);
  await base.pool.query(
    `update webhook_endpoint set leased_by = 'the dead', leased_until = to_timestamp($2::float8 / 1000) where shop_id = $1`,
    [shop, clock + 60_000],
  );
  await tell(id, [1, 'x']);
  const other = await endpoint(receiver.url);
  await tell(other.id, [1, 'y']);
  start();
  await receiver.count(1);
  await until(left, { n: 1 });
  clock += 60_000;
  await until(left, { n: 0 });
  expect(receiver.got.map(({ body }) => body)).toEqual(['y', 'x']);
});

test('replayed: once more under the same id; hastened: at once; skipped: the next of the lane goes', async () => {
  let well = true;
  const receiver = await receive((_request, response) => response.writeHead(well ? 200 : 500).end());
  const { id } = await endpoint(receiver.url);
  await tell(id, [1, 'x']);
  start();
  await until(left, { n: 0 });
  const [first] = await rows('select id from webhook_delivery where shop_id = $1');
  expect(await replayDelivery(base.pool, shop, Number(first?.id), clock)).toBe(true);
  await receiver.count(2);
  await until(left, { n: 0 });
  expect(receiver.got[1]?.headers['webhook-id']).toBe(receiver.got[0]?.headers['webhook-id']);
  well = false;
  await tell(id, [2, 'bad'], [2, 'next']);
  await receiver.count(3);
  await until('select max(attempts) as n from webhook_delivery where shop_id = $1 and lane = 2', { n: 1 });
  const [bad] = await rows(`select id from webhook_delivery where shop_id = $1 and body = 'bad'`);
  expect(await replayDelivery(base.pool, shop, Number(bad?.id), clock)).toBe(false);
  expect(await hastenDelivery(base.pool, shop, Number(bad?.id), clock)).toBe(true);
  await receiver.count(4);
  await until('select max(attempts) as n from webhook_delivery where shop_id = $1 and lane = 2', { n: 2 });
  well = true;
  expect(await skipDelivery(base.pool, shop, Number(bad?.id), clock)).toBe(true);
  await receiver.count(5);
  expect(receiver.got.map(({ body }) => body)).toEqual(['x', 'x', 'bad', 'bad', 'next']);
});

test('a receiver inside this network is refused, and the log says why', async () => {
  const receiver = await receive();
  const { id } = await endpoint(receiver.url.replace('127.0.0.1', '127.0.0.9'));
  await tell(id, [1, 'x']);
  start();
  await until(tries, { n: 1 });
  expect(await rows('select status, failure from webhook_attempt where shop_id = $1')).toEqual([
    { status: null, failure: 'address.forbidden' },
  ]);
  expect(receiver.got).toEqual([]);
});

test('what was or is to be sent about a person can be erased, with what receivers answered', async () => {
  const receiver = await receive();
  const { id } = await endpoint(receiver.url);
  await tell(id, [1, 'x'], [2, 'y']);
  await base.pool.query('update webhook_delivery set profile_id = lane where shop_id = $1', [shop]);
  start();
  await until(left, { n: 0 });
  expect(await eraseDeliveriesOf(base.pool, shop, profileId(1))).toBe(1);
  expect(await rows('select body from webhook_delivery where shop_id = $1')).toEqual([{ body: 'y' }]);
  expect((await rows('select n from webhook_attempt where shop_id = $1')).length).toBe(1);
});
