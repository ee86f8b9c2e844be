import { type Static, Type } from '@sinclair/typebox';

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);

export const OrderState = Type.Object({
  payment: Type.String(),
  fulfilment: Type.String(),
  cancelled: Type.Boolean(),
});
export type OrderState = Static<typeof OrderState>;

/** Why an order counts or not: `validated`, or the first thing that stands against it. */
export const ValidatedWord = Type.Union([
  Type.Literal('validated'),
  Type.Literal('cancelled'),
  Type.Literal('refunded'),
  Type.Literal('not_paid'),
  Type.Literal('pending'),
]);
export type ValidatedWord = Static<typeof ValidatedWord>;

export const OrderRow = Type.Object({
  id: Type.Number(),
  key: Type.String(),
  number: MaybeText,
  placedAt: Type.Number(),
  receivedAt: Type.Number(),
  state: OrderState,
  legacyState: Type.Integer(),
  validated: ValidatedWord,
  validatedAt: MaybeTime,
  currency: Type.String(),
  totalMinor: Type.Number(),
  refundedMinor: Type.Number(),
  profileId: Type.Union([Type.Number(), Type.Null()]),
  /** The profile's e-mail, or the order's contact address. */
  email: MaybeText,
});
export type OrderRow = Static<typeof OrderRow>;

export const OrderList = Type.Object({
  zone: Type.String(),
  /** Ten orders or more, and none ever paid, under the setting *Payé* (rules §3.4). */
  neverPaid: Type.Boolean(),
  orders: Type.Array(OrderRow),
});
export type OrderList = Static<typeof OrderList>;

export const OrderHistory = Type.Object({
  states: Type.Array(
    Type.Object({
      at: Type.Number(),
      arrivedAt: Type.Number(),
      source: Type.String(),
      state: OrderState,
    }),
  ),
});
export type OrderHistory = Static<typeof OrderHistory>;

/** Rows of the list (SPREAD's own page shows as many). */
export const orderRows = 200;
