/** What import files say of people, taken out again: by time, by hand, and when somebody is erased (rules §7). */
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { type ImportRow, listKeptImports, movingStates } from './import-file.ts';

type Db = Pool | ClientBase;

/** Answers whether a text, or bytes, name one of the people who go. */
export type Found = (bytes: Uint8Array) => boolean;

/** Forgets everything that an import's file said of people; its counts stay when it was run. */
export async function forgetImport(db: Db, shop: ShopId, id: string, now: Instant): Promise<void> {
  await db.query('delete from import_chunk where shop_id = $1 and import_id = $2::uuid', [shop, id]);
  await db.query('delete from import_applied where shop_id = $1 and import_id = $2::uuid', [shop, id]);
  await db.query('delete from import_line where shop_id = $1 and import_id = $2::uuid', [shop, id]);
  await db.query('delete from import where shop_id = $1 and id = $2::uuid and started_at is null', [shop, id]);
  await db.query(
    `update import set look = null, file_name = '', forgotten_at = to_timestamp($3::float8 / 1000),
        state = case state when 'stopped' then 'done' else state end
      where shop_id = $1 and id = $2::uuid`,
    [shop, id, now],
  );
}

/** Files and reports that nobody touched since `before`; answers how many. What is being worked on stays. */
export async function forgetOldImports(db: Db, before: Instant, now: Instant): Promise<number> {
  const { rows } = await db.query<{ shop_id: number; id: string }>(
    `select shop_id, id from import
      where shop_id in (select id from shop) and forgotten_at is null and not state = any ($1::text[])
        and greatest(created_at, started_at, finished_at) < to_timestamp($2::float8 / 1000) limit 10000`,
    [movingStates, before],
  );
  for (const { shop_id, id } of rows) await forgetImport(db, shopId(shop_id), id, now);
  return rows.length;
}

/** Imports of a shop whose bytes or first rows are still here. */
export async function blankImports(db: Db, shop: ShopId, found: Found): Promise<readonly ImportRow[]> {
  const kept = await listKeptImports(db, shop);
  for (const file of kept) {
    const name = found(Buffer.from(file.fileName)) ? '' : file.fileName;
    const before = JSON.stringify([file.fileName, file.look, file.setup, file.forecast]);
    const after = [name, ...[file.look, file.setup, file.forecast].map((part) => without(part, found))];
    if (JSON.stringify(after) !== before)
      await db.query(
        `update import set file_name = $3, look = $4::jsonb, setup = $5::jsonb, forecast = $6::jsonb
          where shop_id = $1 and id = $2::uuid`,
        [shop, file.id, name, ...after.slice(1).map((part) => (part === null ? null : JSON.stringify(part)))],
      );
    await blankReport(db, shop, file.id, found);
    if (file.kind === 'history') await blankSaid(db, shop, file.id, found);
  }
  return kept;
}

/** What was said of them in a store's history that has no report yet. */
async function blankSaid(db: Db, shop: ShopId, id: string, found: Found): Promise<void> {
  for (let after = '-1'; ; ) {
    const { rows } = await db.query<{ line: string; said: string }>(
      `select line::text as line, said from import_line
       where shop_id = $1 and import_id = $2::uuid and line > $3::int8 and said is not null order by import_line.line limit 500`,
      [shop, id, after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.line;
    const theirs = rows.filter(({ said }) => found(Buffer.from(said))).map(({ line }) => line);
    await db.query(
      'update import_line set said = null where shop_id = $1 and import_id = $2::uuid and line = any ($3::int8[])',
      [shop, id, theirs],
    );
  }
}

/** The lines of a report that name them lose their cells; every piece keeps its length, by which the next is found. */
async function blankReport(db: Db, shop: ShopId, id: string, found: Found): Promise<void> {
  for (let at = 0; ; ) {
    const { rows } = await db.query<{ bytes: Buffer }>(
      `select bytes from import_chunk where shop_id = $1 and import_id = $2::uuid and part = 'report' and at = $3`,
      [shop, id, at],
    );
    const bytes = rows[0]?.bytes;
    if (bytes === undefined) return;
    if (found(bytes))
      await db.query(
        `update import_chunk set bytes = $4 where shop_id = $1 and import_id = $2::uuid and part = 'report' and at = $3`,
        [shop, id, at, blanked(bytes, found)],
      );
    at += bytes.length;
  }
}

function blanked(bytes: Buffer, found: Found): Buffer {
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .map((line) => {
      if (line === '' || !found(Buffer.from(line))) return line;
      return JSON.stringify({ ...JSON.parse(line), cells: [] });
    });
  const text = Buffer.from(lines.join('\n'));
  return Buffer.concat([text, Buffer.alloc(bytes.length - text.length, '\n')]);
}

/** A JSON value less every row, text or name that names them. */
function without(value: unknown, found: Found): unknown {
  if (typeof value === 'string') return found(Buffer.from(value)) ? '' : value;
  if (Array.isArray(value))
    return value.map((part) =>
      // a row of the file goes whole: the cells beside an address are the person's, too
      Array.isArray(part) && part.every((cell) => typeof cell === 'string') && found(Buffer.from(part.join(' ')))
        ? part.map(() => '')
        : without(part, found),
    );
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !found(Buffer.from(name)))
      .map(([name, part]) => [name, without(part, found)]),
  );
}

/** The bytes of a file that names somebody who was erased go; a broken upload begins anew. */
export async function dropErasedFile(db: Db, { shopId: shop, id }: ImportRow, now: Instant): Promise<void> {
  const { rowCount } = await db.query(
    `update import set received = case state when 'uploading' then 0 else received end,
        state = case state when 'uploading' then state when 'stopped' then 'done' else 'failed' end,
        fault = case state when 'uploading' then fault else 'import.person_erased' end,
        finished_at = case state when 'uploading' then finished_at else to_timestamp($4::float8 / 1000) end
      where shop_id = $1 and id = $2::uuid and not state = any ($3::text[])`,
    [shop, id, movingStates, now],
  );
  if (rowCount === 1)
    await db.query(`delete from import_chunk where shop_id = $1 and import_id = $2::uuid and part = 'file'`, [
      shop,
      id,
    ]);
}
