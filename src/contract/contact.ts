/** The sending guard ("may I contact?") and the objection list. */
import { type Static, Type } from '@sinclair/typebox';
import { Channel, Ground, Purpose } from './bases.ts';

const closed = { additionalProperties: false } as const;
const MaybeTime = Type.Union([Type.Number(), Type.Null()]);

/** One person: by the address of the channel, or by our profile id. */
export const Recipient = Type.Union([
  Type.Object({ email: Type.String({ minLength: 3, maxLength: 254 }) }, closed),
  Type.Object({ phone: Type.String({ minLength: 3, maxLength: 40 }) }, closed),
  Type.Object({ profile: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }, closed),
]);
export type Recipient = Static<typeof Recipient>;

export const ContactQuestion = Type.Object(
  { channel: Channel, purpose: Purpose, people: Type.Array(Recipient, { minItems: 1, maxItems: 10_000 }) },
  closed,
);
export type ContactQuestion = Static<typeof ContactQuestion>;

export const GuardAnswer = Type.Union([
  Type.Object({
    allowed: Type.Literal(true),
    profile: Type.Number(),
    basis: Type.Object({ id: Type.Integer(), name: Type.String(), ground: Ground }),
    since: MaybeTime,
    /** `<seq>:<n>` of the history row that accepted it; null: from before history was kept. */
    proof: Type.Union([Type.String(), Type.Null()]),
  }),
  Type.Object({
    allowed: Type.Literal(false),
    /** `behind`: what arrived more than ten seconds ago is not applied yet; ask again. */
    why: Type.Union([
      Type.Literal('objection'),
      Type.Literal('no basis'),
      Type.Literal('unknown'),
      Type.Literal('invalid'),
      Type.Literal('behind'),
    ]),
  }),
]);
export type GuardAnswer = Static<typeof GuardAnswer>;

/** Answers in the order of the people asked about. */
export const ContactAnswers = Type.Object({ at: Type.Number(), answers: Type.Array(GuardAnswer) });
export type ContactAnswers = Static<typeof ContactAnswers>;

export const StatedObjection = Type.Object(
  {
    email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })),
    phone: Type.Optional(Type.String({ minLength: 3, maxLength: 40 })),
    channel: Channel,
    /** The day the person spoke; the end of it counts. Absent: now. */
    date: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  },
  closed,
);
export type StatedObjection = Static<typeof StatedObjection>;

export const ObjectionsBody = Type.Object(
  { objections: Type.Array(StatedObjection, { minItems: 1, maxItems: 500 }) },
  closed,
);

const Places = Type.Array(Type.Object({ place: Type.Integer(), why: Type.String() }));

/**
 * `refused`: places in the list whose address or day is none; the rest is recorded. `noted`: recorded, but not as stated (`time.future`:
 * the day is yet to come, so that the objection holds from its arrival).
 */
export const ObjectionsAnswer = Type.Object({
  recorded: Type.Integer(),
  pending: Type.Boolean(),
  refused: Places,
  noted: Places,
});
export type ObjectionsAnswer = Static<typeof ObjectionsAnswer>;

/** Whose links a sender asks for. */
const Addressee = Type.Union([
  Type.Object({ email: Type.String({ minLength: 3, maxLength: 254 }) }, closed),
  Type.Object({ profile: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }, closed),
]);
export type Addressee = Static<typeof Addressee>;

export const UnsubscribeQuestion = Type.Object(
  { people: Type.Array(Addressee, { minItems: 1, maxItems: 10_000 }) },
  closed,
);

/** In the order of the people asked about; null: no profile of the shop has this address, or the profile has none. */
export const UnsubscribeLinks = Type.Object({ links: Type.Array(Type.Union([Type.String(), Type.Null()])) });
export type UnsubscribeLinks = Static<typeof UnsubscribeLinks>;

export const ObjectionList = Type.Object({
  zone: Type.String(),
  /** Path of the page on which a person asks for a code; null: the shop has no keys. */
  personPage: Type.Union([Type.String(), Type.Null()]),
  standing: Type.Number(),
  /** Newest first; addresses are kept as keyed hashes only, of which this is the beginning. */
  objections: Type.Array(
    Type.Object({
      mark: Type.String(),
      channel: Channel,
      since: Type.Number(),
      cause: Type.String(),
      liftedAt: MaybeTime,
    }),
  ),
  /** Where the next page begins; null: that was the last one. */
  next: Type.Union([Type.String(), Type.Null()]),
});
export type ObjectionList = Static<typeof ObjectionList>;
