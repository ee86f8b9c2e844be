/** The messages of outgoing webhooks, as docs/wire/webhooks.md promises them. Amounts are in minor units; times are ISO 8601, UTC. */
import { type Static, type TSchema, Type } from '@sinclair/typebox';

const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);
const Time = Type.String({ format: 'date-time' });
const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const WebhookProfile = Type.Object({
  id: Type.Number(),
  /** The ids your systems stated, by namespace (`default`: the legacy calls'). */
  externalIds: Type.Array(Type.Object({ namespace: Type.String(), value: Type.String() })),
  email: MaybeText,
  /** Only browsers stated the address: nobody proved it. */
  emailClaimed: Type.Boolean(),
  /** E.164. */
  mobile: MaybeText,
  createdAt: Time,
});
export type WebhookProfile = Static<typeof WebhookProfile>;

const Item = Type.Object({
  key: MaybeText,
  sku: MaybeText,
  name: MaybeText,
  quantity: Type.Number(),
  /** Canonical decimal text, as stated. */
  unitAmount: MaybeText,
});

export const ConsentData = Type.Object({
  shop: Type.Integer(),
  profile: WebhookProfile,
  basis: Type.Object({
    id: Type.Integer(),
    techName: Type.String(),
    name: Type.String(),
    kind: Type.Union([Type.Literal('consent'), Type.Literal('legal')]),
    channels: Type.Array(Type.String()),
    purposes: Type.Array(Type.String()),
  }),
  /** `accepted`, `refused`, `unknown`, `to confirm`. */
  status: Type.String(),
  previousStatus: Type.String(),
  /** As in the history: `auto`, `act`, `record edge`, `person`, `staff`, `import`, `api`, `expiry`, `correction`, `same address`. */
  cause: Type.String(),
  /** When the person or the shop did it; the message's `timestamp` is when it arrived. */
  at: Time,
});
export type ConsentData = Static<typeof ConsentData>;

export const OrderData = Type.Object({
  shop: Type.Integer(),
  order: Type.Object({
    id: Type.Number(),
    /** `default`: stated by legacy calls; else the connected store. */
    namespace: Type.String(),
    key: Type.String(),
    number: MaybeText,
    placedAt: Time,
    payment: Type.String(),
    fulfilment: Type.String(),
    cancelled: Type.Boolean(),
    validated: Type.Boolean(),
    currency: Type.String(),
    totalMinor: Type.Number(),
    refundedMinor: Type.Number(),
    netMinor: Type.Number(),
  }),
  /** null: nobody is known as its owner yet. */
  profile: Maybe(WebhookProfile),
});
export type OrderData = Static<typeof OrderData>;

export const ProfileData = Type.Object({ shop: Type.Integer(), profile: WebhookProfile });

export const CartData = Type.Object({
  shop: Type.Integer(),
  cart: Type.Object({
    key: MaybeText,
    currency: MaybeText,
    totalMinor: MaybeNumber,
    count: MaybeNumber,
    items: Maybe(Type.Array(Item)),
    /** Whatever else the shop said about it. */
    data: Type.Record(Type.String(), Type.Unknown()),
    /** It was too large to be sent whole: `items` and `data` are left out. */
    cut: Type.Boolean(),
    updatedAt: Time,
  }),
  profile: Maybe(WebhookProfile),
});
export type CartData = Static<typeof CartData>;

export const TestData = Type.Object({ shop: Type.Integer(), message: Type.String() });

/** By the message's `type`. */
export const webhookData = {
  'consent.accepted': ConsentData,
  'consent.refused': ConsentData,
  'consent.to_confirm': ConsentData,
  'consent.updated': ConsentData,
  'order.validated': OrderData,
  'order.cancelled': OrderData,
  'order.refunded': OrderData,
  'profile.created': ProfileData,
  'cart.abandoned': CartData,
  'webhook.test': TestData,
} as const;

export type WebhookType = keyof typeof webhookData;

export type WebhookMessage = {
  [Word in WebhookType]: {
    readonly type: Word;
    /** When it happened here; ISO 8601, UTC. */
    readonly timestamp: string;
    readonly data: Static<(typeof webhookData)[Word]>;
  };
}[WebhookType];
