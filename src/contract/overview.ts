import { type Static, Type } from '@sinclair/typebox';

/** How many days back a chart may look. */
export const OverviewDays = Type.Union([Type.Literal(7), Type.Literal(30), Type.Literal(90)]);
export type OverviewDays = Static<typeof OverviewDays>;

const Day = Type.String();

/** Counts of the days from `from` to `to` (included, `YYYY-MM-DD` in the shop's zone); days without any are left out. */
export const Overview = Type.Object({
  zone: Type.String(),
  from: Day,
  to: Day,
  /** By the day they were placed; amounts are net, in minor units, never added up across currencies. */
  orders: Type.Array(
    Type.Object({
      day: Day,
      currency: Type.String(),
      validated: Type.Boolean(),
      n: Type.Number(),
      netMinor: Type.Number(),
    }),
  ),
  /** New ones, by the day they came. */
  profiles: Type.Array(Type.Object({ day: Day, n: Type.Number() })),
  /** What came in, by where from. */
  received: Type.Array(Type.Object({ day: Day, source: Type.String(), n: Type.Number() })),
  /** What calls of the shop accepted, or asked to confirm, by where from. */
  uplift: Type.Array(Type.Object({ day: Day, source: Type.String(), n: Type.Number() })),
  /** What of it could not be used. */
  refused: Type.Array(Type.Object({ day: Day, outcome: Type.String(), n: Type.Number() })),
  /** Moves of bases, by the status they moved to. */
  bases: Type.Array(
    Type.Object({ day: Day, basis: Type.Integer(), name: Type.String(), status: Type.String(), n: Type.Number() }),
  ),
});
export type Overview = Static<typeof Overview>;
