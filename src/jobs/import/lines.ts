/** The lines of an import's file as envelopes, and how far the file was read. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { Envelope } from '#intake/envelope.ts';
import { importKey } from '#intake/import-key.ts';
import { type ImportRow, readPieces } from '#store/import-file.ts';
import { type ImportKind, importKinds } from '#wire/import/columns.ts';
import { type FileLine, FileLines } from '#wire/import/file-lines.ts';
import { writeLine } from '#wire/import/line.ts';
import { type ImportSetup, readSetup } from '#wire/import/setup.ts';
import { type Table, withTable } from './table.ts';

export interface ReadSlice {
  readonly lines: readonly FileLine[];
  /** Bytes of the uploaded file taken up so far. */
  readonly readBytes: number;
}

/** Hands the file's lines to `use`, in slices and in the file's order. */
export async function withLines<Result>(
  pool: Pool,
  file: ImportRow,
  use: (slices: AsyncIterable<ReadSlice>, kind: ImportKind) => Promise<Result>,
): Promise<Result> {
  const kind = kindOf(file);
  const setup = setupOf(file);
  let readBytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of readPieces(pool, file.shopId, file.id)) {
      yield piece;
      readBytes += piece.length;
    }
  }
  async function* slices(table: Table): AsyncGenerator<ReadSlice> {
    const lines = new FileLines(kind, setup, table.encoding);
    for await (const rows of table.slices) yield { lines: rows.flatMap((row) => lines.take(row)), readBytes };
    yield { lines: lines.end(), readBytes };
  }
  return withTable(counted(), file.size, setup, (table) => use(slices(table), kind));
}

export function kindOf(file: ImportRow): ImportKind {
  const kind = importKinds.find((known) => known === file.kind);
  if (kind === undefined) throw new Error(`an import of an unknown kind: ${file.kind}`);
  return kind;
}

export function setupOf(file: ImportRow): ImportSetup {
  const setup = readSetup(kindOf(file), file.setup as never);
  if (typeof setup === 'string') throw new Error(`an import with a setup that is none: ${setup}`);
  return setup;
}

export function envelopeOf(file: ImportRow, { number, line }: FileLine, arrivedAt: Instant): Envelope {
  return {
    shopId: file.shopId,
    format: 'import',
    arrivedAt,
    source: { kind: 'import', importId: file.id },
    pageHost: null,
    mayRead: false,
    test: false,
    headers: {},
    ip: null,
    minted: null,
    door: line.fault === undefined ? 'accepted' : 'rejected',
    deliveryKey: importKey(file.id, number),
    raw: Buffer.from(writeLine(line)),
  };
}
