/** Files that come whole from a program: one import for each key or content, however often they are sent. */
import type { ClientBase, Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';

type Db = Pool | ClientBase;

export interface Pushed {
  readonly id: string;
  readonly state: string;
  readonly size: number;
  readonly received: number;
  readonly contentHash: Buffer | null;
}

const columns = 'id, state, size, received, content_hash as "contentHash"';

/** What came under a key before. */
export async function findPush(db: Db, shop: ShopId, key: Buffer): Promise<Pushed | null> {
  const { rows } = await db.query<Pushed>(`select ${columns} from import where shop_id = $1 and push_key = $2`, [
    shop,
    key,
  ]);
  return rows[0] ?? null;
}

/** The import of the same bytes by the same settings that is under way or went well; its file or report may be gone. */
export async function findSameContent(
  db: Db,
  shop: ShopId,
  { hash, kind, auto }: { readonly hash: Buffer; readonly kind: string; readonly auto: unknown },
): Promise<Pushed | null> {
  const { rows } = await db.query<Pushed>(
    `select ${columns} from import where shop_id = $1 and content_hash = $2 and kind = $3 and auto = $4::jsonb
       and state not in ('failed', 'undoing', 'undone', 'uploading')
     order by created_at desc limit 1`,
    [shop, hash, kind, JSON.stringify(auto)],
  );
  return rows[0] ?? null;
}

/** The next piece is the first one again: what came of a call that broke off is not trusted. */
export async function restartUpload(db: Db, shop: ShopId, id: string, size: number): Promise<void> {
  await db.query(
    `with gone as (delete from import_chunk where shop_id = $1 and import_id = $2::uuid and part = 'file')
     update import set received = 0, size = $3 where shop_id = $1 and id = $2::uuid and state = 'uploading'`,
    [shop, id, size],
  );
}

/** All of it is here: its size is what came. False: it is not being uploaded, or has other bytes. */
export async function endUpload(
  db: Db,
  shop: ShopId,
  id: string,
  received: number,
  hash: Buffer | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update import set size = received, content_hash = $4
     where shop_id = $1 and id = $2::uuid and state = 'uploading' and received = $3`,
    [shop, id, received, hash],
  );
  return rowCount === 1;
}
