/** What the import screens are told: how far an import is, and how its first lines would be understood. */
import type { Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import {
  type ImportCounts,
  ImportForecast,
  ImportKindSchema,
  ImportLook,
  type ImportPage,
  ImportSetupBody,
  type ImportSummary,
  type PreviewLine,
} from '#contract/imports.ts';
import type { ImportCount, ImportRow } from '#store/import-file.ts';
import { fixedColumns } from '#wire/import/columns.ts';
import { decodeLine } from '#wire/import/decode.ts';
import { type FileLine, FileLines } from '#wire/import/file-lines.ts';
import { type ImportSetup, readSetup } from '#wire/import/setup.ts';
import { type Encoding, encodings } from '#wire/import/sniff.ts';

export type Kind = Static<typeof ImportKindSchema>;
type ShownKind = ImportSummary['kind'];

const previewLines = 50;

export function summaryOf(row: ImportRow, counts: readonly ImportCount[]): ImportSummary {
  return {
    id: row.id,
    kind: shownKind(row),
    state: row.state,
    fileName: row.fileName,
    size: row.size,
    received: row.received,
    progress: row.size === 0 ? 0 : Math.min(1, (row.state === 'uploading' ? row.received : row.readBytes) / row.size),
    lines: row.lines,
    counts: countsOf(counts),
    fault: row.fault,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

export function pageOf(row: ImportRow, counts: readonly ImportCount[]): ImportPage {
  const kind = shownKind(row);
  if (kind === 'history') return historyPage(row, counts);
  const look = Value.Check(ImportLook, row.look) ? row.look : null;
  const body = Value.Check(ImportSetupBody, row.setup) ? row.setup : null;
  const setup = body === null ? 'shape' : readSetup(kind, body);
  const rows = look?.rows ?? [];
  return {
    ...summaryOf(row, counts),
    look,
    setup: body,
    setupFault: body === null || typeof setup !== 'string' ? null : setup,
    preview: typeof setup === 'string' ? [] : previewOf(kind, setup, encodingOf(look), rows),
    forecast: Value.Check(ImportForecast, row.forecast) ? row.forecast : null,
    columns: [...fixedColumns(kind)],
    hasReport: hasReport(row),
    canUndo: canUndo(row),
    undone: row.undone,
  };
}

/** Read from a store: it has no file, no columns and no dry run. */
function historyPage(row: ImportRow, counts: readonly ImportCount[]): ImportPage {
  return {
    ...summaryOf(row, counts),
    ...{ look: null, setup: null, setupFault: null, preview: [], forecast: null, columns: [] },
    hasReport: hasReport(row),
    canUndo: false,
    undone: null,
  };
}

/** It ran, and its report is still here. */
export function hasReport({ state, forgottenAt }: ImportRow): boolean {
  return ['done', 'stopped', 'undoing', 'undone'].includes(state) && forgottenAt === null;
}

/** As long as its report is here: the journal tells what it did. A store's history is what its connection says: it comes again with it. */
export function canUndo({ kind, state, forgottenAt }: ImportRow): boolean {
  return kind !== 'history' && (state === 'done' || state === 'stopped') && forgottenAt === null;
}

function shownKind(row: ImportRow): ShownKind {
  return row.kind === 'history' ? row.kind : kindOf(row);
}

function kindOf(row: ImportRow): Kind {
  if (!Value.Check(ImportKindSchema, row.kind)) throw new Error(`an import of an unknown kind: ${row.kind}`);
  return row.kind;
}

function encodingOf(look: Static<typeof ImportLook> | null): Encoding {
  return encodings.find((known) => known === look?.encoding) ?? 'utf-8';
}

function previewOf(
  kind: Kind,
  setup: ImportSetup,
  encoding: Encoding,
  rows: readonly (readonly string[])[],
): PreviewLine[] {
  const lines = new FileLines(kind, setup, encoding);
  const found = rows.flatMap((cells, place) => lines.take({ number: place + 1, cells }));
  return [...found, ...lines.end()].slice(0, previewLines).map(previewLine);
}

function previewLine({ number, line }: FileLine): PreviewLine {
  const decoded = decodeLine(line);
  return {
    line: number,
    values: Object.entries(line.cells).map(([column, value]) => ({ column, value })),
    refused: decoded.word === 'read' ? null : { reason: decoded.reason, column: decoded.field },
    notes: decoded.word === 'read' ? decoded.notes.map(({ reason, field }) => ({ reason, column: field })) : [],
  };
}

export function countsOf(counts: readonly ImportCount[]): ImportCounts {
  const sum = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  const reasons: { reason: string; refused: boolean; n: number }[] = [];
  for (const { result, reason, n } of counts) {
    const refused = result === 'refused';
    if (refused || reason === '') if (result in sum) sum[result as keyof typeof sum] += n;
    if (reason === '') continue;
    const known = reasons.find((one) => one.reason === reason && one.refused === refused);
    if (known === undefined) reasons.push({ reason, refused, n });
    else known.n += n;
  }
  return { ...sum, reasons: reasons.sort((a, b) => b.n - a.n) };
}
