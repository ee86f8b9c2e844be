/** A file larger than the memory there is: prepared by the worker under a heap that could not hold its rows, and taken whole. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExport, readExport } from '#store/export-file.ts';
import { shopId } from '../src/domain/ids.ts';
import { createUser } from '../src/store/auth-user.ts';
import { deriveKeys } from '../src/store/secret.ts';
import { createShop } from '../src/store/shop.ts';
import { type TestDatabase, testDatabase } from '../src/store/test-database.ts';
import { endProcesses, startProcess, testSecretKey } from './harness.ts';

const people = 150_000;
/** Megabytes. The program alone needs over half of them; the rows as objects would need several times as many. */
const heap = 120;
let base: TestDatabase;

beforeAll(async () => {
  base = await testDatabase();
});
afterAll(async () => {
  await endProcesses();
  await base?.close();
});

test('150,000 profiles as a workbook and as CSV', { timeout: 240_000 }, async () => {
  const shop = shopId((await createShop(base.pool, deriveKeys(testSecretKey), { name: 'Maison' })).shopId);
  await base.pool.query(
    `insert into profile (shop_id, id, email, email_norm, name, firstname, address, city, created_at, updated_at, last_seen, subject_key, stated)
     select $1, n, 'p' || n || '@example.test', 'p' || n || '@example.test', repeat('Nom ', 20) || n, repeat('P', 60), repeat('rue ', 30), 'Lyon',
       now(), now(), now(), gen_random_uuid(), '{}' from generate_series(1, $2::int) n`,
    [shop, people],
  );
  await base.pool.query('analyze profile');
  const account = { email: 'anna@example.test', name: 'Anna', lang: 'fr', password: 'azerty-azerty' };
  const askedBy = await createUser(base.pool, account);
  if (askedBy === null) throw new Error('no user');
  const ask = async (format: string) => {
    const made = {
      shopId: shop,
      kind: 'profiles',
      format,
      lang: 'fr',
      scope: 'full',
      filter: {},
      fileName: `profiles.${format}`,
    };
    const file = await createExport(base.pool, { ...made, askedBy, expiresAt: null }, 20, Date.now());
    if (file === null) throw new Error('no export');
    return file;
  };
  const worker = await startProcess(
    {
      DATABASE_URL: base.ownerUrl,
      SECRET_KEY: testSecretKey,
      LOG_LEVEL: 'error',
      NODE_OPTIONS: `--max-old-space-size=${heap}`,
    },
    'worker',
  );
  const files = [await ask('xlsx'), await ask('csv')];
  const states = async () => {
    const { rows } = await base.pool.query<{ state: string; rows: number }>(
      'select state, rows from export_file where shop_id = $1 order by created_at, format desc',
      [shop],
    );
    return rows.map((row) => `${row.state} ${row.rows}`);
  };
  await expect.poll(states, { timeout: 200_000, interval: 500 }).toEqual([`ready ${people}`, `ready ${people}`]);
  let lines = 0;
  let bytes = 0;
  for await (const piece of readExport(base.pool, files[1] as (typeof files)[number])) {
    bytes += piece.length;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines += 1;
  }
  expect(lines).toBe(people + 1);
  // as much as the heap at least: it cannot have been held
  expect(bytes).toBeGreaterThan((heap / 3) * 1024 * 1024);
  expect((await worker.end('SIGTERM')).code).toBe(0);
});
