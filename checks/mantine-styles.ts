/**
 * The parts of Mantine's sheet that the interface's components need, each once and in the order of the whole sheet: it holds twice what a
 * first load needs.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { listFiles, readText, root } from './files.ts';

const packages = join(root, 'node_modules/@mantine');
const core = join(packages, 'core');
const always = ['baseline', 'default-css-variables', 'global'];
const named = /import \{([^}]*)\} from ["']@mantine\/core["']/g;

/** `src/ui/mantine.css`. */
export function renderMantineStyles(): string {
  const sheet = readFileSync(join(core, 'styles.css'), 'utf8');
  const parts = [...always, ...neededParts()].map((name) => {
    const place = sheet.indexOf(readFileSync(partPath(name), 'utf8').trim());
    if (place < 0) throw new Error(`${name}.css is no part of Mantine's styles.css`);
    return { name, place };
  });
  const lines = parts
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => `@import "@mantine/core/styles/${name}.css";\n`);
  return `/* Made by \`npm run generate\` from the components that are used. */\n${lines.join('')}`;
}

function partPath(name: string): string {
  return join(core, `styles/${name}.css`);
}

/** Parts with styles of their own among the components used and those these are made of. */
function neededParts(): string[] {
  const modules = new Map(
    [...readFileSync(join(core, 'esm/index.mjs'), 'utf8').matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)].flatMap(
      (match) => namesIn(match[1]).map((name) => [name, join(core, 'esm', match[2] ?? '')] as const),
    ),
  );
  const waiting = usedNames().flatMap((name) => modules.get(name) ?? []);
  const seen = new Set<string>();
  const parts = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const part = /^(\w+)\.module\.mjs$/.exec(basename(path))?.[1];
    if (part !== undefined && existsSync(partPath(part))) parts.add(part);
    for (const match of readFileSync(path, 'utf8').matchAll(/^import .*from "(\.[^"]+)";$/gm))
      waiting.push(join(dirname(path), match[1] ?? ''));
  }
  return [...parts];
}

/** What our screens import from Mantine, and what its notifications do. */
function usedNames(): string[] {
  const ours = listFiles('src/ui/*.tsx', 'src/ui/*.ts').map(readText);
  const esm = join(packages, 'notifications/esm');
  const theirs = readdirSync(esm)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => readFileSync(join(esm, name), 'utf8'));
  return [...ours, ...theirs].flatMap((text) => [...text.matchAll(named)].flatMap((match) => namesIn(match[1])));
}

function namesIn(list = ''): string[] {
  return list
    .split(',')
    .map((name) => name.trim().split(' as ')[0] ?? '')
    .filter((name) => name !== '' && !name.startsWith('type '));
}
