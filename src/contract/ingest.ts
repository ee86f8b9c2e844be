/**
 * What pages and servers send us in our own words: `POST /collect` (a page, by the public key) and `POST /ingest` (a server, by the key
 * pair). One promise for both; the tracker, the API reference and the guides take it from here. Values that cannot be read are left out
 * and noted, they never make us lose the rest.
 */
import { type Static, Type } from '@sinclair/typebox';
import { eachOrderText } from '#domain/order-text.ts';

/** Text, or a number that is taken as text. `null` erases the field (server only). */
const Text = Type.Union([Type.String({ maxLength: 250 }), Type.Number(), Type.Null()]);
const Flag = Type.Union([Type.Boolean(), Type.Literal(0), Type.Literal(1)]);
const Tags = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 });
/** A decimal amount in the currency's units: `89.9` or `"89.90"`. */
const Amount = Type.Union([Type.Number(), Type.String({ maxLength: 60 })]);
/** Milliseconds since 1970 UTC, ISO 8601, or a date alone (the shop's zone). */
const Time = Type.Union([Type.Number(), Type.String({ maxLength: 40 })]);
/** Choices by a basis' tech name: true accepts, false refuses. */
const Consents = Type.Record(Type.String({ maxLength: 250 }), Flag);

export const Customer = Type.Object(
  {
    /** E-mail; finds the person unless `externalId` is given. */
    email: Type.Optional(Text),
    /** The shop's own customer id, compared exactly. */
    externalId: Type.Optional(Text),
    /** Family name. */
    name: Type.Optional(Text),
    firstname: Type.Optional(Text),
    /** `YYYY-MM-DD`. */
    birthday: Type.Optional(Text),
    /** `male` or `female`, or a form of address in several languages. */
    gender: Type.Optional(Text),
    address: Type.Optional(Text),
    address2: Type.Optional(Text),
    address3: Type.Optional(Text),
    zip: Type.Optional(Text),
    city: Type.Optional(Text),
    /** ISO 3166, two letters. */
    country: Type.Optional(Text),
    phone: Type.Optional(Text),
    /** Mobile number; SMS opt-ins need one. */
    mobile: Type.Optional(Text),
    job: Type.Optional(Text),
    company: Type.Optional(Text),
    /** `fr` or `fr_FR`. */
    lang: Type.Optional(Text),
    group: Type.Optional(Text),
    tags: Type.Optional(Tags),
    removeTags: Type.Optional(Tags),
    /** Custom fields by their numeric id (Tracker page). */
    custom: Type.Optional(
      Type.Record(Type.String({ pattern: '^\\d{1,18}$' }), Type.Union([Text, Type.Boolean(), Type.Array(Text)])),
    ),
  },
  { additionalProperties: true },
);
export type Customer = Static<typeof Customer>;

const OptIns = {
  /** The e-mail box: true ticked, false not. Leave out when the page has none. */
  optin: Type.Optional(Flag),
  /** The SMS box. */
  smsOptin: Type.Optional(Flag),
  consents: Type.Optional(Consents),
};

export const OrderItem = Type.Object({
  key: Type.Optional(Text),
  sku: Type.Optional(Text),
  name: Type.Optional(Text),
  /** Default 1. */
  quantity: Type.Optional(Type.Number()),
  /** Price of one, tax included. */
  price: Type.Optional(Amount),
});
export type OrderItem = Static<typeof OrderItem>;

/** `shipped` means paid and shipped. Any other text or number is a code of the shop's own, mapped on its Tracker page. */
export const OrderWord = Type.Union([
  Type.Literal('placed'),
  Type.Literal('authorised'),
  Type.Literal('paid'),
  Type.Literal('shipped'),
  Type.Literal('cancelled'),
]);

export const OrderData = Type.Object(
  {
    /** The order's key: what never changes about it. */
    key: Type.Union([Type.String({ minLength: 1, maxLength: 250 }), Type.Number()]),
    /** The number people see, where it differs. */
    number: Type.Optional(Text),
    /** Grand total paid, tax and shipping included. */
    total: Type.Optional(Amount),
    /** ISO 4217; default: the shop's. */
    currency: Type.Optional(Type.String({ maxLength: 3 })),
    state: Type.Optional(Type.Union([OrderWord, Type.String({ maxLength: 250 }), Type.Number()])),
    placedAt: Type.Optional(Time),
    /** Total refunded so far. */
    refunded: Type.Optional(Amount),
    items: Type.Optional(Type.Array(OrderItem, { maxItems: 200 })),
    /** Of the cart that became this order. */
    cartKey: Type.Optional(Text),
    ...eachOrderText(() => Type.Optional(Text)),
    tags: Type.Optional(Tags),
    removeTags: Type.Optional(Tags),
    /** True: an order known before; it gives no basis by being stated. */
    update: Type.Optional(Type.Boolean()),
    customer: Type.Optional(Customer),
    ...OptIns,
  },
  { additionalProperties: true },
);
export type OrderData = Static<typeof OrderData>;

