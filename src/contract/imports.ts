/** Imports, as the back office and its API show them. */
import { type Static, Type } from '@sinclair/typebox';

export const ImportKindSchema = Type.Union(
  (['profiles', 'orders', 'states', 'consents'] as const).map((kind) => Type.Literal(kind)),
);

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

/** Counts of a dry run, and the values nobody knows. */
export const ImportForecast = Type.Object({
  counts: ImportCounts,
  lines: Type.Integer(),
  /** Values of bases and states the merchant may give a meaning, with how many lines have them. */
  unknownValues: Type.Array(Type.Object({ column: Type.String(), value: Type.String(), n: Type.Integer() })),
});
export type ImportForecast = Static<typeof ImportForecast>;
