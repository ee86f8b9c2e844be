/** Files of an import as they come in, in pieces, and what is known of them: tables import, import_chunk, import_template. */
import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';

/** Name of the job that reads, checks and runs imports. */
export const importJobName = 'import';

export const importStates = [
  'uploading',
  'reading',
  'ready',
  'checking',
  'running',
  'stopping',
  'stopped',
  'done',
  'failed',
  'undoing',
  'undone',
] as const;
export type ImportState = (typeof importStates)[number];

/** A job works on it, or will at once. */
export const movingStates: readonly ImportState[] = ['reading', 'checking', 'running', 'stopping', 'undoing'];

export interface NewImport {
  readonly shopId: ShopId;
  readonly kind: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  readonly createdBy: string;
  readonly setup: unknown;
  /** Of a pushed file: hash of the key it is sent again under. */
  readonly pushKey?: Buffer;
}

/** An undo: who asked, why, and what went and stayed so far. */
export interface Undone {
  readonly by: string;
  readonly reason: string;
  readonly profiles: number;
  readonly orders: number;
  readonly keptProfiles: number;
  readonly keptOrders: number;
  /** Bases that got a correcting row. */
  readonly bases: number;
}

export interface ImportRow {
  readonly shopId: ShopId;
  readonly id: string;
  readonly kind: string;
  readonly state: ImportState;
  readonly fileName: string;
  readonly size: number;
  readonly received: number;
  /** As written by whoever set it up; null: nobody looked yet. */
  readonly setup: unknown;
  readonly look: unknown;
  readonly forecast: unknown;
  /** The kept settings it is run with as soon as it was read (`jobs/import/auto.ts`); null: people say. */
  readonly auto: unknown;
  readonly lines: number;
  readonly readBytes: number;
  readonly fault: string | null;
  /** null: nobody asked for it to be undone. */
  readonly undone: Undone | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** When its file and its report went; null: they are here. */
  readonly forgottenAt: Instant | null;
}

type Db = Pool | ClientBase;

export async function createImport(db: Db, made: NewImport, now: Instant): Promise<string> {
  const id = randomUUID();
  await db.query(
    `insert into import (shop_id, id, kind, file_name, size, setup, created_by, created_at, push_key)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000), $9)`,
    [
      made.shopId,
      id,
      made.kind,
      made.fileName,
      made.size,
      jsonOrNull(made.setup),
      made.createdBy,
      now,
      made.pushKey ?? null,
    ],
  );
  return id;
}

const columns = `shop_id as "shopId", id, kind, state, file_name as "fileName", size, received, setup, look, forecast, auto, lines,
  read_bytes as "readBytes", fault, undone, created_by as "createdBy", created_at as "createdAt", started_at as "startedAt",
  finished_at as "finishedAt", forgotten_at as "forgottenAt"`;

export async function findImport(db: Db, shop: ShopId, id: string): Promise<ImportRow | null> {
  const { rows } = await db.query(`select ${columns} from import where shop_id = $1 and id = $2::uuid`, [shop, id]);
  return rows[0] === undefined ? null : toRow(rows[0]);
}

/** Newest first (index import_since). */
export async function listImports(db: Db, shop: ShopId, most: number): Promise<ImportRow[]> {
  const { rows } = await db.query(
    `select ${columns} from import where shop_id = $1 order by created_at desc limit $2`,
    [shop, most],
  );
  return rows.map(toRow);
}

/** Those whose file, report or first rows are still here. */
export async function listKeptImports(db: Db, shop: ShopId): Promise<ImportRow[]> {
  const { rows } = await db.query(`select ${columns} from import where shop_id = $1 and forgotten_at is null`, [shop]);
  return rows.map(toRow);
}

/** Imports something has to be done for, of any shop; a store's history is read by another job. */
export async function listDueImports(db: Db): Promise<ImportRow[]> {
  const { rows } = await db.query(
    `select ${columns} from import
     where shop_id in (select id from shop) and state = any ($1::text[]) and kind <> 'history' order by created_at`,
    [movingStates],
  );
  return rows.map(toRow);
}

