/** Files made from code are current: `npm run generate` writes them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConsentRecord } from '#contract/consent-record.ts';
import { openApi } from '#contract/openapi.ts';
import { orderTexts } from '#domain/order-text.ts';
import { migrate } from '#store/migrate.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import { dumpSchema } from '#store/schema-dump.ts';
import { emptyDatabase } from '#store/test-database.ts';
import { renderEnvExample } from '../src/config.ts';
import { renderMantineStyles } from './mantine-styles.ts';
import { renderPermissions } from './permissions-page.ts';
import { renderPrivacy } from './privacy-page.ts';
import { renderSdkTypes } from './sdk-types.ts';

const root = join(import.meta.dirname, '..');
let base: Awaited<ReturnType<typeof emptyDatabase>>;

beforeAll(async () => {
  base = await emptyDatabase();
});
afterAll(() => base.drop());

test('.env.example', async () => {
  await expect(renderEnvExample()).toMatchFileSnapshot(join(root, '.env.example'));
});

test('docs/consent-record.schema.json', async () => {
  const text = `${JSON.stringify(ConsentRecord, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(root, 'docs/consent-record.schema.json'));
});

test('docs/openapi.json', async () => {
  await expect(`${JSON.stringify(openApi(), null, 2)}\n`).toMatchFileSnapshot(join(root, 'docs/openapi.json'));
});

test('sdk/types.ts', async () => {
  await expect(renderSdkTypes()).toMatchFileSnapshot(join(root, 'sdk/types.ts'));
});

test('docs/permissions.md', async () => {
  await expect(renderPermissions()).toMatchFileSnapshot(join(root, 'docs/permissions.md'));
});

test('docs/privacy.md', async () => {
  await expect(renderPrivacy()).toMatchFileSnapshot(join(root, 'docs/privacy.md'));
});

test('src/ui/mantine.css', async () => {
  await expect(renderMantineStyles()).toMatchFileSnapshot(join(root, 'src/ui/mantine.css'));
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

test('src/store/tables.ts names the columns the database has', async () => {
  const schema = await readFile(join(root, 'src/store/schema.sql'), 'utf8');
  const files = ['tables.ts', 'ledger-tables.ts'].map((name) => readFile(join(root, 'src/store', name), 'utf8'));
  const tables = (await Promise.all(files)).join('\n');
  const interfaces = new Map(
    [...tables.matchAll(/export interface (\w+)( extends OrderTextColumns)? \{\n([\s\S]*?)\n\}/g)].map((match) => [
      match[1],
      [...columnNames(match[3]), ...(match[2] === undefined ? [] : orderTexts.map(orderTextColumn))].sort(),
    ]),
  );
  const known = [
    ...[...tables.matchAll(/interface (?:Database|LedgerTables)[^{]*\{\n([\s\S]*?)\n\}/g)]
      .map((match) => match[1] ?? '')
      .join('\n')
      .matchAll(/^ {2}(\w+): (\w+);/gm),
  ];
  const typed = Object.fromEntries(known.map((match) => [match[1], interfaces.get(match[2])]));
  const stored = [...schema.matchAll(/create table (\w+) \(\n([\s\S]*?)\n\)/g)];
  for (const [, table, body] of stored) {
    if (table !== undefined && table in typed) expect([table, typed[table]]).toEqual([table, columnNames(body)]);
  }
  expect(Object.keys(typed).filter((table) => !stored.some((match) => match[1] === table))).toEqual([]);
});

function columnNames(body = ''): string[] {
  return [...body.matchAll(/^ {2}([a-z_0-9]+):? /gm)].map((match) => match[1] ?? '').sort();
}
