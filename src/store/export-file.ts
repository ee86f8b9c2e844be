/** Files with data of many people: what was asked for, and the pieces of those a job prepared. */
import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';

/** Name of the job that prepares them. */
export const exportJobName = 'export';

type ExportFileState = 'direct' | 'waiting' | 'running' | 'ready' | 'expired' | 'withdrawn' | 'failed';

export interface NewExportFile {
  readonly shopId: ShopId;
  readonly kind: string;
  readonly format: string;
  readonly lang: string;
  readonly scope: string;
  readonly filter: object;
  readonly fileName: string;
  /** A user's id. */
  readonly askedBy: string;
  /** null: a job prepares it, and says how long it lies ready. */
  readonly expiresAt: Instant | null;
}

export interface ExportFile {
  readonly shopId: ShopId;
  readonly id: string;
  readonly kind: string;
  readonly format: string;
  readonly lang: string;
  readonly scope: string;
  /** null: over, and forgotten. */
  readonly filter: unknown;
  readonly fileName: string;
  readonly state: ExportFileState;
  readonly rows: number;
  readonly bytes: number;
  readonly askedBy: string;
  readonly createdAt: Instant;
  readonly readyAt: Instant | null;
  readonly expiresAt: Instant | null;
}

type Db = Pool | ClientBase;

const columns = `shop_id as "shopId", id, kind, format, lang, scope, filter, file_name as "fileName", state, rows, bytes,
  asked_by as "askedBy", created_at as "createdAt", ready_at as "readyAt", expires_at as "expiresAt"`;

/** null: as many as `most` of the shop wait or lie ready already. Wakes the job where one has to prepare it. */
export async function createExport(
  db: Db,
  made: NewExportFile,
  most: number,
  now: Instant,
): Promise<ExportFile | null> {
  const state = made.expiresAt === null ? 'waiting' : 'direct';
  const { rows } = await db.query(
    `insert into export_file (shop_id, id, kind, format, lang, scope, filter, file_name, state, asked_by, created_at, expires_at)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11::float8 / 1000), to_timestamp($12::float8 / 1000)
     where $9 = 'direct' or (select count(*) from export_file where shop_id = $1 and state in ('waiting', 'running', 'ready')) < $13
     returning ${columns}`,
    [
      made.shopId,
      randomUUID(),
      made.kind,
      made.format,
      made.lang,
      made.scope,
      JSON.stringify(made.filter),
      made.fileName,
      state,
      made.askedBy,
      now,
      made.expiresAt,
      most,
    ],
  );
  if (state === 'waiting') await db.query('select wake_job($1)', [exportJobName]);
  return rows[0] === undefined ? null : toFile(rows[0]);
}

export async function findExport(db: Db, shop: ShopId, id: string): Promise<ExportFile | null> {
  const { rows } = await db.query(`select ${columns} from export_file where shop_id = $1 and id = $2::uuid`, [
    shop,
    id,
  ]);
  return rows[0] === undefined ? null : toFile(rows[0]);
}

/** What somebody asked for, the newest first (index export_file_since). */
export async function listExports(db: Db, shop: ShopId, askedBy: string, most: number): Promise<ExportFile[]> {
  const { rows } = await db.query(
    `select ${columns} from export_file where shop_id = $1 and asked_by = $2 order by created_at desc limit $3`,
    [shop, askedBy, most],
  );
  return rows.map(toFile);
}

/** Of any shop, the oldest first (index export_file_due); null: nothing waits. */
export async function findDueExport(db: Db): Promise<ExportFile | null> {
  const { rows } = await db.query(
    `select ${columns} from export_file
     where shop_id in (select id from shop) and state in ('waiting', 'running') order by created_at limit 1`,
  );
  return rows[0] === undefined ? null : toFile(rows[0]);
}

/** Begins it, or begins it again from nothing. False: it was withdrawn or taken back meanwhile. */
export async function beginExport(db: Db, { shopId, id }: ExportFile): Promise<boolean> {
  const { rowCount } = await db.query(
    `update export_file set state = 'running', rows = 0, bytes = 0 where shop_id = $1 and id = $2 and state in ('waiting', 'running')`,
    [shopId, id],
  );
  await db.query('delete from export_chunk where shop_id = $1 and export_id = $2', [shopId, id]);
  return rowCount === 1;
}

/** Adds a piece. False: it runs no more; who erases somebody meanwhile is waited for. */
export async function addExportPiece(
  db: Db,
  { shopId, id }: ExportFile,
  piece: { readonly n: number; readonly bytes: Buffer; readonly rows: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with running as (
       update export_file set rows = $4, bytes = bytes + $5 where shop_id = $1 and id = $2 and state = 'running' returning id
     ) insert into export_chunk (shop_id, export_id, n, bytes) select $1, id, $3, $6 from running`,
    [shopId, id, piece.n, piece.rows, piece.bytes.length, piece.bytes],
  );
  return rowCount === 1;
}

/** Ends one that runs. False: it runs no more. */
export async function endExport(
  db: Db,
  { shopId, id }: ExportFile,
  state: 'ready' | 'failed',
  at: { readonly now: Instant; readonly expiresAt: Instant },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update export_file set state = $3, ready_at = to_timestamp($4::float8 / 1000), expires_at = to_timestamp($5::float8 / 1000),
       filter = case when $3 = 'ready' then filter end
     where shop_id = $1 and id = $2 and state = 'running'`,
    [shopId, id, state, at.now, at.expiresAt],
  );
  return rowCount === 1;
}

/** The prepared bytes, one piece in memory at a time. */
export async function* readExport(db: Db, { shopId, id }: ExportFile): AsyncGenerator<Buffer> {
  for (let n = 0; ; n++) {
    const { rows } = await db.query<{ bytes: Buffer }>(
      'select bytes from export_chunk where shop_id = $1 and export_id = $2 and n = $3',
      [shopId, id, n],
    );
    const piece = rows[0]?.bytes;
    if (piece === undefined) return;
    yield piece;
  }
}

/** What was asked for, and its bytes, are no more. False: no such file of theirs. */
export async function dropExport(db: Db, shop: ShopId, id: string, askedBy: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'delete from export_file where shop_id = $1 and id = $2::uuid and asked_by = $3',
    [shop, id, askedBy],
  );
  return rowCount === 1;
}

/** Links that are over lead nowhere, and their bytes and filters go; what is older than `forget` is forgotten whole. */
export async function expireExports(db: Db, now: Instant, forget: Instant): Promise<void> {
  await db.query(
    `with over as (
       update export_file set state = 'expired', filter = null
       where state in ('direct', 'ready') and expires_at <= to_timestamp($1::float8 / 1000) returning shop_id, id
     ) delete from export_chunk c using over o where c.shop_id = o.shop_id and c.export_id = o.id`,
    [now],
  );
  await db.query(
    'delete from export_file where shop_id in (select id from shop) and created_at < to_timestamp($1::float8 / 1000)',
    [forget],
  );
}

type Raw = Omit<ExportFile, 'createdAt' | 'readyAt' | 'expiresAt'> & {
  readonly createdAt: Date;
  readonly readyAt: Date | null;
  readonly expiresAt: Date | null;
};

function toFile(row: Raw): ExportFile {
  return {
    ...row,
    createdAt: row.createdAt.getTime(),
    readyAt: row.readyAt?.getTime() ?? null,
    expiresAt: row.expiresAt?.getTime() ?? null,
  };
}
