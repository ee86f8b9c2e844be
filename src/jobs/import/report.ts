/** What is left to say after a run: each line that was refused or did less than it said, as it came. */
import type { Pool } from 'pg';
import type { ReportLine } from '#contract/imports.ts';
import { dropFile, type ImportRow, type ListedLine, listLines, readPieces, writeReport } from '#store/import-file.ts';
import { setupOf } from './lines.ts';
import { type Table, type TableRow, withTable } from './table.ts';

const slice = 2_000;
const pieceLength = 500_000;

/** Writes the report of an import that ended, and forgets its file when it is `done`: the report is what the merchant needs of it. */
export async function reportImport(pool: Pool, file: ImportRow, done: boolean): Promise<void> {
  const { shopId, id } = file;
  const setup = setupOf(file);
  const pieces = readPieces(pool, shopId, id);
  await withTable(pieces, file.size, setup, (table) =>
    writeReport(pool, shopId, id, joined(reportLines(table, listed(pool, file), setup.header))),
  );
  if (done) await dropFile(pool, shopId, id);
}

async function* listed(pool: Pool, { shopId, id }: ImportRow): AsyncGenerator<ListedLine> {
  for (let after = 0; ; ) {
    const lines = await listLines(pool, shopId, id, after, slice);
    yield* lines;
    const last = lines.at(-1);
    if (last === undefined) return;
    after = last.line;
  }
}

/** The header first, then the listed lines with their cells: both come in the file's order. */
async function* reportLines(
  table: Table,
  lines: AsyncGenerator<ListedLine>,
  header: boolean,
): AsyncGenerator<ReportLine> {
  let next = await lines.next();
  for await (const rows of table.slices) {
    for (const row of rows) {
      if (row.number === 1) yield { line: 1, result: 'header', reasons: [], cells: header ? kept(row) : [] };
      while (!next.done && next.value.line < row.number) next = await lines.next();
      if (next.done) return;
      if (next.value.line !== row.number) continue;
      // what a file says of somebody erased is not kept anywhere (rules §7)
      yield { ...next.value, cells: next.value.reasons.includes('person.erased') ? [] : kept(row) };
    }
  }
}

function kept({ cells }: TableRow): string[] {
  return cells.map((cell) => cell.replaceAll('\0', '\u2400'));
}

/** One JSON text a line; whole lines in each piece. */
export async function* joined(lines: AsyncIterable<ReportLine>): AsyncGenerator<Buffer> {
  let text = '';
  for await (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length < pieceLength) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
