/** Files fetched again and again, as the back office shows and makes them. */
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { ImportCounts, ImportKindSchema } from './imports.ts';

const closed = { additionalProperties: false } as const;
const maybe = <Kind extends TSchema>(kind: Kind) => Type.Union([kind, Type.Null()]);

const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
const Rhythm = Type.Union([Type.Literal('hour'), Type.Literal('day'), Type.Literal('week')]);

/** An SSH key in PEM or OpenSSH's form may have several thousand characters. */
export const SourceSecret = Type.Union([
  Type.Object({ password: Type.String({ minLength: 1, maxLength: 500 }) }, closed),
  Type.Object(
    {
      privateKey: Type.String({ minLength: 20, maxLength: 20_000 }),
      passphrase: maybe(Type.String({ maxLength: 500 })),
    },
    closed,
  ),
]);
export type SourceSecret = Static<typeof SourceSecret>;

const plan = {
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  kind: ImportKindSchema,
  template: Type.String({ minLength: 1, maxLength: 100 }),
  /** `https://…` or `sftp://server:22/folder/file.csv`; `/~/` before a path begins at the account's own folder. */
  address: Type.String({ minLength: 8, maxLength: 1000 }),
  userName: Type.String({ maxLength: 200 }),
  every: Rhythm,
  hour: Type.Integer({ minimum: 0, maximum: 23 }),
  weekday: Type.Integer({ minimum: 1, maximum: 7 }),
  /** Id of the person who is told of a failed run. */
  notify: Type.String({ minLength: 1, maxLength: 64 }),
};

/** `secret`: null for none; absent, of a source that is there: as before. */
export const SourceBody = Type.Object({ ...plan, secret: Type.Optional(maybe(SourceSecret)) }, closed);
export type SourceBody = Static<typeof SourceBody>;

export const SourceRun = Type.Object({
  at: Type.Number(),
  /** `same`: the file was the one of last time, and nothing was run. */
  outcome: Type.Union(
    (['importing', 'done', 'same', 'stopped', 'failed'] as const).map((outcome) => Type.Literal(outcome)),
  ),
  fault: maybe(Type.String()),
  importId: maybe(Type.String()),
  counts: maybe(Type.Omit(ImportCounts, ['reasons'])),
});
export type SourceRun = Static<typeof SourceRun>;

export const SourceRow = Type.Object({
  ...plan,
  id: Id,
  hasSecret: Type.Boolean(),
  hostKey: maybe(Type.String()),
  /** Another key its server showed, which nobody has accepted. */
  hostKeyShown: maybe(Type.String()),
  nextAt: Type.Number(),
  /** Somebody asked for it, and it has not begun yet. */
  asked: Type.Boolean(),
  paused: Type.Boolean(),
  /** What stands in its way; null: the last run went well, or there was none. */
  fault: maybe(Type.String()),
  runs: Type.Array(SourceRun),
});
export type SourceRow = Static<typeof SourceRow>;

export const SourceList = Type.Object({
  sources: Type.Array(SourceRow),
  /** Who may be told. */
  people: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
});
export type SourceList = Static<typeof SourceList>;

export const mostSources = 20;

/** What a look at the file from afar found; nothing of it was read. */
export const SourceTest = Type.Object({
  fault: maybe(Type.String()),
  /** Bytes, where the server says. */
  size: maybe(Type.Number()),
  hostKey: maybe(Type.String()),
});
export type SourceTest = Static<typeof SourceTest>;
