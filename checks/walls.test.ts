import { execFile } from 'node:child_process';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { listFiles, readText, root, withoutComments } from './files.ts';
import { type Room, rooms } from './rooms.ts';

const run = promisify(execFile);

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Code of a room that runs in the program: not its tests, not what builds it. */
const programFiles = listFiles('src/*/*.ts', 'src/*/**/*.ts', 'src/**/*.tsx').filter(
  (path) => !/\.test\.tsx?$|\/(build|bundle)\.ts$|\/(fixtures|testing)\//.test(path),
);

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function importsOf(file: string): Import[] {
  const source = withoutComments(readText(file));
  const found: Import[] = [];
  for (const match of source.matchAll(/\b(import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?(['"])([^'"\n]+)\3/g)) {
    found.push({ file, target: match[4] ?? '', typeOnly: match[2] !== undefined });
  }
  for (const match of source.matchAll(/\bimport\(\s*(['"])([^'"\n]+)\1/g)) {
    found.push({ file, target: match[2] ?? '', typeOnly: false });
  }
  return found;
}

/** The room a specifier leads to, or null when it leads out of src. */
function targetRoom(item: Import): string | null {
  if (item.target.startsWith('#')) return item.target.slice(1).split('/')[0] ?? '';
  if (!item.target.startsWith('.')) return null;
  return roomOf(posix.normalize(posix.join(posix.dirname(item.file), item.target)));
}

function mayUsePackage(room: Room, target: string): boolean {
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? '');
  return room.packages.some(
    (allowed) => allowed === name || (allowed.endsWith('/*') && name.startsWith(allowed.slice(0, -1))),
  );
}

function breachesOf(item: Import): string[] {
  const name = roomOf(item.file);
  const room = rooms[name];
  if (room === undefined) return [`${item.file}: src/${name} is no room`];
  const breach = `${item.file} imports ${item.target}`;
  if (/\/testing\//.test(item.target)) return [`${breach}: tests only`];
  const target = targetRoom(item);
  if (target !== null) {
    if (target === name) return item.target.startsWith('#') ? [`${breach}: within a room, use ./`] : [];
    if (!item.target.startsWith('#')) return [`${breach}: across rooms, use #${target}/`];
    if (name === 'tracker' && !item.typeOnly) return [`${breach}: types only`];
    if (name === 'ui' && target === 'domain' && !item.file.endsWith('ui/simulator.ts') && !item.typeOnly)
      return [breach];
    return room.rooms.includes(target) ? [] : [breach];
  }
  if (item.target.startsWith('node:')) return room.node ? [] : [breach];
  return mayUsePackage(room, item.target) || /\.css$/.test(item.target) ? [] : [breach];
}

test('no file imports through a wall', () => {
  expect(programFiles.length).toBeGreaterThan(20);
  expect(programFiles.flatMap(importsOf).flatMap(breachesOf)).toEqual([]);
});

test('the check sees a breach', () => {
  const bad: Import[] = [
    { file: 'src/domain/order.ts', target: '#store/db.ts', typeOnly: false },
    { file: 'src/domain/order.ts', target: 'node:fs', typeOnly: false },
    { file: 'src/ui/page.tsx', target: '#store/db.ts', typeOnly: true },
    { file: 'src/ui/page.tsx', target: '../store/db.ts', typeOnly: true },
    { file: 'src/tracker/send.ts', target: '#contract/api.ts', typeOnly: false },
    { file: 'src/http/door.ts', target: 'graphile-worker', typeOnly: false },
    { file: 'src/domain/order.ts', target: './testing/world.ts', typeOnly: false },
  ];
  expect(bad.filter((item) => breachesOf(item).length === 0)).toEqual([]);
});

describe('each room', () => {
  test.each(Object.entries(rooms))('%s: the compiler knows the same walls', (name, room) => {
    const config: { references: { path: string }[] } = JSON.parse(readText(`src/${name}/tsconfig.json`));
    expect(config.references.map((reference) => reference.path.replace('../', '')).sort()).toEqual(
      [...room.rooms].sort(),
    );
  });
});

test('the compiler refuses a forbidden import', async () => {
  const failure = await run(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'checks/fixtures/bad-import'],
    {
      cwd: root,
    },
  ).catch((error) => error);
  expect(failure.stdout).toContain('TS6307');
});

test('screens take values of the contract from files without schemas: those bring TypeBox into the first load', () => {
  const taken = programFiles
    .filter((path) => roomOf(path) === 'ui')
    .flatMap(importsOf)
    .filter(({ target, typeOnly }) => target.startsWith('#contract/') && !typeOnly);
  const schemas = taken.filter(({ target }) =>
    importsOf(target.replace('#contract/', 'src/contract/')).some(
      (item) => item.target.startsWith('@sinclair/') && !item.typeOnly,
    ),
  );
  expect(
    schemas.map(({ file, target }) => `${file} imports a value of ${target}: put it in contract/lists.ts`),
  ).toEqual([]);
});

test('pure rooms have no clock, no chance and no world', () => {
  const worldly =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\.|\bprocess\.|\bfetch\(|\bset(Timeout|Interval)\(|\bperformance\./;
  const breaches = programFiles
    .filter((path) => rooms[roomOf(path)]?.pure)
    .filter((path) => worldly.test(withoutComments(readText(path))));
  expect(breaches).toEqual([]);
});

test('SQL stands in store, intake, apply and views only', () => {
  const sql = /[`'"]\s*(select\s[^`]*\sfrom|insert into|update\s+\w+\s+set|delete from|with\s+\w+\s+as\s*\()\s/i;
  const breaches = programFiles
    .filter((path) => rooms[roomOf(path)]?.sql === false)
    .filter((path) => sql.test(withoutComments(readText(path))));
  expect(breaches).toEqual([]);
});

test('config.ts alone reads the environment', () => {
  const readers = listFiles('src/**/*.ts', 'demo/**/*.ts').filter(
    (path) =>
      !/\.test\.ts$|\/test-|\/build\.ts$|^src\/main\.ts$/.test(path) &&
      /process\.env\b/.test(withoutComments(readText(path))),
  );
  expect(readers).toEqual([]);
});
