import { type Kysely, sql } from 'kysely';
import { type AlarmKind, alarmKinds, errorWaveOf, isOldKeyLate } from '#domain/alarm.ts';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { rhythmOf } from '#domain/rhythm.ts';
import type { Database } from '#store/tables.ts';
import { listHours } from './installation.ts';

export interface AlarmState {
  readonly kind: AlarmKind;
  /** Told already, and not over. */
  readonly standing: boolean;
  /** Hours, percent, calls or stores; null: all is well. */
  readonly figure: number | null;
}

/** Shops somebody could be told about: installed, open, no demonstration. */
export async function listWatchedShops(db: Kysely<Database>): Promise<ShopId[]> {
  const rows = await db
    .selectFrom('shop')
    .select('id')
    .where('installed_at', 'is not', null)
    .where('closed_at', 'is', null)
    .where('demo', '=', false)
    .orderBy('id')
    .limit(10_000)
    .execute();
  return rows.map(({ id }) => shopId(id));
}

/** How each alarm of a shop stands now. The journal is not read: everything was kept as it came. */
export async function findAlarmStates(db: Kysely<Database>, shop: ShopId, now: Instant): Promise<AlarmState[]> {
  const [hours, standing, calls, stores] = await Promise.all([
    listHours(db, shop, now),
    db.selectFrom('alarm').select('kind').where('shop_id', '=', shop).execute(),
    countOldKeyCalls(db, shop, now),
    countBrokenStores(db, shop, now),
  ]);
  const stands = (kind: AlarmKind): boolean => standing.some((row) => row.kind === kind);
  const lastAt = hours.reduce<number | null>((last, hour) => Math.max(last ?? 0, hour.lastAt), null);
  const figures: Readonly<Record<AlarmKind, number | null>> = {
    silent: lastAt === null ? null : rhythmOf(hours, lastAt, now).silentHours,
    errors: errorWaveOf(hours, now, stands('errors')),
    old_key: calls,
    store: stores,
  };
  return alarmKinds.map((kind) => ({ kind, standing: stands(kind), figure: figures[kind] }));
}

/** A repair is told of for a day: what ends twice is two. */
const repairMs = 86_400_000;

/** Connected stores that lack something, or whose subscriptions had to be made again. */
async function countBrokenStores(db: Kysely<Database>, shop: ShopId, now: Instant): Promise<number | null> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from connection
    where shop_id = ${shop} and (fault is not null or repaired_at > ${new Date(now - repairMs)})`.execute(db);
  const n = rows[0]?.n ?? 0;
  return n === 0 ? null : n;
}

/** Calls with replaced pairs that should be in use nowhere any more (primary keys of both tables). */
async function countOldKeyCalls(db: Kysely<Database>, shop: ShopId, now: Instant): Promise<number | null> {
  const { rows } = await sql<{ replaced_at: Date; ends_at: Date; last_at: Date | null; calls: string | null }>`
    select n.created_at as replaced_at, k.expires_at as ends_at, max(u.last_at) as last_at, sum(u.calls)::text as calls
    from shop_key k join shop_key n on n.shop_id = ${shop} and n.id = k.replaced_by
    left join key_use u on u.shop_id = ${shop} and u.key_id = k.id
    where k.shop_id = ${shop} and k.expires_at is not null
    group by k.id, n.created_at, k.expires_at limit 200`.execute(db);
  const late = rows.filter((row) =>
    isOldKeyLate(
      {
        replacedAt: row.replaced_at.getTime(),
        endsAt: row.ends_at.getTime(),
        lastUseAt: row.last_at?.getTime() ?? null,
      },
      now,
    ),
  );
  return late.length === 0 ? null : late.reduce((all, { calls }) => all + Number(calls ?? 0), 0);
}
