/** Every table of the database in one snapshot, and back into an empty one. COPY of our own: the embedded server brings no pg_dump. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { signAnchor } from './anchor.ts';
import type { BackupHead, BackupReader, BackupWriter } from './backup-file.ts';
import type { Keys } from './secret.ts';
import { StartFault } from './start-fault.ts';

/** Of the place and moment a database runs, not of what it holds. */
const leftOut = ['migration', 'web_instance'];

export interface Copied {
  readonly head: BackupHead;
  readonly rows: number;
}

/** As the owner. Intake goes on meanwhile: what commits after the first statement is in the next backup. */
export async function writeBackup(
  client: pg.Client,
  keys: Keys,
  secretKeyPrint: string,
  writer: BackupWriter,
  now: number,
): Promise<Copied> {
  await client.query('begin isolation level repeatable read, read only');
  await client.query(`set local timezone = 'UTC'`);
  const head = await readHead(client, keys, secretKeyPrint, now);
  await writer.head(head);
  const rows: number[] = [];
  for (const { name, columns } of head.tables) {
    const statement = copyTo(
      `copy (select ${quoted(client, columns)} from ${client.escapeIdentifier(name)}) to stdout`,
    );
    await pipeline(client.query(statement), writer.rows());
    rows.push(statement.rowCount);
  }
  await client.query('commit');
  await writer.end(rows);
  return { head, rows: rows.reduce((sum, n) => sum + n, 0) };
}

async function readHead(client: pg.Client, keys: Keys, secretKeyPrint: string, now: number): Promise<BackupHead> {
  const madeAt = new Date(now).toISOString();
  const { rows: newest } = await client.query<{ number: number }>('select max(number) as number from migration');
  const { rows: heads } = await client.query<{ shop: number; n: string; hash: Buffer }>(
    'select shop_id as shop, n::text as n, hash from ledger_head order by shop_id',
  );
  const { rows: parts } = await client.query<BackupHead['parts'][number]>(
    `select p.relname as parent, c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
     from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
     where c.relkind = 'r' and c.relispartition and c.relnamespace = 'public'::regnamespace order by 1, 2`,
  );
  const { rows: sequences } = await client.query<BackupHead['sequences'][number]>(
    `select sequencename as name, last_value::text as last from pg_sequences
     where schemaname = 'public' and last_value is not null order by 1`,
  );
  const { rows: tables } = await client.query<BackupHead['tables'][number]>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and not c.relname = any ($1) group by c.relname order by c.relname`,
    [leftOut],
  );
  const { rows: references } = await client.query<{ child: string; parent: string }>(
    `select distinct c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent from pg_constraint c
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conrelid <> c.confrelid`,
  );
  return {
    format: 1,
    madeAt,
    migration: newest[0]?.number ?? 0,
    secretKeyPrint,
    anchors: heads.map(({ shop, n, hash }) =>
      signAnchor(keys, { shop, n: Number(n), hash: hash.toString('hex'), at: madeAt }),
    ),
    parts,
    sequences,
    tables: inOrder(tables, references),
  };
}

/** Into a database that has the schema of the head's migration and not one row. In the caller's transaction. */
export async function readBackup(client: pg.Client, reader: BackupReader): Promise<number> {
  const { tables, parts, sequences, migration } = reader.head;
  const { rows: newest } = await client.query<{ number: number }>('select max(number) as number from migration');
  if (newest[0]?.number !== migration)
    throw new StartFault(`The database has another schema than the backup (${migration}): give one without a table.`);
  const known = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  const names = new Set(known.rows.map(({ name }) => name));
  const strange = tables.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  if (strange.length > 0)
    throw new StartFault(`The backup holds tables that are not known here: ${strange.join(', ')}.`);
  await client.query(
    `truncate ${quoted(
      client,
      tables.map(({ name }) => name),
    )}`,
  );
  for (const { parent, name, bound } of parts) {
    if (!/^FOR VALUES FROM \('[\d :+.-]+'\) TO \('[\d :+.-]+'\)$/.test(bound))
      throw new StartFault(`The backup names a part of ${parent} that is none.`);
    const part = client.escapeIdentifier(name);
    await client.query(`create table if not exists ${part} partition of ${client.escapeIdentifier(parent)} ${bound}`);
  }
  const copied: number[] = [];
  for (const { name, columns } of tables) {
    const statement = copyFrom(`copy ${client.escapeIdentifier(name)} (${quoted(client, columns)}) from stdin`);
    await pipeline(Readable.from(reader.rows()), client.query(statement));
    copied.push(statement.rowCount);
  }
  const rows = await reader.end();
  const short = tables.filter((_, place) => rows[place] !== copied[place]).map(({ name }) => name);
  if (short.length > 0) throw new StartFault(`Not every row came back: ${short.join(', ')}. Nothing was restored.`);
  for (const { name, last } of sequences)
    await client.query('select setval($1::regclass, $2::int8)', [client.escapeIdentifier(name), last]);
  await checkHeads(client, reader.head);
  return copied.reduce((sum, n) => sum + n, 0);
}

/** The chains end where the backup's anchors say. */
async function checkHeads(client: pg.Client, { anchors }: BackupHead): Promise<void> {
  const { rows } = await client.query<{ shop: number; n: string; hash: Buffer }>(
    'select shop_id as shop, n::text as n, hash from ledger_head order by shop_id',
  );
  const stand = rows.map(({ shop, n, hash }) => `${shop} ${n} ${hash.toString('hex')}`).join();
  if (stand !== anchors.map(({ shop, n, hash }) => `${shop} ${n} ${hash}`).join())
    throw new StartFault('The history in this backup does not end where its anchors say. Nothing was restored.');
}

/** Whether the database has never held anything: no table of ours, or none with a shop in it. */
export async function isEmptyDatabase(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ shop: string | null }>(`select to_regclass('public.shop')::text as shop`);
  if (rows[0]?.shop == null) return true;
  const { rowCount } = await client.query('select from shop limit 1');
  return rowCount === 0;
}

/** Whoever is referred to comes first. */
function inOrder(
  tables: BackupHead['tables'],
  references: readonly { readonly child: string; readonly parent: string }[],
): BackupHead['tables'] {
  const placed = new Set<string>();
  const order: BackupHead['tables'][number][] = [];
  const place = (name: string): void => {
    const table = tables.find((one) => one.name === name);
    if (table === undefined || placed.has(name)) return;
    placed.add(name);
    for (const { child, parent } of references) if (child === name) place(parent);
    order.push(table);
  };
  for (const { name } of tables) place(name);
  return order;
}

function quoted(client: pg.Client, names: readonly string[]): string {
  return names.map((name) => client.escapeIdentifier(name)).join(', ');
}
