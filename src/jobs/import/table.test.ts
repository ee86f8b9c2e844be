import { expect, test } from 'vitest';
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
