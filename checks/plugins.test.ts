/** What runs in other people's shops: PHP that 8.2 takes and 7.2 would, in PSR-12, with every word in both languages. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, readText, root } from './files.ts';
import { codeSnifferPath, phpPath } from './programs.ts';

const shipped = listFiles('plugins/**/*.php').filter((path) => !path.startsWith('plugins/testing/'));
const all = listFiles('plugins/**/*.php');

function newerThan72(files: readonly { readonly path: string; readonly text: string }[]): string[] {
  const input = JSON.stringify(files);
  return JSON.parse(
    execFileSync(phpPath(), [join(root, 'plugins/testing/newer-php.php')], { input, encoding: 'utf8' }),
  );
}

test('PHP takes every file', () => {
  const faults = all.flatMap((path) => {
    const { status, stdout } = spawnSync(phpPath(), ['-n', '-l', join(root, path)], { encoding: 'utf8' });
    return status === 0 ? [] : [stdout.trim()];
  });
  expect(faults).toEqual([]);
  expect(shipped.length).toBeGreaterThan(30);
  // a process a file, on a machine that may be busy
}, 240_000);

test('what is shipped is PSR-12', () => {
  const folders = ['woocommerce', 'prestashop', 'shared'];
  const found = spawnSync(codeSnifferPath(), ['--standard=phpcs.xml', '--report=emacs', ...folders], {
    cwd: join(root, 'plugins'),
    encoding: 'utf8',
  });
  expect(`${found.stdout}${found.stderr}`).toBe('');
  expect(found.status).toBe(0);
});

test('what is shipped holds nothing that came after PHP 7.2', () => {
  expect(newerThan72(shipped.map((path) => ({ path, text: readText(path) })))).toEqual([]);
});

test('the walk over PHP’s tokens finds what came after 7.2', () => {
  const newer = [
    '$f = fn($x) => $x;',
    '$a ??= 1;',
    'class A { public int $x = 1; }',
    'class A { private static ?string $x; }',
    'class A { public function __construct(private $x) {} }',
    'class A { const string X = "a"; }',
    'function f(int|string $x) {}',
    'function f(): static {}',
    'function f(mixed $x) {}',
    'function f($x = new A()) {}',
    'function f($x,) {}',
    'f($x,);',
    '$a = [...$b];',
    'f(name: 1);',
    '$f = strlen(...);',
    '$x = $y ?? throw new E();',
    'try {} catch (E) {}',
    '$x?->y();',
    'echo match(true) { default => 1 };',
    'enum A {}',
    '#[Deprecated] function f() {}',
    '$n = 1_000;',
    '$c = $o::class;',
    '$t = <<<A\n    x\n    A;',
    'array_key_first($a);',
    '\\str_contains($a, $b);',
    'json_encode(1, JSON_THROW_ON_ERROR);',
    'new WeakMap();',
  ];
  const told = newerThan72(newer.map((code, place) => ({ path: `${place}:`, text: `<?php ${code}\n` })));
  const found = newer.filter((_, place) => !told.some((line) => line.startsWith(`${place}: `)));
  expect(found).toEqual([]);
  const older = [
    'class A { const B = 1; public $x; private static $y = [1, 2,]; final public function f(?int $a, &...$b): ?array { throw new E(); } }',
    'f($x ? FOO : BAR, ...$y); switch ($x) { case FOO: break; } $a = array(1, 2,);',
    'try { f(); } catch (\\A | \\B $e) { $e->str_contains(); } if ($x) throw $e; $f = function () use (&$x): void {};',
  ];
  expect(newerThan72(older.map((code) => ({ path: 'x', text: `<?php ${code}\n` })))).toEqual([]);
});

test.each(['woocommerce', 'prestashop'])(
  '%s says everything in French and English, and nothing it does not say',
  (name) => {
    const keys = (language: string) =>
      [...readText(`plugins/${name}/texts/${language}.php`).matchAll(/^ {4}'([\w.]+)' => '/gm)].map(
        (match) => match[1] ?? '',
      );
    const [french, english] = [keys('fr'), keys('en')];
    expect(french).toEqual(english);
    const source = listFiles(`plugins/${name}/*.php`)
      .filter((path) => !path.includes('/texts/'))
      .map(readText)
      .join('\n');
    // said by their whole name, or put together from a beginning
    const beginnings = [...source.matchAll(/'([a-z_.]+\.)' \. \$/g)].map((match) => match[1] ?? '');
    const said = (key: string) =>
      source.includes(`'${key}'`) ||
      beginnings.some((start) => key.startsWith(start)) ||
      /^(consent|field)\./.test(key);
    expect(french.filter((key) => !said(key))).toEqual([]);
    const asked = [...source.matchAll(/->(?:say|text)\('([a-z_.]+)'/g)].map((match) => match[1] ?? '');
    expect(asked.filter((key) => !key.endsWith('.') && !french.includes(key))).toEqual([]);
  },
);