/** Does `work` while no other process works on the import; at once nothing where one does. The lock of a killed process is free. */
export async function withImportLock(pool: Pool, id: string, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('import ' || $1, 0)) as mine`,
      [id],
    );
    if (rows[0]?.mine !== true) return;
    try {
      await work();
    } finally {
      await client.query(`select pg_advisory_unlock(hashtextextended('import ' || $1, 0))`, [id]);
    }
  } finally {
    client.release();
  }
}

export type Piece =
  | { readonly taken: true; readonly received: number }
  | { readonly taken: false; readonly received: number };

/** Keeps the bytes that begin at `at`; anything but the next ones is not taken, and the answer says which are next. null: no such upload. */
export async function addPiece(db: Pool, shop: ShopId, id: string, at: number, bytes: Buffer): Promise<Piece | null> {
  const client = await db.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ received: number; size: number }>(
      `select received, size from import where shop_id = $1 and id = $2::uuid and state = 'uploading' for update`,
      [shop, id],
    );
    const [file] = rows;
    const fits = file !== undefined && file.received === at && at + bytes.length <= file.size && bytes.length > 0;
    if (fits) {
      await client.query(
        `insert into import_chunk (shop_id, import_id, part, at, bytes) values ($1, $2, 'file', $3, $4)`,
        [shop, id, at, bytes],
      );
      await client.query(`update import set received = received + $3 where shop_id = $1 and id = $2::uuid`, [
        shop,
        id,
        bytes.length,
      ]);
    }
    await client.query('commit');
    if (file === undefined) return null;
    return fits ? { taken: true, received: at + bytes.length } : { taken: false, received: file.received };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

type FilePart = 'file' | 'report';

export interface ImportedRow {
  readonly receivedAt: Date;
  readonly seq: string;
  readonly effects: unknown;
}

/** Journal rows of an import that did something, in their order, after one of them (primary key of the journal). */
export async function listImported(
  db: Db,
  { shopId: shop, id, createdAt }: Pick<ImportRow, 'shopId' | 'id' | 'createdAt'>,
  after: Pick<ImportedRow, 'receivedAt' | 'seq'> | null,
  most: number,
): Promise<ImportedRow[]> {
  const { rows } = await db.query<ImportedRow>(
    `select received_at as "receivedAt", seq::text as seq, effects from journal
      where shop_id = $1 and (received_at, seq) > ($2, $3::int8) and source = $4 and effects is not null
      order by received_at, seq limit $5`,
    [shop, after?.receivedAt ?? new Date(createdAt), after?.seq ?? '-1', `import:${id}`, most],
  );
  return rows;
}

/** How many of these are still there. */
export async function countLeft(
  db: Db,
  shop: ShopId,
  profiles: readonly number[],
  orders: readonly number[],
): Promise<{ readonly profiles: number; readonly orders: number }> {
  const { rows } = await db.query<{ profiles: number; orders: number }>(
    `select (select count(*)::int from profile where shop_id = $1 and id = any ($2::int8[])) as profiles,
        (select count(*)::int from orders where shop_id = $1 and id = any ($3::int8[])) as orders`,
    [shop, profiles, orders],
  );
  return rows[0] ?? { profiles: 0, orders: 0 };
}

/** Bytes of the file, or of its report, piece by piece; one piece in memory at a time. */
export async function* readPieces(db: Db, shop: ShopId, id: string, part: FilePart = 'file'): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { rows } = await db.query<{ bytes: string }>({
      name: 'import piece',
      // the driver reads text: base64 is half as long as PostgreSQL's own hex
      text: `select encode(bytes, 'base64') as bytes from import_chunk
        where shop_id = $1 and import_id = $2::uuid and part = $3 and at = $4`,
      values: [shop, id, part, at],
    });
    const text = rows[0]?.bytes;
    if (text === undefined) return;
    const piece = Buffer.from(text, 'base64');
    at += piece.length;
    yield piece;
  }
}

/** The report's lines, many at a time. */
export async function* readReport(db: Db, shop: ShopId, id: string): AsyncGenerator<string> {
  for await (const piece of readPieces(db, shop, id, 'report')) yield piece.toString('utf8');
}

/** Replaces the report by these pieces. */
export async function writeReport(db: Db, shop: ShopId, id: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  await db.query(`delete from import_chunk where shop_id = $1 and import_id = $2::uuid and part = 'report'`, [
    shop,
    id,
  ]);
  let at = 0;
  for await (const piece of pieces) {
    await db.query(`insert into import_chunk (shop_id, import_id, part, at, bytes) values ($1, $2, 'report', $3, $4)`, [
      shop,
      id,
      at,
      piece,
    ]);
    at += piece.length;
  }
}

/** The file, and what was shown of it, once its report says what is left to say. */
export async function dropFile(db: Db, shop: ShopId, id: string): Promise<void> {
  await db.query(`delete from import_chunk where shop_id = $1 and import_id = $2::uuid and part = 'file'`, [shop, id]);
  await db.query('update import set look = null where shop_id = $1 and id = $2::uuid', [shop, id]);
}

export interface ImportChange {
  readonly state?: ImportState;
  readonly setup?: unknown;
  readonly look?: unknown;
  readonly forecast?: unknown;
  readonly auto?: unknown;
  readonly lines?: number;
  readonly readBytes?: number;
  readonly fault?: string | null;
  readonly undone?: Undone;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
}

const changeable: Readonly<Record<keyof ImportChange, string>> = {
  state: 'state = $',
  setup: 'setup = $::jsonb',
  look: 'look = $::jsonb',
  forecast: 'forecast = $::jsonb',
  auto: 'auto = $::jsonb',
  lines: 'lines = $',
  readBytes: 'read_bytes = $',
  fault: 'fault = $',
  undone: 'undone = $::jsonb',
  startedAt: 'started_at = to_timestamp($::float8 / 1000)',
  finishedAt: 'finished_at = to_timestamp($::float8 / 1000)',
};

/** Changes an import that is in one of `from`; answers the state it is in now, null when there is none. Only one of two changers wins. */
export async function changeImport(
  db: Db,
  shop: ShopId,
  id: string,
  from: readonly ImportState[],
  change: ImportChange,
): Promise<{ readonly changed: boolean; readonly state: ImportState } | null> {
  const values: unknown[] = [shop, id, from];
  const sets: string[] = [];
  for (const [name, set] of Object.entries(changeable)) {
    const value = change[name as keyof ImportChange];
    if (value === undefined) continue;
    values.push(set.includes('jsonb') ? jsonOrNull(value) : value);
    sets.push(set.replace('$', `$${values.length}`));
  }
  const { rowCount } = await db.query(
    `update import set ${sets.join(', ')} where shop_id = $1 and id = $2::uuid and state = any ($3::text[])`,
    values,
  );
  if (rowCount === 1 && change.state !== undefined) return { changed: true, state: change.state };
  const row = await findImport(db, shop, id);
  return row === null ? null : { changed: rowCount === 1, state: row.state };
}

/** Wakes the job that does what is due. */
export async function wakeImports(db: Db): Promise<void> {
  await db.query('select wake_job($1)', [importJobName]);
}

export interface ImportCount {
  readonly result: string;
  /** Empty: all lines that ended so; else those of them with this reason. */
  readonly reason: string;
  readonly n: number;
}

export async function countImport(db: Db, shop: ShopId, id: string): Promise<ImportCount[]> {
  const { rows } = await db.query<ImportCount>(
    `select result, reason, n from import_count where shop_id = $1 and import_id = $2::uuid order by result, n desc`,
    [shop, id],
  );
  return rows;
}

export interface ListedLine {
  readonly line: number;
  readonly result: string;
  readonly reasons: readonly string[];
}

/** Lines that were refused or did less than they said, after `line`, in the file's order. */
export async function listLines(db: Db, shop: ShopId, id: string, after: number, most: number): Promise<ListedLine[]> {
  const { rows } = await db.query<ListedLine>(
    `select line, result, reasons from import_line where shop_id = $1 and import_id = $2::uuid and line > $3 order by line limit $4`,
    [shop, id, after, most],
  );
  return rows;
}

function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

type Raw = Omit<ImportRow, 'createdAt' | 'startedAt' | 'finishedAt' | 'forgottenAt'> & {
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly forgottenAt: Date | null;
};

function toRow(row: Raw): ImportRow {
  return {
    ...row,
    createdAt: row.createdAt.getTime(),
    startedAt: row.startedAt?.getTime() ?? null,
    finishedAt: row.finishedAt?.getTime() ?? null,
    forgottenAt: row.forgottenAt?.getTime() ?? null,
  };
}
