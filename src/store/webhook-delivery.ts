/** What is to be sent: who sends it, what is next in each lane, what became of it. Times come from the caller's clock. */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ProfileId, ShopId } from '#domain/ids.ts';

type Db = Pool | ClientBase;

export interface Delivery {
  readonly id: number;
  readonly messageId: string;
  readonly lane: number;
  readonly body: string;
  readonly attempts: number;
  readonly failures: number;
  readonly firstTriedAt: Instant | null;
}

export interface EndpointHealth {
  readonly url: string;
  readonly failures: number;
  readonly failingSince: Instant | null;
}

export interface EndpointRef {
  readonly shopId: ShopId;
  readonly id: number;
}

export interface Attempt {
  readonly at: Instant;
  readonly tookMs: number;
  readonly status: number | null;
  /** A code of `contract/outbound.ts`; null: it answered. */
  readonly failure: string | null;
  /** The first characters of its answer. */
  readonly answer: string | null;
}

const ms = (name: string): string => `to_timestamp($${name}::float8 / 1000)`;
const epoch = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** Endpoints that have something due and nobody who sends it: taken until `until`, for this holder alone. */
export async function leaseEndpoints(db: Db, holder: string, now: Instant, until: Instant): Promise<EndpointRef[]> {
  const { rows } = await db.query<{ shop_id: number; id: number }>({
    name: 'lease endpoints',
    text: `update webhook_endpoint e set leased_by = $1, leased_until = ${ms('3')}
      where e.state = 'active' and (e.leased_until is null or e.leased_until <= ${ms('2')})
        and (e.next_try_at is null or e.next_try_at <= ${ms('2')})
        and exists (select from webhook_delivery d where d.shop_id = e.shop_id and d.endpoint_id = e.id
          and d.state = 'waiting' and d.next_try_at <= ${ms('2')})
      returning e.shop_id, e.id`,
    values: [holder, now, until],
  });
  return rows.map((row) => ({ shopId: row.shop_id as ShopId, id: row.id }));
}

/** null: the lease is lost, or nothing may be sent there now. */
export async function renewLease(
  db: Db,
  { shopId, id }: EndpointRef,
  holder: string,
  now: Instant,
  until: Instant,
): Promise<EndpointHealth | null> {
  const { rows } = await db.query<{ url: string; failures: number; failing_since: number | null }>({
    name: 'renew endpoint',
    text: `update webhook_endpoint set leased_until = ${ms('5')}
      where shop_id = $1 and id = $2 and leased_by = $3 and state = 'active' and (next_try_at is null or next_try_at <= ${ms('4')})
      returning url, failures, ${epoch('failing_since')} as failing_since`,
    values: [shopId, id, holder, now, until],
  });
  const row = rows[0];
  return row === undefined ? null : { url: row.url, failures: row.failures, failingSince: row.failing_since };
}

export async function releaseLease(db: Db, { shopId, id }: EndpointRef, holder: string): Promise<void> {
  await db.query(
    'update webhook_endpoint set leased_by = null, leased_until = null where shop_id = $1 and id = $2 and leased_by = $3',
    [shopId, id, holder],
  );
}

/** The oldest message of each lane that is due (index webhook_delivery_due); lanes under way are left out. */
export async function findDue(
  db: Db,
  { shopId, id }: EndpointRef,
  now: Instant,
  underWay: readonly number[],
  limit: number,
): Promise<Delivery[]> {
  const { rows } = await db.query({
    name: 'due deliveries',
    text: `select d.id, d.message_id, d.lane, d.body, d.attempts, d.failures, ${epoch('d.first_tried_at')} as first_tried_at
      from webhook_delivery d
      where d.shop_id = $1 and d.endpoint_id = $2 and d.state = 'waiting' and d.next_try_at <= ${ms('3')}
        and d.lane <> all ($4::int8[])
        and not exists (select from webhook_delivery b where b.shop_id = d.shop_id and b.endpoint_id = d.endpoint_id
          and b.lane = d.lane and b.state = 'waiting' and b.id < d.id)
      order by d.next_try_at, d.id limit $5`,
    values: [shopId, id, now, underWay, limit],
  });
  return rows.map((row) => ({
    id: row.id,
    messageId: row.message_id,
    lane: row.lane,
    body: row.body,
    attempts: row.attempts,
    failures: row.failures,
    firstTriedAt: row.first_tried_at,
  }));
}

export async function recordSuccess(
  db: ClientBase,
  to: EndpointRef,
  delivery: Delivery,
  tried: Attempt,
): Promise<void> {
  await db.query({
    name: 'delivery done',
    text: `update webhook_delivery set state = 'delivered', attempts = $3, done_at = ${ms('4')},
      first_tried_at = coalesce(first_tried_at, ${ms('4')}) where shop_id = $1 and id = $2`,
    values: [to.shopId, delivery.id, delivery.attempts + 1, tried.at],
  });
  await insertAttempt(db, to, delivery, tried);
}

