/** Files made from code are current: `npm run generate` writes them. */
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#store/migrate.ts';
import { dumpSchema } from '#store/schema-dump.ts';
import { emptyDatabase } from '#store/test-database.ts';
import { renderEnvExample } from '../src/config.ts';

const root = join(import.meta.dirname, '..');
let base: Awaited<ReturnType<typeof emptyDatabase>>;

beforeAll(async () => {
  base = await emptyDatabase();
});
afterAll(() => base.drop());

test('.env.example', async () => {
  await expect(renderEnvExample()).toMatchFileSnapshot(join(root, '.env.example'));
});

test('src/store/schema.sql', async () => {
  const { role } = await migrate(base.ownerUrl);
  const client = new pg.Client({ connectionString: base.ownerUrl });
  await client.connect();
  const dump = await dumpSchema(client, role);
  if (role !== null) {
    await client.query(`drop owned by "${role}"`);
    await client.query(`drop role "${role}"`);
  }
  await client.end();
  await expect(dump).toMatchFileSnapshot(join(root, 'src/store/schema.sql'));
});
