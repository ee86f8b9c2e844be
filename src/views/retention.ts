import type { Pool } from 'pg';
import type { RetentionPage, RetentionRow, RetentionRows } from '#contract/retention.ts';
import { graceDays } from '#domain/erasure.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import {
  defaultInstanceRetention,
  type InstanceRetention,
  installation,
  instanceRetentionLimits,
  isInstanceRetention,
  type Retention,
  retentionLimits,
} from '#domain/retention.ts';
import { settingsOf } from '#domain/settings.ts';
import { dayMs } from '#domain/time.ts';
import { movingStates } from '#store/import-file.ts';
import { findInstanceValue, retentionKey } from '#store/instance.ts';
import { startOfDay } from '#store/journal-day.ts';

/** The shop's periods as they stand; null: no such shop. */
export async function findRetention(pool: Pool, shop: ShopId): Promise<Retention | null> {
  const { rows } = await pool.query(
    'select version, body from shop_settings where shop_id = $1 order by version desc limit 1',
    [shop],
  );
  return rows[0] === undefined ? null : settingsOf(rows[0].body, rows[0].version).retention;
}

/** The installation's periods as they stand. */
export async function findInstanceRetention(pool: Pool): Promise<InstanceRetention> {
  const value = await findInstanceValue(pool, retentionKey);
  return { ...defaultInstanceRetention, ...(isInstanceRetention(value) ? value : {}) };
}

/** Counted up to this many: "more than" is enough to think again. */
export const countedUpTo = 5_000;

const counts: { readonly [Kind in keyof Retention]: string } = {
  journalDays: 'select from journal where shop_id = $1 and received_at < $2',
  cartDays: 'select from cart where shop_id = $1 and updated_at < $2 order by updated_at',
  inactiveDays: `select from profile where shop_id = $1 and seen_month <= date_trunc('month', $2::timestamptz at time zone 'UTC')::date
    and last_seen <= $2 and created_at <= $3`,
  historyDays: 'select from erasure where shop_id = $1 and erased_at < $2',
  refusalDays: 'select from objection where shop_id = $1 and since < $2',
  mailDays: 'select from outbox where of_shop = $1 and created_at < $2 order by created_at',
  // numbered in order of time: the oldest are looked at, not all
  webhookDays: `select from (select created_at from webhook_delivery where shop_id = $1 order by id limit ${countedUpTo}) oldest where created_at < $2`,
  requestDays: 'select from rights_request where shop_id = $1 and closed_at < $2',
};

/** Each period, what would go tonight under it, and what went last. `asked`: periods as they would be. */
export async function findRetentionPage(
  pool: Pool,
  shop: ShopId,
  asked: Partial<Retention>,
  now: Instant,
): Promise<RetentionPage | null> {
  const retention = await findRetention(pool, shop);
  if (retention === null) return null;
  const runs = await listRuns(pool, shop);
  const rows: RetentionRow[] = [];
  for (const kind of Object.keys(counts) as (keyof Retention)[]) {
    const days = kind in asked ? (asked[kind] ?? null) : retention[kind];
    rows.push({
      ...{ kind, days: retention[kind], limits: [...retentionLimits[kind]] },
      due: days === null ? 0 : await count(pool, shop, kind, days, now),
      ...runOf(runs, kind),
    });
  }
  return { rows, countedUpTo, installation: await findInstanceRetention(pool) };
}

const instanceCounts: { readonly [Kind in keyof InstanceRetention]: string } = {
  rawDays: 'select from journal_raw where shop_id in (select id from shop) and received_at < $1',
  unreadDays: 'select from journal_unread where shop_id in (select id from shop) and received_at < $1',
  importDays: `select from import where shop_id in (select id from shop) and forgotten_at is null and not state = any ('{${movingStates.join(',')}}')
    and greatest(created_at, started_at, finished_at) < $1`,
  // as webhookDays
  auditDays: `select from (select at from audit order by id limit ${countedUpTo}) oldest where at < $1`,
};

/** The same of the whole installation: bytes go by whole days. */
export async function findInstanceRetentionPage(
  pool: Pool,
  asked: Partial<InstanceRetention>,
  now: Instant,
): Promise<RetentionRows> {
  const [kept, runs] = await Promise.all([findInstanceRetention(pool), listRuns(pool, installation)]);
  const rows: RetentionRow[] = [];
  for (const kind of Object.keys(instanceCounts) as (keyof InstanceRetention)[]) {
    const days = asked[kind] ?? kept[kind];
    const past = now - days * dayMs;
    const before = kind === 'rawDays' || kind === 'unreadDays' ? startOfDay(past) : past;
    const { rows: due } = await pool.query<{ n: number }>(
      `select count(*)::int as n from (${instanceCounts[kind]} limit ${countedUpTo}) due`,
      [new Date(before)],
    );
    rows.push({
      ...{ kind, days: kept[kind], limits: [...instanceRetentionLimits[kind]] },
      due: due[0]?.n ?? 0,
      ...runOf(runs, kind),
    });
  }
  return { rows, countedUpTo };
}

interface Run {
  readonly kind: string;
  readonly ran_at: Date;
  readonly gone: number;
  readonly gone_ever: number;
}

async function listRuns(pool: Pool, shop: ShopId | typeof installation): Promise<Run[]> {
  const { rows } = await pool.query<Run>('select kind, ran_at, gone, gone_ever from retention_run where shop_id = $1', [
    shop,
  ]);
  return rows;
}

function runOf(runs: readonly Run[], kind: string): Pick<RetentionRow, 'ranAt' | 'gone' | 'goneEver'> {
  const run = runs.find((one) => one.kind === kind);
  return { ranAt: run?.ran_at.getTime() ?? null, gone: run?.gone ?? 0, goneEver: run?.gone_ever ?? 0 };
}

async function count(pool: Pool, shop: ShopId, kind: keyof Retention, days: number, now: Instant): Promise<number> {
  const values = [
    shop,
    new Date(now - days * dayMs),
    ...(kind === 'inactiveDays' ? [new Date(now - graceDays * dayMs)] : []),
  ];
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from (${counts[kind]} limit ${countedUpTo}) due`,
    values,
  );
  return rows[0]?.n ?? 0;
}
