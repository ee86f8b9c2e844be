/** What this installation remembers about itself: one value a key. */
import type { ClientBase, Pool } from 'pg';

/** How long the installation keeps raw bytes and what people did (`domain/retention.ts`). */
export const retentionKey = 'retention';

export async function findInstanceValue(db: Pool | ClientBase, key: string): Promise<unknown> {
  const { rows } = await db.query<{ value: unknown }>('select value from instance where key = $1', [key]);
  return rows[0]?.value;
}

/** Keeps the first value given and answers what stands, so that processes that start at once agree. */
export async function keepInstanceValue(db: Pool | ClientBase, key: string, value: unknown): Promise<unknown> {
  await db.query('insert into instance (key, value) values ($1, $2::jsonb) on conflict do nothing', [
    key,
    JSON.stringify(value),
  ]);
  return findInstanceValue(db, key);
}

/** Puts these entries into the object that is kept, in the place of those of the same name. */
export async function mergeInstanceValue(db: Pool | ClientBase, key: string, entries: object): Promise<void> {
  await db.query(
    'insert into instance (key, value) values ($1, $2::jsonb) on conflict (key) do update set value = instance.value || excluded.value',
    [key, JSON.stringify(entries)],
  );
}
