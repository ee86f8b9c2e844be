import { type Static, Type } from '@sinclair/typebox';
import { eachOrderText } from '#domain/order-text.ts';
import { CartRow } from './carts.ts';

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

/** Which orders to list, and in which order: as received or as placed, the newest first. */
export const OrderQuery = Type.Object({
  /** An order's key or number, or a person's e-mail, exactly. */
  search: Type.Optional(Type.String({ maxLength: 250 })),
  sort: Type.Optional(Type.Union([Type.Literal('received'), Type.Literal('placed')])),
  counts: Type.Optional(Type.Union([Type.Literal('validated'), Type.Literal('open')])),
  state: Type.Optional(
    Type.Union([Type.Literal('placed'), Type.Literal('paid'), Type.Literal('shipped'), Type.Literal('cancelled')]),
  ),
  /** Days in the shop's zone, both included, of the chosen sort. */
  from: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  to: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  /** `next` of the page before. */
  after: Type.Optional(Type.String({ pattern: '^\\d{1,15}\\.\\d{1,16}$' })),
});
export type OrderQuery = Static<typeof OrderQuery>;

export const OrderList = Type.Object({
  zone: Type.String(),
  /** Ten orders or more, and none ever paid, under the setting *Payé* (rules §3.4). */
  neverPaid: Type.Boolean(),
  orders: Type.Array(OrderRow),
  /** Where the next page starts; null: there is none. */
  next: MaybeText,
});
export type OrderList = Static<typeof OrderList>;

/** What one rank of sources last said about a part of an order (rules §3.3). */
export const OrderWord = Type.Object({
  part: Type.Union([
    Type.Literal('state'),
    Type.Literal('total'),
    Type.Literal('owner'),
    Type.Literal('placed'),
    Type.Literal('other'),
  ]),
  rank: Type.Union([Type.Literal('browser'), Type.Literal('server')]),
  /** null for the state: its history tells. */
  at: MaybeTime,
});
export type OrderWord = Static<typeof OrderWord>;

export const OrderPage = Type.Object({
  zone: Type.String(),
  order: OrderRow,
  namespace: Type.String(),
  netMinor: Type.Number(),
  contactEmail: MaybeText,
  ...eachOrderText(() => MaybeText),
  tags: Type.Array(Type.String()),
  attributes: Type.Array(Type.Array(Type.String())),
  items: Type.Array(
    Type.Object({
      key: MaybeText,
      sku: MaybeText,
      name: MaybeText,
      quantity: Type.Number(),
      /** As stated: a decimal in `currency`, or in the order's. */
      unit: Type.Union([Type.Object({ amount: Type.String(), currency: MaybeText }), Type.Null()]),
    }),
  ),
  /** Those this order ended. */
  carts: Type.Array(CartRow),
  refunds: Type.Array(Type.Object({ id: MaybeText, minor: Type.Number(), status: Type.String(), at: Type.Number() })),
  said: Type.Array(OrderWord),
});
export type OrderPage = Static<typeof OrderPage>;

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

/** Rows of a page of the list. */
export const orderRows = 50;
/** Rows of the developer's page, as SPREAD's own has them. */
export const developerOrderRows = 200;