/** What is in the cart now; without anything in it, it is emptied. Gives no basis. */
export const CartData = Type.Object(
  {
    /** The shop's own cart id; default: the cart of this person or browser. */
    key: Type.Optional(Text),
    total: Type.Optional(Amount),
    currency: Type.Optional(Type.String({ maxLength: 3 })),
    items: Type.Optional(Type.Array(OrderItem, { maxItems: 200 })),
    emptied: Type.Optional(Type.Boolean()),
    customer: Type.Optional(Customer),
  },
  { additionalProperties: true },
);
export type CartData = Static<typeof CartData>;

/** An account made (`signup`) or a person known (`identify`). */
export const PersonData = Type.Object({ customer: Customer, ...OptIns }, { additionalProperties: true });
export type PersonData = Static<typeof PersonData>;

/** A page seen, or a product on it: counted, never kept about a person. */
export const PageData = Type.Object({}, { additionalProperties: true });

const eventBase = {
  /** Made once by the sender, at most 64 characters: the same id sent twice is applied once. */
  id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_.:-]+$' }),
  /** When it happened, by the sender's clock. */
  at: Type.Optional(Time),
  /** The connected store it is about. */
  store: Type.Optional(Type.String({ maxLength: 100 })),
};

export const OrderEvent = Type.Object({ ...eventBase, type: Type.Literal('order'), data: OrderData });
export const CartEvent = Type.Object({ ...eventBase, type: Type.Literal('cart'), data: CartData });
export const PersonEvent = Type.Object({
  ...eventBase,
  type: Type.Union([
    Type.Literal('signup'),
    Type.Literal('identify'),
    Type.Literal('newsletter'),
    Type.Literal('consent'),
  ]),
  data: PersonData,
});
export const PageEvent = Type.Object({
  ...eventBase,
  type: Type.Union([Type.Literal('page'), Type.Literal('product')]),
  data: Type.Optional(PageData),
});
export const IngestEvent = Type.Union([OrderEvent, CartEvent, PersonEvent, PageEvent]);
export type IngestEvent = Static<typeof IngestEvent>;

export const IngestBody = Type.Object({
  /** The sender's clock when it sent: a wrong clock is corrected by it. */
  sentAt: Type.Optional(Type.Number()),
  /** The visitor's token (`sbt`). */
  token: Type.Optional(Type.Union([Type.String({ maxLength: 300 }), Type.Null()])),
  /** From a page: how the visitor's consent is known. */
  consent: Type.Optional(Type.Union([Type.Literal('banner'), Type.Literal('page')])),
  /** From a page: false where no cookie may be set at all. */
  cookie: Type.Optional(Type.Boolean()),
  events: Type.Array(IngestEvent, { minItems: 1, maxItems: 1000 }),
});
export type IngestBody = Static<typeof IngestBody>;

export const IngestAnswer = Type.Object({
  /** A new token for the visitor, where the page may keep one. */
  token: Type.Optional(Type.String()),
  /** One for each event, in their order. */
  results: Type.Array(
    Type.Object({
      id: Type.Union([Type.String(), Type.Null()]),
      /**
       * `recorded`: durable; `counted`: added to the shop's counters; `rejected`: durable, but it cannot mean anything. To who asks to wait:
       * `created`, `updated`, `unchanged`, `rejected`, or `ignored` (understood, and by the rules it changes nothing); still `recorded` when
       * the time was over first.
       */
      status: Type.Union([
        Type.Literal('recorded'),
        Type.Literal('counted'),
        Type.Literal('created'),
        Type.Literal('updated'),
        Type.Literal('unchanged'),
        Type.Literal('ignored'),
        Type.Literal('rejected'),
      ]),
      /** Why, as the verification page says it; also of what was applied only in part. */
      reason: Type.Optional(Type.String()),
      field: Type.Optional(Type.String()),
    }),
  ),
});
export type IngestAnswer = Static<typeof IngestAnswer>;
