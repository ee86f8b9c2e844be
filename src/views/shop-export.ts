/** Everything a shop holds, line by line, to be taken elsewhere or kept. */
import type { Pool, PoolClient } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';

const slice = 1_000;

/**
 * What is no datum of the shop, but opens something: left out wherever it stands. Keyed hashes of addresses stay: they are the objection list
 * and the stubs of erased people.
 */
export const leftOut: readonly string[] = [
  'private_hash',
  'private_sealed',
  'token_hash',
  'code_hash',
  'code_sealed',
  'session_hash',
  'secret',
  'credentials',
  'old_secret',
  'secret_sealed',
  'old_secret_sealed',
  'sealed',
  'link_hash',
  'address_sealed',
  'note_sealed',
  'token',
];

/**
 * One JSON value a line, of one moment (a snapshot): first what this is, then every row of every table as `{"table", "row"}`, last how many
 * rows each table had; without that line the file is not whole. Bytes as `\x…`. null: no such shop.
 */
export async function exportShop(pool: Pool, shop: ShopId, now: Instant): Promise<AsyncGenerator<string> | null> {
  const { rows } = await pool.query<{ name: string }>('select name from shop where id = $1 and deleting_at is null', [
    shop,
  ]);
  const [found] = rows;
  return found === undefined ? null : lines(pool, shop, found.name, now);
}

async function* lines(pool: Pool, shop: ShopId, name: string, now: Instant): AsyncGenerator<string> {
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    yield `${JSON.stringify({ format: 'spread-tracker shop 1', shop: { id: shop, name }, at: new Date(now).toISOString() })}\n`;
    const counts: Record<string, number> = {};
    for (const { table, column } of await listTables(client)) {
      counts[table] = 0;
      const columns = `to_jsonb(t) - $2::text[]`;
      await client.query(
        `declare export no scroll cursor for select json_build_object('table', $3::text, 'row', ${columns})::text as line
         from ${quoted(table)} t where t.${quoted(column)} = $1`,
        [shop, leftOut, table],
      );
      for (;;) {
        const { rows } = await client.query<{ line: string }>(`fetch ${slice} from export`);
        if (rows.length === 0) break;
        counts[table] += rows.length;
        yield `${rows.map(({ line }) => line).join('\n')}\n`;
      }
      await client.query('close export');
    }
    yield `${JSON.stringify({ end: true, rows: counts })}\n`;
  } catch (error) {
    failed = error instanceof Error ? error : new Error('the export failed');
    throw error;
  } finally {
    // A reader who left in the middle leaves a transaction open: the connection goes with it.
    await client.query('rollback').catch((lost: Error) => {
      failed = lost;
    });
    client.release(failed);
  }
}

/** Tables (not their partitions) with rows of shops, by name; mails are left out, their words are sealed, and so are files made of the other tables. */
async function listTables(client: PoolClient): Promise<{ table: string; column: string }[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column
     from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and (a.attname in ('shop_id', 'of_shop') or (c.relname = 'shop' and a.attname = 'id'))
       and c.relname not in ('outbox', 'export_file', 'export_chunk') and has_table_privilege(c.oid, 'select')
     order by c.relname <> 'shop', c.relname`,
  );
  return rows;
}

/** Names of the catalog, as the catalog has them. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
