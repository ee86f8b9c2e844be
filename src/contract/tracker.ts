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
    }),
  ),
  /** Hosts outside the list: whose pages spoke, and how many calls wait for them to be allowed. */
  hosts: Type.Array(Type.Object({ host: Type.String(), firstSeen: MaybeTime, held: Type.Integer() })),
});
export type TrackerPage = Static<typeof TrackerPage>;

/** Only the keys present change. */
export const SettingsBody = Type.Object(
  {
    validation: Type.Optional(Validation),
    uplift: Type.Optional(Type.Partial(Uplift, { additionalProperties: false })),
    browserWrites: Type.Optional(Type.Boolean()),
    domains: Type.Optional(Type.Array(Type.String({ maxLength: 260 }), { maxItems: 100, uniqueItems: true })),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type SettingsBody = Static<typeof SettingsBody>;

export const RevealedKey = Type.Object({ privateKey: Type.String() });
export type RevealedKey = Static<typeof RevealedKey>;
