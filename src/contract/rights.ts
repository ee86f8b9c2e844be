/** The rights of people over their data, as the back office carries them out (rules §7). */
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { rightsChannels, rightsKinds, rightsRefusals, rightsSteps } from '#domain/rights.ts';

const literals = <Word extends string>(words: readonly Word[]) => Type.Union(words.map((word) => Type.Literal(word)));
const nullable = <Kind extends TSchema>(kind: Kind) => Type.Union([kind, Type.Null()]);

/** Why somebody is erased (GDPR article 17.1). */
export const erasureReasons = ['asked', 'consent', 'objection', 'unneeded', 'unlawful', 'duty', 'test'] as const;
export const ErasureBody = Type.Object({ reason: literals(erasureReasons) }, { additionalProperties: false });
export type ErasureBody = Static<typeof ErasureBody>;

/** `pending`: it is safe and will be done, but was not yet. */
export const ErasureAnswer = Type.Object({
  state: Type.Union([Type.Literal('erased'), Type.Literal('pending'), Type.Literal('unknown')]),
});
export type ErasureAnswer = Static<typeof ErasureAnswer>;

/** What an erasure of a profile would take. */
export const ErasurePreview = Type.Object({
  /** Profiles that hold its e-mail, itself among them. */
  profiles: Type.Integer(),
  /** They stay without anything that names the person. */
  orders: Type.Integer(),
  /** Bases that are refused: the refusals stay with the address. */
  refusals: Type.Integer(),
});
export type ErasurePreview = Static<typeof ErasurePreview>;

export const RightsBody = Type.Object(
  {
    kind: literals(rightsKinds),
    email: Type.String({ minLength: 3, maxLength: 254 }),
    lang: Type.Union([Type.Literal('fr'), Type.Literal('en')]),
    /** Day it reached the shop, `YYYY-MM-DD`; absent: today. */
    received: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' })),
    note: Type.Optional(Type.String({ maxLength: 4_000 })),
  },
  { additionalProperties: false },
);
export type RightsBody = Static<typeof RightsBody>;

/** What the team hands in says how it came, too. */
export const StaffRightsBody = Type.Object(
  { ...RightsBody.properties, cameBy: literals(rightsChannels) },
  { additionalProperties: false },
);
export type StaffRightsBody = Static<typeof StaffRightsBody>;

export const RightsCreated = Type.Object({ id: Type.Integer(), dueAt: Type.Integer() });
export type RightsCreated = Static<typeof RightsCreated>;

const RightsState = literals(['open', 'verified', 'done', 'refused'] as const);

export const RightsRow = Type.Object({
  id: Type.Integer(),
  kind: literals(rightsKinds),
  state: RightsState,
  cameBy: literals(rightsChannels),
  receivedAt: Type.Integer(),
  dueAt: Type.Integer(),
  closedAt: nullable(Type.Integer()),
  /** null: it went with the person's erasure. */
  email: nullable(Type.String()),
});
export type RightsRow = Static<typeof RightsRow>;

export const RightsList = Type.Object({
  zone: Type.String(),
  open: Type.Array(RightsRow),
  closed: Type.Array(RightsRow),
  /** Of the open ones, past their time. */
  late: Type.Integer(),
});
export type RightsList = Static<typeof RightsList>;

export const RightsPage = Type.Object({
  ...RightsRow.properties,
  shopName: Type.String(),
  zone: Type.String(),
  lang: Type.String(),
  note: nullable(Type.String()),
  extendedAt: nullable(Type.Integer()),
  verifiedAt: nullable(Type.Integer()),
  verifiedHow: nullable(literals(['link', 'code', 'staff'] as const)),
  refusal: nullable(literals(rightsRefusals)),
  /** Mails that may still be sent to check who asks. */
  mailsLeft: Type.Integer(),
  /** Holders of the address now. */
  profiles: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String(), orders: Type.Integer() })),
  steps: Type.Array(
    Type.Object({
      n: Type.Integer(),
      at: Type.Integer(),
      what: literals(rightsSteps),
      /** Who of the team; null: not one of them. */
      by: nullable(Type.String()),
      source: Type.String(),
      detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
    }),
  ),
});
export type RightsPage = Static<typeof RightsPage>;

export const RightsCodeBody = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 40 }) },
  { additionalProperties: false },
);
export const RightsExtendBody = Type.Object(
  { reason: literals(['complex', 'number'] as const) },
  { additionalProperties: false },
);
export const RightsCloseBody = Type.Object(
  { refusal: nullable(literals(rightsRefusals)) },
  { additionalProperties: false },
);
/** `moved` false: it cannot be done now; the page says where it stands. */
export const RightsMoved = Type.Object({ moved: Type.Boolean() });
export type RightsMoved = Static<typeof RightsMoved>;
