/** The Tracker page: settings that rules read, keys, and what was seen of the shop's pages. */
import { type Static, Type } from '@sinclair/typebox';

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const BasisTarget = Type.Union([Type.Integer(), Type.Null()]);

export const BasisChoice = Type.Object({
  id: Type.Integer(),
  kind: Type.Union([Type.Literal('consent'), Type.Literal('legal')]),
  name: Type.String(),
  active: Type.Boolean(),
});
export type BasisChoice = Static<typeof BasisChoice>;

export const Validation = Type.Union([Type.Literal('paid'), Type.Literal('placed')]);

export const Uplift = Type.Object({
  order: BasisTarget,
  account: BasisTarget,
  optinEmail: BasisTarget,
  optinSms: BasisTarget,
});
export type Uplift = Static<typeof Uplift>;

export const TrackerPage = Type.Object({
  shop: Type.Object({ id: Type.Integer(), name: Type.String(), installedAt: MaybeTime }),
  /** Arrival of the newest thing received. */
  lastReceivedAt: MaybeTime,
  /** Where the shop's pages reach this server. */
  collectorUrl: Type.String(),
  settings: Type.Object({
    version: Type.Integer(),
    validation: Validation,
    uplift: Uplift,
    browserWrites: Type.Boolean(),
    domains: Type.Array(Type.String()),
    zone: Type.String(),
    currency: Type.String(),
  }),
  bases: Type.Array(BasisChoice),
  keys: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      publicKey: Type.String(),
      mayWrite: Type.Boolean(),
      mayRead: Type.Boolean(),
      expiresAt: MaybeTime,
      /** Of a pair that has an end: the calls that used it since it has one, and the last of them. */
      use: Type.Union([Type.Object({ calls: Type.Integer(), lastAt: MaybeTime }), Type.Null()]),
    }),
  ),
  /** Hosts outside the list: whose pages spoke, and how many calls wait for them to be allowed, at most `heldCountedUpTo`. */
  hosts: Type.Array(Type.Object({ host: Type.String(), firstSeen: MaybeTime, held: Type.Integer() })),
});
export type TrackerPage = Static<typeof TrackerPage>;

const OptinProof = Type.Object(
  { wording: Type.String({ minLength: 1, maxLength: 2_000 }), where: Type.String({ minLength: 1, maxLength: 2_000 }) },
  { additionalProperties: false },
);
const MaybeProof = Type.Union([OptinProof, Type.Null()]);

/** A state of an order in our words. */
export const MappedState = Type.Object(
  {
    payment: Type.Union([
      Type.Literal('none'),
      Type.Literal('authorised'),
      Type.Literal('part-paid'),
      Type.Literal('paid'),
    ]),
    fulfilment: Type.Union([Type.Literal('none'), Type.Literal('part-shipped'), Type.Literal('shipped')]),
    cancelled: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type MappedState = Static<typeof MappedState>;

/** Per source key, the shop's own codes. */
export const StateMaps = Type.Record(
  Type.String({ minLength: 1, maxLength: 100 }),
  Type.Record(Type.String({ minLength: 1, maxLength: 100 }), MappedState, { maxProperties: 500 }),
  { maxProperties: 100 },
);
export type StateMaps = Static<typeof StateMaps>;

/** Only the keys present change. */
export const SettingsBody = Type.Object(
  {
    validation: Type.Optional(Validation),
    uplift: Type.Optional(Type.Partial(Uplift, { additionalProperties: false })),
    /** The wording kept as proof where an opt-in goes to a consent (rules §5). */
    optinProof: Type.Optional(
      Type.Partial(Type.Object({ email: MaybeProof, sms: MaybeProof }), { additionalProperties: false }),
    ),
    browserWrites: Type.Optional(Type.Boolean()),
    stateMaps: Type.Optional(StateMaps),
    domains: Type.Optional(Type.Array(Type.String({ maxLength: 260 }), { maxItems: 100, uniqueItems: true })),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type SettingsBody = Static<typeof SettingsBody>;

/** A new pair in place of one, which lives on for `hours`: 0 ends it at once. */
export const RotateBody = Type.Object(
  { hours: Type.Integer({ minimum: 0, maximum: 90 * 24 }) },
  { additionalProperties: false },
);
export type RotateBody = Static<typeof RotateBody>;

export const RotatedKey = Type.Object({ id: Type.Integer(), publicKey: Type.String(), oldEndsAt: Type.Number() });
export type RotatedKey = Static<typeof RotatedKey>;

export const RevealedKey = Type.Object({ privateKey: Type.String() });
export type RevealedKey = Static<typeof RevealedKey>;

/** Whom the shop's own module may sign in, and whether that is who asks. */
export const ModuleSignIn = Type.Object({ name: Type.Union([Type.String(), Type.Null()]), mine: Type.Boolean() });
export type ModuleSignIn = Static<typeof ModuleSignIn>;

/** For who asks alone; `allowed` false: for nobody. */
export const ModuleSignInBody = Type.Object({ allowed: Type.Boolean() }, { additionalProperties: false });
