/** What the columns of a file mean, kept for the next one: table import_template. */
import type { ClientBase, Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';

type Db = Pool | ClientBase;

export interface Template {
  readonly kind: string;
  readonly name: string;
  readonly setup: unknown;
  /** The header it was made for; null: not known. */
  readonly headers: readonly string[] | null;
}

export async function listTemplates(db: Db, shop: ShopId): Promise<Template[]> {
  const { rows } = await db.query<Template>(
    'select kind, name, setup, headers from import_template where shop_id = $1 order by kind, name',
    [shop],
  );
  return rows;
}

/** Under its name; one of that name is replaced. */
export async function keepTemplate(db: Db, shop: ShopId, { kind, name, setup, headers }: Template): Promise<void> {
  await db.query(
    `insert into import_template (shop_id, kind, name, setup, headers) values ($1, $2, $3, $4, $5)
     on conflict (shop_id, kind, name) do update set setup = excluded.setup, headers = excluded.headers`,
    [shop, kind, name, JSON.stringify(setup), headers],
  );
}
