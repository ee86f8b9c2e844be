/** Imports, as the back office and its API show them. */
import { type Static, Type } from '@sinclair/typebox';

export const ImportKindSchema = Type.Union(
  (['profiles', 'orders', 'states', 'consents'] as const).map((kind) => Type.Literal(kind)),
);

/** Of an import that is shown: also what was read from a connected store. */
const ShownKind = Type.Union([...ImportKindSchema.anyOf, Type.Literal('history')]);

/** What a first look at a file found. */
export const ImportLook = Type.Object({
  file: Type.Union([Type.Literal('csv'), Type.Literal('xlsx')]),
  encoding: Type.String(),
  separator: Type.String(),
  /** Empty texts for a file without a header. */
  headers: Type.Array(Type.String()),
  /** The first rows as they stand, the header among them. */
  rows: Type.Array(Type.Array(Type.String())),
  /** Day and month first are both possible: somebody has to say. */
  datesUnclear: Type.Boolean(),
});
export type ImportLook = Static<typeof ImportLook>;

export const ImportCounts = Type.Object({
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  refused: Type.Integer(),
  /** Of all lines, how many had which reason: refused for it, or less done because of it. */
  reasons: Type.Array(Type.Object({ reason: Type.String(), refused: Type.Boolean(), n: Type.Integer() })),
});
export type ImportCounts = Static<typeof ImportCounts>;

/** Profiles by what the external ids of a file would do to them. */
export const IdTouch = Type.Object({
  /** Found by their id. */
  known: Type.Integer(),
  /** Known by their e-mail alone: the id is written there. */
  joined: Type.Integer(),
  /** Have the line's e-mail and another id: a second profile is made. */
  apart: Type.Integer(),
});

/** Counts of a dry run, and the values nobody knows. */
export const ImportForecast = Type.Object({
  counts: ImportCounts,
  lines: Type.Integer(),
  /** Refused bases that would go back to unknown; refusals of the people themselves are among the reasons. */
  resets: Type.Integer(),
  /** What external ids would do to profiles that are here; null: the file has none. */
  ids: Type.Union([IdTouch, Type.Null()]),
  /** Values of bases and states the merchant may give a meaning, with how many lines have them. */
  unknownValues: Type.Array(Type.Object({ column: Type.String(), value: Type.String(), n: Type.Integer() })),
});
export type ImportForecast = Static<typeof ImportForecast>;

/** One line of a stored report, the header's cells first. */
export interface ReportLine {
  readonly line: number;
  readonly result: string;
  readonly reasons: readonly string[];
  readonly cells: readonly string[];
}

/** Bytes a file may have. */
export const largestFile = 5 * 2 ** 30;

const Word = Type.String({ maxLength: 250 });
const Words = Type.Record(Type.String({ maxLength: 250 }), Word);

/** How the file is to be understood; its names and values are checked by `readSetup`. */
export const ImportSetupBody = Type.Object({
  encoding: Type.Union([Word, Type.Null()]),
  separator: Type.Union([Word, Type.Null()]),
  header: Type.Boolean(),
  columns: Type.Array(Type.Union([Type.String({ maxLength: 270 }), Type.Null()]), { maxItems: 500 }),
  grouped: Type.Boolean(),
  rules: Type.Object({
    dates: Word,
    decimal: Type.Union([Word, Type.Null()]),
    store: Type.Union([Word, Type.Null()]),
    currency: Type.Union([Word, Type.Null()]),
    statuses: Words,
    states: Words,
    asOf: Type.Union([Word, Type.Null()]),
    reset: Type.Union([Type.String({ maxLength: 1000 }), Type.Null()]),
    uplift: Type.Boolean(),
  }),
});
export type ImportSetupBody = Static<typeof ImportSetupBody>;

/** A line of the file's beginning as it would be understood. */
export const PreviewLine = Type.Object({
  line: Type.Integer(),
  /** Column → value as read, in the order of the file; empty for a refused line. */
  values: Type.Array(Type.Object({ column: Type.String(), value: Type.String() })),
  /** Why it would be refused, and by which column; null: it would not. */
  refused: Type.Union([
    Type.Object({ reason: Type.String(), column: Type.Union([Type.String(), Type.Null()]) }),
    Type.Null(),
  ]),
  notes: Type.Array(Type.Object({ reason: Type.String(), column: Type.String() })),
});
export type PreviewLine = Static<typeof PreviewLine>;

export const ImportSummary = Type.Object({
  id: Type.String(),
  kind: ShownKind,
  state: Type.String(),
  fileName: Type.String(),
  size: Type.Integer(),
  received: Type.Integer(),
  /** Share of the file that was read, 0 to 1. */
  progress: Type.Number(),
  lines: Type.Integer(),
  counts: ImportCounts,
  fault: Type.Union([Type.String(), Type.Null()]),
  createdBy: Type.String(),
  createdAt: Type.Integer(),
  startedAt: Type.Union([Type.Integer(), Type.Null()]),
  finishedAt: Type.Union([Type.Integer(), Type.Null()]),
});
export type ImportSummary = Static<typeof ImportSummary>;

export const ImportList = Type.Object({
  /** The shop's time zone. */
  zone: Type.String(),
  imports: Type.Array(ImportSummary),
  templates: Type.Array(
    Type.Object({
      kind: ImportKindSchema,
      name: Type.String(),
      setup: ImportSetupBody,
      headers: Type.Union([Type.Array(Type.String()), Type.Null()]),
    }),
  ),
  /** Shop's bases and custom fields, for the choice of columns. */
  bases: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() })),
  customFields: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() })),
});
export type ImportList = Static<typeof ImportList>;

export const ImportPage = Type.Object({
  ...ImportSummary.properties,
  look: Type.Union([ImportLook, Type.Null()]),
  setup: Type.Union([ImportSetupBody, Type.Null()]),
  /** What is wrong with the setup as it stands; null: it can be checked and run. */
  setupFault: Type.Union([Type.String(), Type.Null()]),
  preview: Type.Array(PreviewLine),
  forecast: Type.Union([ImportForecast, Type.Null()]),
  /** Columns this kind of file may have, those of bases and custom fields apart. */
  columns: Type.Array(Type.String()),
  hasReport: Type.Boolean(),
  /** It ran, and what it did can still be taken back. */
  canUndo: Type.Boolean(),
  /** Why it was taken back, and what went and stayed; null: it was not. */
  undone: Type.Union([
    Type.Object({
      reason: Type.String(),
      profiles: Type.Integer(),
      orders: Type.Integer(),
      keptProfiles: Type.Integer(),
      keptOrders: Type.Integer(),
      bases: Type.Integer(),
    }),
    Type.Null(),
  ]),
});
export type ImportPage = Static<typeof ImportPage>;

/** What a pushed file came to so far (`PUT /api/imports`, docs/wire/import.md). Times are ISO 8601. */
export const ImportPush = Type.Object({
  id: Type.String({ format: 'uuid' }),
  kind: ImportKindSchema,
  state: Type.String({
    description:
      'uploading, reading, running, stopping, then done, stopped or failed; undoing and undone once people took it back.',
  }),
  received: Type.Integer({ description: 'Bytes that are here: where the next piece begins.' }),
  size: Type.Union([Type.Integer(), Type.Null()], { description: 'null: not known before the end.' }),
  lines: Type.Integer(),
  counts: ImportCounts,
  fault: Type.Union([Type.String(), Type.Null()], { description: 'Why it failed, a code.' }),
  createdAt: Type.String({ format: 'date-time' }),
  finishedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});
export type ImportPush = Static<typeof ImportPush>;
