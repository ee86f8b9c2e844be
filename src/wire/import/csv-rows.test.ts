import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRows } from './csv-rows.ts';

function read(text: string, separator = ';', piece = text.length || 1): string[][] {
  const rows = new CsvRows(separator);
  const found: string[][] = [];
  for (let at = 0; at < text.length; at += piece) found.push(...rows.push(text.slice(at, at + piece)));
  return [...found, ...rows.end()];
}

describe('rows of a CSV', () => {
  it.each<[string, string[][]]>([
    [
      'a;b\n1;2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a;b\r\n1;2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a;b\r1;2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['\ufeffa;b\n', [['a', 'b']]],
    ['a\n\nb\n', [['a'], [''], ['b']]],
    ['"a;b";"c\nd"\n', [['a;b', 'c\nd']]],
    ['"say ""hi""";x\n', [['say "hi"', 'x']]],
    ['Jean "Le Grand";x\n', [['Jean "Le Grand"', 'x']]],
    ['"Jean" Dupont;x\n"a"b";y\n', [['Jean" Dupont;x\n"a"b', 'y']]],
    [
      '"";""\n;\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['a;\n', [['a', '']]],
    ['', []],
  ])('%j', (text, rows) => {
    for (const piece of [text.length || 1, 1, 3]) expect(read(text, ';', piece)).toEqual(rows);
  });

  it('reads what was written, however it is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '"', ',', ';', '\n', '\r', '€'), maxLength: 8 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    const written = (rows: string[][]) =>
      rows.map((cells) => `${cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, piece) => {
        expect(read(written(rows), ',', piece)).toEqual(rows);
      }),
    );
  });

  it.each([
    ['a line without end', `${'a;'.repeat(600_000)}`, 'row_too_long'],
    ['a quote never closed', `x\n"${'a\n'.repeat(600_000)}`, 'row_too_long'],
    ['quotes that close nothing', '"a\n'.repeat(600_000), 'row_too_long'],
    ['a quote open at the end', 'a;b\n"c;d\n', 'quote_open'],
  ])('%s is a fault', (_, text, fault) => {
    expect(() => read(text, ';', 65_536)).toThrow(fault);
  });
});
