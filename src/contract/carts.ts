import { type Static, Type } from '@sinclair/typebox';

const MaybeText = Type.Union([Type.String(), Type.Null()]);

export const CartRow = Type.Object({
  ref: Type.String(),
  key: MaybeText,
  /** open, ordered, emptied, abandoned. */
  status: Type.String(),
  since: Type.Number(),
  totalMinor: Type.Union([Type.Number(), Type.Null()]),
  currency: MaybeText,
  count: Type.Union([Type.Number(), Type.Null()]),
  /** What is in it, by name; a few of them. */
  items: Type.Array(Type.String()),
});
export type CartRow = Static<typeof CartRow>;
