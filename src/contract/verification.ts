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
  /** Sent with the test pair: it changed nothing, the effects are what it would have done. */
  test: Type.Boolean(),
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

/** Rows the live screen starts with; then at most so many a second, so that a person can follow: the rest is told as a number. */
export const liveRows = 100;
export const livePerSecond = 50;

/** A place in the journal: arrival in ms, and seq. */
const Place = Type.Object({ at: Type.Number(), seq: Type.String() });

const word = Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z_.-]+$' });

export const JournalQuery = Type.Object(
  {
    kind: Type.Optional(word),
    outcome: Type.Optional(word),
    reason: Type.Optional(word),
    /** An e-mail, an external id or an order's reference, exactly. */
    subject: Type.Optional(Type.String({ minLength: 1, maxLength: 250 })),
    /** Only what is older than this place: `next` of the page before. */
    beforeAt: Type.Optional(Type.Integer({ minimum: 0, maximum: 8.64e15 })),
    beforeSeq: Type.Optional(Type.String({ pattern: '^\\d{1,18}$' })),
  },
  { additionalProperties: false },
);
export type JournalQuery = Static<typeof JournalQuery>;

export const JournalPage = Type.Object({
  rows: Type.Array(VerificationRow),
  /** Where to go on; null at the end. A page may hold few rows, or none, and still go on: so far it has looked. */
  next: Type.Union([Place, Type.Null()]),
});
export type JournalPage = Static<typeof JournalPage>;

/** Rows of a page of the journal. */
export const journalRows = 50;

/** What could not be used in the last days, grouped by why. */
export const TroubleList = Type.Object({
  days: Type.Integer(),
  received: Type.Number(),
  groups: Type.Array(
    Type.Object({ outcome: Type.String(), reason: Type.String(), count: Type.Number(), lastAt: Type.Number() }),
  ),
});
export type TroubleList = Static<typeof TroubleList>;
