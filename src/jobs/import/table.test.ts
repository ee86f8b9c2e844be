import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeWorkbook, makeZip } from '../testing/make-zip.ts';
import { withTable } from './table.ts';

const asWritten = { encoding: null, separator: null };

/** So many pieces of a file that is nowhere whole; counts how many were asked for. */
function endless(piece: Buffer, pieces: number) {
  const seen = { pieces: 0 };
  async function* all(): AsyncGenerator<Buffer> {
    for (; seen.pieces < pieces; seen.pieces++) yield piece;
  }
  return { seen, size: piece.length * pieces, all: all() };
}

async function countRows(file: { size: number; all: AsyncGenerator<Buffer> }): Promise<number> {
  return withTable(file.all, file.size, asWritten, async ({ slices }) => {
    let rows = 0;
    for await (const slice of slices) rows += slice.length;
    return rows;
  });
}

test.each([
  ['without a line end', Buffer.alloc(2 ** 20, 'anna@example.test;')],
  ['in a quote that nobody closes', Buffer.alloc(2 ** 20, '"anna@example.test;\n')],
])('five gigabytes in one row, %s, are given up after their first megabytes', async (_, piece) => {
  const file = endless(piece, 5 * 1024);
  await expect(countRows(file)).rejects.toMatchObject({ reason: 'import.row_too_long' });
  expect(file.seen.pieces).toBeLessThan(12);
});

const small = '<row><c t="str"><v>email</v></c></row><row><c t="str"><v>anna@example.test</v></c></row>';

test.each([
  ['as it is', (book: Buffer) => book],
  ['in gzip', (book: Buffer) => gzipSync(book)],
  ['in a zip', (book: Buffer) => makeZip({ 'clients.xlsx': book })],
])('a workbook %s is read', async (_, pack) => {
  const { all, size } = endless(await pack(await makeWorkbook(small)), 1);
  expect(await countRows({ all, size })).toBe(2);
});

test('a workbook of over 200 MB is refused', async () => {
  const { all } = endless(await makeWorkbook(small), 1);
  await expect(countRows({ all, size: 200 * 2 ** 20 + 1 })).rejects.toMatchObject({ reason: 'import.sheet_too_large' });
});

test('a zip that is no workbook inside another archive is refused', async () => {
  const { all, size } = endless(gzipSync(await makeZip({ 'a.csv': 'email\n' })), 1);
  await expect(countRows({ all, size })).rejects.toMatchObject({ reason: 'import.zip_files' });
});
