/** Files with data of many people at once, as the back office and its API ask for them and show them. */
import { type Static, Type } from '@sinclair/typebox';
import { type ExportKind, exportFormats, exportKinds } from './export-kinds.ts';
import { basisFilter, dayFilter } from './list-filters.ts';
import { OrderQuery } from './orders.ts';
import { JournalQuery } from './verification.ts';

const { search, sort, counts, state } = OrderQuery.properties;
const { kind, outcome, reason, subject } = JournalQuery.properties;

/** What each kind of file may be narrowed by; days are those of creation, of the order list's sort, of the status, of arrival. */
export const exportFilters = {
  profiles: Type.Object({ search, ...basisFilter, ...dayFilter }, { additionalProperties: false }),
  orders: Type.Object({ search, sort, counts, state, ...dayFilter }, { additionalProperties: false }),
  consents: Type.Object({ ...basisFilter, ...dayFilter }, { additionalProperties: false }),
  journal: Type.Object({ kind, outcome, reason, subject, ...dayFilter }, { additionalProperties: false }),
} as const;

export type ProfileFilter = Static<typeof exportFilters.profiles>;
export type OrderFilter = Static<typeof exportFilters.orders>;
export type ConsentFilter = Static<typeof exportFilters.consents>;
export type JournalFilter = Static<typeof exportFilters.journal>;

export type ExportFilter =
  | { readonly kind: 'profiles'; readonly filter: ProfileFilter }
  | { readonly kind: 'orders'; readonly filter: OrderFilter }
  | { readonly kind: 'consents'; readonly filter: ConsentFilter }
  | { readonly kind: 'journal'; readonly filter: JournalFilter };

/** The body that asks for a file of one kind. */
export function exportBody<Kind extends ExportKind>(of: Kind) {
  return Type.Object(
    {
      format: Type.Union(exportFormats.map((format) => Type.Literal(format))),
      /** Of headers and words; also chooses the separator and the decimal mark of a CSV. */
      lang: Type.Union([Type.Literal('fr'), Type.Literal('en')]),
      filter: exportFilters[of],
    },
    { additionalProperties: false },
  );
}

/**
 * `direct`: small, made while it is downloaded; `waiting`, `running`: a job prepares it; `ready`; `expired`: its time is over;
 * `withdrawn`: somebody was erased since, the file might have held their data; `failed`: by a fault of ours.
 */
export const exportStates = ['direct', 'waiting', 'running', 'ready', 'expired', 'withdrawn', 'failed'] as const;
export type ExportState = (typeof exportStates)[number];

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);

export const ExportRow = Type.Object({
  id: Type.String(),
  kind: Type.Union(exportKinds.map((one) => Type.Literal(one))),
  format: Type.Union(exportFormats.map((one) => Type.Literal(one))),
  state: Type.Union(exportStates.map((one) => Type.Literal(one))),
  fileName: Type.String(),
  /** Written so far. */
  rows: Type.Number(),
  bytes: Type.Number(),
  createdAt: Type.Number(),
  readyAt: MaybeTime,
  /** When the link stops leading anywhere. */
  expiresAt: MaybeTime,
});
export type ExportRow = Static<typeof ExportRow>;

/** The newest of what the reader asked for. */
export const ExportList = Type.Object({ zone: Type.String(), exports: Type.Array(ExportRow) });
export type ExportList = Static<typeof ExportList>;

/** Files of a shop that may wait or lie ready at once. */
export const mostExports = 20;