/** The endpoint is well again; `wasDown`: what waited for it goes at once, while a message with a fault of its own keeps its pause. */
export async function recordRecovery(
  db: ClientBase,
  { shopId, id }: EndpointRef,
  wasDown: boolean,
  now: Instant,
): Promise<void> {
  await db.query({
    name: 'endpoint well',
    text: `update webhook_endpoint set failures = 0, failing_since = null, next_try_at = null where shop_id = $1 and id = $2`,
    values: [shopId, id],
  });
  if (!wasDown) return;
  await db.query({
    name: 'hasten deliveries',
    text: `update webhook_delivery set next_try_at = ${ms('3')}
      where shop_id = $1 and endpoint_id = $2 and state = 'waiting' and next_try_at > ${ms('3')}`,
    values: [shopId, id, now],
  });
}

export interface FailureRecord {
  /** When this message, and with it its lane, is tried again. */
  readonly nextTryAt: Instant;
  /** Of the endpoint; null: other messages may go at any time. */
  readonly endpointNextTryAt: Instant | null;
}

export async function recordFailure(
  db: ClientBase,
  to: EndpointRef,
  delivery: Delivery,
  tried: Attempt,
  record: FailureRecord,
): Promise<void> {
  await db.query({
    name: 'delivery failed',
    text: `update webhook_delivery set attempts = $3, failures = failures + 1, next_try_at = ${ms('5')},
      first_tried_at = coalesce(first_tried_at, ${ms('4')}) where shop_id = $1 and id = $2`,
    values: [to.shopId, delivery.id, delivery.attempts + 1, tried.at, record.nextTryAt],
  });
  await insertAttempt(db, to, delivery, tried);
  await db.query({
    name: 'endpoint failed',
    text: `update webhook_endpoint set failures = failures + 1, failing_since = coalesce(failing_since, ${ms('3')}),
      next_try_at = ${ms('4')} where shop_id = $1 and id = $2`,
    values: [to.shopId, to.id, tried.at, record.endpointNextTryAt],
  });
}

async function insertAttempt(db: Db, to: EndpointRef, delivery: Delivery, tried: Attempt): Promise<void> {
  await db.query({
    name: 'attempt',
    text: `insert into webhook_attempt (shop_id, delivery_id, n, at, took_ms, status, failure, answer)
      values ($1, $2, $3, ${ms('4')}, $5, $6, $7, $8)`,
    values: [
      ...[to.shopId, delivery.id, delivery.attempts + 1],
      ...[tried.at, Math.round(tried.tookMs), tried.status, tried.failure, tried.answer],
    ],
  });
}

export interface NewDelivery {
  readonly messageId: string;
  readonly kind: string;
  readonly body: string;
}

/** The test message that people send: outside of every lane, and done whatever came of it. */
export async function recordTest(db: ClientBase, to: EndpointRef, made: NewDelivery, tried: Attempt): Promise<void> {
  const { rows } = await db.query<{ id: number }>(
    `insert into webhook_delivery (shop_id, endpoint_id, message_id, kind, lane, created_at, body, state, attempts, first_tried_at, next_try_at, done_at)
     values ($1, $2, $3, $4, 0, ${ms('6')}, $5, $7, 1, ${ms('6')}, ${ms('6')}, ${ms('6')}) returning id`,
    [
      ...[to.shopId, to.id, made.messageId, made.kind, made.body, tried.at],
      tried.status !== null && tried.status >= 200 && tried.status < 300 ? 'delivered' : 'skipped',
    ],
  );
  const id = rows[0]?.id ?? 0;
  const { messageId, body } = made;
  const delivery = { id, messageId, lane: 0, body, attempts: 0, failures: 0, firstTriedAt: null };
  await insertAttempt(db, to, delivery, tried);
}

/** The same message once more, under its id, at the end of its lane. False: there is no such delivery. */
export async function replayDelivery(db: Db, shop: ShopId, id: number, now: Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into webhook_delivery (shop_id, endpoint_id, message_id, kind, lane, profile_id, order_id, created_at, body, next_try_at, replay)
     select shop_id, endpoint_id, message_id, kind, lane, profile_id, order_id, ${ms('3')}, body, ${ms('3')}, true
     from webhook_delivery where shop_id = $1 and id = $2 and state <> 'waiting'`,
    [shop, id, now],
  );
  return rowCount === 1;
}

/** Tried at the next moment, whatever its back-off. False: it does not wait. */
export async function hastenDelivery(db: Db, shop: ShopId, id: number, now: Instant): Promise<boolean> {
  const { rows } = await db.query<{ endpoint_id: number }>(
    `update webhook_delivery set next_try_at = ${ms('3')} where shop_id = $1 and id = $2 and state = 'waiting' returning endpoint_id`,
    [shop, id, now],
  );
  const endpoint = rows[0]?.endpoint_id;
  if (endpoint === undefined) return false;
  await db.query('update webhook_endpoint set next_try_at = null where shop_id = $1 and id = $2', [shop, endpoint]);
  return true;
}

/** Given up by people: the next of its lane goes. False: it does not wait. */
export async function skipDelivery(db: Db, shop: ShopId, id: number, now: Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    `update webhook_delivery set state = 'skipped', done_at = ${ms('3')} where shop_id = $1 and id = $2 and state = 'waiting'`,
    [shop, id, now],
  );
  return rowCount === 1;
}

/** Everything ever to be sent about a person (rules §7 "erasure"). */
export async function eraseDeliveriesOf(db: Db, shop: ShopId, profile: ProfileId): Promise<number> {
  const { rowCount } = await db.query('delete from webhook_delivery where shop_id = $1 and profile_id = $2', [
    shop,
    profile,
  ]);
  return rowCount ?? 0;
}
