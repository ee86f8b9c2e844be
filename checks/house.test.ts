import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { orderTexts } from '#domain/order-text.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import { listFiles, readText, root, withoutComments } from './files.ts';

const code = listFiles('*.ts', '*.tsx', '**/*.ts', '**/*.tsx');

test('files are kebab-case nouns, without barrels', () => {
  const names = code.filter(
    (path) =>
      !/^(\$?[a-z0-9]+(-[a-z0-9]+)*)(\.properties)?(\.(test|long\.test|d|config|long\.config))?\.tsx?$/.test(
        path.split('/').at(-1) ?? '',
      ),
  );
  const barrels = code.filter((path) => /\/index\.tsx?$/.test(path));
  expect([...names, ...barrels]).toEqual([]);
});

test('no file of src is longer than 400 lines', () => {
  const long = code
    .filter((path) => path.startsWith('src/') && !/\.test\.|\/testing\//.test(path))
    .filter((path) => readText(path).split('\n').length > 400);
  expect(long).toEqual([]);
});

test('a text of an order is named in at most 7 files of src', () => {
  // catalogues of words do not count
  const words = /^src\/contract\/messages\/|^src\/wire\/import\/spellings\.ts$/;
  const files = listFiles('src/**')
    .filter((path) => !/\.test\.|\/(testing|fixtures)\/|schema\.sql$/.test(path))
    .filter((path) => !words.test(path));
  for (const name of orderTexts) {
    const named = files.filter((path) => [name, orderTextColumn(name)].some((word) => readText(path).includes(word)));
    expect(named.length, `${name}: ${named.join(', ')}`).toBeLessThanOrEqual(7);
  }
});

test('no test is skipped, singled out or left for later', () => {
  const marked = /\b(test|it|describe)\.(skip|only|todo|skipIf|runIf|fails)\b/;
  expect(code.filter((path) => path.includes('.test.') && marked.test(withoutComments(readText(path))))).toEqual([]);
});

test('nothing exports by default but what a tool demands', () => {
  const allowed = ['vitest.config.ts', 'vitest.long.config.ts', 'src/store/test-global-setup.ts'];
  const found = code.filter((path) => /^export default/m.test(withoutComments(readText(path))));
  expect(found.filter((path) => !allowed.includes(path) && !/vite\.config\.ts$/.test(path))).toEqual([]);
});

test('no file speaks of places outside the project', () => {
  const outside = [
    ['..', 'shared'],
    ['', 'work', 'shared'],
    ['', 'work', 'main'],
    ['', 'tmp', 'team'],
  ].map((parts) => parts.join('/'));
  const breaches = listFiles().filter((path) => {
    const text = readFileSync(join(root, path), 'latin1');
    return outside.some((words) => text.includes(words));
  });
  expect(breaches).toEqual([]);
});

test('migrations are numbered without a gap and say on line 1 what they do', () => {
  const names = listFiles('src/store/migrations/*.sql').map((path) => path.split('/').at(-1) ?? '');
  names.forEach((name, place) => {
    const number = String(place + 1).padStart(3, '0');
    expect(name).toMatch(new RegExp(`^${number}-[a-z0-9-]+\\.sql$`));
    expect(readText(`src/store/migrations/${name}`)).toMatch(new RegExp(`^-- ${number}: \\S`));
  });
});

test('decisions are numbered, each once', () => {
  const numbers = listFiles('docs/decisions/*.md').map((path) => /\/(\d{3})-[a-z0-9-]+\.md$/.exec(path)?.[1] ?? path);
  expect(numbers.filter((one, place) => !/^\d{3}$/.test(one) || numbers.indexOf(one) !== place)).toEqual([]);
});

test('statements name their columns', () => {
  const program = listFiles('src/**/*.ts').filter((path) => !path.includes('/testing/'));
  const breaches = program.filter((path) => /select\s+(\w+\.)?\*\s+from/i.test(withoutComments(readText(path))));
  expect(breaches).toEqual([]);
});

test('every table of a shop is keyed by the shop first', () => {
  const schema = readText('src/store/schema.sql');
  // Looked up by the public key, before the shop is known.
  const byKey = ['shop_key'];
  const tables = [...schema.matchAll(/create table (\w+) \(\n([\s\S]*?)\n\)/g)].map((match) => ({
    name: match[1] ?? '',
    body: match[2] ?? '',
  }));
  expect(tables.length).toBeGreaterThan(10);
  const shops = tables.filter((table) => /^ {2}shop_id /m.test(table.body) && !byKey.includes(table.name));
  expect(shops.filter((table) => !/PRIMARY KEY \(shop_id[,)]/.test(table.body)).map((table) => table.name)).toEqual([]);
  const names = new Set(shops.map((table) => table.name));
  const indexes = [...schema.matchAll(/create unique index \w+ on public\.(\w+) using btree \((\w+)/gi)];
  expect(
    indexes.filter((match) => names.has(match[1] ?? '') && match[2] !== 'shop_id').map((match) => match[0]),
  ).toEqual([]);
  expect(schema).not.toMatch(/create trigger/i);
});

test('every statement on a table of shops names the shop', () => {
  const schema = readText('src/store/schema.sql');
  const tables = [...schema.matchAll(/create table (\w+) \(\n([\s\S]*?)\n\)/g)]
    .filter((match) => /^ {2}shop_id /m.test(match[2] ?? ''))
    .map((match) => match[1] ?? '')
    // Retried shard by shard.
    .filter((table) => table !== 'parked');
  const used = new RegExp(`\\b(from|join|into|update)\\s+(${tables.join('|')})\\b`, 'i');
  const breaches = listFiles(
    'src/{store,intake,apply,views}/**/*.ts',
    'src/store/*.ts',
    'src/intake/*.ts',
    'src/apply/*.ts',
    'src/views/*.ts',
  )
    .filter((path) => !path.includes('.test.'))
    .flatMap((path) =>
      [...withoutComments(readText(path)).matchAll(/`([^`]*)`|'([^'\n]*)'/g)]
        .map((match) => match[1] ?? match[2] ?? '')
        .filter(
          (text) =>
            /^\s*(select|insert|update|delete|with)\b/i.test(text) &&
            used.test(text) &&
            !/\bshop_id\b|\.shop\b/.test(text),
        )
        .map((text) => `${path}: ${text.trim().slice(0, 80)}`),
    );
  expect(breaches).toEqual([]);
});
