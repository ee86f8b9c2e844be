/** What arrived, and what became of it. */
import { type Static, Type } from '@sinclair/typebox';
import { OrderState } from './orders.ts';

const MaybeText = Type.Union([Type.String(), Type.Null()]);

export const BasisMove = Type.Object({
  profile: Type.Number(),
  basis: Type.Integer(),
  name: Type.String(),
  from: Type.String(),
  to: Type.String(),
  cause: Type.String(),
  why: Type.Optional(Type.String()),
});
export type BasisMove = Static<typeof BasisMove>;

export const VerificationRow = Type.Object({
  /** With `receivedAt`, the item's place in the journal. */
  seq: Type.String(),
  receivedAt: Type.Number(),
  source: Type.String(),
  format: Type.String(),
  /** Type of the first fact; null where nothing could be read. */
  kind: MaybeText,
  outcome: Type.String(),
  reasons: Type.Array(Type.String()),
  /** E-mail or external id the item names. */
  who: MaybeText,
  profileId: Type.Union([Type.Number(), Type.Null()]),
  profileCreated: Type.Boolean(),
  order: Type.Union([
    Type.Object({
      id: Type.Number(),
      key: Type.String(),
      created: Type.Boolean(),
      state: OrderState,
      before: Type.Union([OrderState, Type.Null()]),
      validated: Type.Boolean(),
      totalMinor: Type.Number(),
      currency: Type.String(),
    }),
    Type.Null(),
  ]),
  cart: Type.Union([
    Type.Object({
      key: MaybeText,
      status: Type.String(),
      before: MaybeText,
      totalMinor: Type.Union([Type.Number(), Type.Null()]),
      currency: MaybeText,
    }),
    Type.Null(),
  ]),
  bases: Type.Array(BasisMove),
});
export type VerificationRow = Static<typeof VerificationRow>;

export const JournalDetail = Type.Object({
  facts: Type.Unknown(),
  settingsVersion: Type.Union([Type.Integer(), Type.Null()]),
  headers: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
  /** The bytes as text, null when no longer kept; at most `rawLimit` of them. */
  raw: MaybeText,
  rawBytes: Type.Integer(),
});
export type JournalDetail = Static<typeof JournalDetail>;

export const rawLimit = 16_384;
/** Rows the live screen starts with. */
export const liveRows = 100;
