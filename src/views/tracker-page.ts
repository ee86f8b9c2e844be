import { type Kysely, sql } from 'kysely';
import { heldCountedUpTo } from '#contract/lists.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

/** Everything the Tracker page shows, but where the server is reached; null: no such shop. */
export async function findTrackerPage(
  db: Kysely<Database>,
  shop: ShopId,
): Promise<Omit<TrackerPage, 'collectorUrl'> | null> {
  const [row, found, keys, newest, hosts] = await Promise.all([
    db.selectFrom('shop').select(['id', 'name', 'installed_at']).where('id', '=', shop).executeTakeFirst(),
    findShopSettings(db, shop),
    listKeys(db, shop),
    findNewest(db, shop),
    listHosts(db, shop),
  ]);
  if (row === undefined || found === null) return null;
  const { version, validation, uplift, browserWrites, domains, zone, currency, bases } = found.settings;
  return {
    shop: { id: row.id, name: row.name, installedAt: row.installed_at?.getTime() ?? null },
    lastReceivedAt: newest,
    settings: { version, validation, uplift, browserWrites, domains: [...domains], zone, currency },
    bases: bases.map(({ id, kind, name, active }) => ({ id, kind, name, active })),
    keys,
    hosts: hosts.filter((seen) => !domains.includes(seen.host)),
  };
}

/** Pairs that stand, the shop's present one first; those that have an end with what still uses them. */
async function listKeys(db: Kysely<Database>, shop: ShopId): Promise<TrackerPage['keys']> {
  const rows = await db
    .selectFrom('shop_key as k')
    .select(['k.id', 'k.name', 'k.public_key', 'k.may_write', 'k.may_read', 'k.expires_at'])
    .select((eb) => [
      eb
        .selectFrom('key_use as u')
        .select(sql<number>`coalesce(sum(u.calls), 0)::int8`.as('calls'))
        .where('u.shop_id', '=', shop)
        .whereRef('u.key_id', '=', 'k.id')
        .as('calls'),
      eb
        .selectFrom('key_use as u')
        .select(sql<Date | null>`max(u.last_at)`.as('last_at'))
        .where('u.shop_id', '=', shop)
        .whereRef('u.key_id', '=', 'k.id')
        .as('last_at'),
    ])
    .where('k.shop_id', '=', shop)
    // the test pair stands by its tests
    .where(sql<boolean>`k.public_key not like 'test\\_%'`)
    // an invited developer's stands by their invitation
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('developer_invitation as i')
            .select('i.id')
            .where('i.shop_id', '=', shop)
            .whereRef('i.key_id', '=', 'k.id'),
        ),
      ),
    )
    .where((eb) => eb.or([eb('k.expires_at', 'is', null), eb('k.expires_at', '>', sql<Date>`now()`)]))
    .orderBy(sql`k.expires_at is not null`)
    .orderBy('k.id')
    .limit(50)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    publicKey: row.public_key,
    mayWrite: row.may_write,
    mayRead: row.may_read,
    expiresAt: row.expires_at?.getTime() ?? null,
    use: row.expires_at === null ? null : { calls: Number(row.calls ?? 0), lastAt: row.last_at?.getTime() ?? null },
  }));
}

/** One of the pairs the Tracker page lists; null: none of this shop's. */
export async function findOwnKey(
  db: Kysely<Database>,
  shop: ShopId,
  id: number,
): Promise<TrackerPage['keys'][number] | null> {
  return (await listKeys(db, shop)).find((key) => key.id === id) ?? null;
}

/** Arrival of the newest journal row that a shop sent (primary key, newest partition first); the back office's own do not count. */
async function findNewest(db: Kysely<Database>, shop: ShopId): Promise<number | null> {
  const row = await db
    .selectFrom('journal')
    .select('received_at')
    .where('shop_id', '=', shop)
    .where('format', '!=', 'own')
    .where('test', '=', false)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at.getTime() ?? null;
}

/** Of the hosts of items put aside, in the order of their names, so many: whoever sends nonsense may invent them. */
const mostHeldHosts = 500;

/** Walks from host to host, and counts each one's items up to a bound: a flood of items is not read (primary key of held_origin). */
async function listHosts(db: Kysely<Database>, shop: ShopId): Promise<TrackerPage['hosts']> {
  const { rows } = await sql<{ host: string; first_seen: Date | null; held: number }>`
    with recursive step(host) as (
      (select host from held_origin where shop_id = ${shop} order by host limit 1)
      union all
      select (select h.host from held_origin h where h.shop_id = ${shop} and h.host > step.host order by h.host limit 1)
      from step where step.host is not null
    )
    select host, min(first_seen) as first_seen, sum(held)::int8 as held from (
      select host, first_seen, 0 as held from page_host where shop_id = ${shop}
      union all
      select k.host, h.first_seen, h.held from (select host from step where host is not null limit ${mostHeldHosts}) k
      cross join lateral (select min(few.received_at) as first_seen, count(*) as held from (
        select received_at from held_origin where shop_id = ${shop} and host = k.host order by seq limit ${heldCountedUpTo}) few) h
    ) seen
    group by host order by sum(held) desc, min(first_seen), host limit 100`.execute(db);
  return rows.map((row) => ({ host: row.host, firstSeen: row.first_seen?.getTime() ?? null, held: Number(row.held) }));
}
