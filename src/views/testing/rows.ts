/** Two shops, somebody of the first, and rows written by hand: what the screens' tests look at. */
import type { ShopId } from '#domain/ids.ts';
import { createAdmin } from '#store/auth-user.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';

export const testKeys = deriveKeys('a secret key for the tests of views');
export const noon = Date.parse('2026-03-10T12:00:00Z');
export const hour = 3_600_000;

type Row = Readonly<Record<string, unknown>>;

export interface TestRows {
  readonly database: TestDatabase;
  readonly shop: ShopId;
  /** A shop the person is no member of. */
  readonly other: ShopId;
  readonly userId: string;
  insert(table: string, row: Row): Promise<void>;
  insertProfile(id: number, of: ShopId, row?: Row): Promise<void>;
  insertOrder(id: number, of: ShopId, row?: Row): Promise<void>;
  close(): Promise<void>;
}

export function at(ms: number): Date {
  return new Date(ms);
}

export async function openTestRows(): Promise<TestRows> {
  const database = await testDatabase();
  const { pool } = database;
  const { shopId: shop } = await createShop(pool, testKeys, { name: 'Une', domains: ['shop.example'] });
  const userId = await createAdmin(pool, { email: 'camille@localhost', name: 'Camille' });
  const { shopId: other } = await createShop(pool, testKeys, { name: 'Autre' });
  await pool.query(`select ensure_journal_day('2026-03-10')`);

  async function insert(table: string, row: Row): Promise<void> {
    const names = Object.keys(row);
    await pool.query(
      `insert into ${table} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(row),
    );
  }

  return {
    database,
    shop,
    other,
    userId,
    insert,
    insertProfile(id, of, row = {}) {
      const times = { created_at: at(noon + id), updated_at: at(noon), last_seen: at(noon) };
      return insert('profile', { shop_id: of, id, subject_key: crypto.randomUUID(), ...times, ...row });
    },
    insertOrder: (id, of, row = {}) =>
      insert('orders', {
        shop_id: of,
        id,
        namespace: 'default',
        key: `K${id}`,
        created_at: at(noon + id),
        updated_at: at(noon),
        placed_at: at(noon - hour),
        day: '2026-03-10',
        currency: 'EUR',
        total_minor: 1000,
        legacy_state: 10,
        validated: false,
        stated: '{}',
        ...row,
      }),
    close: () => database.close(),
  };
}
