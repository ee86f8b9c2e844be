import { type Kysely, type SqlBool, sql } from 'kysely';
import {
  type AttemptRow,
  type DeliveryList,
  type DeliveryPage,
  deliveryRows,
  type EndpointRow,
  waitingLimit,
} from '#contract/webhooks.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

/** A shop's endpoints, the oldest first, with how they are. */
export async function listEndpoints(db: Kysely<Database>, shop: ShopId): Promise<EndpointRow[]> {
  const rows = await db
    .selectFrom('webhook_endpoint as e')
    .select(['id', 'name', 'url', 'kinds', 'created_at', 'state', 'paused_by', 'paused_at', 'failing_since'])
    .select('old_secret_until')
    .select((eb) =>
      eb
        .selectFrom((inner) =>
          inner
            .selectFrom('webhook_delivery as d')
            .select('d.id')
            .whereRef('d.shop_id', '=', 'e.shop_id')
            .whereRef('d.endpoint_id', '=', 'e.id')
            .where('d.state', '=', 'waiting')
            .limit(waitingLimit)
            .as('few'),
        )
        .select((few) => few.fn.countAll<number>().as('n'))
        .as('waiting'),
    )
    .where('shop_id', '=', shop)
    .orderBy('id')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    url: row.url,
    kinds: row.kinds,
    createdAt: row.created_at.getTime(),
    state: row.state === 'paused' ? 'paused' : 'active',
    pausedBy: row.paused_by,
    pausedAt: row.paused_at?.getTime() ?? null,
    failingSince: row.failing_since?.getTime() ?? null,
    oldSecretUntil: row.old_secret_until?.getTime() ?? null,
    waiting: Number(row.waiting ?? 0),
  }));
}

export interface DeliveryFilter {
  readonly endpoint: number;
  readonly state: string | null;
  readonly kind: string | null;
  /** Only older ones. */
  readonly before: number | null;
}

/** The log of an endpoint, newest first (indexes webhook_delivery_log and webhook_delivery_kind where a state or a kind is asked for, else the primary key). */
export async function listDeliveries(
  db: Kysely<Database>,
  shop: ShopId,
  filter: DeliveryFilter,
): Promise<DeliveryList> {
  let query = db
    .selectFrom('webhook_delivery as d')
    .leftJoin('webhook_attempt as a', (join) =>
      join.onRef('a.shop_id', '=', 'd.shop_id').onRef('a.delivery_id', '=', 'd.id').onRef('a.n', '=', 'd.attempts'),
    )
    .select(['d.id', 'd.message_id', 'd.kind', 'd.created_at', 'd.state', 'd.attempts', 'd.next_try_at', 'd.done_at'])
    .select(['d.replay', 'd.profile_id', 'd.order_id', 'a.n', 'a.at', 'a.took_ms', 'a.status', 'a.failure', 'a.answer'])
    .where('d.shop_id', '=', shop)
    .where('d.endpoint_id', '=', filter.endpoint);
  if (filter.state !== null) query = query.where('d.state', '=', filter.state);
  if (filter.kind !== null) query = query.where('d.kind', '=', filter.kind);
  if (filter.before !== null) query = query.where(sql<SqlBool>`d.id < ${filter.before}`);
  const rows = await query.orderBy('d.id', 'desc').limit(deliveryRows).execute();
  return {
    deliveries: rows.map((row) => ({
      id: row.id,
      messageId: row.message_id,
      kind: row.kind,
      createdAt: row.created_at.getTime(),
      state: row.state === 'waiting' || row.state === 'skipped' ? row.state : 'delivered',
      attempts: row.attempts,
      nextTryAt: row.next_try_at.getTime(),
      doneAt: row.done_at?.getTime() ?? null,
      replay: row.replay,
      profileId: row.profile_id,
      orderId: row.order_id,
      last:
        row.n === null || row.at === null || row.took_ms === null
          ? null
          : presentAttempt({ ...row, n: row.n, at: row.at, took_ms: row.took_ms }),
    })),
    before: rows.length === deliveryRows ? (rows.at(-1)?.id ?? null) : null,
  };
}

/** What was sent, and each attempt; null: no such message. */
export async function findDelivery(db: Kysely<Database>, shop: ShopId, id: number): Promise<DeliveryPage | null> {
  const found = await db
    .selectFrom('webhook_delivery')
    .select('body')
    .where('shop_id', '=', shop)
    .where('id', '=', id)
    .executeTakeFirst();
  if (found === undefined) return null;
  const attempts = await db
    .selectFrom('webhook_attempt')
    .select(['n', 'at', 'took_ms', 'status', 'failure', 'answer'])
    .where('shop_id', '=', shop)
    .where('delivery_id', '=', id)
    .orderBy('n', 'desc')
    .limit(100)
    .execute();
  return { body: found.body, attempts: attempts.map(presentAttempt) };
}

export interface WebhookHealth {
  readonly active: number;
  readonly failing: number;
  readonly paused: number;
}

/** Endpoints of all shops by how they are, for /metrics: paused ones are those that were given up, not those people paused. */
export async function findWebhookHealth(db: Kysely<Database>): Promise<WebhookHealth> {
  const { rows } = await sql<{ active: number; failing: number; paused: number }>`
    select count(*) filter (where state = 'active' and failing_since is null) as active,
      count(*) filter (where state = 'active' and failing_since is not null) as failing,
      count(*) filter (where state = 'paused' and paused_by <> 'staff') as paused
    from webhook_endpoint where shop_id is not null`.execute(db);
  return rows[0] ?? { active: 0, failing: 0, paused: 0 };
}

interface StoredAttempt {
  readonly n: number;
  readonly at: Date;
  readonly took_ms: number;
  readonly status: number | null;
  readonly failure: string | null;
  readonly answer: string | null;
}

function presentAttempt({ n, at, took_ms, status, failure, answer }: StoredAttempt): AttemptRow {
  return { n, at: at.getTime(), tookMs: took_ms, status, failure, answer };
}
