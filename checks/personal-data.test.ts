/** The list of personal data is the schema's: a column nobody spoke of fails here, and so does a table that erasure forgets. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { personTables } from '#apply/erasure-tables.ts';
import { columnsOf, personalData, type TableData } from '#store/personal-data.ts';
import { listFiles, readText } from './files.ts';

const schema = readText('src/store/schema.sql');
const stored = Object.fromEntries(
  [...schema.matchAll(/create table (\w+) \(\n([\s\S]*?)\n\)/g)].map(([, table = '', body = '']) => [
    table,
    [...body.matchAll(/^ {2}([a-z_0-9]+) /gm)].map((match) => match[1] ?? '').sort(),
  ]),
);

function declared({ personal, hashed, linked, plain }: TableData): string[] {
  return [personal, hashed, linked, plain].flatMap(columnsOf).sort();
}

test('every column of every table is said to hold personal data, or none: src/store/personal-data.ts', () => {
  const said = Object.fromEntries(Object.entries(personalData).map(([table, data]) => [table, declared(data)]));
  expect(said).toEqual(stored);
});

test('what holds personal data of the shop’s people is taken out, or says why not', () => {
  const careless = Object.entries(personalData).filter(
    ([, { kind, personal, erasure }]) =>
      kind !== 'team' && personal !== '' && !['row', 'blank', 'soon'].includes(erasure),
  );
  expect(careless.map(([table]) => table)).toEqual([]);
});

test('each table whose rows go has a statement that takes them', () => {
  const going = Object.entries(personalData)
    .filter(([, { erasure }]) => erasure === 'row' || erasure === 'blank')
    .map(([table]) => table);
  const listed = new Set(personTables.map(({ table }) => table));
  const text = listFiles('src/apply/erasure*.ts', 'src/store/person-access.ts', 'src/store/import-forget.ts').map(
    (path) => readText(join(path)),
  );
  const named = (table: string) =>
    listed.has(table) || text.some((code) => new RegExp(`(from|update|delete from) ${table}\\b|'${table}'`).test(code));
  // attempts go with their message, orders through their own row shape
  const otherwise = ['webhook_attempt', 'orders'];
  expect(going.filter((table) => !named(table) && !otherwise.includes(table))).toEqual([]);
});
