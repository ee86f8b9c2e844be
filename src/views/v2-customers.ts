import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { momentSql, type V2Moment, type V2Page, type V2TimeFilter } from './v2-filter.ts';
import { placesOf } from './v2-places.ts';

export interface V2Customer {
  readonly id: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly email: string | null;
  readonly name: string | null;
  readonly firstname: string | null;
  readonly birthday: string | null;
  readonly gender: string | null;
  readonly address: string | null;
  readonly address2: string | null;
  readonly address3: string | null;
  readonly zip: string | null;
  readonly city: string | null;
  readonly country: string | null;
  readonly phone: string | null;
  readonly mobile: string | null;
  readonly job: string | null;
  readonly company: string | null;
  readonly lang: string | null;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
  readonly externalId: string | null;
  readonly lastSeen: Date;
  /** Validated orders only (rules §3.4). */
  readonly orderCount: number;
  readonly lastOrderAt: Date | null;
}

export interface V2CustomerFilter extends V2TimeFilter {
  readonly email: string | null;
  readonly externalId: string | null;
  /** Where external ids may live: `default` and the shop's stores. */
  readonly namespaces: readonly string[];
}

/** Profiles by creation (indexes profile_created, profile_updated), merged ones left out. */
export async function listV2Customers(
  db: Kysely<Database>,
  shop: ShopId,
  zone: string,
  filter: V2CustomerFilter,
  page: V2Page,
): Promise<V2Customer[]> {
  const { createdAfter, createdBefore, modifiedAfter, modifiedBefore, email, externalId, namespaces } = filter;
  const at = (moment: V2Moment): RawBuilder<Date> => momentSql(moment, zone);
  const held = sql`select profile_id from profile_identifier where shop_id = ${shop} and kind = 'external'
    and namespace = any (${namespaces}::text[]) and value = ${externalId} and until is null`;
  const isNamed = email !== null || externalId !== null;
  const places = await placesOf(
    db,
    shop,
    {
      table: 'profile',
      where: [
        sql`merged_into is null`,
        ...(createdAfter ? [sql`created_at >= ${at(createdAfter)}`] : []),
        ...(createdBefore ? [sql`created_at < ${at(createdBefore)}`] : []),
        ...(modifiedAfter ? [sql`updated_at >= ${at(modifiedAfter)}`] : []),
        ...(modifiedBefore ? [sql`updated_at < ${at(modifiedBefore)}`] : []),
        ...(email === null ? [] : [sql`email_norm = ${email}`]),
        ...(externalId === null ? [] : [sql`id in (${held})`]),
      ],
      buckets:
        isNamed || (modifiedAfter === null && modifiedBefore === null)
          ? null
          : {
              column: 'updated_hour',
              from: modifiedAfter && at(modifiedAfter),
              to: modifiedBefore && at(modifiedBefore),
            },
    },
    page,
  );
  const rows = await customers(db, shop)
    .where('p.id', 'in', places)
    .orderBy('p.created_at')
    .orderBy('p.id')
    .limit(page.maxResults)
    .execute();
  return withBought(db, shop, rows);
}

/** A merged profile answers as the one it was merged into. */
export async function findV2Customer(db: Kysely<Database>, shop: ShopId, id: number): Promise<V2Customer | null> {
  const row = await customers(db, shop)
    .where('p.id', '=', (eb) =>
      eb
        .selectFrom('profile as named')
        .select((s) => s.fn.coalesce('named.merged_into', 'named.id').as('id'))
        .where('named.shop_id', '=', shop)
        .where('named.id', '=', id),
    )
    .executeTakeFirst();
  const [customer = null] = row === undefined ? [] : await withBought(db, shop, [row]);
  return customer;
}

function customers(db: Kysely<Database>, shop: ShopId) {
  return db
    .selectFrom('profile as p')
    .select([
      'p.id',
      'p.created_at as createdAt',
      'p.updated_at as updatedAt',
      'p.email',
      'p.name',
      'p.firstname',
      'p.birthday',
      'p.gender',
      'p.address',
      'p.address2',
      'p.address3',
      'p.zip',
      'p.city',
      'p.country',
      'p.phone',
      'p.mobile',
      'p.job',
      'p.company',
      'p.lang',
      'p.tags',
      'p.custom',
      'p.last_seen as lastSeen',
    ])
    .where('p.shop_id', '=', shop);
}

type ProfileRow = Omit<V2Customer, 'custom' | 'orderCount' | 'lastOrderAt' | 'externalId'> & {
  readonly custom: unknown;
};

/** What they bought and are known by, of all at once, from indexes that hold it (orders_profile, profile_identifier_profile). */
async function withBought(db: Kysely<Database>, shop: ShopId, rows: readonly ProfileRow[]): Promise<V2Customer[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [bought, known] = await Promise.all([
    sql<{ id: number; n: number; last: Date }>`
      select profile_id as id, count(*)::int as n, max(placed_at) as last from orders
      where shop_id = ${shop} and profile_id = any (${ids}::int8[]) and validated group by profile_id`.execute(db),
    sql<{ id: number; value: string }>`
      select distinct on (profile_id) profile_id as id, value from profile_identifier
      where shop_id = ${shop} and profile_id = any (${ids}::int8[]) and kind = 'external' and until is null
      order by profile_id, namespace = 'default' desc, since`.execute(db),
  ]);
  const orders = new Map(bought.rows.map((row) => [row.id, row]));
  const externalIds = new Map(known.rows.map(({ id, value }) => [id, value]));
  return rows.map((row) => ({
    ...row,
    custom: textsOf(row.custom),
    externalId: externalIds.get(row.id) ?? null,
    orderCount: orders.get(row.id)?.n ?? 0,
    lastOrderAt: orders.get(row.id)?.last ?? null,
  }));
}

function textsOf(custom: unknown): Record<string, string> {
  const entries = typeof custom === 'object' && custom !== null ? Object.entries(custom) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
