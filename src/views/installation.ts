import { type Kysely, sql } from 'kysely';
import type { Installation, Sighted } from '#contract/installation.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { rhythmDays, rhythmOf } from '#domain/rhythm.ts';
import type { ShopSettings } from '#domain/settings.ts';
import { sightings } from '#domain/sighting.ts';
import { findTwins } from '#domain/twin.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

const dayMs = 86_400_000;
/** Orders looked at for what the page proposes. */
const recent = 200;
const twinsShown = 10;

/** How the installation stands; null: no such shop. The journal itself is not read: everything was kept as it came. */
export async function findInstallation(
  db: Kysely<Database>,
  shop: ShopId,
  now: Instant,
): Promise<Omit<Installation, 'testKey'> | null> {
  const [row, found, seen, hours, unmapped, redecide, parked] = await Promise.all([
    db.selectFrom('shop').select(['installed_at', 'platform']).where('id', '=', shop).executeTakeFirst(),
    findShopSettings(db, shop),
    listSightings(db, shop),
    listHours(db, shop, now),
    listUnmapped(db, shop),
    db
      .selectFrom('redecide')
      .select(['total', 'done', 'started_at', 'paused'])
      .where('shop_id', '=', shop)
      .executeTakeFirst(),
    db
      .selectFrom('parked')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('shop_id', '=', shop)
      .executeTakeFirstOrThrow(),
  ]);
  if (row === undefined || found === null) return null;
  const { settings } = found;
  const lastAt = hours.reduce<number | null>((last, hour) => Math.max(last ?? 0, hour.lastAt), null);
  const installedAt = row.installed_at?.getTime() ?? null;
  const ofDay = hours.filter(({ hour }) => hour > now - dayMs);
  const times = seen.flatMap((one) => one.lastAt ?? []);
  return {
    platform: row.platform,
    installedAt,
    lastAt,
    anythingAt: lastAt ?? (times.length === 0 ? null : Math.max(...times)),
    rhythm:
      lastAt === null
        ? { perBusyHour: null, longestPauseHours: null, silentHours: null }
        : rhythmOf(hours, lastAt, now),
    today: {
      received: ofDay.reduce((sum, { count }) => sum + count, 0),
      refused: ofDay.reduce((sum, { refused }) => sum + refused, 0),
      parked: parked.count,
    },
    sightings: seen,
    unmapped: unmapped.filter(({ source, code }) => !Object.hasOwn(settings.stateMaps[source] ?? {}, code)),
    redecide:
      redecide === undefined
        ? null
        : {
            total: Number(redecide.total),
            done: Number(redecide.done),
            startedAt: redecide.started_at.getTime(),
            paused: redecide.paused,
          },
    neverPaid: settings.validation === 'paid' && (await wasNeverPaid(db, shop, seen)),
    closeBrowser: await findCloseBrowser(db, shop, settings, seen),
    rules: settings,
  };
}

export async function listSightings(db: Kysely<Database>, shop: ShopId): Promise<Sighted[]> {
  const rows = await db
    .selectFrom('sighting')
    .select(['what', 'last_at', 'test_at'])
    .where('shop_id', '=', shop)
    .execute();
  return sightings.map((what) => {
    const row = rows.find((one) => one.what === what);
    return { what, lastAt: row?.last_at?.getTime() ?? null, testAt: row?.test_at?.getTime() ?? null };
  });
}

export interface Hour {
  readonly hour: number;
  readonly count: number;
  readonly refused: number;
  readonly lastAt: number;
}

/** Hours of the last days in which something came (primary key). */
export async function listHours(db: Kysely<Database>, shop: ShopId, now: Instant): Promise<Hour[]> {
  const { rows } = await sql<{ hour: Date; count: string; refused: string | null; last_at: Date }>`
    select hour, sum(n) as count, sum(n) filter (where outcome in ('ignored', 'rejected', 'unreadable')) as refused, max(last_at) as last_at
    from arrival_hour where shop_id = ${shop} and reason = '' and hour > to_timestamp(${now - rhythmDays * dayMs}::float8 / 1000)
    group by hour having sum(n) > 0 order by hour`.execute(db);
  return rows.map((row) => ({
    hour: row.hour.getTime(),
    count: Number(row.count),
    refused: Number(row.refused ?? 0),
    lastAt: row.last_at.getTime(),
  }));
}

async function listUnmapped(db: Kysely<Database>, shop: ShopId): Promise<Installation['unmapped']> {
  const rows = await db
    .selectFrom('unmapped_state')
    .select(['source', 'code', 'n', 'last_at'])
    .where('shop_id', '=', shop)
    .orderBy('n', 'desc')
    .orderBy('code')
    .limit(50)
    .execute();
  return rows.map(({ source, code, n, last_at }) => ({ source, code, count: Number(n), lastAt: last_at.getTime() }));
}

/** Rules §3.4: ten orders came, and none was ever paid (index orders_created). */
async function wasNeverPaid(db: Kysely<Database>, shop: ShopId, seen: readonly Sighted[]): Promise<boolean> {
  if (seen.some(({ what, lastAt }) => what === 'paid' && lastAt !== null)) return false;
  const rows = await db
    .selectFrom('orders')
    .select('payment')
    .where('shop_id', '=', shop)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(recent)
    .execute();
  return rows.length >= 10 && rows.every(({ payment }) => payment !== 'paid');
}

/** Rules §6.3: a server sends orders, so browsers need not (index orders_created). */
async function findCloseBrowser(
  db: Kysely<Database>,
  shop: ShopId,
  settings: ShopSettings,
  seen: readonly Sighted[],
): Promise<Installation['closeBrowser']> {
  const serverSince = seen.find(({ what }) => what === 'server-order')?.lastAt ?? null;
  if (!settings.browserWrites || serverSince === null) return null;
  const { rows } = await sql<{
    id: number;
    key: string;
    email: string | null;
    total_minor: number;
    currency: string;
    placed_at: Date;
    server: boolean;
  }>`select o.id, o.key, coalesce(p.email, o.contact_email) as email, o.total_minor, o.currency, o.placed_at,
      (o.stated -> 'total' -> '2') is not null or (o.stated -> 'state' -> '2') is not null as server
    from (select id, key, profile_id, contact_email, total_minor, currency, placed_at, stated from orders
      where shop_id = ${shop} order by created_at desc, id desc limit ${recent}) o
    left join profile p on p.shop_id = ${shop} and p.id = o.profile_id`.execute(db);
  const twins = findTwins(
    rows.map((row) => ({
      id: Number(row.id),
      key: row.key,
      email: row.email,
      totalMinor: Number(row.total_minor),
      currency: row.currency,
      placedAt: row.placed_at.getTime(),
      server: row.server,
    })),
  );
  return {
    serverSince,
    twins: twins.slice(0, twinsShown).map((pair) => ({
      email: pair[0].email ?? '',
      totalMinor: pair[0].totalMinor,
      currency: pair[0].currency,
      orders: pair.map(({ id, key, placedAt, server }) => ({ id, key, placedAt, server })),
    })),
  };
}
