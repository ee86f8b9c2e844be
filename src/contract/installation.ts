/** How a shop's installation stands: what arrives, what is missing, what is proposed. */
import { type Static, Type } from '@sinclair/typebox';
import { platforms } from '#domain/platform-state.ts';
import type { ShopSettings } from '#domain/settings.ts';
import { sightings } from '#domain/sighting.ts';

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

export const PlatformBody = Type.Object(
  { platform: Type.Union(platforms.map((one) => Type.Literal(one))) },
  { additionalProperties: false },
);
export type PlatformBody = Static<typeof PlatformBody>;

export const Sighted = Type.Object({
  what: Type.Union(sightings.map((one) => Type.Literal(one))),
  lastAt: MaybeTime,
  /** Of what the test pair sent. */
  testAt: MaybeTime,
});
export type Sighted = Static<typeof Sighted>;

const TwinOrder = Type.Object({
  id: Type.Number(),
  key: Type.String(),
  placedAt: Type.Number(),
  server: Type.Boolean(),
});

/** Two orders that look like one: same amount and e-mail within ten minutes, different references (rules §6.3). */
export const Twin = Type.Object({
  email: Type.String(),
  totalMinor: Type.Number(),
  currency: Type.String(),
  orders: Type.Array(TwinOrder),
});
export type Twin = Static<typeof Twin>;

export const Installation = Type.Object({
  /** One of `platforms`, or nothing chosen yet. */
  platform: Type.Union([Type.String(), Type.Null()]),
  installedAt: MaybeTime,
  /** Arrival of the newest item of the shop, tests and our own apart. */
  lastAt: MaybeTime,
  /** Whether anything ever came: a visit, a refused call. */
  anythingAt: MaybeTime,
  rhythm: Type.Object({
    perBusyHour: MaybeNumber,
    longestPauseHours: MaybeNumber,
    silentHours: MaybeNumber,
  }),
  /** Of the last 24 hours. */
  today: Type.Object({ received: Type.Number(), refused: Type.Number(), parked: Type.Number() }),
  sightings: Type.Array(Sighted),
  /** States that came and are mapped to nothing, the most frequent first. */
  unmapped: Type.Array(
    Type.Object({ source: Type.String(), code: Type.String(), count: Type.Number(), lastAt: Type.Number() }),
  ),
  /** The re-decision of all orders after a change of settings, while it runs. */
  redecide: Type.Union([
    Type.Object({
      total: Type.Number(),
      done: Type.Number(),
      startedAt: Type.Number(),
      paused: Type.Boolean(),
    }),
    Type.Null(),
  ]),
  /** Ten orders came and none was ever paid, under the setting *Payé* (rules §3.4). */
  neverPaid: Type.Boolean(),
  /** A server sends orders while browsers may too (rules §6.3), with the pairs that look like one purchase. */
  closeBrowser: Type.Union([Type.Object({ serverSince: Type.Number(), twins: Type.Array(Twin) }), Type.Null()]),
  /** Public key of the test pair. */
  testKey: Type.String(),
  /** The settings as the rules read them: what the simulator decides with. */
  rules: Type.Unsafe<ShopSettings>(Type.Object({}, { additionalProperties: true })),
});
export type Installation = Static<typeof Installation>;

/** One slice of the answer to "what would change?"; `next` continues it, null ends it. */
export const ValidationEffect = Type.Object({
  looked: Type.Number(),
  gained: Type.Number(),
  lost: Type.Number(),
  /** Turnover that would be gained or lost, per currency: never added up. */
  turnover: Type.Array(Type.Object({ currency: Type.String(), gainedMinor: Type.Number(), lostMinor: Type.Number() })),
  sample: Type.Array(
    Type.Object({
      id: Type.Number(),
      key: Type.String(),
      placedAt: Type.Number(),
      totalMinor: Type.Number(),
      currency: Type.String(),
      becomes: Type.Boolean(),
    }),
  ),
  next: Type.Union([Type.Number(), Type.Null()]),
});
export type ValidationEffect = Static<typeof ValidationEffect>;

export const RedecideBody = Type.Object({ paused: Type.Boolean() }, { additionalProperties: false });
export type RedecideBody = Static<typeof RedecideBody>;

/** The documentation this product carries. */
export const DocumentList = Type.Object({
  documents: Type.Array(
    Type.Object({
      /** `guides/woocommerce` or `wire/spread-v1`. */
      name: Type.String(),
      languages: Type.Array(Type.String()),
      titles: Type.Record(Type.String(), Type.String()),
    }),
  ),
});
export type DocumentList = Static<typeof DocumentList>;
