import { type Kysely, sql } from 'kysely';
import type { ExportFilter } from '#contract/exports.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { dayRange } from '../day-range.ts';

const tables = {
  profiles: { table: 'profile', at: 'created_at' },
  orders: { table: 'orders', at: 'created_at' },
  consents: { table: 'profile_basis', at: 'since' },
  journal: { table: 'journal', at: 'received_at' },
} as const;

/**
 * Whether a file is made of so few rows that it can be made while it is downloaded. Rows of its days alone are counted, up to `few`; what
 * other filters leave out may have to be read all the same.
 */
export async function isSmall(
  db: Kysely<Database>,
  shop: ShopId,
  { kind, filter }: ExportFilter,
  zone: string,
  few: number,
): Promise<boolean> {
  if ('search' in filter && (filter.search?.trim() ?? '') !== '') return true;
  const { table, at } = tables[kind];
  const column = 'sort' in filter && filter.sort === 'placed' ? 'placed_at' : at;
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select from ${sql.table(table)} where shop_id = ${shop}
      and ${dayRange(sql.ref(column), filter, zone)} limit ${few + 1}) counted`.execute(db);
  return (rows[0]?.n ?? 0) <= few;
}
