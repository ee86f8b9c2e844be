/** `tracker.d.ts`, as pages get it: each option says what it is and shows a value, the values compile, and what is wrong does not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CartData, OrderData, PersonData } from '#contract/ingest.ts';
import type { SpreadCart, SpreadOrder, SpreadPerson } from '../src/tracker/api.ts';
import { readText, root } from './files.ts';

const declarations = readText('src/tracker/api.ts');
const folder = mkdtempSync(join(tmpdir(), 'tracker-types-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Member {
  readonly of: string;
  /** A property, or null for a command. */
  readonly name: string | null;
  readonly doc: string;
}

function members(): Member[] {
  return [...declarations.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, of = '', body = '']) => {
      const one = /^ {2}(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2})?(?:'?([\w-]+)'?\??:|\()/gm;
      return [...body.matchAll(one)].map(([, doc = '', name = null]) => ({
        of,
        name,
        doc: doc.replace(/\s+\* /g, ' '),
      }));
    },
  );
}

function examplesOf({ doc }: Member): string[] {
  const from = doc.search(/Example(, [^:`]+)?: `/);
  return from < 0 ? [] : [...doc.slice(from).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** A page's own script beside the declarations; what the compiler says of it, its status first. */
function compile(code: string): string {
  writeFileSync(join(folder, 'tracker.d.ts'), declarations);
  writeFileSync(join(folder, 'page.ts'), code);
  const words = [
    '--noEmit',
    '--strict',
    '--target',
    'es2018',
    '--lib',
    'es2018,dom',
    '--module',
    'esnext',
    '--types',
    '',
  ];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), ...words, 'page.ts'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  return `${status} ${stdout}${stderr}`.trim();
}

test('each option and each command says what it is, with an example', () => {
  expect(members().length).toBeGreaterThan(70);
  expect(members().filter((member) => examplesOf(member).length === 0)).toEqual([]);
});

test('the examples compile', () => {
  const lines = members().flatMap((member, place) =>
    examplesOf(member).map((code, n) => {
      if (member.name === null) return `${code};`;
      const value = member.of === 'SpreadTag' ? code.replace(/^[\w-]+=/, '') : code;
      return `export const e${place}x${n}: NonNullable<T.${member.of}['${member.name}']> = ${value};`;
    }),
  );
  expect(compile(`import type * as T from './tracker.d.ts';\n${lines.join('\n')}\n`)).toBe('0');
});

test('a page that is right compiles, and the compiler finds what is wrong', () => {
  const page = `import type { SpreadOrder } from './tracker.d.ts';
const order: SpreadOrder = {
  key: 1042,
  total: '89.90',
  currency: 'EUR',
  state: 'paid',
  items: [{ sku: 'miel', quantity: 2, price: 12.5 }],
  customer: { email: 'camille@client.example', custom: { 327: 'bleu' } },
  optin: true,
};
spread('order', order);
window.spread('cart', { items: [] });
spread('on', 'waiting', (events, status, seconds) => console.log(events.map(({ type }) => type), status, seconds));
spread('on', 'consent', (state) => console.log(state === 'granted'));
// @ts-expect-error an order has a key
spread('order', { total: 89.9 });
// @ts-expect-error a word that does not exist
spread('ordre', order);
// @ts-expect-error a field that does not exist
spread('signup', { customer: { mail: 'camille@client.example' } });
// @ts-expect-error neither yes nor no
spread('consent', 'perhaps');
// @ts-expect-error an amount is no list
spread('cart', { total: [25] });
`;
  expect(compile(page)).toBe('0');
});

test('what a page may say is what the server promises to read', () => {
  // The compiler of the checks holds it.
  const order = (said: SpreadOrder): OrderData => said;
  const cart = (said: SpreadCart): CartData => said;
  const person = (said: SpreadPerson): PersonData => said;
  expect([order, cart, person]).toHaveLength(3);
});
